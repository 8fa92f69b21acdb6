"""Reading outside one's charge in an emergency: one asks with a reason, a second allows it, and it ends by itself."""

from datetime import datetime, timedelta
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, Fault, Invalid, Refusal, not_found
from janaseva.people import steps as people
from janaseva.services import events, queries
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, Emergency
from janaseva.services.rules import emergencies


def _faults(words: str, minutes: int, *, known: bool) -> list[Fault]:
    faults = []
    if not known:
        faults.append(Fault(place="number", code="emergency_number"))
    if not emergencies.is_reason(words):
        facts = {"characters": emergencies.FEWEST_LETTERS}
        faults.append(Fault(place="reason", code="emergency_needs_reason", facts=facts))
    if minutes not in emergencies.MINUTES:
        faults.append(Fault(place="minutes", code="emergency_minutes", facts={"most": emergencies.MINUTES[-1]}))
    return faults


@action
def ask_emergency(*, by: Actor, at: datetime, key: str, number: str, reason: str, minutes: int) -> UUID:
    """Ask to read the application of this number for some minutes; nothing is opened until a second person allows it.

    Raises:
        Invalid: with every fault of reason, time and number.
        Refusal: ``not_permitted``; ``emergency_not_needed`` where one may read it anyway; ``emergency_asked_before``.

    """
    allow(emergencies.may_ask(by), "not_permitted")
    people.in_charge(by=by, at=at)
    words = writing.tidy(reason)
    row = Application.first_where(number=number.strip()) if number.strip() else None
    faults = _faults(words, minutes, known=row is not None and row.case_id is not None)
    if faults or row is None:
        raise Invalid(faults)
    if row.applicant_id == by.person_id:
        raise Refusal("not_permitted", status=FORBIDDEN)
    if queries.may_see(by, row):
        raise Refusal("emergency_not_needed", status=CONFLICT)
    for held in Emergency.where(application_id=row.id, charge_id=by.charge_id, state=("asked", "allowed"), lock=True):
        if emergencies.standing(emergencies.facts_of(held, row.applicant_id), at) in ("asked", "allowed"):
            raise Refusal("emergency_asked_before", status=CONFLICT)
    if by.person_id is None or by.charge_id is None or by.post_id is None or by.office_id is None:
        raise not_found()
    asked = put(
        Emergency(
            application_id=row.id, person_id=by.person_id, charge_id=by.charge_id, post_id=by.post_id,
            office_id=by.office_id, reason=words, minutes=minutes, asked_at=at,
        )
    )  # fmt: skip
    tell(
        events.EmergencyAsked(application_id=row.id, emergency_id=asked.id, post_id=by.post_id, minutes=minutes),
        story=row.id,
        office_id=row.office_id,
    )
    return asked.id


def _held(emergency_id: UUID) -> tuple[Emergency | None, Application | None]:
    row = Emergency.locked(emergency_id)
    return row, (Application.get_or_none(row.application_id) if row is not None else None)


@action
def decide_emergency(*, by: Actor, at: datetime, key: str, emergency_id: UUID, allowed: bool) -> None:
    """Allow another officer's request, which begins its minutes now, or refuse it.

    Raises:
        Refusal: ``not_found``; ``emergency_decided``; ``emergency_lapsed``.

    """
    row, application = _held(emergency_id)
    facts = emergencies.facts_of(row, application.applicant_id) if row and application else None
    allow(facts is not None and emergencies.may_allow(by, facts))
    people.in_charge(by=by, at=at)
    if row is None or application is None or facts is None:
        raise not_found()
    if row.state != "asked":
        raise Refusal("emergency_decided", status=CONFLICT)
    if emergencies.standing(facts, at) == "lapsed":
        raise Refusal("emergency_lapsed", status=CONFLICT)
    ends_at = at + timedelta(minutes=row.minutes) if allowed else None
    change(
        row, state="allowed" if allowed else "refused", decided_at=at, decided_by_id=by.person_id,
        decided_post_id=by.post_id, ends_at=ends_at,
    )  # fmt: skip
    tell(
        events.EmergencyDecided(
            application_id=application.id, emergency_id=row.id, post_id=by.post_id, allowed=allowed,
            ends_at=ends_at.isoformat() if ends_at else None,
        ),
        story=application.id,
        office_id=application.office_id,
    )  # fmt: skip


@action
def read_in_emergency(
    *, by: Actor, at: datetime, key: str, emergency_id: UUID, document_id: UUID | None = None
) -> UUID:
    """Record that the application, or one paper of it, is opened under an emergency access; answer the application.

    Raises:
        Refusal: ``not_found``, also before it is allowed, after its end, and to everybody else.

    """
    row, application = _held(emergency_id)
    facts = emergencies.facts_of(row, application.applicant_id) if row and application else None
    allow(facts is not None and emergencies.may_read(by, facts, at))
    people.in_charge(by=by, at=at)
    if row is None or application is None:
        raise not_found()
    change(row, reads=row.reads + 1, first_read_at=row.first_read_at or at)
    news = events.ReadInEmergency(
        application_id=application.id, emergency_id=row.id, post_id=by.post_id, document_id=document_id
    )
    tell(news, story=application.id, office_id=application.office_id)
    return application.id


@action
def end_emergency(*, by: Actor, at: datetime, key: str, emergency_id: UUID) -> bool:
    """End an emergency access, or take its request back; the applicant is told where anything was read.

    Answer ``False`` where it was over and noted before.

    Raises:
        Refusal: ``not_found``.

    """
    row, application = _held(emergency_id)
    facts = emergencies.facts_of(row, application.applicant_id) if row and application else None
    allow(facts is not None and emergencies.may_end(by, facts, at))
    if row is None or application is None:
        raise not_found()
    if row.state not in ("asked", "allowed"):
        return False
    change(row, state="ended", ended_at=min(at, row.ends_at) if row.ends_at else at)
    if row.reads:
        send_message(application, "message.read_in_emergency", by=by, at=at)
    news = events.EmergencyEnded(application_id=application.id, emergency_id=row.id, reads=row.reads)
    tell(news, story=application.id, office_id=application.office_id)
    return True
