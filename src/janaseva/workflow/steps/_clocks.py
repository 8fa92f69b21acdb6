"""The clocks of a case, kept in step with its pauses: the whole case's, and the present step's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from janaseva.core.action import change, put
from janaseva.workflow import queries, rules
from janaseva.workflow.models import Case, Deadline, Pause, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What the clocks of a case say: ``whole`` for the case, ``task_at`` the earliest that presses on its desk.

    ``step_at`` is when the time of the present step is over. ``changed`` is whether any of them says something else
    than was kept.
    """

    whole: rules.Due
    task_at: datetime | None
    changed: bool
    step_at: datetime | None = None


WAITS = ("notice", "wait", "payment")
"""Pauses of the whole case's clock alone: while it stands, the wait's own time runs."""


def spans(pauses: Iterable[Pause]) -> list[rules.Span]:
    """Return pauses as the rules read them."""
    return [rules.Span(from_at=pause.from_at, to_at=pause.to_at, why=pause.why) for pause in pauses]


def limit_of(deadline: Deadline) -> rules.Limit | None:
    """Return the limit that a clock was set to."""
    return None if deadline.limit is None else rules.Limit.model_validate(deadline.limit)


def begin(
    case: Case, *, limit: rules.Limit | None, began_at: datetime | None, step: str = "", pauses: Iterable[Pause] = ()
) -> rules.Due:
    """Set a clock for the case, or for one step of it."""
    due = queries.reckon(limit=limit, began_at=began_at, pauses=spans(pauses), calendar_key=case.calendar_key)
    put(
        Deadline(
            case=case,
            office_id=case.office_id,
            step=step,
            limit=None if limit is None else limit.model_dump(mode="json"),
            began_at=began_at,
            standing=due.standing,
            due_at=due.at,
        )
    )
    return due


def own_time(case: Case, limit: rules.Limit | None, at: datetime) -> datetime | None:
    """Return when something asked for at ``at`` under its own limit is due, or ``None`` where it has none."""
    return queries.reckon(limit=limit, began_at=at, pauses=(), calendar_key=case.calendar_key).at


def recount(case: Case, *, pauses: Iterable[Pause] | None = None) -> Clocks:
    """Count every running clock of the case anew and keep what changed.

    ``pauses`` are those of the case, where one of them is not yet written.
    """
    kept = Pause.where(case_id=case.id) if pauses is None else list(pauses)
    whole = rules.Due(standing="unknown")
    moments, step_at = [], None
    changed = False
    for deadline in Deadline.where(case_id=case.id, met_at=None):
        due = queries.reckon(
            limit=limit_of(deadline),
            began_at=deadline.began_at,
            pauses=spans(pause for pause in kept if not deadline.step or pause.why not in WAITS),
            calendar_key=case.calendar_key,
        )
        if (deadline.standing, deadline.due_at) != (due.standing, due.at):
            change(deadline, standing=due.standing, due_at=due.at)
            changed = True
        if not deadline.step:
            whole = due
        else:
            step_at = due.at
        if due.at is not None:
            moments.append(due.at)
    return Clocks(whole=whole, task_at=min(moments, default=None), changed=changed, step_at=step_at)


def due_at(case: Case) -> datetime | None:
    """Return when the whole of a case that goes on is due."""
    return next((running.due_at for running in Deadline.where(case_id=case.id, met_at=None) if not running.step), None)


def recount_branches(case: Case, process: rules.Process, *, case_due_at: datetime | None) -> bool:
    """Count the days of the offices that were asked anew; return whether one changed.

    A reminder that was sent is not taken back: after it the further time stays as it is.
    """
    here, changed = process.step(case.state), False
    for task in Task.where(case_id=case.id, kind="branch", state=("waiting", "held")):
        branch = here.branch(task.report) if here else None
        own = own_time(case, branch.limit, task.since) if branch else None
        silent = own if branch and branch.silence and task.reminded_at is None else task.silent_at
        values = {"due_at": earliest([case_due_at, own]), "silent_at": silent}
        if any(getattr(task, name) != value for name, value in values.items()):
            change(task, **values)
            changed = True
    return changed


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the moment that presses most, or ``None`` where there is none."""
    return min((moment for moment in moments if moment is not None), default=None)


def meet(case: Case, at: datetime, *, step: str | None = None) -> bool:
    """Stop the clocks of the case (or only of one step); return whether the whole case's limit was passed."""
    late = False
    for deadline in Deadline.where(case_id=case.id, met_at=None):
        if step is not None and deadline.step != step:
            continue
        late = late or (not deadline.step and deadline.due_at is not None and at > deadline.due_at)
        change(deadline, met_at=at)
    return late
