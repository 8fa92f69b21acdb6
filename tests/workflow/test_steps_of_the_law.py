"""Joint decisions, other offices' clearances, waits for an entry, and hearings: each in its right and wrong states."""

from dataclasses import replace
from datetime import timedelta

import pytest

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Invalid, Refusal
from janaseva.ledger.models import Event
from janaseva.workflow import actions, handlers, queries, rules
from janaseva.workflow.models import Case, Hearing, Move, Pause, Task
from tests.workflow.given import SYSTEM, do_move, do_withdraw, wrapped
from tests.workflow.test_notices import with_steps
from tests.workflow.test_parallel import opine, take

pytestmark = pytest.mark.django_db
do_fix, do_adjourn, do_record = map(wrapped, ("fix_hearing", "adjourn_hearing", "record_hearing"))
do_found = wrapped("entry_found")
CLOCK = Actor.clock()

JOINT = {
    "key": "together",
    "title": "Decide together",
    "kind": "decision",
    "joint": [
        {"key": "village", "title": "Village", "role": "officer", "office": "village-office"},
        {"key": "survey", "title": "Survey", "role": "surveyor", "office": "taluk-office"},
    ],
    "moves": [
        {"key": "grant", "title": "Grant", "to": "approved", "by": "all"},
        {"key": "deny", "title": "Refuse", "to": "refused", "by": "one", "needs": ["reason", "note"]},
        {"key": "on", "title": "Lay before one", "to": "decision", "by": "one"},
    ],
}
CLEARANCE = {
    "key": "fire",
    "title": "No-objection of the fire service",
    "kind": "clearance",
    "branches": [
        {
            "key": "noc",
            "title": "Fire service",
            "role": "surveyor",
            "office": "taluk-office",
            "limit": {"days": 7},
            "silence": {"then": "remind"},
        },
    ],
    "moves": [{"key": "answered", "title": "Answered", "to": "decision"}],
}
ENTRY = {
    "key": "entered",
    "title": "Waits for the register",
    "kind": "wait",
    "limit": {"days": 20},
    "entry": {"of": "deaths", "number": "death_number"},
    "moves": [
        {"key": "found", "title": "It is there", "to": "decision", "entry": "found"},
        {"key": "missing", "title": "It is not", "to": "scrutiny", "entry": "missing"},
    ],
}
HEARING = {
    "key": "hearing",
    "title": "Hearing",
    "kind": "hearing",
    "role": "officer",
    "office": "village-office",
    "clock": "stands",
    "hearing": {"notice_days": 7, "law": "Section 9", "source": ["act"]},
    "moves": [{"key": "done", "title": "Heard", "to": "decision"}],
}
BY_LAW = {"then": "no_objection", "law": "Rule 12", "source": ["act"]}


def at_step(state, step, **facts):
    """A case that the clerk has sent on to this step."""
    case_id = state.start(process=with_steps(step), **facts).case_id
    state.take(state.clerk, case_id)
    do_move(by=state.clerk, at=state.at, case_id=case_id, move="recommend")
    return case_id


def counts(case_id):
    told = Event.objects.exclude(name="ledger.refused").count()
    return (
        told,
        Move.objects.filter(case_id=case_id).count(),
        Hearing.objects.count(),
        Case.objects.get(pk=case_id).state,
    )


def refused(code, act, case_id, **given):
    """Do what cannot be done, and see that nothing changed."""
    before = counts(case_id)
    with pytest.raises(Refusal) as told:
        act(case_id=case_id, **given)
    assert counts(case_id) == before
    codes = [fault.code for fault in told.value.faults] if isinstance(told.value, Invalid) else [told.value.code]
    assert codes == [code]


# --- joint decisions


def test_all_must_agree_each_act_is_recorded_and_the_last_one_decides(state):
    case_id = at_step(state, JOINT)
    first = take(state, state.officer, case_id)
    view = queries.case(state.officer, case_id, state.at)
    assert [one.key for one in view.moves] == ["grant", "deny", "on"]
    assert view.opinion is None
    given = {"by": state.officer, "at": state.at, "move": "grant", "task_id": first.id}
    moved = do_move(case_id=case_id, **given)
    assert (moved.awaited, moved.outcome, Case.objects.get(pk=case_id).state) == (True, "", "together")
    refused("case_moved_on", do_move, case_id, **given)
    seat = take(state, state.surveyor, case_id)
    alike = replace(state.surveyor, person_id=state.officer.person_id)
    refused("joint_same_person", do_move, case_id, by=alike, at=state.at, move="grant", task_id=seat.id)
    moved = do_move(case_id=case_id, by=state.surveyor, at=state.at, move="grant", task_id=seat.id)
    assert (moved.awaited, moved.outcome) == (False, "approved")
    kept = Move.objects.filter(case_id=case_id).order_by("ordinal").values_list("kind", "source", "post_id")
    assert list(kept)[1:] == [
        ("agreement", "together/village", state.officer.post_id),
        ("agreement", "together/survey", state.surveyor.post_id),
        ("move", "together", state.surveyor.post_id),
    ]
    assert [one.title for one in queries.history(SYSTEM, case_id)][1:3] == [{"en": "Grant"}] * 2


@pytest.mark.parametrize(("move", "ends"), [("deny", "refused"), ("on", "decision")])
def test_one_is_enough_where_the_text_says_so_and_the_others_are_let_go(state, move, ends):
    case_id = at_step(state, JOINT)
    task = take(state, state.officer, case_id)
    why = {"reason": "income-too-high", "note": "Above the limit."} if move == "deny" else {}
    do_move(case_id=case_id, by=state.officer, at=state.at, move=move, task_id=task.id, **why)
    assert Case.objects.get(pk=case_id).state == ends
    assert Task.objects.get(case_id=case_id, report="survey").state == "void"


# --- other offices


def test_an_office_that_does_not_answer_is_reminded_again_and_again_and_may_still_answer(state):
    case_id = at_step(state, CLEARANCE)
    asked = Task.objects.get(case_id=case_id, kind="branch")
    for wait in (asked.silent_at, None):
        task = Task.objects.get(pk=asked.id)
        early, at = task.silent_at - timedelta(minutes=1), wait or task.silent_at
        assert actions.pass_silence(by=CLOCK, at=early, key=f"early {early}", task_id=asked.id) == ""
        handlers.let_time_pass(at)
        handlers.let_time_pass(at)
    assert Move.objects.filter(case_id=case_id, kind="reminder").count() == 2
    assert queries.case(state.surveyor, case_id, state.at).branches[0].reminded_at is not None
    opine(state, state.surveyor, case_id)
    assert Case.objects.get(pk=case_id).state == "decision"
    assert queries.silent(CLOCK, state.at + timedelta(days=99)) == []


def test_silence_is_no_objection_only_by_the_law_that_the_text_names(state):
    branch = CLEARANCE["branches"][0]
    case_id = at_step(state, {**CLEARANCE, "branches": [{**branch, "silence": BY_LAW}]})
    asked = Task.objects.get(case_id=case_id, kind="branch")
    handlers.let_time_pass(asked.silent_at)
    assert Case.objects.get(pk=case_id).state == "decision"
    line = Move.objects.get(case_id=case_id, kind="silence")
    assert (line.note, line.person_id, Task.objects.get(pk=asked.id).state) == ("Rule 12", None, "void")
    with pytest.raises(Refusal, match="not_found"):
        actions.pass_silence(by=state.officer, at=state.at, key="mine", task_id=asked.id)


def test_an_outage_gives_the_office_that_was_asked_its_days_back(state):
    case_id = at_step(state, CLEARANCE)
    before = Task.objects.get(case_id=case_id, kind="branch")
    day = state.at + timedelta(days=1)
    span = {"from_at": day.replace(hour=4, minute=30), "to_at": day.replace(hour=9)}
    at = state.at + timedelta(days=2)
    outage = actions.record_outage(by=SYSTEM, at=at, key="o", why="The line was cut.", **span)
    assert actions.recount(by=SYSTEM, at=at, key="r", case_id=case_id)
    assert Task.objects.get(pk=before.id).silent_at > before.silent_at
    actions.correct_outage(by=SYSTEM, at=at, key="c", outage_id=outage, why="It was another line.")
    assert actions.recount(by=SYSTEM, at=at, key="r2", case_id=case_id)
    assert Task.objects.get(pk=before.id).silent_at == before.silent_at


# --- entries


def test_a_case_waits_for_an_entry_and_goes_on_once(state):
    facts = {"simple": {"death_number": "text"}, "values": {"death_number": "D/12"}}
    case_id = at_step(state, ENTRY, facts=facts)
    assert queries.awaiting(SYSTEM, "deaths", "D/12") == [case_id]
    assert queries.awaiting(SYSTEM, "deaths", "D/13") == queries.awaiting(SYSTEM, "births", "D/12") == []
    assert queries.awaiting(state.officer, "deaths", "D/12") == []
    assert queries.case(SYSTEM, case_id, state.at).awaits == "deaths"
    refused("not_found", do_found, case_id, by=state.applicant, at=state.at)
    assert do_found(by=SYSTEM, at=state.at, case_id=case_id)
    assert not do_found(by=SYSTEM, at=state.at, case_id=case_id)
    assert Case.objects.get(pk=case_id).state == "decision"


def test_an_entry_that_does_not_come_leads_the_other_way(state):
    case_id = at_step(state, ENTRY)
    handlers.let_time_pass(Task.objects.get(case_id=case_id, kind="time").due_at)
    assert Case.objects.get(pk=case_id).state == "scrutiny"


# --- hearings


@pytest.fixture
def hearing(state):
    case_id = at_step(state, HEARING)
    state.take(state.officer, case_id)
    return case_id


def test_a_hearing_is_fixed_put_off_held_and_recorded_and_only_then_the_case_goes_on(state, hearing):
    by, soon = {"by": state.officer}, state.at + timedelta(days=7)
    refused("hearing_not_held", do_move, hearing, **by, at=state.at, move="done")
    refused("hearing_too_soon", do_fix, hearing, **by, at=state.at, hearing_at=soon, place="The hall")
    refused("hearing_place_missing", do_fix, hearing, **by, at=state.at, hearing_at=soon + timedelta(days=1), place=" ")
    refused("hearing_day_missing", do_fix, hearing, **by, at=state.at, hearing_at=None, place="The hall")
    refused("hearing_not_fixed", do_record, hearing, **by, at=state.at, attended=[], record="Nobody came.")
    first = soon + timedelta(days=1)
    do_fix(**by, at=state.at, case_id=hearing, hearing_at=first, place="The hall")
    assert queries.why_due(SYSTEM, hearing).due.said == "paused_hearing"
    refused("hearing_fixed_already", do_fix, hearing, **by, at=state.at, hearing_at=first, place="The hall")
    off = {**by, "at": state.at, "hearing_at": first + timedelta(days=9), "place": "The hall"}
    refused("adjourn_needs_reason", do_adjourn, hearing, **off, reason="rain")
    do_adjourn(**off, case_id=hearing, reason="The hall is under water.")
    now = off["hearing_at"]
    refused("hearing_not_yet", do_record, hearing, **by, at=first, attended=[], record="So.")
    refused("hearing_record_empty", do_record, hearing, **by, at=now, attended=[], record=" ")
    refused("hearing_unknown_party", do_record, hearing, **by, at=now, attended=["OBJ/9"], record="So.")
    do_record(**by, at=now, case_id=hearing, attended=["applicant"], record="The applicant showed the deed.")
    assert Pause.objects.get(case_id=hearing).to_at == now
    inside, outside = queries.hearings(state.officer, hearing), queries.hearings(state.applicant, hearing)
    assert [(one.state, one.attended) for one in inside] == [("held", ("applicant",)), ("adjourned", ())]
    assert [(one.state, one.record) for one in outside] == [("held", ""), ("adjourned", "")]
    do_move(**by, at=now, case_id=hearing, move="done")
    assert Case.objects.get(pk=hearing).state == "decision"
    assert queries.case(SYSTEM, hearing, now).standing == "running"
    refused("no_hearing_here", do_fix, hearing, by=_taken(state, hearing), at=now, hearing_at=now, place="The hall")


def _taken(state, case_id):
    """A colleague who has the decision in hand."""
    colleague = replace(state.officer, person_id=uuid7(), charge_id=uuid7())
    state.take(colleague, case_id)
    return colleague


def test_a_hearing_is_not_anybodys_to_fix_and_ends_with_its_case(state, hearing):
    given = {"at": state.at, "hearing_at": state.at + timedelta(days=9), "place": "The hall"}
    refused("not_holder", do_fix, hearing, by=state.surveyor, **given)
    do_fix(case_id=hearing, by=state.officer, **given)
    do_withdraw(by=state.applicant, at=state.at, case_id=hearing)
    assert Hearing.objects.get(case_id=hearing).state == "void"
    refused("case_ended", do_fix, hearing, by=state.officer, **given)


def faults(step):
    """What is wrong with the process with this step in it."""
    process = with_steps(JOINT).model_dump(mode="json", exclude_defaults=True)
    process["steps"][1] = step
    process["steps"][0]["moves"][0]["to"] = step["key"]
    return {(one.place, one.code) for one in rules.faults(rules.Process.model_validate(process))}


BRANCH = CLEARANCE["branches"][0]
ONE_GRANTS = {**JOINT, "moves": [{**JOINT["moves"][0], "by": "one"}, *JOINT["moves"][1:]]}
LAWLESS = {**CLEARANCE, "branches": [{**BRANCH, "silence": {"then": "no_objection"}}]}
AT_ONCE = {**CLEARANCE, "kind": "parallel", "branches": [BRANCH, {**BRANCH, "key": "b"}]}


@pytest.mark.once
@pytest.mark.parametrize(
    ("step", "place", "code"),
    [
        ({**JOINT, "joint": JOINT["joint"][:1]}, "joint", "process_joint_alone"),
        ({**JOINT, "role": "officer"}, "role", "process_part_elsewhere"),
        ({**JOINT, "ask_applicant": True}, "ask_applicant", "process_part_elsewhere"),
        (ONE_GRANTS, "moves", "process_joint_without_ways"),
        (ONE_GRANTS, "moves.0.by", "process_joint_approved_by_one"),
        ({**JOINT, "kind": "review"}, "joint", "process_part_elsewhere"),
        ({**CLEARANCE, "branches": []}, "branches", "process_clearance_of_nobody"),
        ({**CLEARANCE, "branches": [{**BRANCH, "limit": None}]}, "branches.0", "process_clearance_without_limit"),
        ({**CLEARANCE, "branches": [{**BRANCH, "silence": None}]}, "branches.0", "process_clearance_without_silence"),
        (LAWLESS, "branches.0.silence", "process_silence_without_law"),
        (AT_ONCE, "branches.0.silence", "process_part_elsewhere"),
        ({**ENTRY, "moves": ENTRY["moves"][:1]}, "moves", "process_entry_without_ways"),
        ({**ENTRY, "entry": {"of": "deaths"}}, "entry", "process_entry_unnamed"),
        ({**ENTRY, "limit": None}, "limit", "process_wait_without_limit"),
        ({**HEARING, "hearing": None}, "", "process_hearing_without_notice"),
        ({**HEARING, "hearing": {"notice_days": 7}}, "clock", "process_hearing_stands_without_law"),
        ({**HEARING, "ask_applicant": True}, "ask_applicant", "process_part_elsewhere"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_such_a_step_is_told_at_its_place(step, place, code):
    assert (f"steps.1.{place}".rstrip("."), code) in faults(step)


@pytest.mark.once
@pytest.mark.parametrize("step", [JOINT, CLEARANCE, ENTRY, HEARING])
def test_such_a_step_is_sound_drawn_and_read_again_as_written(step):
    process = with_steps(step)
    again = rules.Process.model_validate(process.model_dump(mode="json", exclude_defaults=True))
    assert again == process
    drawn = rules.picture(process)
    assert {arrow.target for arrow in drawn.arrows if arrow.source == step["key"]} >= {m["to"] for m in step["moves"]}
    seats = {node.key for node in drawn.nodes if node.kind == "branch"}
    assert seats == {f"{step['key']}/{one['key']}" for one in (*step.get("branches", ()), *step.get("joint", ()))}
