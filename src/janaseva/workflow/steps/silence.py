"""What follows where an office that was asked does not answer: a reminder, or by law that it has no objection."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from janaseva.core.action import change, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.workflow import events, rules
from janaseva.workflow.models import Case, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps.opine import join


@step
def pass_silence(*, by: Actor, at: datetime, task_id: UUID) -> Literal["", "remind", "no_objection"]:
    """Do what the definition says of an office that has not answered in its time; empty where it still may.

    Raises:
        Refusal: ``not_found`` for anyone but the clock and the system.

    """
    seen = Task.get_or_none(task_id)
    if seen is None or by.kind not in ("clock", "system"):
        raise not_found()
    case = rows.case_locked(seen.case_id)
    task = Task.objects.get(pk=task_id)
    silent = task.silent_at is not None and task.silent_at <= at and task.state in ("waiting", "held")
    if not silent or case.ended_at is not None:
        return ""
    process = rows.process_of(case)
    here = rows.step_of(case, process)
    branch = here.branch(task.report)
    if branch is None or branch.silence is None:
        return ""
    if branch.silence.then == "remind":
        _remind(case, here, branch, task, at)
        return "remind"
    rows.put_move(
        case,
        by=laying.BY_RULE,
        at=at,
        kind="silence",
        key=branch.key,
        source=f"{here.key}/{branch.key}",
        target=here.key,
        post_id=None,
        recommends="approve",
        note=branch.silence.law or "",
    )
    rows.void(task, at)
    tell(
        events.SilenceTaken(case_id=case.id, task_id=task.id, branch=branch.key, post_id=task.post_id),
        story=case.story,
        office_id=task.office_id,
    )
    rows.settle()
    join(case, process, here, task, at=at)
    return "no_objection"


def _remind(case: Case, here: rules.Step, branch: rules.Branch, task: Task, at: datetime) -> None:
    """Remind the office once more, and again when its time has passed a further time."""
    rows.put_move(
        case,
        by=laying.BY_RULE,
        at=at,
        kind="reminder",
        key=branch.key,
        source=f"{here.key}/{branch.key}",
        target=here.key,
        post_id=None,
    )
    change(task, reminded_at=at, silent_at=clocks.own_time(case, branch.limit, at))
    tell(
        events.Reminded(case_id=case.id, task_id=task.id, branch=branch.key, post_id=task.post_id),
        story=case.story,
        office_id=task.office_id,
    )
