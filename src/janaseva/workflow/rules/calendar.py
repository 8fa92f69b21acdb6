"""Which days an office is open: weekly days off, Saturdays off by their place in the month, holidays, closures.

The calendar of an office is laid from layers, the general one first: the state's, its district's, its own. What the
more particular layer says of a day is right (a local holiday, a half day, a day declared open); a closure shuts the
office whoever of them declared it. A weekly rule or hours that a layer gives stand in place of those below it.

A day is lost to the platform's own outages where they took an hour or more of the hours in which that office was open:
nobody could act on that day, so it counts for nobody. (That an hour is what makes a day lost is assumed; no order that
says so was found.)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

DayKind = Literal["working", "half_day", "weekly_off", "saturday_off", "holiday", "closure", "outage"]

OUTAGE_MINUTES = 60
"""So much of an office's hours must outages have taken for the day to be lost; assumed."""

_SATURDAY = 5
_SUNDAY = 6
_WEEK = 7

CLOSURE_BACK_DAYS = 7
"""So many days after the fact a closure may still be declared, so that nobody closes a late month away; assumed."""

CLOSURE_MOST_DAYS = 31
"""A closure by one order lasts no longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDay:
    """A day on which the office is open only until ``closes``; it counts as a working day."""

    closes: time
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What a district or one office has otherwise than the calendar below it; what is ``None`` is as there."""

    weekly_off: frozenset[int] | None = None
    saturdays_off: frozenset[int] | None = None
    holidays: Mapping[date, str] = field(default_factory=dict)
    closures: Mapping[date, str] = field(default_factory=dict)
    workdays: frozenset[date] = frozenset()
    half_days: Mapping[date, HalfDay] = field(default_factory=dict)
    opens: time | None = None
    closes: time | None = None
    known_until: date | None = None


class _Reckoned:
    """Keeps what was reckoned by a calendar; no field of it, for by its fields a calendar is hashed."""

    __slots__ = ("dues",)
    dues: dict[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(_Reckoned):
    """The days of one state, district or office.

    ``weekly_off`` are days of the week (Monday is 0). ``saturdays_off`` are places in the month: 2 is the second
    Saturday. ``holidays`` and ``closures`` give the title of a day by its date; ``workdays`` are days declared open
    against the weekly rule or a holiday, ``half_days`` are so too, until an hour, and a closure shuts even those.
    ``outages`` are the days lost to the platform's own outages. ``opens`` and ``closes`` are local times.
    ``known_until`` is the last day for which the notified holidays are loaded; later days are a forecast.
    ``dues`` keeps what was reckoned by it.
    """

    key: str
    time_zone: str
    weekly_off: frozenset[int] = frozenset({_SUNDAY})
    saturdays_off: frozenset[int] = frozenset()
    holidays: Mapping[date, str] = field(default_factory=dict)
    closures: Mapping[date, str] = field(default_factory=dict)
    workdays: frozenset[date] = frozenset()
    half_days: Mapping[date, HalfDay] = field(default_factory=dict)
    outages: frozenset[date] = frozenset()
    opens: time = time(10)
    closes: time = time(17)
    known_until: date | None = None

    def __post_init__(self) -> None:
        """Refuse a calendar whose weekly rule leaves no day to work on, and an office that closes before it opens.

        Raises:
            ValueError: for such a calendar: nothing could ever fall due.

        """
        object.__setattr__(self, "dues", {})
        if self.closes <= self.opens:
            message = f"calendar {self.key}: the office closes before it opens"
            raise ValueError(message)
        weekdays = (
            set(range(_WEEK)) - self.weekly_off - ({_SATURDAY} if self.saturdays_off >= set(range(1, 6)) else set())
        )
        if not weekdays:
            message = f"calendar {self.key}: the weekly rule leaves no working day"
            raise ValueError(message)

    def kind(self, day: date) -> DayKind:
        """Return what kind of day this is; a closure is stronger than a declared working day, that than the rest."""
        kind = self._notified(day)
        return "outage" if day in self.outages and kind in ("working", "half_day") else kind

    def _notified(self, day: date) -> DayKind:
        if day in self.closures:
            return "closure"
        if day in self.half_days:
            return "half_day"
        if day in self.workdays:
            return "working"
        if day in self.holidays:
            return "holiday"
        if day.weekday() in self.weekly_off:
            return "weekly_off"
        if day.weekday() == _SATURDAY and place_in_month(day) in self.saturdays_off:
            return "saturday_off"
        return "working"

    def is_open(self, day: date) -> bool:
        """Return whether the office works on this day."""
        return self.kind(day) in ("working", "half_day")

    def title(self, day: date) -> str:
        """Return the name of the holiday or the reason of the closure or half day, or nothing."""
        if day in self.closures:
            return self.closures[day]
        return self.half_days[day].title if day in self.half_days else self.holidays.get(day, "")

    def closing(self, day: date) -> time:
        """Return the local time at which the office closes on a day on which it is open."""
        return self.half_days[day].closes if day in self.half_days else self.closes

    def local_day(self, moment: datetime) -> date:
        """Return the day on which ``moment`` falls here."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def end_of(self, day: date) -> datetime:
        """Return the moment (UTC) at which the working day ends."""
        return datetime.combine(day, self.closing(day), tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)

    def is_known(self, day: date) -> bool:
        """Return whether the holidays of this day have been notified and loaded."""
        return self.known_until is None or day <= self.known_until


def place_in_month(day: date) -> int:
    """Return which Monday, Tuesday ... of its month a day is: 2 for the second Saturday."""
    return (day.day - 1) // _WEEK + 1


def layered(general: Calendar, *layers: Layer) -> Calendar:
    """Return the calendar of an office: the general one, and over it each layer, the most particular last."""
    found = general
    for layer in layers:
        found = _over(found, layer)
    return found


def _over(below: Calendar, layer: Layer) -> Calendar:
    opens = below.opens if layer.opens is None else layer.opens
    shut = {day: half.title for day, half in layer.half_days.items() if half.closes <= opens}
    halves = {day: half for day, half in layer.half_days.items() if day not in shut}
    said = layer.holidays.keys() | layer.workdays | halves.keys()
    known = [day for day in (below.known_until, layer.known_until) if day is not None]
    return replace(
        below,
        weekly_off=below.weekly_off if layer.weekly_off is None else layer.weekly_off,
        saturdays_off=below.saturdays_off if layer.saturdays_off is None else layer.saturdays_off,
        holidays={**{day: title for day, title in below.holidays.items() if day not in said}, **layer.holidays},
        closures={**below.closures, **shut, **layer.closures},
        workdays=(below.workdays - said) | layer.workdays,
        half_days={**{day: half for day, half in below.half_days.items() if day not in said}, **halves},
        opens=opens,
        closes=below.closes if layer.closes is None else layer.closes,
        known_until=min(known, default=None),
    )


def may_be_closed(first_day: date, last_day: date, today: date) -> bool:
    """Return whether a closure may be declared today for these days."""
    length = (last_day - first_day).days
    return 0 <= length < CLOSURE_MOST_DAYS and first_day >= today - timedelta(days=CLOSURE_BACK_DAYS)


def without_outages(calendar: Calendar, outages: Iterable[tuple[datetime, datetime]]) -> Calendar:
    """Return the calendar without the days that the platform's outages (from, to) took from this office."""
    zone = ZoneInfo(calendar.time_zone)
    parts: dict[date, list[tuple[datetime, datetime]]] = {}
    for begins, ends in sorted(outages):
        day = begins.astimezone(zone).date()
        while day <= ends.astimezone(zone).date():
            opens = datetime.combine(day, calendar.opens, tzinfo=zone).astimezone(UTC)
            part = max(begins, opens), min(ends, calendar.end_of(day))
            if part[0] < part[1]:
                parts.setdefault(day, []).append(part)
            day += timedelta(days=1)
    lost = {day for day, found in parts.items() if _length(found) >= timedelta(minutes=OUTAGE_MINUTES)}
    return replace(calendar, outages=frozenset(lost))


def parted(from_at: datetime, to_at: datetime) -> list[tuple[datetime, datetime]]:
    """Return a span in parts of at most the days that one closure or outage may have, none where it is empty."""
    parts, begins = [], from_at
    while begins < to_at:
        ends = min(begins + timedelta(days=CLOSURE_MOST_DAYS), to_at)
        parts.append((begins, ends))
        begins = ends
    return parts


def _length(parts: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return how long spans last together, in their order; what overlaps is counted once."""
    total, until = timedelta(0), datetime.min.replace(tzinfo=UTC)
    for begins, ends in parts:
        total += max(ends - max(begins, until), timedelta(0))
        until = max(until, ends)
    return total


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Return how many working days lie after ``first`` up to and with ``last``; negative where ``last`` is earlier."""
    low, high = min(first, last), max(first, last)
    count = sum(calendar.is_open(low + timedelta(days=offset)) for offset in range(1, (high - low).days + 1))
    return count if last >= first else -count
