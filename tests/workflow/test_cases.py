"""A case from its start to its end, with everything that may be done on the way, and everything that may not."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid
from janaseva.workflow import actions, events, queries, rules
from janaseva.workflow.models import Case, Deadline, Move, Pause, Task
from tests.workflow.acts import refused, told
from tests.workflow.given import (
    SYSTEM,
    colleague,
    do_answer,
    do_ask,
    do_ask_report,
    do_move,
    do_put_back,
    do_recall,
    do_report,
    do_take,
    do_take_next,
    do_withdraw,
)

pytestmark = pytest.mark.django_db(transaction=True)

PAPERS = ("papers",)


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


def test_an_officer_with_two_posts_is_handed_what_came_first_to_either(state, later):
    both = replace(state.clerk, post_ids=frozenset({state.clerk.post_id, state.officer.post_id}), person_id=uuid7())
    cases = []
    for number in range(6):
        cases.append(state.start().case_id)
        if number % 2:  # every other one has been moved on to the second post
            do_take(
                by=state.clerk, at=state.at, task_id=Task.objects.get(case_id=cases[-1]).id, reason="as was ordered"
            )
            do_move(by=state.clerk, at=state.at, case_id=cases[-1], move="recommend")
        state.at = later(minutes=number + 1)
    waiting = Task.objects.filter(state="waiting").order_by("arrived_at", "id")
    assert waiting.values("post_id").distinct().count() == 2
    expected = list(waiting.values_list("case_id", flat=True))
    last = waiting.last()
    refused("out_of_turn_needs_reason", do_take, by=both, at=state.at, task_id=last.id)
    assert [do_take_next(by=both, at=state.at).case_id for _ in cases] == expected
    assert do_take_next(by=both, at=state.at) is None


def test_who_sent_a_case_back_may_decide_it_when_it_comes_again(state):
    case_id = state.start().case_id
    for move in ("recommend", "back", "recommend"):
        who = state.officer if move == "back" else state.clerk
        assert do_take_next(by=who, at=state.at).case_id == case_id
        do_move(by=who, at=state.at, case_id=case_id, move=move, note="Compare the incomes again.")
    assert do_take_next(by=state.officer, at=state.at).case_id == case_id
    assert queries.case(state.officer, case_id, state.at).blocked == ""
    do_move(by=state.officer, at=state.at, case_id=case_id, move="approve", checked=("papers",))


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
