"""The clock against a slow, obvious reference, and each rule of counting by name."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.workflow.rules import Calendar, Limit, Span, due, explain, urgency, working_days_between

ZONE = ZoneInfo("Asia/Kolkata")
KERALA = Calendar(
    key="kl",
    time_zone="Asia/Kolkata",
    weekly_off=frozenset({6}),
    saturdays_off=frozenset({2}),
    holidays={date(2026, 8, 26): "Thiruvonam", date(2026, 12, 25): "Christmas"},
    closures={date(2026, 7, 20): "Heavy rain: offices closed by the Collector"},
)


def moment(day: date, hour: int = 11) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=ZONE).astimezone(UTC)


def day_of(limit: Limit, began: date, *spans: Span, calendar: Calendar = KERALA) -> date | None:
    return due(limit=limit, began_at=moment(began), pauses=spans, calendar=calendar).day


def test_the_day_of_receipt_is_not_counted_and_the_last_day_is():
    assert day_of(Limit(days=6), date(2026, 11, 23)) == date(2026, 11, 30)  # the 29th is a Sunday
    assert day_of(Limit(days=5), date(2026, 11, 23)) == date(2026, 11, 28)


def test_a_closed_last_day_rolls_to_the_next_open_day_unless_the_limit_says_no():
    assert day_of(Limit(days=6), date(2026, 11, 23)) == date(2026, 11, 30)
    assert day_of(Limit(days=6, rolls=False), date(2026, 11, 23)) == date(2026, 11, 29)


def test_in_working_days_sundays_second_saturdays_holidays_and_closures_do_not_count():
    # Friday 11 December 2026; the 12th is the second Saturday.
    assert day_of(Limit(days=1, counts="working"), date(2026, 12, 11)) == date(2026, 12, 14)
    assert day_of(Limit(days=1, counts="working"), date(2026, 12, 24)) == date(2026, 12, 26)
    assert day_of(Limit(days=1, counts="working"), date(2026, 7, 18)) == date(2026, 7, 21)


def test_a_day_declared_working_counts_though_it_is_a_sunday_and_a_closure_shuts_it_again():
    sunday = date(2026, 11, 29)
    opened = Calendar(key="kl", time_zone="Asia/Kolkata", workdays=frozenset({sunday}))
    assert day_of(Limit(days=1, counts="working"), date(2026, 11, 28), calendar=opened) == sunday
    shut = Calendar(key="kl", time_zone="Asia/Kolkata", workdays=frozenset({sunday}), closures={sunday: "flood"})
    assert day_of(Limit(days=1, counts="working"), date(2026, 11, 28), calendar=shut) == date(2026, 11, 30)


def test_the_day_of_asking_counts_and_the_day_of_the_answer_does_not():
    began = date(2026, 11, 23)
    asked, answered = moment(date(2026, 11, 24)), moment(date(2026, 11, 26))
    assert day_of(Limit(days=5), began, Span(from_at=asked, to_at=answered)) == date(2026, 11, 30)
    days = explain(
        limit=Limit(days=5), began_at=moment(began), pauses=[Span(from_at=asked, to_at=answered)], calendar=KERALA
    )
    assert [(day.day.day, day.reason) for day in days] == [
        (23, "began"),
        (24, "counted"),
        (25, "paused"),
        (26, "paused"),
        (27, "counted"),
        (28, "counted"),
        (29, "counted"),
        (30, "due"),
    ]


def test_an_answer_on_the_same_day_costs_no_day():
    began = date(2026, 11, 23)
    same = Span(from_at=moment(date(2026, 11, 24), 9), to_at=moment(date(2026, 11, 24), 16))
    assert day_of(Limit(days=5), began, same) == day_of(Limit(days=5), began)


def test_a_clock_that_stands_still_gives_no_date_but_the_days_left():
    standing = due(
        limit=Limit(days=6),
        began_at=moment(date(2026, 11, 23)),
        pauses=[Span(from_at=moment(date(2026, 11, 25)))],
        calendar=KERALA,
    )
    assert (standing.standing, standing.at, standing.days_left) == ("paused", None, 4)


def test_a_limit_that_had_ended_before_the_question_stays_ended():
    late = day_of(Limit(days=5), date(2026, 11, 23), Span(from_at=moment(date(2026, 12, 3))))
    assert late == date(2026, 11, 28)


def test_an_unknown_limit_gives_no_date_and_says_so():
    unknown = due(limit=Limit(unknown="not notified"), began_at=moment(date(2026, 11, 23)), calendar=KERALA)
    assert unknown.standing == "unknown"
    assert unknown.at is None
    assert due(limit=None, began_at=moment(date(2026, 11, 23)), calendar=KERALA).standing == "unknown"
    assert explain(limit=None, began_at=moment(date(2026, 11, 23)), calendar=KERALA) == ()


def test_a_clock_waits_for_completeness():
    waiting = due(limit=Limit(days=15, starts="completeness"), began_at=None, calendar=KERALA)
    assert (waiting.standing, waiting.days_left) == ("not_begun", 15)


def test_it_is_in_time_until_the_end_of_the_working_day_in_the_calendars_zone():
    answer = due(limit=Limit(days=5), began_at=moment(date(2026, 11, 23)), calendar=KERALA)
    assert answer.at == datetime(2026, 11, 28, 11, 30, tzinfo=UTC)  # 17:00 in India
    late_evening = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # already the 24th in India
    assert due(limit=Limit(days=3), began_at=late_evening, calendar=KERALA).day == date(2026, 11, 27)


def test_days_whose_holidays_are_not_notified_make_the_date_a_forecast():
    calendar = Calendar(key="kl", time_zone="Asia/Kolkata", known_until=date(2026, 12, 31))
    assert not due(limit=Limit(days=5), began_at=moment(date(2026, 12, 1)), calendar=calendar).forecast
    assert due(limit=Limit(days=40), began_at=moment(date(2026, 12, 1)), calendar=calendar).forecast


def test_how_pressing_a_date_is():
    at = moment(date(2026, 11, 23))
    ends = {"overdue": -3, "today": 0, "soon": 2, "later": 3}
    for name, offset in ends.items():
        day = date(2026, 11, 23) + timedelta(days=offset)
        assert urgency(due_at=KERALA.end_of(day), at=at, calendar=KERALA) == name
    assert urgency(due_at=None, at=at, calendar=KERALA) == "none"
    assert urgency(due_at=KERALA.end_of(date(2026, 11, 23)), at=moment(date(2026, 11, 23), 18), calendar=KERALA) == (
        "overdue"
    )


def test_a_calendar_without_a_working_day_is_refused():
    with pytest.raises(ValueError):
        Calendar(key="never", time_zone="UTC", weekly_off=frozenset(range(7)))


# --------------------------------------------------------------------------------------------------------------------
# The slow, obvious reference: first lay every day out in a list, then strike out, then count.
# --------------------------------------------------------------------------------------------------------------------

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=offset) for offset in range(750)]
SATURDAYS = [day for day in DAYS if day.weekday() == 5]
days_ = st.integers(0, 250).map(lambda offset: START + timedelta(days=offset))


@st.composite
def calendars(draw):
    return Calendar(
        key="any",
        time_zone=draw(st.sampled_from(["Asia/Kolkata", "Asia/Karachi", "UTC", "America/Lima"])),
        weekly_off=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        saturdays_off=draw(st.frozensets(st.integers(1, 5), max_size=3)),
        holidays=dict.fromkeys(draw(st.lists(days_, max_size=25)), "holiday"),
        closures=dict.fromkeys(draw(st.lists(days_, max_size=5)), "closure"),
        workdays=frozenset(draw(st.lists(days_, max_size=5))),
    )


@st.composite
def spans(draw):
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begins = moment(draw(days_), draw(st.integers(0, 23)))
        ends = draw(st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=40))))
        found.append(Span(from_at=begins, to_at=None if ends is None else begins + ends))
    return found


def reference(limit, began_at, pauses, calendar):
    """The due day, or the string ``paused``."""
    zone = ZoneInfo(calendar.time_zone)

    def is_open(day):
        if day in calendar.closures:
            return False
        if day in calendar.workdays:
            return True
        saturdays = [d for d in SATURDAYS if (d.year, d.month) == (day.year, day.month)]
        off = day in saturdays and saturdays.index(day) + 1 in calendar.saturdays_off
        return not (day in calendar.holidays or day.weekday() in calendar.weekly_off or off)

    began = began_at.astimezone(zone).date()
    ahead = [day for day in DAYS if day > began]
    stopped = set()
    for span in pauses:
        first = span.from_at.astimezone(zone).date()
        last = DAYS[-1] if span.to_at is None else span.to_at.astimezone(zone).date()
        stopped |= {day for day in ahead if first < day <= last}
    running = [day for day in ahead if day not in stopped]
    counting = [day for day in running if limit.counts == "calendar" or is_open(day)]
    if len(counting) < limit.days:
        return "paused"
    end = counting[limit.days - 1]
    if limit.rolls:
        rest = [day for day in running if day >= end and is_open(day)]
        if not rest:
            return "paused"
        end = rest[0]
    endless = [span.from_at.astimezone(zone).date() for span in pauses if span.to_at is None]
    return "paused" if endless and end > min(endless) else end


limits = st.builds(Limit, days=st.integers(1, 90), counts=st.sampled_from(["calendar", "working"]), rolls=st.booleans())


@settings(max_examples=400, deadline=None)
@given(limits, days_, st.integers(0, 23), spans(), calendars())
def test_the_clock_agrees_with_the_slow_reference(limit, began, hour, pauses, calendar):
    began_at = moment(began, hour)
    answer = due(limit=limit, began_at=began_at, pauses=pauses, calendar=calendar)
    expected = reference(limit, began_at, pauses, calendar)
    assert expected == (answer.day or answer.standing)


@settings(max_examples=200, deadline=None)
@given(limits, days_, spans(), calendars())
def test_the_explanation_is_whole_and_adds_up(limit, began, pauses, calendar):
    began_at = moment(began)
    days = explain(limit=limit, began_at=began_at, pauses=pauses, calendar=calendar)
    answer = due(limit=limit, began_at=began_at, pauses=pauses, calendar=calendar)
    assert all(later.day - earlier.day == timedelta(days=1) for earlier, later in pairwise(days))
    assert sum(day.counted for day in days) == days[-1].number
    assert days[0].reason == "began"
    if answer.standing == "running":
        assert days[-1].number == limit.days
        assert days[-1].reason == "due"
        assert not [day for day in days[:-1] if day.reason == "due"]
    else:
        assert answer.days_left == limit.days - days[-1].number


@settings(max_examples=100, deadline=None)
@given(limits, days_, st.lists(days_, min_size=2, max_size=2).map(sorted), calendars())
def test_a_pause_never_makes_a_date_earlier(limit, began, asked_and_answered, calendar):
    pause = Span(from_at=moment(asked_and_answered[0]), to_at=moment(asked_and_answered[1]))
    without = due(limit=limit, began_at=moment(began), calendar=calendar)
    with_it = due(limit=limit, began_at=moment(began), pauses=[pause], calendar=calendar)
    assert with_it.day >= without.day


@given(days_, days_, calendars())
def test_working_days_between_is_what_counting_them_gives(first, last, calendar):
    count = working_days_between(calendar, first, last)
    assert count == -working_days_between(calendar, last, first)
    if first <= last:
        assert count == len([day for day in DAYS if first < day <= last and calendar.is_open(day)])
