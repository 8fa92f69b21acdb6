"""Each rule of counting days, by name; test_clock_reference.py holds them all against a slow reading of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.canonical import plain
from janaseva.workflow.rules import (
    Calendar,
    HalfDay,
    Layer,
    Limit,
    Span,
    due,
    explain,
    layered,
    urgency,
    without_outages,
)

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


def test_a_district_and_an_office_have_days_of_their_own_and_a_closure_shuts_whoever_declared_it():
    festival, saturday = date(2026, 11, 24), date(2026, 12, 12)
    district = Layer(holidays={festival: "Festival"}, closures={date(2026, 11, 25): "Flood"})
    office = Layer(workdays=frozenset({festival, saturday, date(2026, 11, 25)}))
    there, here = layered(KERALA, district), layered(KERALA, district, office)
    assert (KERALA.kind(festival), there.kind(festival), here.kind(festival)) == ("working", "holiday", "working")
    assert (there.kind(saturday), here.kind(saturday)) == ("saturday_off", "working")
    assert here.kind(date(2026, 11, 25)) == "closure"


def test_a_half_day_counts_and_on_it_the_time_ends_when_the_office_closes():
    half = Layer(half_days={date(2026, 11, 28): HalfDay(closes=time(13), title="Eve of the festival")})
    answer = due(limit=Limit(days=5), began_at=moment(date(2026, 11, 23)), calendar=layered(KERALA, half))
    assert answer.at == datetime(2026, 11, 28, 7, 30, tzinfo=UTC)  # 13:00 in India
    early = Layer(half_days={date(2026, 11, 28): HalfDay(closes=time(9))})
    assert layered(KERALA, early).kind(date(2026, 11, 28)) == "closure"


def test_an_outage_of_an_hour_of_office_time_takes_the_day_from_everybody_and_one_of_less_does_not():
    begins = moment(date(2026, 11, 24), 10)

    def lost(*minutes):
        outages = [(begins + timedelta(minutes=a), begins + timedelta(minutes=b)) for a, b in minutes]
        return without_outages(KERALA, outages).outages

    assert lost((0, 59)) == lost((-300, 0)) == lost((420, 900)) == frozenset()
    assert lost((0, 60)) == lost((0, 40), (10, 60)) == lost((-500, 60)) == {date(2026, 11, 24)}
    assert lost((0, 40), (10, 59)) == frozenset()
    calendar = without_outages(KERALA, [(begins, begins + timedelta(hours=2))])
    assert day_of(Limit(days=5), date(2026, 11, 23), calendar=calendar) == date(2026, 11, 30)
    assert day_of(Limit(days=1, rolls=False), date(2026, 11, 23), calendar=calendar) == date(2026, 11, 25)


DAYS = st.dates(date(2026, 6, 1), date(2027, 2, 1))
MOMENTS = st.builds(moment, DAYS, st.integers(0, 23))
SPANS = st.builds(
    lambda at, days, why: Span(from_at=at, to_at=None if days is None else at + timedelta(days=days), why=why),
    MOMENTS,
    st.none() | st.integers(0, 40),
    st.sampled_from(["applicant", "notice", "hearing"]),
)
QUESTIONS = st.tuples(
    st.builds(Limit, days=st.integers(1, 90), counts=st.sampled_from(["calendar", "working"]), rolls=st.booleans()),
    MOMENTS,
    st.lists(SPANS, max_size=2),
)


@given(st.lists(QUESTIONS, min_size=1, max_size=6))
def test_what_a_calendar_has_reckoned_before_changes_no_due_date(questions):
    used = replace(KERALA)
    assert not used.dues
    for limit, began, spans in [*questions, *questions]:
        asked = {"limit": limit, "began_at": began, "pauses": spans}
        assert due(**asked, calendar=used) == due(**asked, calendar=replace(KERALA))
    assert 0 < len(used.dues) <= len(questions)


def test_a_calendar_keeps_no_more_than_so_many_due_dates(monkeypatch):
    monkeypatch.setattr("janaseva.workflow.rules.clock.MOST_DUES", 3)
    used = replace(KERALA)
    for number in range(10):
        day_of(Limit(days=5), date(2026, 11, 1) + timedelta(days=number), calendar=used)
    assert len(used.dues) <= 3


def test_what_a_calendar_keeps_is_no_part_of_it():
    used = replace(KERALA)
    day_of(Limit(days=5), date(2026, 11, 23), calendar=used)
    assert used.dues
    assert used == KERALA
    # by these it is hashed: whoever sends the same calendar again sends the same
    assert plain(used) == plain(KERALA)
    assert set(plain(used)) == {
        *("key", "time_zone", "weekly_off", "saturdays_off", "holidays", "closures", "workdays", "half_days"),
        *("outages", "opens", "closes", "known_until"),
    }
