"""How the worker is doing: what waits, what was given up, and how far the log is published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q

from janaseva.core.actor import Actor
from janaseva.ledger.models import Delivery, Event, Leaf, Round
from janaseva.ledger.queries.recorded import AUDITS, head

_SHOWN = 100
_RETURNED = "ledger.worker_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadDelivery:
    """One delivery that was given up after its last attempt."""

    delivery_id: UUID
    event_id: UUID
    event: str
    listener: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """When one handler of the clock last ran; ``error`` is empty where it ended well."""

    name: str
    last_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the last audit found: when it began, how many disagreements, and code, table and key of each."""

    at: datetime
    count: int
    found: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """The state of the worker's queues at one moment."""

    waiting: int
    retrying: int
    oldest_due_at: datetime | None
    dead: int
    dead_deliveries: tuple[DeadDelivery, ...]
    leaves_unpublished: int
    log_size: int
    signed_at: datetime | None
    rounds: tuple[RoundView, ...]
    audited_at: datetime | None
    audit_findings: int

    @property
    def healthy(self) -> bool:
        """Return whether nothing was given up, no round ended badly, and the last audit found all as recorded."""
        return not self.dead and not self.audit_findings and not any(item.error for item in self.rounds)


def last_audit() -> Audit | None:
    """Return what the last audit found, or ``None`` before the first; it names tables and keys, and nobody."""
    rows: Any = Event.objects.filter(story=AUDITS).order_by("-ordinal").values_list("at", "facts")
    for at, facts in rows[:1]:
        return Audit(at=at, count=facts["count"], found=tuple((one[0], one[1], one[2]) for one in facts["found"]))
    return None


def is_return_unheard(by: Actor) -> bool:
    """Return whether it is still to be heard that the platform came back from a silence; for the platform alone."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, event__name=_RETURNED)
    return by.kind in ("clock", "system") and waiting.exists()


def worker_status() -> WorkerStatus:
    """Return how the worker is doing; for administrators and the health page (it holds no personal data)."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING).aggregate(
        count=Count("pk"), retrying=Count("pk", filter=Q(error__gt="")), oldest=Min("due_at")
    )
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    shown = list(dead.order_by("pk")[:_SHOWN].values("pk", "event_id", "listener", "attempts", "error"))
    names = dict(Event.objects.filter(pk__in=[row["event_id"] for row in shown]).values_list("pk", "name"))
    held, audited = head(), last_audit()
    return WorkerStatus(
        waiting=waiting["count"],
        retrying=waiting["retrying"],
        oldest_due_at=waiting["oldest"],
        dead=dead.count(),
        dead_deliveries=tuple(
            DeadDelivery(
                delivery_id=row["pk"],
                event_id=row["event_id"],
                event=names[row["event_id"]],
                listener=row["listener"],
                attempts=row["attempts"],
                error=row["error"],
            )
            for row in shown
        ),
        leaves_unpublished=Leaf.objects.filter(index__isnull=True).count()
        + (held.sequenced - held.size if held else 0),
        log_size=held.size if held else 0,
        signed_at=held.signed_at if held else None,
        rounds=tuple(RoundView(**row) for row in Round.objects.order_by("name").values("name", "last_at", "error")),
        audited_at=audited.at if audited else None,
        audit_findings=audited.count if audited else 0,
    )
