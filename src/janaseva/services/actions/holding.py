"""Holding an application, or all of a person, against erasing, until a second person lifts it."""

from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.people import queries as people
from janaseva.people import steps as people_steps
from janaseva.services import events
from janaseva.services.actions.erasing import named
from janaseva.services.models import Application, Hold
from janaseva.services.rules import erasing


@action
def place_hold(*, by: Actor, at: datetime, key: str, number: str, of_person: bool, order: str, words: str) -> UUID:
    """Forbid to erase the application of this number, or with ``of_person`` all of its applicant; answer the hold's id.

    ``order`` names on what it rests, such as the order of a court; ``words`` say why, and name nobody.

    Raises:
        Invalid: with every fault of number, order and words.
        Refusal: ``not_permitted``; ``erased_already`` where one application is named and nothing of it is left.

    """
    allow(erasing.may_hold(by, in_reach=True), "not_permitted")
    people_steps.in_charge(by=by, at=at)
    row, said = named(by, number), writing.free_text(words)[: erasing.LONGEST]
    faults = [] if row is not None else [Fault(place="number", code="erasure_number")]
    rests_on = writing.tidy(order)[:200]
    if not rests_on:
        faults.append(Fault(place="order", code="hold_needs_order"))
    if not erasing.says_enough(said):
        facts = {"characters": erasing.FEWEST_LETTERS}
        faults.append(Fault(place="words", code="erasure_needs_words", facts=facts))
    if faults or row is None or by.person_id is None or by.post_id is None:
        raise Invalid(faults)
    if row.erased_at is not None and not of_person:
        raise Refusal("erased_already", status=CONFLICT)
    made = put(
        Hold(
            application_id=row.id, person_id=row.applicant_id, of_person=of_person, office_id=row.office_id,
            order=rests_on, words=said, placed_at=at, placed_by_id=by.person_id, placed_post_id=by.post_id,
        )
    )  # fmt: skip
    news = events.HoldPlaced(application_id=row.id, hold_id=made.id, of_person=of_person)
    tell(news, story=row.id, office_id=row.office_id)
    return made.id


@action
def lift_hold(*, by: Actor, at: datetime, key: str, hold_id: UUID, words: str) -> None:
    """Lift a hold that another person placed.

    Raises:
        Refusal: ``not_found``; ``hold_lifted_already``.
        Invalid: ``erasure_needs_words``.

    """
    row = Hold.locked(hold_id)
    in_reach = row is not None and row.office_id in people.offices_in_reach(by)
    allow(row is not None and erasing.may_lift(by, row.placed_by_id, in_reach=in_reach))
    people_steps.in_charge(by=by, at=at)
    application = Application.get_or_none(row.application_id) if row is not None else None
    if row is None or application is None or application.applicant_id == by.person_id:
        raise not_found()
    if row.lifted_at is not None:
        raise Refusal("hold_lifted_already", status=CONFLICT)
    said = writing.free_text(words)[: erasing.LONGEST]
    if not erasing.says_enough(said):
        facts = {"characters": erasing.FEWEST_LETTERS}
        raise Invalid([Fault(place=f"words-{row.id}", code="erasure_needs_words", facts=facts)])
    change(row, lifted_at=at, lifted_by_id=by.person_id, lifted_post_id=by.post_id, lifted_words=said)
    news = events.HoldLifted(application_id=row.application_id, hold_id=row.id)
    tell(news, story=row.application_id, office_id=row.office_id)
