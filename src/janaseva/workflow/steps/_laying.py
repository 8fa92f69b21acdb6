"""How work is laid on a desk: the task of a step, with the step's own clock."""

from datetime import datetime, timedelta
from uuid import UUID

from janaseva.core.action import change, put
from janaseva.workflow import rules
from janaseva.workflow.models import Case, Task
from janaseva.workflow.steps import _clocks as clocks


def lay_down(case: Case, process: rules.Process, key: str, at: datetime, *, case_due_at: datetime | None) -> Task:
    """Lay the task of a step on its desk, set the step's own clock, and let the case rest there."""
    here = process.step(key)
    if here is None:
        message = f"there is no step {key}"
        raise ValueError(message)
    desk = case.desks.get(key)
    post_id = UUID(desk["post_id"]) if desk else None
    if desk:
        change(case, office_id=UUID(desk["office_id"]))
    change(case, state=key, post_id=post_id)
    moments = [case_due_at]
    if here.limit is not None:
        moments.append(clocks.begin(case, limit=here.limit, began_at=at, step=key).at)
    if here.kind == "wait":
        moments = [_waits_until(moments[-1], here.limit, at)]
    return put(
        Task(
            case=case,
            office_id=case.office_id,
            post_id=post_id,
            kind="time" if here.kind == "wait" else "main",
            step=key,
            title=here.title,
            other_person=here.other_person,
            state="waiting",
            arrived_at=case.arrived_at,
            since=at,
            due_at=min((moment for moment in moments if moment is not None), default=None),
        )
    )


def _waits_until(due_at: datetime | None, limit: rules.Limit | None, at: datetime) -> datetime | None:
    """Return when a wait is over; without a calendar to count by, whole days from now; unknown: never by itself."""
    if due_at is not None or limit is None or limit.days is None:
        return due_at
    return at + timedelta(days=limit.days)
