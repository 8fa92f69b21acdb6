"""What happens by itself: charges end, calendars change, time passes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from janaseva.core.ids import uuid7
from janaseva.core.news import Heard, listeners, rounds
from janaseva.people import events as people
from janaseva.workflow import actions, handlers, queries
from janaseva.workflow.models import Task
from tests.workflow.given import CALENDAR, SYSTEM, colleague, do_take_next

pytestmark = pytest.mark.django_db(transaction=True)


def heard(news, at):
    return Heard(event_id=uuid7(), story=None, happened_at=at, at=at, news=news)


def test_workflow_hears_what_it_must():
    assert {
        "workflow.handlers.release_what_was_held",
        "workflow.handlers.release_what_the_stand_in_held",
        "workflow.handlers.count_again",
    } <= set(listeners)
    assert "workflow.handlers.let_time_pass" in rounds


def test_a_new_holder_finds_the_tasks_of_the_old_one_on_the_desk_and_hearing_it_twice_changes_nothing(state):
    started = state.start()
    do_take_next(by=state.clerk, at=state.at)
    new = colleague(state.clerk)
    news = heard(
        people.ChargeHandedOver(
            post_id=state.clerk.post_id,
            old_charge_id=state.clerk.charge_id,
            new_charge_id=new.charge_id,
            old_person_id=state.clerk.person_id,
            new_person_id=new.person_id,
            ended_session_ids=(),
        ),
        state.at,
    )
    handlers.release_what_was_held(news)
    assert do_take_next(by=new, at=state.at).task_id == started.task_id
    handlers.release_what_was_held(news)
    assert Task.objects.get().held_by_charge_id == new.charge_id


def test_a_calendar_that_changes_moves_running_dates(state, settle):
    started = state.start()
    closed = replace(CALENDAR, closures={datetime(2026, 11, 26, tzinfo=UTC).date(): "Flood"})
    actions.load_calendar(by=SYSTEM, at=state.at, key="flood", calendar=closed, names={"en": "Kerala"})
    settle(state.at)
    assert queries.case(SYSTEM, started.case_id, state.at).due_at == started.due_at + timedelta(days=1)


def test_what_a_lapsed_charge_still_held_goes_back_and_what_a_charge_in_force_holds_stays(state, monkeypatch):
    first, second = state.start(), state.start()
    stand_in = colleague(state.clerk)
    do_take_next(by=state.clerk, at=state.at)
    do_take_next(by=stand_in, at=state.at)
    in_force = {state.clerk.charge_id}
    monkeypatch.setattr("janaseva.people.queries.charge_in_force", lambda charge_id, at: charge_id in in_force)
    handlers.release_what_lapsed(state.at)
    states = dict(Task.objects.values_list("case_id", "state"))
    assert states == {first.case_id: "held", second.case_id: "waiting"}
    assert queries.holding(state.clerk) == []
