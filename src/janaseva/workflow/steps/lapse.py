"""What time alone does to a case that came to nothing: a reminder to its applicant, and its end as lapsed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from janaseva.core.action import change, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Case, Lapse, Pause, Task
from janaseva.workflow.steps import _carrying as carrying
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LapsedCase:
    """A case that lapsed, or is near it: by which of its lapses, and its last day."""

    case_id: UUID
    key: str
    last_day: date


def _to_come(by: Actor, lapse_id: UUID) -> tuple[Case, rules.Process, Lapse, rules.Lapse | None]:
    seen = Lapse.get_or_none(lapse_id)
    if seen is None or by.kind not in ("clock", "system"):
        raise not_found()
    case = rows.case_locked(seen.case_id)
    row, process = Lapse.objects.get(pk=lapse_id), rows.process_of(case)
    open_ = row.over_at is None and case.ended_at is None
    return case, process, row, process.lapse(row.key) if open_ else None


@step
def lapse_reminded(*, by: Actor, at: datetime, lapse_id: UUID) -> LapsedCase | None:
    """Note that the applicant is reminded of a last day; ``None`` where it is too early, too late, or done.

    Raises:
        Refusal: ``not_found`` for anyone but the clock and the system.

    """
    case, _, row, lapse = _to_come(by, lapse_id)
    if lapse is None or row.reminded_at is not None or not row.remind_at <= at < row.lapses_at:
        return None
    change(row, reminded_at=at)
    tell(
        events.LapseReminded(case_id=case.id, lapse=row.key, last_day=row.last_day.isoformat()),
        story=case.story,
        office_id=case.office_id,
    )
    return LapsedCase(case_id=case.id, key=row.key, last_day=row.last_day)


@step
def lapse(*, by: Actor, at: datetime, lapse_id: UUID) -> LapsedCase | None:
    """End a case as lapsed, where its last day is over and it rests at a step at which it lapses; else ``None``.

    The last day is counted once more before: a closure or an outage that was just recorded may have moved it.

    Raises:
        Refusal: ``not_found`` for anyone but the clock and the system.

    """
    case, process, row, lapse = _to_come(by, lapse_id)
    if lapse is None or case.state not in rules.lapse_steps(process, lapse):
        return None
    due = rules.lapse_due(lapse, began_at=row.began_at, calendar=queries.calendar_or_plain(case.calendar_key))
    if at < due.at:
        return None
    if due.at != row.lapses_at:
        change(row, last_day=due.day, lapses_at=due.at)
        rows.settle()
    rows.put_move(
        case,
        by=laying.BY_RULE,
        at=at,
        kind="lapse",
        key=lapse.key,
        source=case.state,
        target=rules.LAPSED,
        post_id=None,
        note=lapse.law or "",
    )
    for task in Task.where(case_id=case.id, state=rows.OPEN):
        rows.void(task, at)
    laying.leave(case, at)
    for pause in Pause.objects.filter(case_id=case.id, to_at=None).exclude(why__in=laying.STANDS):
        change(pause, to_at=at)
    late = carrying.end(case, rules.LAPSED, at)
    carrying.tell_end(case, late=late)
    return LapsedCase(case_id=case.id, key=lapse.key, last_day=due.day)
