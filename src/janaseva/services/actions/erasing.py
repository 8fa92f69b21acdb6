"""Erasing what was told in an application: proposed by one, allowed by a second, announced, and done by the clock."""

from datetime import datetime
from uuid import UUID

from janaseva.contact import steps as contact
from janaseva.core import writing
from janaseva.core.action import action, allow, change, empty, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.documents import steps as documents
from janaseva.forms import steps as forms
from janaseva.ledger import steps as ledger
from janaseva.payments import steps as payments
from janaseva.people import queries as people
from janaseva.people import steps as people_steps
from janaseva.registers import steps as registers
from janaseva.services import events, queries
from janaseva.services.actions.telling import send_message
from janaseva.services.models import (
    Appeal,
    Application,
    Decision,
    DeemedRequest,
    Emergency,
    Erasure,
    Query,
    ShowCause,
)
from janaseva.services.rules import erasing, permissions
from janaseva.workflow import steps as workflow


def named(by: Actor, number: str) -> Application | None:
    """Return the application of a number in the actor's reach, held, but not an own one; for this room's own use."""
    row = Application.first_where(number=number.strip(), lock=True) if number.strip() else None
    if row is None or row.applicant_id == by.person_id or row.office_id not in people.offices_in_reach(by):
        return None
    return row


@action
def propose_erasure(*, by: Actor, at: datetime, key: str, number: str, ground: str, words: str) -> UUID:
    """Propose to erase what was told in the application of this number; nothing goes before a second person allows it.

    Raises:
        Invalid: with every fault of number, ground and words.
        Refusal: ``not_permitted``; ``erasure_open_already``; and why it cannot be erased as it stands
            (:func:`janaseva.services.rules.erasing.hindrance`).

    """
    allow(erasing.may_propose(by, in_reach=True), "not_permitted")
    people_steps.in_charge(by=by, at=at)
    row, said = named(by, number), writing.free_text(words)[: erasing.LONGEST]
    faults = [] if row is not None else [Fault(place="number", code="erasure_number")]
    if ground not in erasing.OFFICERS_GROUNDS:
        faults.append(Fault(place="ground", code="erasure_needs_ground"))
    if not erasing.says_enough(said):
        facts = {"characters": erasing.FEWEST_LETTERS}
        faults.append(Fault(place="words", code="erasure_needs_words", facts=facts))
    if faults or row is None:
        raise Invalid(faults)
    _hold_that_nothing_hinders(row, at)
    made = put(
        Erasure(
            application_id=row.id, office_id=row.office_id, ground=ground, words=said, state="proposed",
            proposed_at=at, proposed_by_id=by.person_id, proposed_post_id=by.post_id,
        )
    )  # fmt: skip
    news = events.ErasureProposed(application_id=row.id, erasure_id=made.id, ground=ground)
    tell(news, story=row.id, office_id=row.office_id)
    return made.id


def _hold_that_nothing_hinders(row: Application, at: datetime) -> None:
    if Erasure.first_where(application_id=row.id, state=erasing.OPEN) is not None:
        raise Refusal("erasure_open_already", status=CONFLICT)
    code = queries.erasure_hindrance(row, at)
    if code:
        raise Refusal(code, status=CONFLICT)


def _found(by: Actor, erasure_id: UUID) -> tuple[Erasure | None, Application | None, erasing.Facts | None]:
    row = Erasure.locked(erasure_id)
    application = Application.locked(row.application_id) if row is not None else None
    if row is None or application is None:
        return None, None, None
    reach = people.offices_in_reach(by)
    return row, application, queries.erasure_facts(row, application.applicant_id, reach=reach)


def _announced(row: Application, made: Erasure, *, by: Actor, at: datetime) -> None:
    """Tell the applicant from when on it is erased, and record that they were told."""
    due = made.erases_at.date() if made.erases_at is not None else None
    template = "message.erasure_announced" if row.number else "message.draft_erasure_announced"
    send_message(row, template, by=by, at=at, due=due)
    news = events.ErasureAnnounced(
        application_id=row.id, erasure_id=made.id, ground=made.ground,
        erases_at=made.erases_at.isoformat() if made.erases_at is not None else "",
    )  # fmt: skip
    tell(news, story=row.id, office_id=row.office_id)


@action
def decide_erasure(*, by: Actor, at: datetime, key: str, erasure_id: UUID, allowed: bool) -> None:
    """Allow what another person proposed, which tells the applicant and lets it be done 48 hours later, or refuse it.

    Raises:
        Refusal: ``not_found``; ``erasure_decided``; and why it cannot be erased as it stands.

    """
    row, application, facts = _found(by, erasure_id)
    allow(facts is not None and erasing.may_allow(by, facts))
    people_steps.in_charge(by=by, at=at)
    if row is None or application is None:
        raise not_found()
    if row.state != "proposed":
        raise Refusal("erasure_decided", status=CONFLICT)
    decided = {"decided_at": at, "decided_by_id": by.person_id, "decided_post_id": by.post_id}
    if not allowed:
        change(row, state="refused", ended_at=at, **decided)
        _stopped(row, application)
        return
    code = queries.erasure_hindrance(application, at)
    if code:
        raise Refusal(code, status=CONFLICT)
    change(row, state="announced", erases_at=erasing.erases_at(at), **decided)
    _announced(application, row, by=by, at=at)


def _stopped(row: Erasure, application: Application) -> None:
    news = events.ErasureStopped(application_id=application.id, erasure_id=row.id, state=row.state)
    tell(news, story=application.id, office_id=application.office_id)


@action
def withdraw_erasure(*, by: Actor, at: datetime, key: str, erasure_id: UUID) -> None:
    """Stop an erasure before it is done.

    Raises:
        Refusal: ``not_found``; ``erasure_decided`` where it is done, refused or withdrawn.

    """
    row, application, facts = _found(by, erasure_id)
    allow(facts is not None and erasing.may_withdraw(by, facts))
    if row is None or application is None:
        raise not_found()
    if row.state not in erasing.OPEN:
        raise Refusal("erasure_decided", status=CONFLICT)
    change(row, state="withdrawn", ended_at=at)
    _stopped(row, application)


@action
def announce_erasure(*, by: Actor, at: datetime, key: str, application_id: UUID) -> UUID | None:
    """Announce what is due by the schedule of its service, as the clock; ``None`` where it is not due, or announced.

    Raises:
        Refusal: ``not_found``.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_own_work(by))
    if row is None:
        raise not_found()
    is_open = Erasure.first_where(application_id=row.id, state=erasing.OPEN) is not None
    if is_open or queries.erasure_hindrance(row, at) or not queries.erasure_is_due(row, at):
        return None
    made = put(
        Erasure(
            application_id=row.id, office_id=row.office_id, ground="schedule", state="announced", proposed_at=at,
            erases_at=erasing.erases_at(at),
        )
    )  # fmt: skip
    _announced(row, made, by=by, at=at)
    return made.id


@action
def erase(*, by: Actor, at: datetime, key: str, erasure_id: UUID) -> bool:
    """Erase what was announced, as the clock, once its time has come.

    ``False`` where it was done or stopped before, or is no longer due: a draft was gone on with meanwhile.

    Raises:
        Refusal: ``not_found``; ``erasure_too_early``; and why it cannot be erased as it stands.

    """
    row = Erasure.locked(erasure_id)
    application = Application.locked(row.application_id) if row is not None else None
    allow(row is not None and permissions.is_own_work(by))
    if row is None or application is None:
        raise not_found()
    if row.state != "announced":
        return False
    if row.ground == "schedule" and not queries.erasure_is_due(application, at):
        change(row, state="withdrawn", ended_at=at)
        _stopped(row, application)
        return False
    if row.erases_at is None or at < row.erases_at:
        raise Refusal("erasure_too_early", status=CONFLICT)
    code = queries.erasure_hindrance(application, at)
    if code:
        raise Refusal(code, status=CONFLICT)
    _wipe(application, row, by=by, at=at)
    return True


@action
def erase_again(*, by: Actor, at: datetime, key: str, application_id: UUID) -> bool:
    """Erase what was erased before and a restored backup brought back; ``False`` where nothing of it is here.

    Raises:
        Refusal: ``document_not_sealed``.

    """
    allow(permissions.is_own_work(by))
    row = Application.locked(application_id)
    if row is None or row.erased_at is not None:
        return False
    for waiting in Erasure.where(application_id=row.id, state=erasing.OPEN, lock=True):
        change(waiting, state="withdrawn", ended_at=at)
    made = put(
        Erasure(
            application_id=row.id, office_id=row.office_id, ground="again", state="announced", proposed_at=at,
            erases_at=at,
        )
    )  # fmt: skip
    _wipe(row, made, by=by, at=at)
    return True


def _wipe(row: Application, erasure: Erasure, *, by: Actor, at: datetime) -> None:
    """Erase everything that any room holds of an application, the record of it last."""
    stories = queries.stories_of(row.id)
    keeps = queries.keeps_of(row, queries.today(at))
    rooms = [forms, documents, contact, workflow, payments]
    if keeps is not None and keeps.register_ == "goes":
        rooms.append(registers)
    for story in stories:
        for room in rooms:
            room.erase(by=by, at=at, story=story)
    for model in (Query, Decision, Appeal, DeemedRequest, Emergency):
        empty(model.where(application_id=row.id, lock=True))
    decisions = tuple(one.id for one in Decision.where(application_id=row.id))
    empty(ShowCause.where(decision_id=decisions, lock=True))
    ended = {"state": "discarded", "ended_at": at} if row.state == "draft" else {}
    change(row, erased_at=at, **row.emptied(), **ended)
    change(erasure, state="done", ended_at=at)
    news = events.Erased(application_id=row.id, erasure_id=erasure.id, ground=erasure.ground)
    tell(news, story=row.id, office_id=row.office_id)
    for story in stories:
        ledger.erase(by=by, at=at, story=story)
