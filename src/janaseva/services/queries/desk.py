"""Applications as the lists of a desk show them, and one found by its number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.core.writing import latin_digits
from janaseva.services.models import Appeal, Application, DeemedRequest
from janaseva.services.queries.appeals import may_see_appeal
from janaseva.services.queries.applications import may_see
from janaseva.services.queries.definitions import compiled
from janaseva.services.rules import permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """What a list says of an application before it is opened. Not who applied: cases are taken by their turn."""

    application_id: UUID
    number: str
    service_name: Text
    area: str
    appeal_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemedLine:
    """A written request after the limit that lies before an office: to be answered by its day, or granted by law."""

    application_id: UUID
    number: str
    request_number: str
    service_name: Text
    answer_by: datetime
    is_granted: bool


def deemed_before(by: Actor, *, most: int = 50) -> list[DeemedLine]:
    """Return the written requests that lie before the office of ``by`` unanswered, the first to answer first.

    What was deemed granted stays until the thing itself is issued.

    Raises:
        Refusal: ``not_found`` for who has no desk.

    """
    if not permissions.may_work(by) or by.office_id is None:
        raise not_found()
    if not by.may("services.take"):
        return []
    return [
        DeemedLine(
            application_id=row.application_id,
            number=row.application.number or "",
            request_number=row.number,
            service_name=compiled(row.application.definition_id).what.name,
            answer_by=row.answer_by,
            is_granted=row.granted_at is not None,
        )
        for row in _deemed(office=by.office_id, most=most)
    ]


@Question
def _deemed(*, office: UUID, most: int) -> QuerySet[DeemedRequest]:
    open_ = DeemedRequest.objects.filter(office_id=office, answered_at=None, application__state="begun")
    return open_.select_related("application").order_by("answer_by", "id")[:most]


@Question
def _called(*, ids: tuple[UUID, ...]) -> QuerySet[Application, tuple[UUID, str | None, UUID, str]]:
    return Application.objects.filter(pk__in=ids).values_list("id", "number", "definition_id", "area")


def lines_of(by: Actor, application_ids: Collection[UUID]) -> dict[UUID, DeskLine]:
    """Return the lines of applications whose tasks ``by`` was shown by the workflow, in one query.

    Raises:
        Refusal: ``not_found`` for who has no desk.

    """
    if not permissions.may_work(by):
        raise not_found()
    found = {
        key: DeskLine(
            application_id=key, number=number or "", service_name=compiled(definition_id).what.name, area=area
        )
        for key, number, definition_id, area in _called(ids=tuple(application_ids))
    }
    return found | _appeals(set(application_ids) - set(found))


def _appeals(ids: Collection[UUID]) -> dict[UUID, DeskLine]:
    """Return the lines of appeals, whose cases are stories of their own; asked only where there are any."""
    if not ids:
        return {}
    rows = Appeal.objects.filter(pk__in=ids).values_list(
        "id", "number", "application__definition_id", "application__area", "application_id"
    )
    return {
        key: DeskLine(
            application_id=application_id,
            number=number,
            service_name=compiled(definition_id).what.name,
            area=area,
            appeal_id=key,
        )
        for key, number, definition_id, area, application_id in rows
    }


def numbers_of(by: Actor, application_ids: Collection[UUID]) -> list[str]:
    """Return the numbers of applications, and nothing else of them, to officers who arrange offices; in one query.

    Raises:
        Refusal: ``not_found`` for anyone else.

    """
    if not by.may("people.arrange"):
        raise not_found()
    rows = Application.objects.filter(pk__in=set(application_ids)).order_by("number")
    return [number for number in rows.values_list("number", flat=True) if number]


def numbered(by: Actor, number: str) -> UUID | None:
    """Return the application with this number where ``by`` may see it, else ``None``."""
    if not number.isprintable():  # no number of ours, and nothing that a database could look for
        return None
    row = Application.first_where(number=latin_digits(number).strip().upper()[:60])
    return row.id if row is not None and may_see(by, row) else None


def numbered_appeal(by: Actor, number: str) -> UUID | None:
    """Return the appeal with this number where ``by`` may see it, else ``None``."""
    if not number.isprintable():
        return None
    row = Appeal.first_where(number=latin_digits(number).strip().upper()[:60])
    return row.id if row is not None and may_see_appeal(by, row) else None
