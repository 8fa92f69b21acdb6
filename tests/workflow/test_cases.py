"""A case from its start to its end, with everything that may be done on the way, and everything that may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid, Refusal
from janaseva.workflow import actions, events, queries, rules
from janaseva.workflow.models import Case, Deadline, Move, Pause, Task
from tests.workflow.given import (
    CALENDAR,
    SYSTEM,
    colleague,
    do_answer,
    do_ask,
    do_ask_report,
    do_complete,
    do_looked,
    do_move,
    do_note,
    do_put_back,
    do_recall,
    do_report,
    do_take,
    do_take_next,
    do_transfer,
    do_withdraw,
)

pytestmark = pytest.mark.django_db(transaction=True)

PAPERS = ("papers",)


def refused(code, function, **values):
    with pytest.raises(Refusal) as caught:
        function(**values)
    assert caught.value.code == code
    return caught.value


def told(story):
    from janaseva.ledger.models import Event

    return list(Event.objects.filter(story=story).order_by("ordinal").values_list("name", flat=True))


def test_a_case_starts_on_the_first_desk_with_its_clock(state):
    started = state.start()
    assert started.post_id == state.clerk.post_id
    assert started.standing == "running"
    # Monday 23 November 2026 and seven working days: Tuesday 1 December, 17:00 in India.
    assert started.due_at == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
    task = Task.objects.get(case_id=started.case_id)
    assert task.due_at == datetime(2026, 11, 25, 11, 30, tzinfo=UTC)  # the step's own two days
    view = queries.case(state.clerk, started.case_id, state.at)
    assert (view.state, view.may_take, view.held_by_me, view.moves) == ("scrutiny", True, False, ())


def test_where_no_office_or_post_serves_the_role_nothing_starts(state):
    steps = [step.model_copy(update={"role": "minister"}) for step in state.start.__globals__["PROCESS"].steps]
    process = rules.Process(steps=tuple(steps), reasons=())
    refusal = refused("no_post_for_role", state.start, process=process)
    assert refusal.facts["role"] == "minister"
    assert not Case.objects.exists()


def test_the_whole_way_to_approval_is_recorded(state):
    started = state.start()
    taken = do_take_next(by=state.clerk, at=state.at)
    assert taken.case_id == started.case_id
    moved = do_move(by=state.clerk, at=state.at, case_id=started.case_id, move="recommend")
    assert (moved.target, moved.outcome, moved.post_id) == ("decision", "", state.officer.post_id)
    assert do_take_next(by=state.officer, at=state.at).case_id == started.case_id
    view = queries.case(state.officer, started.case_id, state.at)
    assert [option.key for option in view.moves] == ["approve", "refuse", "back"]
    assert view.recommended == "approve"
    done = do_move(by=state.officer, at=state.at, case_id=started.case_id, move="approve", checked=PAPERS)
    assert (done.outcome, done.late, done.task_id) == ("approved", False, None)
    case = Case.objects.get()
    assert (case.state, case.outcome, case.ended_at) == ("approved", "approved", state.at)
    assert not Deadline.objects.filter(met_at=None).exists()
    names = ["started", "taken", "moved", "taken", "moved", "ended"]
    assert told(case.story) == [f"workflow.{name}" for name in names]
    assert [line.target for line in queries.history(state.officer, case.id)] == ["decision", "approved"]


def test_every_missing_need_is_told_at_once(state):
    case_id = state.at_decision()
    with pytest.raises(Invalid) as caught:
        do_move(by=state.officer, at=state.at, case_id=case_id, move="refuse")
    assert [fault.code for fault in caught.value.faults] == ["note_missing", "reason_missing"]
    with pytest.raises(Invalid) as caught:
        do_move(by=state.officer, at=state.at, case_id=case_id, move="refuse", reason="whim", note="No.")
    assert [fault.code for fault in caught.value.faults] == ["reason_unknown"]
    with pytest.raises(Invalid) as caught:
        do_move(by=state.officer, at=state.at, case_id=case_id, move="approve")
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [("checked.papers", "check_missing")]
    assert Case.objects.get().state == "decision"
    done = do_move(by=state.officer, at=state.at, case_id=case_id, move="refuse", reason="income-too-high", note="No.")
    assert done.outcome == "refused"


def test_only_the_holder_moves_a_case(state):
    case_id = state.start().case_id
    refused("not_holder", do_move, by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    state.take(state.clerk, case_id)
    refused("not_holder", do_move, by=colleague(state.clerk), at=state.at, case_id=case_id, move="recommend")
    refused("not_holder", do_move, by=state.officer, at=state.at, case_id=case_id, move="recommend")
    refused("move_not_possible", do_move, by=state.clerk, at=state.at, case_id=case_id, move="approve")
    without = replace(state.clerk, grants=frozenset({"services.take"}))
    refused("not_permitted", do_move, by=without, at=state.at, case_id=case_id, move="recommend")
    refused("case_moved_on", do_move, by=state.clerk, at=state.at, case_id=case_id, move="recommend", task_id=uuid4())
    assert Move.objects.count() == 0


def test_after_the_end_nothing_more_is_done(state):
    case_id = state.at_decision()
    do_move(by=state.officer, at=state.at, case_id=case_id, move="approve", checked=PAPERS)
    refused("case_ended", do_move, by=state.officer, at=state.at, case_id=case_id, move="approve", checked=PAPERS)
    refused("case_ended", do_withdraw, by=state.applicant, at=state.at, case_id=case_id)
    refused("case_ended", do_ask, by=state.officer, at=state.at, case_id=case_id, question="?")


def test_the_same_key_moves_once(state):
    case_id = state.start().case_id
    state.take(state.clerk, case_id)
    first = do_move(by=state.clerk, at=state.at, key="k", case_id=case_id, move="recommend")
    again = do_move(by=state.clerk, at=state.at, key="k", case_id=case_id, move="recommend")
    assert Move.objects.count() == 1
    assert str(first.move_id) in (again["move_id"], str(again["move_id"]))


def test_nobody_acts_on_an_own_application_or_one_made_for_another(state):
    for column in ("applicant_person_id", "made_by_person_id"):
        case_id = state.start(**{column: state.clerk.person_id}).case_id
        assert do_take_next(by=state.clerk, at=state.at) is None
        task_id = Task.objects.get(case_id=case_id).id
        refused("own_case", do_take, by=state.clerk, at=state.at, task_id=task_id, reason="because it is mine")
        assert queries.case(state.clerk, case_id, state.at).blocked == "own_case"


def test_a_step_for_another_person_is_not_for_one_who_moved_the_case_before(state):
    both = replace(state.clerk, post_ids=frozenset({state.clerk.post_id, state.officer.post_id}))
    case_id = state.start().case_id
    do_take_next(by=both, at=state.at)
    do_move(by=both, at=state.at, case_id=case_id, move="recommend")
    assert do_take_next(by=both, at=state.at) is None
    task_id = Task.objects.get(case_id=case_id, state="waiting").id
    refused("own_move", do_take, by=both, at=state.at, task_id=task_id, reason="nobody else is here today")
    assert do_take_next(by=state.officer, at=state.at).case_id == case_id


# ---------------------------------------------------------------------------------------------------------- the queue


def test_first_come_first_served(state, later):
    cases = [state.start(later(minutes=minutes)).case_id for minutes in (5, 1, 3)]
    order = [do_take_next(by=state.clerk, at=later(hours=1)).case_id for _ in cases]
    assert order == [cases[1], cases[2], cases[0]]
    assert do_take_next(by=state.clerk, at=later(hours=1)) is None


def test_out_of_turn_needs_a_reason_that_is_kept(state, later):
    first, second = state.start(later(minutes=1)), state.start(later(minutes=2))
    refused("out_of_turn_needs_reason", do_take, by=state.clerk, at=state.at, task_id=second.task_id)
    refused(
        "out_of_turn_needs_reason", do_take, by=state.clerk, at=state.at, task_id=second.task_id, reason="  urgent "
    )
    taken = do_take(by=state.clerk, at=state.at, task_id=second.task_id, reason="Surgery tomorrow")
    assert taken.out_of_turn
    assert Task.objects.get(pk=second.task_id).out_of_turn == "Surgery tomorrow"
    in_turn = do_take(by=state.clerk, at=state.at, task_id=first.task_id)
    assert not in_turn.out_of_turn
    refused("task_taken", do_take, by=colleague(state.clerk), at=state.at, task_id=first.task_id)
    assert do_take(by=state.clerk, at=state.at, task_id=first.task_id).task_id == first.task_id
    refused("not_found", do_take, by=state.officer, at=state.at, task_id=first.task_id)


def test_what_is_put_back_keeps_its_place(state, later):
    first, _ = state.start(later(minutes=1)), state.start(later(minutes=2))
    do_take_next(by=state.clerk, at=state.at)
    refused("not_holder", do_put_back, by=colleague(state.clerk), at=state.at, task_id=first.task_id)
    do_put_back(by=state.clerk, at=state.at, task_id=first.task_id)
    assert do_take_next(by=colleague(state.clerk), at=state.at).case_id == first.case_id


def test_who_has_no_desk_takes_nothing(state):
    state.start()
    refused("no_desk", do_take_next, by=state.applicant, at=state.at)
    refused("no_desk", do_take_next, by=replace(state.clerk, grants=frozenset()), at=state.at)
    assert do_take_next(by=state.officers["clerk-1"], at=state.at) is None


def test_when_charge_is_handed_over_tasks_go_back_to_the_post(state):
    case_id = state.start().case_id
    state.take(state.clerk, case_id)
    assert actions.release(by=SYSTEM, at=state.at, key="r", charge_id=state.clerk.charge_id) == 1
    refused("not_holder", do_move, by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    assert do_take_next(by=colleague(state.clerk), at=state.at).case_id == case_id
    assert actions.release(by=SYSTEM, at=state.at, key="r2", charge_id=state.clerk.charge_id) == 0


# --------------------------------------------------------------------------------------------------------- questions


def test_while_the_applicant_must_answer_the_clock_stands_still(state, later):
    first = state.start(later(minutes=-5)).case_id
    state.take(state.clerk, first)
    do_ask(by=state.clerk, at=later(days=1), case_id=first, question="Which ward?")
    second = state.start().case_id
    view = queries.case(state.clerk, first, later(days=1))
    assert (view.standing, view.due_at, view.side.kind, view.side.question) == (
        "paused",
        None,
        "applicant",
        "Which ward?",
    )
    refused("task_waits_for_answer", do_move, by=state.clerk, at=later(days=1), case_id=first, move="recommend")
    desk = queries.desk(state.clerk, later(days=1))
    assert [(task.case_id, task.waits_for) for task in desk.paused] == [(first, "applicant")]
    assert [task.case_id for task in desk.waiting] == [second]
    refused(
        "not_found", do_answer, by=replace(state.applicant, person_id=uuid7()), at=state.at, case_id=first, answer="3"
    )
    refused("answer_empty", do_answer, by=state.applicant, at=state.at, case_id=first, answer=" ")
    due_at = do_answer(by=state.applicant, at=later(days=3), case_id=first, answer="Ward 3")
    # Two days (25th, 26th) were not counted: from 1 December to 3 December.
    assert due_at == datetime(2026, 12, 3, 11, 30, tzinfo=UTC)
    assert Pause.objects.get().to_at == later(days=3)
    assert do_take_next(by=state.clerk, at=later(days=3)).case_id == first  # its old place
    refused("nothing_was_asked", do_answer, by=state.applicant, at=later(days=3), case_id=first, answer="again")
    why = queries.why_due(state.applicant, first)
    assert why.due.at == due_at
    assert [day.reason for day in why.days if not day.counted] == ["began", "paused", "paused", "weekly_off"]
    assert queries.case(state.clerk, first, later(days=3)).due_at == due_at


def test_a_question_may_be_taken_back(state, later):
    case_id = state.start().case_id
    state.take(state.clerk, case_id)
    refused("question_empty", do_ask, by=state.clerk, at=state.at, case_id=case_id, question=" ")
    do_ask(by=state.clerk, at=state.at, case_id=case_id, question="Which ward?")
    refused("recall_needs_reason", do_recall, by=state.clerk, at=later(days=9), case_id=case_id, note="late")
    do_recall(by=state.clerk, at=later(days=1), case_id=case_id, note="No answer came within time")
    assert queries.case(state.clerk, case_id, later(days=1)).standing == "running"
    refused("nothing_was_asked", do_answer, by=state.applicant, at=later(days=1), case_id=case_id, answer="Ward 3")


def test_a_report_is_asked_for_made_and_comes_back(state, later):
    case_id = state.at_decision()
    refused("cannot_ask_here", do_ask_report, by=state.officer, at=state.at, case_id=case_id, report="x", question="?")
    due_before = queries.case(state.officer, case_id, state.at).due_at
    do_ask_report(
        by=state.officer, at=state.at, case_id=case_id, report="field", question="Does the family live there?"
    )
    assert [task.question for task in queries.desk(state.surveyor, state.at).reports] == ["Does the family live there?"]
    assert [task.waits_for for task in queries.desk(state.officer, state.at).paused] == ["report"]
    refused("not_holder", do_report, by=state.surveyor, at=state.at, case_id=case_id, text="Yes.")
    assert do_take_next(by=state.surveyor, at=state.at).kind == "report"
    refused("report_empty", do_report, by=state.surveyor, at=state.at, case_id=case_id, text=" ")
    photograph = uuid7()
    do_report(by=state.surveyor, at=later(days=1), case_id=case_id, text="They do.", documents=[photograph])
    assert queries.case(state.officer, case_id, later(days=1)).due_at == due_before
    assert do_take_next(by=state.officer, at=later(days=1)).case_id == case_id
    lines = queries.history(state.officer, case_id)
    assert [(line.kind, line.documents) for line in lines][-1] == ("report", (photograph,))
    assert "They do." not in [line.note for line in queries.history(state.applicant, case_id)]


def test_the_applicant_withdraws_even_while_asked(state):
    case_id = state.start().case_id
    state.take(state.clerk, case_id)
    do_ask(by=state.clerk, at=state.at, case_id=case_id, question="Which ward?")
    refused("not_found", do_withdraw, by=state.clerk, at=state.at, case_id=case_id)
    do_withdraw(by=state.applicant, at=state.at, case_id=case_id)
    assert Case.objects.get().outcome == "withdrawn"
    assert not Task.objects.filter(state__in=("waiting", "held", "paused")).exists()
    assert not Pause.objects.filter(to_at=None).exists()
    assert told(Case.objects.get().story)[-1] == events.Ended.name


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
    assert queries.times_over(later(days=29)) == []
    assert not actions.pass_time(by=SYSTEM, at=later(days=29), key="a", task_id=started.task_id)
    assert queries.times_over(later(days=31)) == [started.task_id]
    assert actions.pass_time(by=SYSTEM, at=later(days=31), key="b", task_id=started.task_id)
    assert not actions.pass_time(by=SYSTEM, at=later(days=31), key="c", task_id=started.task_id)
    assert do_take_next(by=state.clerk, at=later(days=31)).step == "scrutiny"


def test_a_closure_declared_later_moves_the_due_date(state):
    started = state.start()
    closed = replace(CALENDAR, closures={datetime(2026, 11, 26, tzinfo=UTC).date(): "Flood"})
    values = {"by": SYSTEM, "at": state.at, "names": {"en": "Kerala"}}
    actions.load_calendar(key="flood", calendar=closed, **values)
    assert queries.running("kl") == [started.case_id]
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
