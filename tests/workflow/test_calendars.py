"""Calendars in layers, closures by officers and the platform's outages: done, refused, repeated, and what they move."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from janaseva.core.refusal import Refusal
from janaseva.people.queries import office
from janaseva.workflow import actions, queries, rules
from janaseva.workflow.models import Case, Closure, Outage, WorkCalendar
from tests.workflow.given import CALENDAR, SYSTEM, wrapped

pytestmark = pytest.mark.django_db(transaction=True)

do_calendar_for = wrapped("calendar_for")
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def timed(state, monkeypatch):
    """The state's calendar is the taluk's, so that offices within it have calendars of their own."""
    monkeypatch.setattr("janaseva.people.steps.in_charge", lambda **_: None)
    load(state)
    state.officers = {
        name: replace(by, grants=by.grants | {"workflow.close_office", "workflow.close_area"})
        for name, by in state.officers.items()
    }
    return state


def load(state, calendar=CALENDAR):
    actions.load_calendar(
        by=SYSTEM, at=state.at, key=uuid4().hex, calendar=calendar, names={"en": "Kerala"}, area="test:taluk"
    )


def own(state, name="officer-0"):
    return do_calendar_for(by=SYSTEM, at=state.at, office_id=state.officers[name].office_id, otherwise="kl")


def start(state, name="officer-0", **other):
    return state.start(calendar_key=own(state, name), **other)


def close(by, state, **other):
    days = {"first_day": TUESDAY, "last_day": TUESDAY, "why": "Flood: offices closed", "order": "DC No. 7"}
    return actions.declare_closure(by=by, at=state.at, **{"key": uuid4().hex, "whom": "office", **days, **other})


def due(started, state):
    return queries.case(SYSTEM, started.case_id, state.at).due_at


def refuses(code, call):
    before = list(Closure.objects.values()), list(Outage.objects.values()), list(WorkCalendar.objects.values())
    with pytest.raises(Refusal) as caught:
        call()
    assert caught.value.code == code
    assert before == (
        list(Closure.objects.values()),
        list(Outage.objects.values()),
        list(WorkCalendar.objects.values()),
    )


def test_an_office_has_a_layer_of_its_own_once_and_where_no_area_has_a_calendar_the_packs_holds(state):
    assert own(state) == "kl"
    load(state)
    assert own(state) == own(state) == "office/vo0"
    assert WorkCalendar.objects.filter(office_id=state.officer.office_id).count() == 1
    assert replace(queries.calendar("office/vo0"), key="kl") == queries.calendar("kl")


def test_closing_ones_own_office_moves_its_dates_and_not_the_neighbours(timed, settle):
    mine, theirs = start(timed), start(timed, "officer-1")
    key = uuid4().hex
    closure_id = close(timed.officer, timed, key=key)
    assert close(timed.officer, timed, key=key) == closure_id
    settle(timed.at)
    assert due(mine, timed) == mine.due_at + timedelta(days=1)
    assert due(theirs, timed) == theirs.due_at
    days = {day.day: day for day in queries.why_due(SYSTEM, mine.case_id).days}
    assert (days[TUESDAY].reason, days[TUESDAY].title) == ("closure", "Flood: offices closed")
    actions.lift_closure(by=timed.officer, at=timed.at, key=uuid4().hex, closure_id=closure_id)
    settle(timed.at)
    assert due(mine, timed) == mine.due_at
    refuses(
        "closure_lifted",
        lambda: actions.lift_closure(by=timed.officer, at=timed.at, key=uuid4().hex, closure_id=closure_id),
    )


def test_closing_an_area_closes_every_office_in_it_also_one_that_comes_later(timed, settle):
    mine = start(timed)
    close(timed.surveyor, timed, whom="area")
    settle(timed.at)
    later = start(timed, "officer-1")
    assert due(mine, timed) == later.due_at == mine.due_at + timedelta(days=1)


def test_a_village_within_the_area_gets_its_own_layer_between_and_offices_stand_on_it(timed, settle):
    mine = start(timed)
    village = office(timed.officer.office_id)
    close(timed.officer, timed, whom="area")
    settle(timed.at)
    chain = WorkCalendar.objects.select_related("parent__parent").get(office_id=village.id)
    assert (chain.parent.area_id, chain.parent.parent.key) == (village.area_id, "kl")
    assert due(mine, timed) == mine.due_at + timedelta(days=1)


def test_from_an_hour_on_the_day_counts_and_ends_at_that_hour(timed, settle):
    mine = start(timed, limit=rules.Limit(days=1, counts="working"))
    close(timed.officer, timed, first_day=mine.due_at.date(), last_day=mine.due_at.date(), from_time=time(13))
    settle(timed.at)
    assert due(mine, timed) == mine.due_at - timedelta(hours=4)
    assert queries.why_due(SYSTEM, mine.case_id).days[-1].closes == time(13)


def test_who_may_not_close_or_says_too_little_changes_nothing(timed):
    plain = replace(timed.officer, grants=frozenset({"services.take"}))
    refuses("not_permitted", lambda: close(plain, timed))
    refuses(
        "not_permitted",
        lambda: close(replace(timed.officer, grants=frozenset({"workflow.close_office"})), timed, whom="area"),
    )
    refuses("closure_needs_reason", lambda: close(timed.officer, timed, why="rain"))
    refuses("closure_needs_order", lambda: close(timed.officer, timed, order=" "))
    refuses("closure_days", lambda: close(timed.officer, timed, last_day=TUESDAY - timedelta(days=1)))
    refuses("closure_days", lambda: close(timed.officer, timed, first_day=date(2026, 11, 1)))
    refuses("closure_days", lambda: close(timed.officer, timed, last_day=TUESDAY + timedelta(days=31)))
    made = close(timed.officer, timed)
    refuses("closure_known", lambda: close(timed.officer, timed))
    stranger = timed.officers["officer-1"]
    refuses("not_found", lambda: actions.lift_closure(by=stranger, at=timed.at, key=uuid4().hex, closure_id=made))


def test_a_pack_loaded_again_leaves_what_officers_declared(timed, settle):
    mine = start(timed)
    close(timed.officer, timed)
    load(timed, replace(CALENDAR, holidays={**CALENDAR.holidays, date(2026, 11, 25): "Election day"}))
    settle(timed.at)
    assert due(mine, timed) == mine.due_at + timedelta(days=2)


def test_a_layer_from_a_pack_is_over_its_parent_and_the_office_stands_on_it(timed, settle):
    mine = start(timed)
    layer = rules.Layer(
        holidays={TUESDAY: "Local festival"}, half_days={mine.due_at.date(): rules.HalfDay(closes=time(12))}
    )
    facts = {"calendar_key": "taluk-own", "parent": "kl", "names": {"en": "Village"}, "area": "test:v0"}
    for _ in range(2):
        actions.load_layer(by=SYSTEM, at=timed.at, key=uuid4().hex, layer=layer, **facts)
    settle(timed.at)
    assert due(mine, timed).date() == mine.due_at.date() + timedelta(days=1)
    assert WorkCalendar.objects.get(office_id=timed.officer.office_id).parent.key == "taluk-own"
    refuses(
        "not_found",
        lambda: actions.load_layer(
            by=SYSTEM, at=timed.at, key=uuid4().hex, layer=layer, **(facts | {"parent": "none"})
        ),
    )


def outage(by, state, **other):
    begins = datetime(2026, 11, 24, 5, tzinfo=UTC)
    facts = {"from_at": begins, "to_at": begins + timedelta(hours=3), "why": "The data centre had no power"}
    return actions.record_outage(by=by, at=begins + timedelta(days=1), **{"key": uuid4().hex, **facts, **other})


def test_an_outage_in_office_hours_moves_every_running_date_by_the_days_it_touched(timed, settle):
    administrator = replace(timed.officer, grants=frozenset({"workflow.record_outage"}))
    mine, theirs = start(timed), start(timed, "officer-1", limit=rules.Limit(days=3))
    outage(administrator, timed)
    settle(timed.at + timedelta(days=2))
    assert due(mine, timed) == mine.due_at + timedelta(days=1)
    assert due(theirs, timed) > theirs.due_at
    reasons = {day.day: day.reason for day in queries.why_due(SYSTEM, theirs.case_id).days}
    assert reasons[TUESDAY] == "outage"


def test_an_outage_at_night_or_of_minutes_moves_nothing(timed, settle):
    mine = start(timed)
    night = datetime(2026, 11, 24, 18, tzinfo=UTC)
    outage(SYSTEM, timed, from_at=night, to_at=night + timedelta(hours=8))
    noon = datetime(2026, 11, 24, 6, tzinfo=UTC)
    outage(SYSTEM, timed, from_at=noon, to_at=noon + timedelta(minutes=59))
    settle(timed.at + timedelta(days=2))
    assert due(mine, timed) == mine.due_at


def test_who_may_not_record_an_outage_or_says_it_wrongly_changes_nothing(timed):
    begins = datetime(2026, 11, 24, 5, tzinfo=UTC)
    refuses("not_permitted", lambda: outage(timed.officer, timed))
    refuses("outage_times", lambda: outage(SYSTEM, timed, to_at=begins))
    refuses("outage_times", lambda: outage(SYSTEM, timed, to_at=begins + timedelta(days=3)))
    refuses("outage_needs_reason", lambda: outage(SYSTEM, timed, why="down"))
    key = uuid4().hex
    assert outage(SYSTEM, timed, key=key) == outage(SYSTEM, timed, key=key)
    refuses("outage_known", lambda: outage(SYSTEM, timed))


def test_a_case_that_ended_is_not_counted_again(timed, settle):
    mine = start(timed)
    from tests.workflow.given import do_withdraw

    do_withdraw(by=timed.applicant, at=timed.at, case_id=mine.case_id)
    close(timed.officer, timed)
    settle(timed.at)
    assert due(mine, timed) == mine.due_at
    assert Case.objects.get(pk=mine.case_id).outcome == "withdrawn"
