"""Whether an application is complete, where its time limit runs from that day: found wanting once, and made whole."""

from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Refusal
from janaseva.workflow import events, rules
from janaseva.workflow.models import Case, Deadline, Move, Pause, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _lapsing as lapsing
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps.ask import in_hand, resume
from janaseva.workflow.steps.begin import complete


def _may_be_found(case: Case, process: rules.Process, here: rules.Step, deadline: Deadline | None) -> bool:
    limit = None if deadline is None else clocks.limit_of(deadline)
    made = Move.objects.filter(case_id=case.id, kind__in=("move", "incomplete")).exists()
    return rules.may_find_incomplete(limit, at_first_step=here.key == process.first, made=made)


@step
def find_incomplete(*, by: Actor, at: datetime, case_id: UUID, words: str) -> UUID:
    """Find the application incomplete: its clock has not begun. Return the id of the applicant's task.

    Once, at the first desk, before anything else was decided: everything that is missing is named together.

    Raises:
        Refusal: as :func:`janaseva.workflow.steps.ask_applicant`; ``incomplete_too_late``.

    """
    case, process, here, task = in_hand(by, case_id)
    deadline = Deadline.first_where(case_id=case.id, step="", met_at=None)
    if deadline is None or not _may_be_found(case, process, here, deadline):
        raise Refusal("incomplete_too_late", status=CONFLICT)
    if not words.strip():
        raise Refusal("question_empty", status=UNPROCESSABLE)
    text = writing.free_text(words)
    rows.put_move(
        case, by=by, at=at, kind="incomplete", source=here.key, target="applicant", post_id=task.post_id, note=text
    )
    put(Pause(case=case, office_id=case.office_id, why="incomplete", from_at=at))
    change(deadline, began_at=None)
    rows.settle()
    clocks.recount(case)
    rows.let_go(task, state="paused", due_at=None)
    asked = put(
        Task(
            case=case,
            office_id=case.office_id,
            post_id=None,
            kind="applicant",
            step=here.key,
            title=here.title,
            state="waiting",
            arrived_at=case.arrived_at,
            since=at,
            question=text,
        )
    )
    lapsing.begin(case, process, rules.QUESTION, at)
    tell(events.FoundIncomplete(case_id=case.id, task_id=asked.id), story=case.story, office_id=case.office_id)
    return asked.id


@step
def papers_complete(*, by: Actor, at: datetime, case_id: UUID) -> datetime | None:
    """Begin the clock, since the last missing paper came in; return when the case is due.

    Raises:
        Refusal: ``not_found``; ``case_ended``; ``clock_runs_already``.

    """
    case = rows.open_case(case_id)
    found = Pause.objects.filter(case_id=case.id, why="incomplete", to_at=None).exists()
    task = rows.open_task(case, ("applicant",)) if found else None
    if task is not None:
        rows.put_move(case, by=by, at=at, kind="answer", source="applicant", target=case.state, post_id=None, note="")
        change(task, state="done", done_at=at)
        resume(case, at)
        rows.settle()
    return complete(by=by, at=at, case_id=case_id, complete_at=at).at
