"""The law's clock: by when something is due, and why, day by day.

How days are counted:

* The day on which the time begins is not counted, the last day is (General Clauses Act 1897, section 9: a period that
  runs "from" a day excludes it). In working days only days on which the office is open are counted; in calendar days
  every day is.
* Where the last day of a limit in calendar days is one on which the office is closed, the next open day is in time
  (General Clauses Act 1897, section 10), unless the limit says ``rolls: false``.
* While the applicant must answer, the clock stands still, by whole days and without favour to either side: the day on
  which the applicant is asked still counts, the day on which the answer comes does not, as the day of receipt does
  not. An answer on the same day costs no day. A clock that stands still gives no due date, only the days left; a limit
  that had already ended before the question stays ended.
* A question asked at the highest desk does not stop the clock, so there is no pause for it to be counted here.
* A day lost to the platform's own outages is counted for nobody, in calendar days as in working days, and is no last
  day (see :mod:`janaseva.workflow.rules.calendar`). A half day is counted; on it the time ends when the office closes.
* A transfer to another desk or office changes nothing here: neither the beginning nor what has been counted.
* Something is in time up to the end of the office's working day on the due date, in the calendar's own time zone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Literal

from janaseva.workflow.rules.calendar import Calendar
from janaseva.workflow.rules.limit import Limit

Reason = Literal[
    "began",
    "counted",
    "weekly_off",
    "saturday_off",
    "holiday",
    "closure",
    "half_day",
    "outage",
    "paused",
    "last_day_closed",
    "due",
]
"""Why a day was counted or not; words under ``clock.reason.<code>``."""

Standing = Literal["running", "paused", "unknown", "not_begun"]
_OWN_WORDS = ("notice", "hearing", "wait", "payment")
"""Why a clock may stand still though nobody waits for the applicant; each has words of its own."""
Urgency = Literal["overdue", "today", "soon", "later", "none"]

MOST_DUES = 4_096
"""So many due dates are kept of one calendar."""
SOON_DAYS = 2
"""A task due within this many working days from today is ``soon``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A pause, from the moment at which it began to its end; ``to_at`` is ``None`` while it lasts."""

    from_at: datetime
    to_at: datetime | None = None
    why: str = "applicant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day on the way to the due date. ``number`` is how many days had been counted at its end."""

    day: date
    counted: bool
    number: int
    reason: Reason
    title: str = ""
    """The holiday's name or the closure's reason, where there is one."""
    forecast: bool = False
    """The holidays of this day have not been notified yet."""
    closes: time | None = None
    """When the office closes, on a half day."""
    why: str = ""
    """Why the clock stood still, where it did."""

    @property
    def said(self) -> str:
        """Return the code of the words for this day: the applicant is named only where they are waited for."""
        return f"{self.reason}_{self.why}" if self.why in _OWN_WORDS else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """By when something is due, or why no date can be said.

    ``days_left`` counts what the limit still gives while the clock stands still. ``forecast``: the due date
    rests on days whose holidays are not yet known.
    """

    standing: Standing
    at: datetime | None = None
    day: date | None = None
    days_left: int | None = None
    forecast: bool = False
    why: str = ""
    """Why the clock stands still, where it does."""

    @property
    def said(self) -> str:
        """Return the code of the words for where the clock stands: who is waited for, or what."""
        return f"{self.standing}_{self.why}" if self.why in _OWN_WORDS else self.standing


def _paused(day: date, pauses: Iterable[tuple[date, date | None]]) -> bool:
    return any(first < day and (last is None or day <= last) for first, last in pauses)


def _why(day: date, spans: Sequence[tuple[date, date | None]], pauses: Sequence[Span]) -> str:
    """Return why the clock stood still on a day that was found to be so."""
    return next((pause.why for span, pause in zip(spans, pauses, strict=True) if _paused(day, [span])), "")


def _walk(
    limit: Limit, days: int, began: date, pauses: Sequence[tuple[date, date | None]], calendar: Calendar
) -> Iterator[tuple[date, bool, int, Reason]]:
    """Yield each day after ``began`` until the due day, or until the first day of a pause that has not ended."""
    open_from = min((first for first, last in pauses if last is None), default=None)
    number = 0
    day = began
    while True:
        day += timedelta(days=1)
        kind = calendar.kind(day)
        is_open = calendar.is_open(day)
        if _paused(day, pauses):
            yield day, False, number, "paused"
            if open_from is not None and day > open_from:
                return
        elif kind == "outage":
            yield day, False, number, kind
        elif number == days:  # the last day was closed: the next open one is still in time
            yield day, False, number, "due" if is_open else "last_day_closed"
            if is_open:
                return
        elif limit.counts == "working" and not (kind == "working" or kind == "half_day"):  # noqa: PLR1714 - mypy reads it
            yield day, False, number, kind
        else:
            number += 1
            ends = number == days and (is_open or not limit.rolls)
            plain: Reason = "half_day" if kind == "half_day" else "counted"
            yield day, True, number, "due" if ends else "last_day_closed" if number == days else plain
            if ends:
                return


def explain(
    *, limit: Limit | None, began_at: datetime | None, pauses: Iterable[Span] = (), calendar: Calendar
) -> tuple[Day, ...]:
    """Return every day from the beginning to the due date with whether and why it was counted.

    Empty where the limit is unknown or the clock has not begun. Where the clock stands still the last day is the first
    day of that pause.
    """
    if limit is None or limit.days is None or began_at is None:
        return ()
    began, pauses = calendar.local_day(began_at), list(pauses)
    spans = [
        (calendar.local_day(span.from_at), None if span.to_at is None else calendar.local_day(span.to_at))
        for span in pauses
    ]
    walked = _walk(limit, limit.days, began, spans, calendar)
    steps: Iterator[tuple[date, bool, int, Reason]] = chain([(began, False, 0, "began")], walked)
    return tuple(
        Day(
            day=day,
            counted=counted,
            number=number,
            reason=reason,
            title=calendar.title(day),
            forecast=not calendar.is_known(day),
            closes=calendar.closing(day) if calendar.kind(day) == "half_day" else None,
            why=_why(day, spans, pauses) if reason == "paused" else "",
        )
        for day, counted, number, reason in steps
    )


def due(*, limit: Limit | None, began_at: datetime | None, pauses: Iterable[Span] = (), calendar: Calendar) -> Due:
    """Return by when it is due. An unknown limit and a clock that has not begun give no date, and say so."""
    if limit is None or limit.days is None:
        return Due(standing="unknown")
    if began_at is None:
        return Due(standing="not_begun", days_left=limit.days)
    day, some = calendar.local_day, tuple(pauses)
    spans = [(day(one.from_at), None if one.to_at is None else day(one.to_at), one.why) for one in some]
    asked = (limit, day(began_at), *spans)  # hours do not count: all that began on one day fall due together
    found: Due | None = calendar.dues.get(asked)
    if found is None:
        if len(calendar.dues) >= MOST_DUES:
            calendar.dues.clear()
        found = calendar.dues[asked] = _due(
            limit.days, explain(limit=limit, began_at=began_at, pauses=some, calendar=calendar), calendar
        )
    return found


def _due(limit_days: int, days: tuple[Day, ...], calendar: Calendar) -> Due:
    last = days[-1]
    if last.reason != "due":
        return Due(standing="paused", days_left=limit_days - last.number, why=last.why)
    return Due(standing="running", at=calendar.end_of(last.day), day=last.day, forecast=any(d.forecast for d in days))


def urgency(*, due_at: datetime | None, at: datetime, calendar: Calendar) -> Urgency:
    """Return how pressing a due date is at the moment ``at``."""
    if due_at is None:
        return "none"
    if at > due_at:
        return "overdue"
    today, last = calendar.local_day(at), calendar.local_day(due_at)
    if today >= last:
        return "today"
    return "soon" if (last - today).days <= SOON_DAYS else "later"
