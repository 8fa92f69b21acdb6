"""The states' laws on when a time limit begins, stands still and ends, rule by rule.

Kerala: State Right to Service Act 2012 and its Rules. Jammu and Kashmir: Public Services Guarantee Act 2011 and Rules
SRO 223. Madhya Pradesh: Lok Sewaon ke Pradan ki Guarantee Adhiniyam 2010. What follows on a limit that was missed is
held by the tests of appeals.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from janaseva.services.adapters import PackFolder
from janaseva.services.rules.pack import examine_pack
from janaseva.settings import OPTIONS
from janaseva.workflow import actions, queries, rules
from janaseva.workflow.models import Pause
from tests.workflow.given import CALENDAR, PROCESS, SYSTEM, do_answer, do_ask, do_complete, do_move, do_transfer

ZONE = ZoneInfo("Asia/Kolkata")
MONDAY = date(2026, 11, 23)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZONE).astimezone(UTC)


@cache
def calendar(pack):
    own = examine_pack(PackFolder(OPTIONS.packs_dir).read(pack))
    return own.calendars[own.pack.calendar].calendar()


def due_day(pack, limit, began, **other):
    return rules.due(limit=limit, began_at=noon(began) if began else None, calendar=calendar(pack), **other).day


def of(case_id, state):
    return queries.case(SYSTEM, case_id, state.at)


# Kerala


@pytest.mark.once
def test_kerala_clock_starts_on_the_day_the_application_is_received():
    assert due_day("kl-edistrict", rules.Limit(days=5), MONDAY) == MONDAY + timedelta(days=5)


@pytest.mark.once
def test_kerala_second_saturday_is_no_working_day_and_the_first_is():
    limit = rules.Limit(days=1, counts="working")
    assert due_day("kl-edistrict", limit, date(2026, 12, 4)) == date(2026, 12, 5)
    assert due_day("kl-edistrict", limit, date(2026, 12, 11)) == date(2026, 12, 14)


# Madhya Pradesh


@pytest.mark.once
def test_mp_clock_starts_on_receipt_whether_or_not_papers_are_still_to_come():
    limit = rules.Limit(days=3, counts="working")
    assert due_day("mp-edistrict", limit, MONDAY) == date(2026, 11, 26)
    assert not rules.may_find_incomplete(limit, at_first_step=True, made=False)


# Jammu and Kashmir


@pytest.mark.django_db
def test_jk_acknowledgement_complete_states_the_limit(state):
    started = state.start(limit=rules.Limit(days=15, starts="completeness"), complete_at=state.at)
    assert started.due_at is not None


@pytest.mark.django_db
def test_jk_acknowledgement_incomplete_states_no_limit_and_the_clock_starts_at_completeness(state, later):
    started = state.start(limit=rules.Limit(days=15, counts="working", starts="completeness"))
    assert (started.due_at, started.standing) == (None, "not_begun")
    do_complete(by=SYSTEM, at=later(days=4), case_id=started.case_id, complete_at=later(days=4))
    fresh = state.start(later(days=4), limit=rules.Limit(days=15, counts="working"))
    assert of(started.case_id, state).due_at == fresh.due_at


@pytest.mark.once
def test_jk_excluded_public_holidays_are_not_counted():
    limit = rules.Limit(days=2, counts="working", starts="completeness")
    assert due_day("jk-edistrict", limit, date(2026, 1, 24)) == date(2026, 1, 28)  # Republic Day is the Monday


# What every clock must bear


@pytest.mark.once
def test_trap_the_calendar_is_the_states_its_districts_and_its_offices():
    limit = rules.Limit(days=1, counts="working")
    saturday = date(2026, 12, 11)
    assert due_day("kl-edistrict", limit, saturday) != due_day("jk-edistrict", limit, saturday)
    district = rules.layered(calendar("kl-edistrict"), rules.Layer(holidays={date(2026, 11, 24): "Local festival"}))
    office = rules.layered(
        calendar("kl-edistrict"),
        rules.Layer(holidays={date(2026, 11, 24): "Local festival"}),
        rules.Layer(workdays=frozenset({date(2026, 11, 24)})),
    )
    answers = [
        rules.due(limit=limit, began_at=noon(MONDAY), calendar=one).day
        for one in (calendar("kl-edistrict"), district, office)
    ]
    assert answers == [date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 24)]


@pytest.mark.django_db
def test_trap_the_clock_stands_while_the_citizen_must_answer(state, later):
    started = state.start()
    state.take(state.clerk, started.case_id)
    do_ask(by=state.clerk, at=later(hours=1), case_id=started.case_id, question="Which house?")
    assert of(started.case_id, state).standing == "paused"
    do_answer(by=state.applicant, at=later(days=2), case_id=started.case_id, answer="The last one")
    assert of(started.case_id, state).due_at == started.due_at + timedelta(days=2)


@pytest.mark.django_db
def test_the_clock_never_stands_at_the_top_desk(state, later):
    case_id = state.at_decision()
    before = of(case_id, state).due_at
    do_ask(by=state.officer, at=later(hours=1), case_id=case_id, question="Which house?")
    assert (of(case_id, state).standing, of(case_id, state).due_at) == ("running", before)
    assert not Pause.objects.exists()
    do_answer(by=state.applicant, at=later(days=2), case_id=case_id, answer="The last one")
    assert of(case_id, state).due_at == before
    assert of(case_id, state).task.state == "waiting"


@pytest.mark.once
def test_the_only_desk_is_not_the_top_desk_and_a_step_may_say_otherwise():
    clerk, officer = PROCESS.steps
    alone = PROCESS.model_copy(update={"steps": (officer,)})
    assert (PROCESS.stands_still_at(clerk), PROCESS.stands_still_at(officer)) == (True, False)
    assert alone.stands_still_at(officer)
    assert PROCESS.stands_still_at(officer.model_copy(update={"pauses": True}))
    assert not alone.stands_still_at(officer.model_copy(update={"pauses": False}))


@pytest.mark.once
def test_trap_a_clock_for_each_purpose_of_one_service():
    text = PackFolder(OPTIONS.packs_dir).read("kl-edistrict")
    from janaseva.services.rules.checking import check_pack

    one = replace(text, services={"kl-income-certificate": text.services["kl-income-certificate"]})
    definition = check_pack(one).services[0].definition
    assert definition is not None
    officers = {variant.key: variant.officer.role for variant in definition.variants}
    assert len(set(officers.values())) > 1
    assert all(definition.limit_for(variant) is not None for variant in definition.variants)


@pytest.mark.django_db
def test_trap_a_transfer_of_jurisdiction_does_not_restart_the_clock(state, later):
    started = state.start()
    state.take(state.clerk, started.case_id)
    before = queries.why_due(SYSTEM, started.case_id)
    do_transfer(
        by=state.clerk, at=later(days=2), case_id=started.case_id, area_id=state.villages[1], note="The plot lies there"
    )
    assert queries.why_due(SYSTEM, started.case_id) == before
    assert of(started.case_id, state).office_id == state.officers["officer-1"].office_id


@pytest.mark.django_db
def test_trap_a_change_of_officer_does_not_restart_the_clock(state, later):
    started = state.start()
    state.take(state.clerk, started.case_id)
    do_move(by=state.clerk, at=later(days=1), case_id=started.case_id, move="recommend")
    assert of(started.case_id, state).due_at == started.due_at


@pytest.mark.django_db
def test_trap_the_old_definitions_limit_holds_for_what_was_filed_under_it(state, later):
    old = state.start(definition_version="1", limit=rules.Limit(days=15))
    new = state.start(definition_version="2", limit=rules.Limit(days=5))
    closed = replace(CALENDAR, holidays={**CALENDAR.holidays, date(2026, 12, 1): "Election day"})
    actions.load_calendar(by=SYSTEM, at=state.at, key=uuid4().hex, calendar=closed, names={"en": "Kerala"})
    limits = [queries.why_due(SYSTEM, one.case_id).limit.days for one in (old, new)]
    assert limits == [15, 5]
    assert of(old.case_id, state).due_at == old.due_at > new.due_at
