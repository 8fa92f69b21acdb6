"""An officer at the desk: the next case, another with a reason, a look, a note."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.people import steps as people
from janaseva.services import events, queries
from janaseva.services.models import Application
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


def of_case(case_id: UUID) -> Application:
    """Return the application of a case.

    Raises:
        Refusal: ``not_found``.

    """
    row = Application.first_where(case_id=case_id)
    if row is None:
        raise not_found()
    return row


def hand_next(by: Actor, at: datetime) -> UUID | None:
    """Put into the hands of ``by`` what came first on their desks; answer its story, or ``None`` where nothing waits.

    Raises:
        Refusal: ``no_desk``.

    """
    taken = workflow.take_next(by=by, at=at)
    return None if taken is None else taken.story


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
    return workflow.take(by=by, at=at, task_id=task_id, reason=reason).story


@action
def put_back(*, by: Actor, at: datetime, key: str, application_id: UUID, task_id: UUID) -> None:
    """Put a held task back on its desk, at its old place."""
    on_desk(by, at, application_id)
    workflow.put_back(by=by, at=at, task_id=task_id)


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
    _, case_id = on_desk(by, at, application_id)
    return workflow.note(by=by, at=at, case_id=case_id, text=text)
