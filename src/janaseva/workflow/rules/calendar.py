"""Which days an office is open: weekly days off, Saturdays off by their place in the month, holidays, closures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

DayKind = Literal["working", "weekly_off", "saturday_off", "holiday", "closure"]

_SATURDAY = 5
_SUNDAY = 6
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of one state, district or office.

    ``weekly_off`` are days of the week (Monday is 0). ``saturdays_off`` are places in the month: 2 is the second
    Saturday. ``holidays`` and ``closures`` give the title of a day by its date; ``workdays`` are days declared open
    against the weekly rule or a holiday, and a closure shuts even those. ``opens`` and ``closes`` are local times.
    ``known_until`` is the last day for which the notified holidays are loaded; later days are a forecast.
    """

    key: str
    time_zone: str
    weekly_off: frozenset[int] = frozenset({_SUNDAY})
    saturdays_off: frozenset[int] = frozenset()
    holidays: Mapping[date, str] = field(default_factory=dict)
    closures: Mapping[date, str] = field(default_factory=dict)
    workdays: frozenset[date] = frozenset()
    opens: time = time(10)
    closes: time = time(17)
    known_until: date | None = None

    def __post_init__(self) -> None:
        """Refuse a calendar whose weekly rule leaves no day to work on.

        Raises:
            ValueError: for such a calendar: nothing could ever fall due.

        """
        weekdays = (
            set(range(_WEEK)) - self.weekly_off - ({_SATURDAY} if self.saturdays_off >= set(range(1, 6)) else set())
        )
        if not weekdays:
            message = f"calendar {self.key}: the weekly rule leaves no working day"
            raise ValueError(message)

    def kind(self, day: date) -> DayKind:
        """Return what kind of day this is; a closure is stronger than a declared working day, that than the rest."""
        if day in self.closures:
            return "closure"
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
        return self.kind(day) == "working"

    def title(self, day: date) -> str:
        """Return the name of the holiday or the reason of the closure, or nothing."""
        return self.closures.get(day) or self.holidays.get(day) or ""

    def local_day(self, moment: datetime) -> date:
        """Return the day on which ``moment`` falls here."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def end_of(self, day: date) -> datetime:
        """Return the moment (UTC) at which the working day ends."""
        return datetime.combine(day, self.closes, tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)

    def is_known(self, day: date) -> bool:
        """Return whether the holidays of this day have been notified and loaded."""
        return self.known_until is None or day <= self.known_until


def place_in_month(day: date) -> int:
    """Return which Monday, Tuesday ... of its month a day is: 2 for the second Saturday."""
    return (day.day - 1) // _WEEK + 1


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Return how many working days lie after ``first`` up to and with ``last``; negative where ``last`` is earlier."""
    low, high = min(first, last), max(first, last)
    count = sum(calendar.is_open(low + timedelta(days=offset)) for offset in range(1, (high - low).days + 1))
    return count if last >= first else -count
