"""Whether an application is whole, where the law counts from that day; and due dates that were counted again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import UNPROCESSABLE, Refusal
from janaseva.services import events, queries
from janaseva.services.actions.handling import on_desk
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application
from janaseva.services.rules import permissions
from janaseva.workflow import steps as workflow


@action
def find_incomplete(
    *, by: Actor, at: datetime, key: str, application_id: UUID, missing: Sequence[str], words: str
) -> None:
    """Find an application incomplete: the applicant gets the list, and its clock begins with the last of these papers.

    ``missing`` are keys of the form's groups of documents; everything that is missing is named at once.

    Raises:
        Refusal: ``not_found``; ``incomplete_needs_papers``; and those of
            :func:`janaseva.workflow.steps.find_incomplete`.

    """
    row, case_id = on_desk(by, at, application_id)
    definition = queries.compiled(row.definition_id, row.purpose)
    asked = {*missing}
    groups = [one.key for one in definition.form.documents if one.key in asked]
    if not groups or len(groups) != len(asked):
        raise Refusal("incomplete_needs_papers", status=UNPROCESSABLE)
    workflow.find_incomplete(by=by, at=at, case_id=case_id, words=words)
    groups = [*groups, *(one for one in row.missing if one not in asked)]
    change(row, missing=groups, missing_words=writing.free_text(words), due_at=None)
    send_message(row, "message.query_asked", by=by, at=at)
    tell(events.FoundIncomplete(application_id=row.id, groups=tuple(groups)), story=row.id, office_id=row.office_id)


def paper_came(row: Application, group: str, *, by: Actor, at: datetime) -> None:
    """Strike a paper that was given off the list of those missing; with the last of them the clock begins."""
    if group not in row.missing or row.case_id is None:
        return
    missing = [one for one in row.missing if one != group]
    if missing:
        change(row, missing=missing)
        return
    due_at = workflow.papers_complete(by=by, at=at, case_id=row.case_id)
    change(row, missing=missing, missing_words="", due_at=due_at)
    tell(
        events.Completed(application_id=row.id, due_at=due_at.isoformat() if due_at else None),
        story=row.id,
        office_id=row.office_id,
    )


@action
def move_due_date(*, by: Actor, at: datetime, key: str, case_id: UUID, due_at: datetime | None) -> bool:
    """Take over the due date of a case that was counted again, after a closure, an outage or another calendar.

    Return whether the application's date changed.
    """
    allow(permissions.is_own_work(by))
    found = Application.objects.filter(case_id=case_id).values_list("id", flat=True).first()
    row = Application.locked(found) if found else None
    if row is None or row.state != "begun" or row.due_at == due_at:
        return False
    change(row, due_at=due_at)
    tell(
        events.DueDateMoved(application_id=row.id, due_at=due_at.isoformat() if due_at else None),
        story=row.id,
        office_id=row.office_id,
    )
    return True
