"""What the clock and the system do with cases: count again, put back, let time pass and silence speak."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.workflow import events, steps
from janaseva.workflow.models import Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _lapsing as lapsing
from janaseva.workflow.steps import _rows as rows


@action
def recount(*, by: Actor, at: datetime, key: str, case_id: UUID) -> bool:
    """Count the clocks of a running case anew, after its calendar changed; return whether its due date changed."""
    allow(by.kind == "system")
    case = rows.case_locked(case_id)
    if case.ended_at is not None:
        return False
    counted = clocks.recount(case)
    process = rows.process_of(case)
    asked = clocks.recount_branches(case, process, case_due_at=counted.task_at)
    moved = lapsing.recount(case, process)
    if not counted.changed and not asked and not moved:
        return False
    task = rows.open_task(case, ("main",))
    if task is not None and task.state != "paused":
        change(task, due_at=counted.task_at)
    steps.move_last_day(by=by, at=at, case_id=case.id, due_at=counted.step_at)
    tell(
        events.Recounted(case_id=case.id, due_at=rows.iso(counted.whole.at)),
        story=case.story,
        office_id=case.office_id,
    )
    return True


@action
def release(*, by: Actor, at: datetime, key: str, charge_id: UUID) -> int:
    """Put back what an ended charge still held; return how many tasks that were."""
    allow(by.kind == "system")
    return steps.release(by=by, at=at, charge_id=charge_id)


@action
def pass_time(*, by: Actor, at: datetime, key: str, task_id: UUID) -> bool:
    """Let a case go on whose time of waiting is over; return whether it went."""
    allow(by.kind in ("clock", "system") and Task.get_or_none(task_id) is not None)
    return steps.pass_time(by=by, at=at, task_id=task_id)


@action
def pass_silence(*, by: Actor, at: datetime, key: str, task_id: UUID) -> Literal["", "remind", "no_objection"]:
    """Do what the definition says of an office that has not answered in its time; empty where it still may."""
    allow(by.kind in ("clock", "system") and Task.get_or_none(task_id) is not None)
    return steps.pass_silence(by=by, at=at, task_id=task_id)
