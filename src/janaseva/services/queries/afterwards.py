"""What became of a certificate after it was issued, as its holder and the office that decided see it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.documents import queries as documents
from janaseva.services.models import Decision, ShowCause
from janaseva.services.queries.applications import application, replaced_by
from janaseva.services.queries.packs import today as day_of
from janaseva.services.rules import afterwards


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseView:
    """One notice to the holder, with the answer and the end that it came to."""

    reason: str
    words: str
    given_at: datetime
    answer_until: date
    answer: str
    answered_at: datetime | None
    state: str
    ended_at: datetime | None
    ended_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterwardsView:
    """How a certificate stands: every notice, the latest first; and what may be done with it now, by whom."""

    number: str
    document_id: UUID
    suspended_at: datetime | None
    revoked_at: datetime | None
    is_replaced: bool
    causes: tuple[CauseView, ...]
    may_answer: bool
    may_surrender: bool
    may_end: bool
    was_heard: bool

    @property
    def open_cause(self) -> CauseView | None:
        """Return the notice that is open, if there is one."""
        return next((one for one in self.causes if one.state == "open"), None)


def afterwards_of(by: Actor, application_id: UUID, at: datetime) -> AfterwardsView:
    """Return how the certificate of an application stands.

    Raises:
        Refusal: ``not_found``, also where nothing was issued.

    """
    application(by, application_id)
    decision = Decision.objects.filter(application_id=application_id, set_aside_at__isnull=True).first()
    if decision is None or decision.document_id is None:
        raise not_found()
    rows = ShowCause.objects.filter(decision=decision).order_by("-given_at", "-id")
    causes = tuple(CauseView(**{name: getattr(row, name) for name in CauseView.__dataclass_fields__}) for row in rows)
    standing = next((one for one in causes if one.state == "open"), None)
    own, holds = by.kind == "person", decision.revoked_at is None
    return AfterwardsView(
        number=decision.certificate_number,
        document_id=decision.document_id,
        suspended_at=documents.suspended_since(decision.document_id),
        revoked_at=decision.revoked_at,
        is_replaced=decision.revoked_at is not None and replaced_by(application_id) is not None,
        causes=causes,
        may_answer=own and standing is not None and standing.answered_at is None,
        may_surrender=own and holds and standing is None,
        may_end=holds and afterwards.may_end(by, decision.office_id),
        was_heard=afterwards.may_revoke_now(
            reason="",
            until=standing.answer_until if standing else None,
            answered=bool(standing and standing.answered_at),
            today=day_of(at),
        ),
    )
