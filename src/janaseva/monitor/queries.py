"""Incidents as administrators read them, with their clocks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.ledger import queries as ledger
from janaseva.monitor import rules
from janaseva.monitor.models import Affected, Incident, Report
from janaseva.settings import OPTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident, how many persons it concerns and how many of them were told, and its clocks."""

    incident_id: UUID
    number: str
    kind: str
    words: str
    personal_data: bool
    occurred_at: datetime | None
    noticed_at: datetime
    recorded_at: datetime
    by_platform: bool
    closed_at: datetime | None
    closed_words: str
    affected: int
    told: int
    clocks: tuple[rules.Clock, ...]
    references: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many incidents are open, how many clocks of theirs have run out, and how long the next one still runs."""

    open: int
    late: int
    next_due: timedelta | None


def incidents(by: Actor, at: datetime, *, open_only: bool = False) -> list[IncidentView]:
    """Return the incidents, the latest noticed first; three queries however many there are.

    Raises:
        Refusal: ``not_found`` for who handles none.

    """
    if not rules.may_handle(by):
        raise not_found()
    found = Incident.objects.filter(closed_at=None) if open_only else Incident.objects.all()
    return _views(list(found.order_by("-noticed_at", "-id")), at)


def incident(by: Actor, number: str, at: datetime) -> IncidentView:
    """Return one incident by its number.

    Raises:
        Refusal: ``not_found``.

    """
    row = Incident.first_where(number=number) if rules.may_handle(by) else None
    if row is None:
        raise not_found()
    return _views([row], at)[0]


def affected(by: Actor, incident_id: UUID) -> list[tuple[UUID, datetime | None]]:
    """Return the persons whose data an incident concerns, each with the moment at which they were told.

    Raises:
        Refusal: ``not_found`` for who handles none.

    """
    if not rules.may_handle(by):
        raise not_found()
    return [(one.person_id, one.told_at) for one in Affected.where(incident_id=incident_id, order=("id",))]


def standing(by: Actor, at: datetime) -> Standing:
    """Return how open incidents and their clocks stand.

    Raises:
        Refusal: ``not_found`` for who handles none.

    """
    running = [
        clock.due_at - at for one in incidents(by, at, open_only=True) for clock in one.clocks if not clock.sent_at
    ]
    late = sum(left < timedelta(0) for left in running)
    return Standing(
        open=Incident.objects.filter(closed_at=None).count(), late=late, next_due=min(running, default=None)
    )


def _views(rows: list[Incident], at: datetime) -> list[IncidentView]:
    keys = tuple(row.id for row in rows)
    sent: dict[UUID, list[Report]] = {key: [] for key in keys}
    for report in Report.objects.filter(incident_id__in=keys):
        sent[report.incident_id].append(report)
    counted = {
        key: (total, told)
        for key, total, told in Affected.objects.filter(incident_id__in=keys)
        .values("incident_id")
        .annotate(total=Count("id"), told=Count("id", filter=Q(told_at__isnull=False)))
        .values_list("incident_id", "total", "told")
    }
    return [_view(row, sent[row.id], *counted.get(row.id, (0, 0)), at) for row in rows]


def _view(row: Incident, reports: list[Report], total: int, told: int, at: datetime) -> IncidentView:
    moments = {one.authority: one.sent_at for one in reports}
    return IncidentView(
        incident_id=row.id,
        number=row.number,
        kind=row.kind,
        words=row.words,
        personal_data=row.personal_data,
        occurred_at=row.occurred_at,
        noticed_at=row.noticed_at,
        recorded_at=row.recorded_at,
        by_platform=row.cause is not None,
        closed_at=row.closed_at,
        closed_words=row.closed_words,
        affected=total,
        told=told,
        clocks=rules.clocks(row.kind, personal_data=row.personal_data, noticed_at=row.noticed_at, sent=moments, at=at),
        references={one.authority: one.reference for one in reports},
    )


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(OPTIONS.time_zone)):%A %d %B %Y, %H:%M %Z}" if at else "not known"


def report(by: Actor, one: IncidentView, authority: str, at: datetime) -> str:
    """Return the report of an incident as text. It counts the persons concerned and names none.

    Raises:
        Refusal: ``not_found`` for who handles none.

    """
    if not rules.may_handle(by):
        raise not_found()
    told = next(each for each in rules.AUTHORITIES if each.key == authority)
    head = ledger.head()
    rows = [
        ("To", told.title),
        ("Under", told.legal_basis),
        ("Reported by", OPTIONS.state_name),
        ("Contact (name, post, telephone, mail)", ""),
        ("Number of the incident here", one.number),
        ("Kind", one.kind.replace("_", " ")),
        ("Happened", _local(one.occurred_at)),
        ("Noticed", _local(one.noticed_at)),
        ("Noticed by", "the platform itself" if one.by_platform else "people"),
        ("To be reported by", _local(rules.due_at(one.noticed_at, told))),
        ("Written", _local(at)),
        ("System", f"Janaseva at {OPTIONS.public_url}"),
        ("What happened", one.words),
        ("Personal data concerned", "yes, or not yet ruled out" if one.personal_data else "no"),
        ("Persons concerned, as far as known", str(one.affected)),
        ("of them told", str(one.told)),
        ("Cause, as far as known", ""),
        ("Measures taken and planned", ""),
        ("Consequences likely for the persons concerned", ""),
        (
            "State of the public log",
            f"{head.size} entries, root {head.root}" if head and head.size else "not published",
        ),
    ]
    return "\n".join(f"{name}: {value or '____________________'}" for name, value in rows)
