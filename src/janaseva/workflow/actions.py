"""What the system and the clock do with cases and calendars, and officers with calendars; all else is steps."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, flush, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Refusal, not_found
from janaseva.people import queries as people
from janaseva.people import steps as people_steps
from janaseva.workflow import events, queries, rules, steps
from janaseva.workflow.models import Closure, Outage, Task, WorkCalendar, WorkDay
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _layers as layers
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
    area: str = "",
) -> UUID:
    """Load a state's calendar from a pack, in place of what was loaded under its key before.

    ``area`` (``scheme:code``) is the state: offices within it are timed by this calendar. Due dates that rest on it are
    counted again when the news is heard. The same calendar again changes nothing; closures that officers declared stay.

    Raises:
        Refusal: ``not_found`` for anyone but the system, and for an area that there is not.

    """
    allow(rules.may_load_calendars(by))
    values: dict[str, Any] = {"names": dict(names), "time_zone": calendar.time_zone, "source": list(source)}
    if area:
        values["area_id"] = _area(area)
    row, changed = _load(calendar.key, calendar, values)
    if changed:
        tell(events.CalendarLoaded(calendar_key=calendar.key))
    return row.id


@action
def load_layer(
    *,
    by: Actor,
    at: datetime,
    key: str,
    calendar_key: str,
    parent: str,
    layer: rules.Layer,
    names: Mapping[str, str],
    area: str = "",
    office: str = "",
    source: tuple[str, ...] = (),
) -> UUID:
    """Load what a district (``area``, as ``scheme:code``) or an ``office`` (its key) has otherwise than ``parent``.

    Raises:
        Refusal: ``not_found`` for anyone but the system, and for a parent, area or office that there is not.

    """
    allow(rules.may_load_calendars(by))
    below = WorkCalendar.objects.filter(key=parent).first()
    place = people.office_by_key(office) if office else None
    if below is None or (office and place is None):
        raise not_found()
    values = {"names": dict(names), "time_zone": below.time_zone, "source": list(source), "parent_id": below.id}
    values |= {"area_id": _area(area) if area else None, "office_id": place.id if place else None}
    row, changed = _load(calendar_key, layer, values)
    if changed:
        tell(events.CalendarLoaded(calendar_key=row.key))
        flush()
        if not office:
            layers.adopt(row)
    return row.id


def _area(reference: str) -> UUID:
    found = people.area_by_reference(reference)
    if found is None:
        raise not_found()
    return found.id


def _load(key: str, given: rules.Calendar | rules.Layer, values: dict[str, Any]) -> tuple[WorkCalendar, bool]:
    """Write a calendar or layer with its days where anything differs; return its row and whether anything did.

    A layer that an office or area was given already (for its cases, or for a closure) is this one from now on.
    """
    values = {
        **values,
        "weekly_off": None if given.weekly_off is None else sorted(given.weekly_off),
        "saturdays_off": None if given.saturdays_off is None else sorted(given.saturdays_off),
        "opens": given.opens,
        "closes": given.closes,
        "known_until": given.known_until,
    }
    same_key = WorkCalendar.objects.select_for_update().filter(key=key).first()
    place = {name: values[name] for name in ("area_id", "office_id") if values.get(name)}
    row = same_key or (WorkCalendar.objects.select_for_update().filter(**place).first() if place else None)
    days = _days(given)
    if row is None:
        row = put(WorkCalendar(key=key, **values))
        before: dict[tuple[date, str], WorkDay] = {}
    else:
        before = {(day.day, day.kind): day for day in WorkDay.objects.filter(calendar_id=row.id)}
        same = all(getattr(row, name) == value for name, value in values.items())
        if same and {place: (day.title, day.closes) for place, day in before.items()} == days:
            return row, False
        change(row, **values)
    _replace_days(row, before, days)
    return row, True


Days = Mapping[tuple[date, str], tuple[str, time | None]]


def _days(given: rules.Calendar | rules.Layer) -> Days:
    return {
        **{(day, "holiday"): (title, None) for day, title in given.holidays.items()},
        **{(day, "closure"): (title, None) for day, title in given.closures.items()},
        **{(day, "working"): ("", None) for day in given.workdays},
        **{(day, "half_day"): (half.title, half.closes) for day, half in given.half_days.items()},
    }


def _replace_days(row: WorkCalendar, before: Mapping[tuple[date, str], WorkDay], after: Days) -> None:
    for place, day in before.items():
        if place not in after:
            remove(day)
        elif (day.title, day.closes) != after[place]:
            change(day, title=after[place][0], closes=after[place][1])
    for (day_, kind), (title, closes) in after.items():
        if (day_, kind) not in before:
            put(WorkDay(calendar=row, day=day_, kind=kind, title=title, closes=closes))


@action
def declare_closure(
    *,
    by: Actor,
    at: datetime,
    key: str,
    whom: Literal["office", "area"],
    first_day: date,
    last_day: date,
    why: str,
    order: str,
    from_time: time | None = None,
) -> UUID:
    """Close one's own office, or all offices of its area, for days (or from an hour on), by an order.

    The time limits of these offices are counted again without the closed days when the news is heard.

    Raises:
        Refusal: ``not_permitted``; ``charge_ended``; ``closure_days``; ``closure_needs_reason``;
            ``closure_needs_order``; ``closure_known``; ``calendar_missing``.

    """
    allow(rules.may_close(by, office_id=by.office_id, area=whom == "area"), "not_permitted")
    people_steps.in_charge(by=by, at=at)
    office = people.office(by.office_id) if by.office_id else None
    layer = (
        None if office is None else layers.of_area(office.area_id) if whom == "area" else layers.of_office(office.id)
    )
    if layer is None or office is None:
        raise Refusal("calendar_missing", status=CONFLICT)
    today = queries.calendar_or_plain(layer.key).local_day(at)
    if not rules.may_be_closed(first_day, last_day, today):
        raise Refusal("closure_days", status=UNPROCESSABLE, back=rules.CLOSURE_BACK_DAYS, most=rules.CLOSURE_MOST_DAYS)
    if not rules.is_reason(why):
        raise Refusal("closure_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    if not order.strip():
        raise Refusal("closure_needs_order", status=UNPROCESSABLE)
    days = {"first_day": first_day, "last_day": last_day, "from_time": from_time}
    if Closure.objects.filter(calendar_id=layer.id, lifted_at=None, **days).exists():
        raise Refusal("closure_known", status=CONFLICT)
    made = put(
        Closure(
            calendar=layer,
            office_id=office.id,
            post_id=by.post_id,
            charge_id=by.charge_id,
            person_id=by.person_id,
            at=at,
            why=writing.free_text(why.strip())[:200],
            source=writing.free_text(order.strip())[:300],
            **days,
        )
    )
    change(layer, closed_at=at)
    tell(
        events.ClosureDeclared(
            closure_id=made.id,
            calendar_key=layer.key,
            first_day=first_day.isoformat(),
            last_day=last_day.isoformat(),
            post_id=by.post_id,
        ),
        office_id=office.id,
    )
    return made.id


@action
def lift_closure(*, by: Actor, at: datetime, key: str, closure_id: UUID) -> None:
    """Take back a closure of one's own office; its days count again.

    Raises:
        Refusal: ``not_found``; ``charge_ended``; ``closure_lifted``.

    """
    row = Closure.locked(closure_id)
    layer = None if row is None else WorkCalendar.locked(row.calendar_id)
    area = layer is not None and layer.office_id is None
    allow(row is not None and rules.may_close(by, office_id=row.office_id, area=area))
    people_steps.in_charge(by=by, at=at)
    if row is None or layer is None:
        raise not_found()
    if row.lifted_at is not None:
        raise Refusal("closure_lifted", status=CONFLICT)
    change(row, lifted_at=at, lifted_by_person_id=by.person_id)
    change(layer, closed_at=at)
    tell(events.ClosureLifted(closure_id=row.id, calendar_key=layer.key), office_id=row.office_id)


@action
def record_outage(
    *, by: Actor, at: datetime, key: str, from_at: datetime, to_at: datetime, why: str, source: str = ""
) -> UUID:
    """Record that the platform was out of order; limits that ran then are counted again when the news is heard.

    Raises:
        Refusal: ``not_permitted``; ``outage_times``; ``outage_needs_reason``; ``outage_known``.

    """
    allow(rules.may_record_outage(by), "not_permitted")
    if not from_at < to_at <= at or to_at - from_at > timedelta(days=rules.CLOSURE_MOST_DAYS):
        raise Refusal("outage_times", status=UNPROCESSABLE, most=rules.CLOSURE_MOST_DAYS)
    if not rules.is_reason(why):
        raise Refusal("outage_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    if Outage.objects.filter(from_at=from_at, to_at=to_at).exists():
        raise Refusal("outage_known", status=CONFLICT)
    made = put(
        Outage(
            from_at=from_at,
            to_at=to_at,
            why=writing.free_text(why.strip())[:200],
            source=writing.free_text(source.strip())[:300],
            person_id=by.person_id,
            at=at,
        )
    )
    tell(events.OutageRecorded(outage_id=made.id, from_at=from_at.isoformat(), to_at=to_at.isoformat()))
    return made.id


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
