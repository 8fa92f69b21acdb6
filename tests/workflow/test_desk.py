"""Transfers, notes, looks, waits and clocks of a case; the desk and its figures."""

import random
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from janaseva.core.ids import uuid7
from janaseva.workflow import actions, queries, rules
from janaseva.workflow.models import Case
from tests.workflow.acts import refused
from tests.workflow.given import (
    CALENDAR,
    SYSTEM,
    do_complete,
    do_looked,
    do_move,
    do_note,
    do_take_next,
    do_transfer,
)

pytestmark = pytest.mark.django_db(transaction=True)


# ----------------------------------------------------------------------------------------- transfer, notes, looks, time


def test_a_transfer_keeps_clock_and_place(state, later):
    case_id = state.start().case_id
    state.take(state.clerk, case_id)
    before = queries.case(state.clerk, case_id, state.at).due_at
    refused(
        "transfer_to_same_desk",
        do_transfer,
        by=state.clerk,
        at=state.at,
        case_id=case_id,
        area_id=state.villages[0],
        note="belongs elsewhere",
    )
    do_transfer(by=state.clerk, at=later(days=1), case_id=case_id, area_id=state.villages[1], note="belongs elsewhere")
    other = state.officers["clerk-1"]
    assert do_take_next(by=other, at=later(days=1)).case_id == case_id
    view = queries.case(other, case_id, later(days=1))
    assert (view.due_at, view.arrived_at, view.office_id) == (before, state.at, other.office_id)
    do_move(by=other, at=later(days=1), case_id=case_id, move="recommend")
    assert do_take_next(by=state.officers["officer-1"], at=later(days=1)).case_id == case_id


def test_notes_are_for_officers_and_looks_are_told_once_a_day(state, later):
    case_id = state.start().case_id
    do_note(by=state.clerk, at=state.at, case_id=case_id, text="Papers look fine.")
    assert [note.text for note in queries.notes(state.officer, case_id)] == ["Papers look fine."]
    refused("not_found", queries.notes, by=state.applicant, case_id=case_id)
    refused("note_empty", do_note, by=state.clerk, at=state.at, case_id=case_id, text=" ")
    assert do_looked(by=state.clerk, at=state.at, case_id=case_id)
    assert not do_looked(by=state.clerk, at=later(minutes=5), case_id=case_id)
    assert do_looked(by=state.clerk, at=later(days=1), case_id=case_id)
    refused("not_found", do_looked, by=state.officers["clerk-1"], at=state.at, case_id=case_id)


def test_what_is_not_yours_to_see_is_not_found(state):
    case_id = state.start().case_id
    stranger = replace(state.applicant, person_id=uuid7())
    for by in (stranger, state.officers["clerk-1"]):
        refused("not_found", queries.case, by=by, case_id=case_id, at=state.at)
        refused("not_found", queries.history, by=by, case_id=case_id)
        refused("not_found", queries.why_due, by=by, case_id=case_id)
        assert not queries.sees(by, case_id)
    assert queries.sees(state.applicant, case_id)
    assert queries.case_of_story(Case.objects.get().story) == case_id


def test_an_unknown_limit_and_an_incomplete_application_have_no_due_date(state, later):
    unknown = state.start(limit=rules.Limit(unknown="not notified"))
    assert (unknown.standing, unknown.due_at) == ("unknown", None)
    uncounted = state.start(calendar_key="", limit=rules.Limit(days=3, counts="working"))
    assert (uncounted.standing, uncounted.due_at) == ("unknown", None)
    incomplete = state.start(limit=rules.Limit(days=15, starts="completeness"))
    assert (incomplete.standing, incomplete.due_at) == ("not_begun", None)
    do_complete(by=SYSTEM, at=later(days=2), case_id=incomplete.case_id, complete_at=later(days=2))
    assert queries.case(state.clerk, incomplete.case_id, later(days=2)).due_at == datetime(
        2026, 12, 10, 11, 30, tzinfo=UTC
    )
    refused("clock_runs_already", do_complete, by=SYSTEM, at=state.at, case_id=incomplete.case_id, complete_at=state.at)


def test_a_step_that_waits_goes_on_when_its_time_is_over(state, later):
    text = state.start.__globals__["PROCESS"].model_dump(mode="json", exclude_defaults=True)
    notice = {
        "key": "notice",
        "title": "Notice",
        "kind": "wait",
        "limit": {"days": 30},
        "moves": [{"key": "over", "title": "Over", "to": "scrutiny"}],
    }
    process = rules.Process.model_validate({**text, "start": "notice", "steps": [notice, *text["steps"]]})
    started = state.start(process=process)
    assert started.post_id is None
    assert queries.times_over(SYSTEM, later(days=29)) == []
    assert not actions.pass_time(by=SYSTEM, at=later(days=29), key="a", task_id=started.task_id)
    assert queries.times_over(SYSTEM, later(days=31)) == [started.task_id]
    assert actions.pass_time(by=SYSTEM, at=later(days=31), key="b", task_id=started.task_id)
    assert not actions.pass_time(by=SYSTEM, at=later(days=31), key="c", task_id=started.task_id)
    assert do_take_next(by=state.clerk, at=later(days=31)).step == "scrutiny"


def test_a_closure_declared_later_moves_the_due_date(state):
    started = state.start()
    closed = replace(CALENDAR, closures={datetime(2026, 11, 26, tzinfo=UTC).date(): "Flood"})
    values = {"by": SYSTEM, "at": state.at, "names": {"en": "Kerala"}}
    actions.load_calendar(key="flood", calendar=closed, **values)
    assert queries.running(SYSTEM, "kl") == [started.case_id]
    assert actions.recount(by=SYSTEM, at=state.at, key="x", case_id=started.case_id)
    assert queries.case(SYSTEM, started.case_id, state.at).due_at == started.due_at + timedelta(days=1)
    assert not actions.recount(by=SYSTEM, at=state.at, key="y", case_id=started.case_id)
    refused(
        "not_found",
        actions.load_calendar,
        by=state.clerk,
        at=state.at,
        key="z",
        calendar=CALENDAR,
        names={},
    )


# ---------------------------------------------------------------------------------------------------- desk and figures


def test_the_desk_shows_what_is_due_first_and_counts(state, later):
    late = state.start(later(days=-10)).case_id
    soon = state.start(later(minutes=1), limit=rules.Limit(days=1)).case_id
    unknown = state.start(later(minutes=-1), limit=rules.Limit(unknown="?")).case_id
    held = state.start(later(minutes=-2)).case_id
    state.take(state.clerk, held)
    desk = queries.desk(state.clerk, state.at)
    assert [task.case_id for task in desk.waiting] == [late, unknown, soon]
    assert [task.place for task in desk.waiting] == [1, 2, 3]
    assert desk.next.case_id == late
    assert [task.case_id for task in desk.held] == [held]
    assert desk.due_first[0].case_id == late
    assert desk.due_first[0].urgency == "overdue"
    assert (desk.counts.waiting, desk.counts.held, desk.counts.overdue) == (3, 1, 1)
    empty = queries.desk(state.applicant, state.at)
    assert (empty.next, empty.counts.waiting, empty.waiting) == (None, 0, ())


def test_a_full_desk_is_counted_exactly_as_far_as_it_is_seen_and_beyond_once_a_minute(state, later, monkeypatch):
    module = sys.modules[queries.desk.__module__]
    monkeypatch.setattr(module, "FEW", 3)
    monkeypatch.setattr(module, "MOST_COUNTED", 6)
    told = []
    for minutes in range(9):
        state.start(later(minutes=minutes - 20))
        told.append(queries.desk(state.clerk, later(seconds=minutes)).counts.waiting)
    assert told == [1, 2, 3, 3, 3, 3, 3, 3, 3]
    assert queries.desk(state.clerk, later(minutes=1)).counts.waiting == 6
    taken = [do_take_next(by=state.clerk, at=later(minutes=2)) for _ in range(7)]
    assert queries.desk(state.clerk, later(minutes=2)).counts.waiting == 2
    assert queries.desk(state.clerk, later(minutes=2)).counts.held == 6 < len(taken)


def test_the_desk_costs_the_same_however_much_lies_there(state, later):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            queries.desk(state.clerk, state.at)
        return len(captured)

    state.start()
    few = count()
    for minutes in range(12):
        state.start(later(minutes=minutes))
    assert count() == few <= 14


def test_pendency_counts_by_age(state, later):
    for days in (0, 5, 5, 20, 60):
        state.start(later(days=-days))
    (office,) = queries.pendency(SYSTEM, state.at, office_ids=[state.clerk.office_id])
    assert (office.open, office.by_age, office.median_days, office.oldest_days) == (5, (1, 2, 0, 1, 1), 5, 60)
    assert office.overdue == 2


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_pendency_is_what_counting_by_hand_gives(state, later, count):
    chance = random.Random(count)
    edges = [0, 4 * 1440 - 1, 4 * 1440, 31 * 1440 - 1, 31 * 1440]
    minutes = [chance.choice([*edges, chance.randrange(60 * 1440)]) for _ in range(count)]
    for one in minutes:
        state.start(later(minutes=-one))
    ages = [one // 1440 for one in minutes]
    (found,) = queries.pendency(SYSTEM, state.at, office_ids=[state.clerk.office_id])
    groups = [sum(low <= age <= high for age in ages) for low, high in ((0, 3), (4, 7), (8, 15), (16, 30), (31, 999))]
    assert (found.open, found.by_age) == (count, tuple(groups))
    assert (found.median_days, found.oldest_days) == (int(median(ages)), max(ages))


@pytest.mark.postgres
def test_pendency_looks_into_an_index_alone(state, later):
    """A large office has some ten thousand open cases, whose rows lie all over the disk: none of them is read."""
    state.start(later(days=-60))
    with CaptureQueriesContext(connection) as asked:
        queries.pendency(SYSTEM, state.at, office_ids=[state.clerk.office_id])
    plans = []
    with transaction.atomic(), connection.cursor() as cursor:
        for kind in ("seqscan", "bitmapscan"):  # a table of one row is read as it lies
            cursor.execute(f"SET LOCAL enable_{kind} = off")
        for one in asked:
            cursor.execute(f"EXPLAIN {one['sql']}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert len(plans) == 3
    for plan in plans:
        assert "Index Only Scan using workflow_case_open" in plan
