"""What the system and the clock do with cases and calendars by themselves; everything else is steps of rooms above."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.workflow import events, rules, steps
from janaseva.workflow.models import Task, WorkCalendar, WorkDay
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _rows as rows


@action
def load_calendar(
    *,
    by: Actor,
    at: datetime,
    key: str,
    calendar: rules.Calendar,
    names: Mapping[str, str],
    source: tuple[str, ...] = (),
) -> UUID:
    """Load a calendar from a pack, in place of what was loaded under its key before.

    Due dates that rest on it are counted again when the news is heard. The same calendar again changes nothing.

    Raises:
        Refusal: ``not_found`` for anyone but the system.

    """
    allow(rules.may_load_calendars(by))
    values = {
        "names": dict(names),
        "time_zone": calendar.time_zone,
        "weekly_off": sorted(calendar.weekly_off),
        "saturdays_off": sorted(calendar.saturdays_off),
        "opens": calendar.opens,
        "closes": calendar.closes,
        "known_until": calendar.known_until,
        "source": list(source),
    }
    row = WorkCalendar.objects.select_for_update().filter(key=calendar.key).first()
    if row is None:
        row = put(WorkCalendar(key=calendar.key, **values))
        before: dict[tuple[date, str], WorkDay] = {}
    else:
        before = {(day.day, day.kind): day for day in WorkDay.objects.filter(calendar_id=row.id)}
        same = all(getattr(row, name) == value for name, value in values.items())
        if same and {place: day.title for place, day in before.items()} == _days(calendar):
            return row.id
        change(row, **values)
    _replace_days(row, before, _days(calendar))
    tell(events.CalendarLoaded(calendar_key=calendar.key))
    return row.id


def _days(calendar: rules.Calendar) -> dict[tuple[date, str], str]:
    return {
        **{(day, "holiday"): title for day, title in calendar.holidays.items()},
        **{(day, "closure"): title for day, title in calendar.closures.items()},
        **{(day, "working"): "" for day in calendar.workdays},
    }


def _replace_days(
    row: WorkCalendar, before: Mapping[tuple[date, str], WorkDay], after: Mapping[tuple[date, str], str]
) -> None:
    for place, day in before.items():
        if place not in after:
            remove(day)
        elif day.title != after[place]:
            change(day, title=after[place])
    for (day_, kind), title in after.items():
        if (day_, kind) not in before:
            put(WorkDay(calendar=row, day=day_, kind=kind, title=title))


@action
def recount(*, by: Actor, at: datetime, key: str, case_id: UUID) -> bool:
    """Count the clocks of a running case anew, after its calendar changed; return whether its due date changed."""
    allow(by.kind == "system")
    case = rows.case_locked(case_id)
    if case.ended_at is not None:
        return False
    counted = clocks.recount(case)
    if not counted.changed:
        return False
    task = rows.open_task(case, ("main",))
    if task is not None and task.state != "paused":
        change(task, due_at=counted.task_at)
    tell(
        events.Recounted(case_id=case.id, due_at=rows.iso(counted.whole.at)),
        story=case.story,
        office_id=case.office_id,
    )
    return True


@action
def release(*, by: Actor, at: datetime, key: str, charge_id: UUID) -> int:
    """Put back what an ended charge still held; return how many tasks that were."""
    allow(by.kind == "system")
    return steps.release(by=by, at=at, charge_id=charge_id)


@action
def pass_time(*, by: Actor, at: datetime, key: str, task_id: UUID) -> bool:
    """Let a case go on whose time of waiting is over; return whether it went."""
    allow(by.kind in ("clock", "system") and Task.get_or_none(task_id) is not None)
    return steps.pass_time(by=by, at=at, task_id=task_id)
