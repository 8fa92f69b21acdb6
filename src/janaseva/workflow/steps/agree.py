"""Joint decisions: each of those who decide together acts on an own desk, and the last one makes the move."""

from datetime import datetime

from janaseva.core import writing
from janaseva.core.action import change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import FORBIDDEN, Refusal
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Case, Move, Task
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps._carrying import Given, MovedCase, carry_out


def agree(
    case: Case,
    process: rules.Process,
    here: rules.Step,
    task: Task,
    chosen: rules.Move,
    *,
    by: Actor,
    at: datetime,
    given: Given,
) -> MovedCase:
    """Act on one seat of a joint decision; the case goes on where one is enough, or where this was the last of all.

    Nobody takes two seats of one decision. The case is held, so that two who act at once follow each other.

    Raises:
        Refusal: ``joint_same_person``.

    """
    earlier = Move.objects.filter(case_id=case.id, kind="agreement", target=here.key, at__gte=task.since)
    if earlier.filter(person_id=by.person_id).exists():
        raise Refusal("joint_same_person", status=FORBIDDEN)
    if chosen.by == "one":
        _let_go_others(case, task, at)
        return carry_out(case, process, task, chosen, by=by, at=at, given=given)
    made = rows.put_move(
        case,
        by=by,
        at=at,
        kind="agreement",
        key=chosen.key,
        source=f"{here.key}/{task.report}",
        target=here.key,
        post_id=task.post_id,
        note=writing.free_text(given.note),
        checked=list(given.checked),
        documents=given.documents,
    )
    change(task, state="done", done_at=at)
    tell(
        events.Agreed(case_id=case.id, task_id=task.id, seat=task.report, move=chosen.key, post_id=task.post_id),
        story=case.story,
        office_id=task.office_id,
    )
    rows.settle()
    if earlier.count() == len(here.joint):
        return carry_out(case, process, task, chosen, by=by, at=at)
    return MovedCase(
        case_id=case.id,
        move_id=made.id,
        source=here.key,
        target=here.key,
        outcome="",
        late=False,
        task_id=None,
        post_id=None,
        office_id=case.office_id,
        due_at=None,
        case_due_at=queries.case_due_at(laying.BY_RULE, case.id),
        awaited=True,
    )


def _let_go_others(case: Case, task: Task, at: datetime) -> None:
    for other in Task.objects.filter(case_id=case.id, kind="branch", state__in=rows.OPEN).exclude(pk=task.id):
        rows.void(other, at)
