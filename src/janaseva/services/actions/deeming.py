"""Deemed approval: the applicant asks in writing after the limit; the further time is answered, or it runs out."""

from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.ledger import steps as ledger
from janaseva.people import queries as people
from janaseva.services import events, queries
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, DeemedRequest
from janaseva.services.rules import appealing, deeming, permissions, running


@action
def request_deemed(*, by: Actor, at: datetime, key: str, application_id: UUID, words: str) -> UUID:
    """Ask in writing for what the office did not decide in time; answer the request's id. The further time begins.

    Raises:
        Refusal: ``not_found``; ``no_deemed_approval`` where the law has none here; ``deemed_not_yet`` before the limit
            has passed; ``deemed_asked_already``; ``application_without_office``.
        Invalid: ``grounds_missing``.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_applicant(by, row.applicant_id))
    if row is None:
        raise not_found()
    deemed = queries.compiled(row.definition_id, row.purpose).deemed
    if deemed is None:
        raise Refusal("no_deemed_approval", status=CONFLICT)
    if row.state != "begun" or row.missed_at is None:
        raise Refusal("deemed_not_yet", status=CONFLICT)
    if DeemedRequest.objects.filter(application_id=row.id).exists():
        raise Refusal("deemed_asked_already", status=CONFLICT)
    if not appealing.says_enough(words):
        raise Invalid([Fault(place="words", code="grounds_missing")])
    area = people.area_by_reference(row.area)
    office = people.office_for(deemed.seat.office, area.id) if area else None
    if office is None:
        raise Refusal("application_without_office", status=CONFLICT)
    year = queries.today(at).year
    value = ledger.number(series=f"deemed/{office.key}", year=year)
    request = put(
        DeemedRequest(
            application_id=row.id,
            office_id=office.id,
            number=running.deemed_number(office.key, year, value),
            words=writing.free_text(words),
            requested_at=at,
            answer_by=deeming.answer_by(deemed, at, queries.pack_of(row.definition_id).time_zone),
        )
    )
    tell(
        events.DeemedRequested(
            application_id=row.id,
            request_id=request.id,
            number=request.number,
            answer_by=request.answer_by.isoformat(),
        ),
        story=row.id,
        office_id=office.id,
    )
    return request.id


@action
def grant_deemed(*, by: Actor, at: datetime, key: str, request_id: UUID) -> bool:
    """Record that an application is deemed granted, since nobody answered in the further time; ``False``: not so.

    What was asked for is still to be issued: the application stays on its desk, and can no longer be refused.
    """
    allow(permissions.is_own_work(by))
    request = DeemedRequest.locked(request_id)
    row = Application.locked(request.application_id) if request is not None else None
    if request is None or row is None:
        raise not_found()
    if request.granted_at is not None or request.answered_at is not None or request.answer_by >= at:
        return False
    if row.state != "begun":
        return False
    change(request, granted_at=at)
    send_message(row, "message.deemed_granted", by=by, at=at)
    tell(events.DeemedGranted(application_id=row.id, request_id=request.id), story=row.id, office_id=request.office_id)
    return True
