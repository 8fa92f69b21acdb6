"""What the doors and the rooms above see of cases and tasks: frozen, plain, without tables behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.workflow import rules
from janaseva.workflow.models import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One task on a desk. ``place`` is its place in the queue (from 1), 0 where it does not wait.

    ``waits_for`` says on whom a paused task waits: ``applicant`` or ``report``.
    """

    task_id: UUID
    case_id: UUID
    story: UUID
    definition_key: str
    kind: str
    step: str
    report: str
    title: Text
    state: str
    post_id: UUID | None
    office_id: UUID
    arrived_at: datetime
    since: datetime
    due_at: datetime | None
    urgency: rules.Urgency
    held_by_me: bool
    held_by_person_id: UUID | None
    held_at: datetime | None
    question: str
    waits_for: str = ""
    place: int = 0
    reminded_at: datetime | None = None


class OfCase(NamedTuple):
    """What a list shows of a task's case and its calendar."""

    story: UUID
    definition_key: str
    time_zone: str | None


class TaskRow(NamedTuple):
    """A task as lists read it; what they show of its case is :class:`OfCase`."""

    id: UUID
    case_id: UUID
    kind: str
    step: str
    report: str
    title: Text
    state: str
    post_id: UUID | None
    office_id: UUID
    arrived_at: datetime
    since: datetime
    due_at: datetime | None
    held_by_charge_id: UUID | None
    held_by_person_id: UUID | None
    held_at: datetime | None
    question: str
    reminded_at: datetime | None
    waits_for: str | None


def task_view(
    task: Task | TaskRow,
    *,
    story: UUID,
    definition_key: str,
    calendar: rules.Calendar,
    by: Actor,
    at: datetime,
    place: int = 0,
) -> TaskView:
    """Return the view of a task; ``calendar`` need know no more than its time zone."""
    return TaskView(
        task_id=task.id,
        case_id=task.case_id,
        story=story,
        definition_key=definition_key,
        kind=task.kind,
        step=task.step,
        report=task.report,
        title=task.title,
        state=task.state,
        post_id=task.post_id,
        office_id=task.office_id,
        arrived_at=task.arrived_at,
        since=task.since,
        due_at=task.due_at,
        urgency=rules.urgency(due_at=task.due_at, at=at, calendar=calendar),
        held_by_me=task.state == "held" and task.held_by_charge_id == by.charge_id,
        held_by_person_id=task.held_by_person_id,
        held_at=task.held_at,
        question=task.question,
        waits_for=(task.waits_for or "") if isinstance(task, TaskRow) else "",
        place=place,
        reminded_at=task.reminded_at,
    )
