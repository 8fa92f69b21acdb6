"""A wait for an entry in a register is over as soon as the entry is there."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import step
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.workflow.models import Task
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps._carrying import carry_out


@step
def entry_found(*, by: Actor, at: datetime, case_id: UUID) -> bool:
    """Let a case go on that waited for an entry which is now found; ``False`` where it does not wait for one (more).

    Raises:
        Refusal: ``not_found`` for anyone but the system.

    """
    if by.kind != "system":
        raise not_found()
    case = rows.case_locked(case_id)
    task = Task.objects.filter(case_id=case.id, kind="time", state="waiting", awaits__contains="/").first()
    if task is None or case.ended_at is not None:
        return False
    process = rows.process_of(case)
    chosen = next(move for move in rows.step_of(case, process).moves if move.entry == "found")
    carry_out(case, process, task, chosen, by=by, at=at)
    return True
