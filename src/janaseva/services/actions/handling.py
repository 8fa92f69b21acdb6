"""An officer at the desk: the next case, another with a reason, a look, a note."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from janaseva.core.action import action, allow, tell
from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import not_found
from janaseva.people import steps as people
from janaseva.services import events, queries
from janaseva.services.models import Appeal, Application
from janaseva.services.rules import permissions
from janaseva.workflow import steps as workflow


def on_desk(by: Actor, at: datetime, application_id: UUID) -> tuple[Application, UUID]:
    """Return an application that ``by`` may see as an officer, with its case; permission is asked here, first.

    The charge is held against a hand-over to the end of the act: whoever has handed over decides nothing more.

    Raises:
        Refusal: ``not_found``; ``charge_ended``.

    """
    row = Application.get_or_none(application_id)
    allow(row is not None and permissions.may_work(by) and queries.may_see(by, row))
    people.in_charge(by=by, at=at)
    if row is None or row.case_id is None:
        raise not_found()
    return row, row.case_id


def handled(row: Application, what: str) -> None:
    """Tell that an officer did something with an application that changes nothing for the applicant."""
    tell(events.Handled(application_id=row.id, what=what), story=row.id, office_id=row.office_id)


def of_case(case_id: UUID) -> Application:
    """Return the application of a case.

    Raises:
        Refusal: ``not_found``.

    """
    row = Application.first_where(case_id=case_id)
    if row is None:
        raise not_found()
    return row


@Question
def _of_case(*, case: UUID) -> QuerySet[Application, tuple[UUID, UUID | None]]:
    return Application.objects.filter(case_id=case).values_list("id", "office_id")


def taken_in_hand(case_id: UUID, what: str) -> UUID:
    """Tell what was done with the application or the appeal of a case; answer its id, which is the case's story.

    Raises:
        Refusal: ``not_found``.

    """
    found = _of_case.first(case=case_id)
    if found is not None:
        application_id, office_id = found
        told = events.Handled(application_id=application_id, what=what)
        tell(told, story=application_id, office_id=office_id)
        return application_id
    appeal = Appeal.first_where(case_id=case_id)
    if appeal is None:
        raise not_found()
    tell(
        events.AppealHandled(application_id=appeal.application_id, appeal_id=appeal.id, what=what),
        story=appeal.application_id,
        office_id=appeal.office_id,
    )
    return appeal.id


def hand_next(by: Actor, at: datetime) -> UUID | None:
    """Put into the hands of ``by`` what came first on their desks; answer its story, or ``None`` where nothing waits.

    Raises:
        Refusal: ``no_desk``.

    """
    taken = workflow.take_next(by=by, at=at)
    return None if taken is None else taken_in_hand(taken.case_id, "taken")


@action
def take_next(*, by: Actor, at: datetime, key: str) -> UUID | None:
    """Take in hand what came first of all that waits on one's desks; answer its application (or appeal), or ``None``.

    Raises:
        Refusal: ``not_permitted``; ``no_desk``.

    """
    allow(permissions.may_work(by), "not_permitted")
    people.in_charge(by=by, at=at)
    return hand_next(by, at)


@action
def take(*, by: Actor, at: datetime, key: str, task_id: UUID, reason: str = "") -> UUID:
    """Take one task in hand; another than the next only with a reason, which is kept and counted.

    Raises:
        Refusal: ``not_permitted``; ``not_found``; ``out_of_turn_needs_reason``; and those of the workflow.

    """
    allow(permissions.may_work(by), "not_permitted")
    people.in_charge(by=by, at=at)
    taken = workflow.take(by=by, at=at, task_id=task_id, reason=reason)
    return taken_in_hand(taken.case_id, "taken_out_of_turn" if taken.out_of_turn else "taken")


@action
def put_back(*, by: Actor, at: datetime, key: str, application_id: UUID, task_id: UUID) -> None:
    """Put a held task back on its desk, at its old place."""
    row, _ = on_desk(by, at, application_id)
    workflow.put_back(by=by, at=at, task_id=task_id)
    handled(row, "put_back")


@action
def look(*, by: Actor, at: datetime, key: str, application_id: UUID) -> bool:
    """Record that an officer opened an application; answer ``False`` where this charge did so already today."""
    row, case_id = on_desk(by, at, application_id)
    first = workflow.looked(by=by, at=at, case_id=case_id)
    if first:
        tell(
            events.LookedAt(application_id=row.id, post_id=by.post_id),
            story=row.id,
            office_id=row.office_id,
        )
    return first


@action
def note(*, by: Actor, at: datetime, key: str, application_id: UUID, text: str) -> UUID:
    """Write a note beside an application, for officers' eyes.

    Raises:
        Refusal: ``not_found``; ``note_empty``.

    """
    row, case_id = on_desk(by, at, application_id)
    note_id = workflow.note(by=by, at=at, case_id=case_id, text=text)
    handled(row, "noted")
    return note_id
