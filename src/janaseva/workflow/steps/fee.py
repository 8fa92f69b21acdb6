"""A step at which a fee is paid: its time begins with the demand, and ends with the payment or the last day."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import change, step
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.workflow import rules
from janaseva.workflow.models import Case, Deadline, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps._carrying import MovedCase, carry_out


def _waiting(case: Case, key: str) -> Task | None:
    """Return the task of a running case that waits for the fee of the step named, or ``None``."""
    if case.ended_at is not None or case.state != key:
        return None
    return Task.first_where(case_id=case.id, kind="time", state="waiting", awaits=rules.FEE)


def _begun(case: Case, key: str) -> bool:
    return Deadline.first_where(case_id=case.id, step=key, met_at=None) is not None


@step
def waits_for_fee(*, by: Actor, at: datetime, case_id: UUID, step: str) -> bool:
    """Return whether the case, which is held from now on, waits at this step for a fee that is still to be demanded."""
    case = rows.case_locked(case_id)
    return _waiting(case, step) is not None and not _begun(case, step)


@step
def fee_demanded(*, by: Actor, at: datetime, case_id: UUID, step: str) -> datetime | None:
    """Begin the time in which the demanded fee is to be paid; return its end, ``None`` where nobody has found it.

    Raises:
        Refusal: ``not_found`` where the case does not wait for it.

    """
    case = rows.case_locked(case_id)
    task, here = _waiting(case, step), rows.process_of(case).step(step)
    if task is None or here is None:
        raise not_found()
    due = clocks.begin(case, limit=here.limit, began_at=at, step=here.key)
    change(task, due_at=laying.waits_until(due.at, here.limit, at))
    return task.due_at


@step
def fee_paid(*, by: Actor, at: datetime, case_id: UUID, step: str) -> MovedCase | None:
    """Let a case go on whose fee is paid; ``None`` where it does not wait for it (more)."""
    return _leave(case_id, step, "paid", by=by, at=at)


@step
def fee_not_paid(*, by: Actor, at: datetime, case_id: UUID, step: str) -> MovedCase | None:
    """Let a case go the way of what was not paid, its time being over; ``None`` where it does not wait (more)."""
    case = rows.case_locked(case_id)
    task = _waiting(case, step)
    if task is None or task.due_at is None or task.due_at > at:
        return None
    return _leave(case_id, step, "not_paid", by=by, at=at)


def _leave(case_id: UUID, key: str, way: str, *, by: Actor, at: datetime) -> MovedCase | None:
    if by.kind not in ("system", "clock"):
        raise not_found()
    case = rows.case_locked(case_id)
    task, process = _waiting(case, key), rows.process_of(case)
    if task is None:
        return None
    chosen = next(move for move in rows.step_of(case, process).moves if move.fee == way)
    return carry_out(case, process, task, chosen, by=by, at=at)


@step
def move_last_day(*, by: Actor, at: datetime, case_id: UUID, due_at: datetime | None) -> None:
    """Keep the last day of a fee that is awaited, as the clock of its step was counted anew."""
    task = Task.first_where(case_id=case_id, kind="time", state="waiting", awaits=rules.FEE)
    if task is not None and task.due_at is not None and due_at is not None:
        change(task, due_at=due_at)
