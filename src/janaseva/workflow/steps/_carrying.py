"""How a move that was found possible is made: this step ends, and the case rests at the next, or ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import change, tell
from janaseva.core.actor import Actor
from janaseva.workflow import events, rules
from janaseva.workflow.models import Case, Move, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _lapsing as lapsing
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedCase:
    """Where a case stands after a move.

    While it goes on, ``outcome`` is empty and ``case_due_at`` is told; ``late`` is told at its end.

    ``rests_at`` is the step at which it came to rest, where rules alone led on from ``target``. ``awaited``: the move
    was agreed to, and others must still agree before it is made.
    """

    case_id: UUID
    move_id: UUID
    source: str
    target: str
    outcome: str
    late: bool
    task_id: UUID | None
    post_id: UUID | None
    office_id: UUID
    due_at: datetime | None
    case_due_at: datetime | None = None
    rests_at: str = ""
    awaited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What whoever makes a move gives with it: a note, a coded reason, lines of the checklist, papers, findings."""

    note: str = ""
    reason: str = ""
    checked: tuple[str, ...] = ()
    documents: tuple[UUID, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)


def carry_out(
    case: Case,
    process: rules.Process,
    task: Task | None,
    chosen: rules.Move,
    *,
    by: Actor,
    at: datetime,
    given: Given | None = None,
) -> MovedCase:
    """Make a move that was found possible: end this step, and let the case rest at the next, or end it."""
    source, post_id = case.state, task.post_id if task else None
    given = given or Given()
    made = rows.put_move(
        case,
        by=by,
        at=at,
        kind="move",
        key=chosen.key,
        source=source,
        target=chosen.to,
        post_id=post_id,
        note=writing.free_text(given.note),
        reason=given.reason,
        checked=list(given.checked),
        recommends=chosen.recommends or "",
        documents=given.documents,
        found=dict(given.found),
    )
    if task is not None:
        change(task, state="done", done_at=at)
    here = process.step(source)
    if here is None or here.begins_something:
        laying.leave(case, at)
    ends = chosen.to in rules.OUTCOMES
    if not ends:
        clocks.meet(case, at, step=source)
    rows.settle()
    after: Task | None = None
    late = False
    if ends:
        late = end(case, chosen.to, at, process=process)
    else:
        after = laying.lay_down(case, process, chosen.to, at, case_due_at=clocks.recount(case).task_at)
        rows.settle()
        lapsing.follow(case, process, at)
    due_at = after.due_at if after else None
    _tell_move(case, made, due_at=due_at)
    if ends:
        tell_end(case, late=late)
    return MovedCase(
        case_id=case.id,
        move_id=made.id,
        source=source,
        target=chosen.to,
        outcome=case.outcome,
        late=late,
        task_id=after.id if after else None,
        post_id=case.post_id,
        office_id=case.office_id,
        due_at=due_at,
        case_due_at=None if ends else clocks.due_at(case),
        rests_at="" if ends else case.state,
    )


def _tell_move(case: Case, made: Move, *, due_at: datetime | None) -> None:
    tell(
        events.Moved(
            case_id=case.id,
            move_id=made.id,
            move=made.key,
            source=made.source,
            target=made.target,
            reason=made.reason,
            recommends=made.recommends,
            post_id=made.post_id,
            due_at=rows.iso(due_at),
        ),
        story=case.story,
        office_id=made.office_id,
    )


def end(case: Case, outcome: str, at: datetime, *, process: rules.Process | None = None) -> bool:
    """Close the case and its clocks; return whether it was late."""
    late = clocks.meet(case, at)
    change(case, state=outcome, outcome=outcome, ended_at=at)
    lapsing.follow(case, process or rows.process_of(case), at)
    return late


def tell_end(case: Case, *, late: bool) -> None:
    """Tell that the case ended, and whether it was late."""
    tell(
        events.Ended(case_id=case.id, outcome=case.outcome, late=late),
        story=case.story,
        office_id=case.office_id,
    )
