"""How a case begins, and how its clock does where it runs from completeness."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.canonical import Shared
from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.workflow import events, rules
from janaseva.workflow.models import Case, Deadline, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _desks as desks
from janaseva.workflow.steps import _lapsing as lapsing
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedCase:
    """A case that rests on its first desk. ``due_at`` is empty where no date can be said: ``standing`` says why."""

    case_id: UUID
    task_id: UUID | None
    state: str
    office_id: UUID
    post_id: UUID | None
    standing: rules.Standing
    due_at: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A process as this one object: what it says is long, and compared with nothing."""

    process: rules.Process

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.process is other.process

    def __hash__(self) -> int:
        return id(self.process)


@lru_cache(maxsize=512)
def _kept(same: _Same) -> Shared | None:
    """Return a process as its cases keep it, or ``None`` where it is not sound: looked at once for all of them."""
    process = same.process
    if process.open_names() or rules.faults(process):
        return None
    return Shared(process.model_dump(mode="json", exclude_defaults=True))


@step
def start(
    *,
    by: Actor,
    at: datetime,
    story: UUID,
    process: rules.Process,
    definition_key: str,
    definition_version: str,
    area_id: UUID,
    received_at: datetime,
    complete_at: datetime | None,
    applicant_person_id: UUID | None,
    made_by_person_id: UUID | None = None,
    calendar_key: str = "",
    limit: rules.Limit | None = None,
    facts: Mapping[str, Any] | None = None,
) -> StartedCase:
    """Begin a case: resolve every desk of the process for the area, lay down the first task, start the clock.

    ``process`` has its ``@names`` assigned. ``limit`` is the variant's own; without it the process's holds. A clock
    that runs from completeness begins at ``complete_at``, or with :func:`complete` later. ``received_at`` also gives
    the case its place in every queue. ``facts`` are what :func:`janaseva.workflow.rules.facts_for` gives.

    Raises:
        Refusal: ``no_post_for_role``.
        ValueError: for a process with open ``@names`` or faults, which publication should have refused.

    """
    kept = _kept(_Same(process))
    if kept is None:
        message = f"{definition_key} {definition_version}: the process is not sound or has open names"
        raise ValueError(message)
    found = desks.resolve_all(process, area_id)
    first = found.get(process.first) or next(iter(found.values()))
    lasting = limit or process.limit
    case = put(
        Case(
            story=story,
            office_id=UUID(first["office_id"]),
            area_id=area_id,
            definition_key=definition_key,
            definition_version=definition_version,
            process=kept,
            desks=found,
            facts=dict(facts or {}),
            calendar_key=calendar_key,
            applicant_person_id=applicant_person_id,
            made_by_person_id=made_by_person_id,
            state=process.first,
            arrived_at=received_at,
        )
    )
    began_at = complete_at if lasting is not None and lasting.starts == "completeness" else received_at
    due = clocks.begin(case, limit=lasting, began_at=began_at)
    lapsing.begin(case, process, rules.RECEIPT, received_at)
    task = laying.lay_down(case, process, process.first, at, case_due_at=due.at)
    tell(
        events.Started(
            case_id=case.id,
            definition_key=definition_key,
            definition_version=definition_version,
            state=case.state,
            post_id=case.post_id,
            due_at=rows.iso(due.at),
        ),
        story=story,
        office_id=case.office_id,
    )
    return _started(case, task, due)


def _started(case: Case, task: Task | None, due: rules.Due) -> StartedCase:
    return StartedCase(
        case_id=case.id,
        task_id=task.id if task else None,
        state=case.state,
        office_id=case.office_id,
        post_id=case.post_id,
        standing=due.standing,
        due_at=due.at,
    )


@step
def complete(*, by: Actor, at: datetime, case_id: UUID, complete_at: datetime) -> rules.Due:
    """Begin the clock of a case that was received incomplete: the limit runs from the day of completeness.

    Raises:
        Refusal: ``not_found``; ``case_ended``; ``clock_runs_already``.

    """
    case = rows.open_case(case_id)
    deadline = Deadline.first_where(case_id=case.id, step="", began_at=None)
    if deadline is None:
        raise Refusal("clock_runs_already", status=CONFLICT)
    change(deadline, began_at=complete_at)
    rows.settle()
    counted = clocks.recount(case)
    task = rows.open_task(case)
    if task is not None and task.kind == "main":
        change(task, due_at=counted.task_at)
    tell(
        events.Completed(case_id=case.id, due_at=rows.iso(counted.whole.at)),
        story=case.story,
        office_id=case.office_id,
    )
    return counted.whole
