"""Calendars as the rules read them, and the clock read through them."""

import functools
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.conf import settings

from janaseva.workflow import rules
from janaseva.workflow.models import WorkCalendar, WorkDay


@functools.lru_cache(maxsize=256)
def _read(calendar_id: UUID, revision: int) -> rules.Calendar:  # noqa: ARG001 - part of what it is kept under
    """Return a calendar with its days. ``revision`` rises with every change of either, so that it may be kept."""
    row = WorkCalendar.objects.get(pk=calendar_id)
    days: dict[str, dict[date, str]] = {"holiday": {}, "closure": {}, "working": {}}
    for day in WorkDay.objects.filter(calendar_id=calendar_id):
        days[day.kind][day.day] = day.title
    return rules.Calendar(
        key=row.key,
        time_zone=row.time_zone,
        weekly_off=frozenset(row.weekly_off),
        saturdays_off=frozenset(row.saturdays_off),
        holidays=days["holiday"],
        closures=days["closure"],
        workdays=frozenset(days["working"]),
        opens=row.opens,
        closes=row.closes,
        known_until=row.known_until,
    )


def calendar(key: str) -> rules.Calendar | None:
    """Return the calendar that was loaded under this key, or ``None``."""
    found = WorkCalendar.objects.filter(key=key).values_list("id", "revision").first() if key else None
    return None if found is None else _read(*found)


def plain_calendar(time_zone: str = "") -> rules.Calendar:
    """Return the calendar of a place of which only the time zone is known: Sundays off, no holiday known."""
    return rules.Calendar(key="", time_zone=time_zone or settings.TIME_ZONE, known_until=date.min)


def calendar_or_plain(key: str) -> rules.Calendar:
    """Return the calendar of this key, or the plain one, whose every date is a forecast."""
    return calendar(key) or plain_calendar()


def zones(keys: Iterable[str]) -> dict[str, rules.Calendar]:
    """Return plain calendars in the time zone of each key, in one query: enough to tell today from tomorrow."""
    wanted = set(keys)
    found = dict(WorkCalendar.objects.filter(key__in=wanted).values_list("key", "time_zone"))
    return {key: plain_calendar(found.get(key, "")) for key in wanted}


def reckon(
    *, limit: rules.Limit | None, began_at: datetime | None, pauses: Iterable[rules.Span], calendar_key: str
) -> rules.Due:
    """Return by when something is due. A limit in working days without a calendar gives no date: it is unknown."""
    found = calendar(calendar_key)
    if found is None and limit is not None and limit.counts == "working":
        return rules.Due(standing="unknown")
    return rules.due(limit=limit, began_at=began_at, pauses=pauses, calendar=found or plain_calendar())
