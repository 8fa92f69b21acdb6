"""Calendars and their layers as packs bring them, loaded by the system."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from janaseva.core.action import action, allow, change, flush, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.people import queries as people
from janaseva.workflow import events, rules
from janaseva.workflow.models import WorkCalendar, WorkDay
from janaseva.workflow.steps import _layers as layers


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
    below = WorkCalendar.first_where(key=parent)
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
