"""Waits with a public notice, objections to it, and steps that rules pass by themselves."""

import copy
from datetime import timedelta

import pytest

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid, Refusal
from janaseva.ledger.models import Event
from janaseva.workflow import actions, queries, rules
from janaseva.workflow.models import Case, Move, Notice, Objection, Pause, Task
from tests.workflow.given import PROCESS, SYSTEM, do_move, do_withdraw, wrapped

pytestmark = pytest.mark.django_db
do_object, do_take_back = wrapped("lodge_objection"), wrapped("withdraw_objection")


def with_steps(*steps):
    """The tests' process with steps between scrutiny and decision; the clerk's move leads to the first of them."""
    text = copy.deepcopy(PROCESS.model_dump(mode="json", exclude_defaults=True))
    text["steps"][0]["moves"][0]["to"] = steps[0]["key"]
    text["steps"][1:1] = list(steps)
    process = rules.Process.model_validate(text)
    assert rules.faults(process) == []
    return process


NOTICE = {
    "key": "notice",
    "title": "Notice",
    "kind": "wait",
    "limit": {"days": 30},
    "clock": "stands",
    "notice": {"title": "A house", "statement": "A house is asked for.", "objections": True},
    "moves": [
        {"key": "clear", "title": "Nobody objected", "to": "decision", "objections": "none"},
        {"key": "doubt", "title": "Objections came", "to": "objections", "objections": "some"},
    ],
}
HEARD = {
    "key": "objections",
    "title": "Enquire",
    "kind": "enquiry",
    "role": "surveyor",
    "office": "taluk-office",
    "moves": [{"key": "done", "title": "Done", "to": "decision"}],
}
STRANGER = Actor.person(uuid7())


@pytest.fixture
def public(state):
    """A case whose notice is public, and the notice."""
    case_id = state.start(process=with_steps(NOTICE, HEARD)).case_id
    state.take(state.clerk, case_id)
    do_move(by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    return case_id, Notice.objects.get(case_id=case_id)


def lodge(state, notice, by=STRANGER, at=None, **other):
    values = {"number": f"OBJ-{uuid7()}", "name": "A. Neighbour", "text": "The wall is mine.", **other}
    return do_object(by=by, at=at or state.at, notice_id=notice.id, **values)


def over(state, case_id):
    """Let the time of the wait pass."""
    task = Task.objects.get(case_id=case_id, kind="time", state="waiting")
    return actions.pass_time(by=Actor.clock(), at=task.due_at, key=f"over:{task.id}", task_id=task.id)


def test_a_notice_is_public_while_the_case_waits_and_its_clock_stands(state, public):
    case_id, notice = public
    (line,) = queries.notices(Actor.anyone(), state.at)
    assert (line.title, line.is_open, line.takes_objections) == ({"en": "A house"}, True, True)
    assert line.until_at == Task.objects.get(case_id=case_id, kind="time").due_at
    assert queries.case(SYSTEM, case_id, state.at).standing == "paused"
    why = queries.why_due(SYSTEM, case_id)
    assert (why.due.said, why.days[-1].said) == ("paused_notice", "paused_notice"), "nobody waits for the applicant"
    assert over(state, case_id)
    assert Case.objects.get(pk=case_id).state == "decision"
    assert queries.notices(Actor.anyone(), state.at) == []
    assert Pause.objects.get(case_id=case_id).to_at == line.until_at
    view = queries.case(SYSTEM, case_id, line.until_at)
    assert view.standing == "running"
    assert view.due_at > line.until_at
    with pytest.raises(Refusal):
        queries.notice(STRANGER, state.at, notice.id)


def test_an_objection_turns_the_way_and_is_read_beside_the_case(state, public):
    case_id, notice = public
    lodge(state, notice)
    assert over(state, case_id)
    assert Case.objects.get(pk=case_id).state == "objections"
    (inside,) = queries.objections(state.surveyor, case_id)
    assert (inside.name, inside.text) == ("A. Neighbour", "The wall is mine.")
    (outside,) = queries.objections(state.applicant, case_id)
    assert (outside.name, outside.text, outside.documents) == ("", "The wall is mine.", ())
    assert queries.objectors(state.surveyor, case_id) == [(STRANGER.person_id, inside.number)]
    assert queries.objectors(STRANGER, case_id) == []


def test_an_objection_taken_back_does_not_count(state, public):
    case_id, notice = public
    objection_id = lodge(state, notice)
    with pytest.raises(Refusal, match="not_found"):
        do_take_back(by=Actor.person(uuid7()), at=state.at, objection_id=objection_id)
    do_take_back(by=STRANGER, at=state.at, objection_id=objection_id)
    with pytest.raises(Refusal, match="objection_withdrawn_already"):
        do_take_back(by=STRANGER, at=state.at, objection_id=objection_id)
    lodge(state, notice)  # who took it back may object anew
    (own, before) = queries.own_objections(STRANGER, state.at)
    assert (own.may_withdraw, before.may_withdraw) == (True, False)
    do_take_back(by=STRANGER, at=state.at, objection_id=own.objection_id)
    assert over(state, case_id)
    assert Case.objects.get(pk=case_id).state == "decision"


def test_what_cannot_be_objected_changes_nothing(state, public):
    case_id, notice = public
    lodge(state, notice)
    told = Event.objects.exclude(name="ledger.refused").count()
    late = notice.until_at + timedelta(seconds=1)
    for by, at, code in (
        (STRANGER, state.at, "objection_already_lodged"),
        (state.applicant, state.at, "own_application"),
        (state.clerk, state.at, "not_found"),
        (Actor.person(uuid7()), late, "notice_over"),
    ):
        with pytest.raises(Refusal, match=code):
            lodge(state, notice, by=by, at=at)
    with pytest.raises(Invalid) as missing:
        lodge(state, notice, by=Actor.person(uuid7()), name=" ", text="")
    assert [fault.place for fault in missing.value.faults] == ["objection_name", "objection_text"]
    assert Objection.objects.count() == 1
    assert Event.objects.exclude(name="ledger.refused").count() == told
    do_withdraw(by=state.applicant, at=state.at, case_id=case_id)
    with pytest.raises(Refusal, match="notice_over"):
        lodge(state, notice, by=Actor.person(uuid7()))


SORT = {
    "key": "sort",
    "title": "Sort",
    "kind": "automatic",
    "moves": [
        {"key": "poor", "title": "Poor", "to": "decision", "when": "income < 1000"},
        {"key": "rest", "title": "Others", "to": "objections"},
    ],
}


@pytest.mark.parametrize(("income", "target"), [(10, "decision"), (5000, "objections"), (None, "objections")])
def test_rules_choose_the_way_in_the_same_moment_and_say_why(state, income, target):
    values = {} if income is None else {"income": income}
    facts = {"simple": {"income": "integer"}, "tables": {}, "values": values}
    case_id = state.start(process=with_steps(SORT, HEARD), facts=facts).case_id
    state.take(state.clerk, case_id)
    do_move(by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    case = Case.objects.get(pk=case_id)
    task = Task.objects.get(case_id=case_id, state="waiting")
    assert (case.state, task.step, task.post_id) == (target, target, case.post_id)
    made = Move.objects.get(case_id=case_id, kind="automatic")
    assert (made.ordinal, made.source, made.target, made.person_id) == (2, "sort", target, None)
    assert made.note == ("income < 1000 (income = 10)" if income == 10 else "")
