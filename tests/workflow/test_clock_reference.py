"""The clock against a slow, obvious reading of the same rules, over random calendars, pauses, transfers and outages.

Every day some cases are tried; ``make clock`` (or ``CLOCK_CASES=10000``) tries ten thousand.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.workflow.rules import (
    OUTAGE_MINUTES,
    Calendar,
    HalfDay,
    Layer,
    Limit,
    Span,
    due,
    explain,
    layered,
    without_outages,
    working_days_between,
)

pytestmark = pytest.mark.once

CASES = int(os.environ.get("CLOCK_CASES", "100"))
START = date(2026, 1, 1)
DAYS = [START + timedelta(days=offset) for offset in range(750)]
SATURDAYS = [day for day in DAYS if day.weekday() == 5]
ZONES = ["Asia/Kolkata", "Asia/Karachi", "UTC", "America/Lima"]
KINDS = ["holiday", "holiday", "holiday", "closure", "working", "half"]

offsets = st.integers(0, 200)
marks = st.lists(st.tuples(st.integers(0, 250), st.sampled_from(KINDS)), max_size=15, unique_by=lambda one: one)
weekly = st.frozensets(st.integers(0, 6), max_size=3)
saturdays = st.frozensets(st.integers(1, 5), max_size=3)
hours = st.tuples(st.sampled_from([time(9), time(10)]), st.sampled_from([time(16), time(17, 30)]))
halves = st.sampled_from([time(12), time(13, 30)])
limits = st.builds(Limit, days=st.integers(1, 90), counts=st.sampled_from(["calendar", "working"]), rolls=st.booleans())
outages_ = st.lists(st.tuples(st.integers(0, 250 * 1440), st.integers(1, 3000)), min_size=2, max_size=20)
stories = st.lists(
    st.tuples(st.integers(0, 250 * 24), st.sampled_from(["ask", "answer", "transfer"])),
    max_size=6,
    unique_by=lambda x: x[0],
)


def day_after(offset):
    return START + timedelta(days=offset)


def moment(hour):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)


@st.composite
def layers(draw):
    """A state's days and up to two layers over them, as plain facts: ``(weekly, saturdays, hours, half, marks)``."""
    state = draw(st.tuples(weekly, saturdays, hours, halves, marks))
    over = st.tuples(st.none() | weekly, st.none() | saturdays, st.none() | hours, halves, marks)
    return [state, *draw(st.lists(over, max_size=2))]


def days_of(facts, kind):
    return [day_after(offset) for offset, found in facts[4] if found == kind]


def calendar_of(laid, zone, outages):
    """The calendar of the rules, laid from the facts."""

    def values(facts):
        opens, closes = facts[2] or (None, None)
        return {
            "weekly_off": facts[0],
            "saturdays_off": facts[1],
            "holidays": dict.fromkeys(days_of(facts, "holiday"), "holiday"),
            "closures": dict.fromkeys(days_of(facts, "closure"), "closure"),
            "workdays": frozenset(days_of(facts, "working")),
            "half_days": {day: HalfDay(closes=facts[3]) for day in days_of(facts, "half")},
            "opens": opens,
            "closes": closes,
        }

    plain = Calendar(key="any", time_zone=zone, **values(laid[0]))
    return without_outages(layered(plain, *(Layer(**values(facts)) for facts in laid[1:])), outages)


class Slow:
    """The same days read the slow way: asked layer by layer and minute by minute, nothing laid out before."""

    def __init__(self, laid, zone, outages):
        self.laid, self.zone, self.outages = laid, ZoneInfo(zone), outages

    def hours(self, day):
        """From when to when the office is open, or ``None``."""
        for facts in self.laid:
            if day in days_of(facts, "closure"):
                return None
        opens, closes = next(facts[2] for facts in reversed(self.laid) if facts[2] is not None)
        for facts in reversed(self.laid):
            if day in days_of(facts, "half"):
                return opens, facts[3]
            if day in days_of(facts, "working"):
                return opens, closes
            if day in days_of(facts, "holiday"):
                return None
        if day.weekday() in next(facts[0] for facts in reversed(self.laid) if facts[0] is not None):
            return None
        month = [one for one in SATURDAYS if (one.year, one.month) == (day.year, day.month)]
        off = next(facts[1] for facts in reversed(self.laid) if facts[1] is not None)
        return None if day in month and month.index(day) + 1 in off else (opens, closes)

    def lost(self, day):
        """Whether outages took an hour of the office's time on that day, counted minute by minute."""
        found = self.hours(day)
        begins = datetime.combine(day, time(), tzinfo=self.zone)
        if found is None or not any(a < begins + timedelta(days=1) and begins < b for a, b in self.outages):
            return False
        minute, gone = datetime.combine(day, found[0], tzinfo=self.zone), 0
        while minute < datetime.combine(day, found[1], tzinfo=self.zone):
            gone += any(a <= minute < b for a, b in self.outages)
            minute += timedelta(minutes=1)
        return gone >= OUTAGE_MINUTES

    def due(self, limit, began_at, story):
        """When it is due, or the string ``paused``. ``story`` is what happened; a transfer is nothing to the clock."""
        began = began_at.astimezone(self.zone).date()
        stopped, asked = set(), None
        for at, what in story:
            day = at.astimezone(self.zone).date()
            if what == "ask" and asked is None:
                asked = day
            elif what == "answer" and asked is not None:
                stopped |= {one for one in DAYS if asked < one <= day}
                asked = None
        counted, day, lasting = 0, began, 0
        while lasting < 700:
            day, lasting = day + timedelta(days=1), lasting + 1
            if asked is not None and day > asked:
                return "paused"
            if day in stopped or self.lost(day):
                continue
            is_open = self.hours(day) is not None
            if counted < limit.days and (limit.counts == "calendar" or is_open):
                counted += 1
            if counted == limit.days and (is_open or not limit.rolls):
                closes = self.hours(day)[1] if is_open else next(f[2] for f in reversed(self.laid) if f[2])[1]
                return datetime.combine(day, closes, tzinfo=self.zone).astimezone(UTC)
        raise AssertionError


def spans_of(story):
    """The pauses that a story of questions and answers leaves in the tables."""
    found, asked = [], None
    for at, what in story:
        if what == "ask" and asked is None:
            asked = at
        elif what == "answer" and asked is not None:
            found.append(Span(from_at=asked, to_at=at))
            asked = None
    return found if asked is None else [*found, Span(from_at=asked)]


@settings(max_examples=CASES, deadline=None)
@given(st.tuples(limits, offsets, st.integers(0, 23), stories, layers(), st.sampled_from(ZONES), outages_))
def test_the_clock_agrees_with_the_slow_reading(case):
    limit, began, hour, story, laid, zone, outages = case
    began_at = moment(began * 24 + hour)
    happened = [(moment(at), what) for at, what in sorted(story)]
    out = [(a, a + timedelta(minutes=b)) for a, b in ((moment(0) + timedelta(minutes=m), n) for m, n in outages)]
    calendar = calendar_of(laid, zone, out)
    pauses = spans_of(happened)
    answer = due(limit=limit, began_at=began_at, pauses=pauses, calendar=calendar)
    assert Slow(laid, zone, out).due(limit, began_at, happened) == (answer.at or answer.standing)
    days = explain(limit=limit, began_at=began_at, pauses=pauses, calendar=calendar)
    assert all(later.day - earlier.day == timedelta(days=1) for earlier, later in pairwise(days))
    assert sum(day.counted for day in days) == days[-1].number
    assert (days[-1].number, days[-1].reason) == (limit.days, "due") or answer.days_left == limit.days - days[-1].number


@settings(max_examples=max(CASES // 4, 25), deadline=None)
@given(limits, offsets, st.tuples(offsets, offsets).map(sorted), layers(), outages_)
def test_neither_a_pause_nor_an_outage_makes_a_date_earlier(limit, began, asked_and_answered, laid, outages):
    began_at = moment(began * 24 + 6)
    plain = calendar_of(laid, "Asia/Kolkata", [])
    out = [(moment(0) + timedelta(minutes=m), moment(0) + timedelta(minutes=m + n)) for m, n in outages]
    pause = Span(from_at=moment(asked_and_answered[0] * 24 + 6), to_at=moment(asked_and_answered[1] * 24 + 6))
    without = due(limit=limit, began_at=began_at, calendar=plain)
    assert due(limit=limit, began_at=began_at, pauses=[pause], calendar=plain).day >= without.day
    assert due(limit=limit, began_at=began_at, calendar=without_outages(plain, out)).day >= without.day


@settings(max_examples=max(CASES // 4, 25), deadline=None)
@given(offsets, offsets, layers())
def test_working_days_between_is_what_counting_them_gives(first, last, laid):
    slow, calendar = Slow(laid, "UTC", []), calendar_of(laid, "UTC", [])
    low, high = day_after(min(first, last)), day_after(max(first, last))
    count = working_days_between(calendar, low, high)
    assert count == -working_days_between(calendar, high, low)
    assert count == len([day for day in DAYS if low < day <= high and slow.hours(day)])
