"""The rows that the steps work on: read behind one lock a case, found again when a step follows another."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import change, current, flush, put
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, Refusal, not_found
from janaseva.workflow import rules
from janaseva.workflow.models import Case, Move, Task

OPEN = ("waiting", "held", "paused")
"""The states of a task that is still to be done."""

MAIN = ("main", "time")
SIDE = ("report", "applicant")


def settle() -> None:
    """Write what an earlier step of this act left unwritten, so that this one reads it."""
    act = current()
    pending = [*act.puts, *(row for row, _ in act.changes.values())]
    if any(row.room() == Case.room() for row in pending):
        flush()


def case_locked(case_id: UUID) -> Case:
    """Return the case, held against all others to the end of the act. Every step on a case begins here.

    Raises:
        Refusal: ``not_found``.

    """
    settle()
    case = Case.locked(case_id)
    if case is None:
        raise not_found()
    return case


def open_case(case_id: UUID) -> Case:
    """Return the locked case, which has not ended.

    Raises:
        Refusal: ``not_found``; ``case_ended``.

    """
    case = case_locked(case_id)
    ensure_open(case)
    return case


def ensure_open(case: Case) -> None:
    """Refuse what comes after the end.

    Raises:
        Refusal: ``case_ended``.

    """
    if case.ended_at is not None:
        raise Refusal("case_ended", status=CONFLICT, outcome=case.outcome)


def process_of(case: Case) -> rules.Process:
    """Return the process with which the case began."""
    return rules.process_of(case.process)


def step_of(case: Case, process: rules.Process) -> rules.Step:
    """Return the step in which the case is.

    Raises:
        Refusal: ``case_ended``.

    """
    step = process.step(case.state)
    if step is None:
        raise Refusal("case_ended", status=CONFLICT, outcome=case.outcome)
    return step


def open_task(case: Case, kinds: Iterable[str] = MAIN) -> Task | None:
    """Return the open task of one of these kinds; there is at most one of the main and one of the side kinds."""
    return Task.first_where(case_id=case.id, kind=tuple(kinds), state=OPEN)


def main_task(case: Case, task_id: UUID | None = None) -> Task:
    """Return the case's main task; where ``task_id`` was seen by the caller, it must still be that one.

    Raises:
        Refusal: ``case_moved_on`` where somebody else was quicker.

    """
    task = open_task(case)
    if task is None or (task_id is not None and task.id != task_id):
        raise Refusal("case_moved_on", status=CONFLICT)
    return task


def seat_task(case: Case, by: Actor, task_id: UUID | None) -> Task:
    """Return the open task of a joint decision that was named, or (without a name) that the actor holds.

    Raises:
        Refusal: ``case_moved_on``.

    """
    seats = Task.objects.filter(case_id=case.id, kind="branch", state__in=OPEN)
    found = seats.filter(held_by_charge_id=by.charge_id) if task_id is None else seats.filter(pk=task_id)
    task = found.first()
    if task is None:
        raise Refusal("case_moved_on", status=CONFLICT)
    return task


def ensure_holder(by: Actor, task: Task) -> None:
    """Refuse whoever does not hold the task.

    Raises:
        Refusal: ``task_waits_for_answer``; ``not_holder``.

    """
    if task.state == "paused":
        raise Refusal("task_waits_for_answer", status=CONFLICT)
    held = task.state == "held" and rules.holds(by, post_id=task.post_id, held_by_charge_id=task.held_by_charge_id)
    if not held:
        raise Refusal("not_holder", status=FORBIDDEN)


def ensure_other(by: Actor, case: Case, *, other_person: bool) -> None:
    """Refuse a person in an own matter, and (where the step wants another person) one who moved it out of another step.

    Raises:
        Refusal: ``own_case``; ``own_move``.

    """
    if rules.is_own_matter(by, applicant_person_id=case.applicant_person_id, made_by_person_id=case.made_by_person_id):
        raise Refusal("own_case", status=FORBIDDEN)
    if other_person:
        moves = (made for made in Move.where(case_id=case.id) if made.kind == "move")
        movers = {made.person_id for made in moves if made.source != case.state}
        if rules.is_own_move(by, other_person=True, movers=movers):
            raise Refusal("own_move", status=FORBIDDEN)


def put_move(
    case: Case,
    *,
    by: Actor,
    at: datetime,
    kind: str,
    source: str,
    target: str,
    post_id: UUID | None,
    documents: Sequence[UUID] = (),
    **values: Any,
) -> Move:
    """Add the next line of the case's history."""
    return put(
        Move(
            case=case,
            office_id=case.office_id,
            post_id=post_id,
            ordinal=Move.count_where(case_id=case.id) + 1,
            kind=kind,
            source=source,
            target=target,
            charge_id=by.charge_id,
            person_id=by.person_id,
            at=at,
            documents=[str(key) for key in documents],
            **values,
        )
    )


def let_go(task: Task, *, state: str, **values: Any) -> Task:
    """Take the task out of whoever's hand held it."""
    return change(task, state=state, held_by_charge_id=None, held_by_person_id=None, held_at=None, **values)


def void(task: Task, at: datetime) -> Task:
    """Close a task that was not done and will not be."""
    return let_go(task, state="void", done_at=at)


def iso(moment: datetime | None) -> str | None:
    """Return a moment as news carries it."""
    return None if moment is None else moment.isoformat()
