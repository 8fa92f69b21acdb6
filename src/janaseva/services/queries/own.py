"""One's own applications, as a list: what waits for oneself, then the rest, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.payments import queries as payments
from janaseva.services.models import Application, Decision, Query
from janaseva.services.queries.definitions import compiled
from janaseva.services.rules.purposed import title_of

MOST: Final = 50
"""So many of one's own applications a list shows at once."""
_PAGE: Final = MOST + 1
"""One more tells whether there are further ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationLine:
    """An application in a list. ``purpose`` names a renewal, a correction or a second copy; a first one has none.

    ``owes``: a fee of it is still to be paid.
    """

    id: UUID
    service: str
    service_name: Text
    number: str | None
    state: str
    outcome: str
    started_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    has_question: bool
    is_revoked: bool
    is_replaced: bool
    purpose: Text
    owes: bool


@Question
def _own(*, applicant: UUID, before: datetime | None, read: int) -> QuerySet[Application]:
    found = Application.objects.filter(applicant_id=applicant).exclude(state="discarded").order_by("-started_at")
    return (found if before is None else found.filter(started_at__lt=before))[:read]


@Question
def _own_asked(*, applicant: UUID) -> QuerySet[Query, tuple[UUID]]:
    return Query.objects.filter(application__applicant_id=applicant, answered_at=None).values_list("application_id")


def mine(by: Actor, *, most: int = MOST, before: datetime | None = None) -> list[ApplicationLine]:
    """Return one's own applications, the latest first, but those let go; ``before`` goes on from a page's last."""
    if by.person_id is None or by.kind != "person":
        raise not_found()
    read = max(_PAGE, most)  # who asks for fewer makes no statement of their own
    return _lines(by, _own(applicant=by.person_id, before=before, read=read)[:most])


def waiting(by: Actor, *, most: int = MOST) -> list[ApplicationLine]:
    """Return one's own applications whose office waits for an answer, or for a fee on the way, the latest first."""
    if by.person_id is None or by.kind != "person":
        raise not_found()
    asked, owing = {key for (key,) in _own_asked(applicant=by.person_id)}, set(payments.owing(by))
    found = Application.where(id=tuple(sorted(asked | owing))) if asked or owing else []
    own = [row for row in found if row.applicant_id == by.person_id and (row.id in asked or row.state == "begun")]
    return _lines(by, sorted(own, key=lambda row: row.started_at, reverse=True)[:most])


@Question
def _asked(*, ids: tuple[UUID, ...]) -> QuerySet[Query, tuple[UUID]]:
    return Query.objects.filter(application_id__in=ids, answered_at=None).values_list("application_id")


@Question
def _replaced(*, ids: tuple[UUID, ...]) -> QuerySet[Application, tuple[UUID | None]]:
    return Application.objects.filter(earlier_id__in=ids, outcome="approved").values_list("earlier_id")


@Question
def _revoked(*, ids: tuple[UUID, ...]) -> QuerySet[Decision, tuple[UUID]]:
    found = Decision.objects.filter(application_id__in=ids, revoked_at__isnull=False)
    return found.values_list("application_id")


def _lines(by: Actor, found: Sequence[Application]) -> list[ApplicationLine]:
    ids = tuple(row.id for row in found)
    asked, replaced, revoked = ({key for (key,) in of(ids=ids)} for of in (_asked, _replaced, _revoked))
    owing = payments.owing(by, [row.id for row in found if row.state in ("submitted", "begun")])
    return [
        ApplicationLine(
            id=row.id,
            service=row.service_key,
            service_name=compiled(row.definition_id, row.purpose).what.name,
            number=row.number,
            state=row.state,
            outcome=row.outcome,
            started_at=row.started_at,
            submitted_at=row.submitted_at,
            due_at=row.due_at,
            has_question=row.id in asked,
            is_revoked=row.id in revoked,
            is_replaced=row.id in revoked and row.id in replaced,
            purpose=title_of(compiled(row.definition_id, row.purpose)),
            owes=row.id in owing,
        )
        for row in found
    ]
