"""What a process may be, and what is said of one that is not sound."""

import copy

import pytest
from pydantic import ValidationError

from janaseva.core.words import say
from janaseva.workflow.rules import Desk, Process, faults, picture

SOUND = {
    "limit": {"days": 6},
    "steps": [
        {
            "key": "enquiry",
            "title": "Enquire",
            "kind": "enquiry",
            "role": "@officer",
            "office": "@officer",
            "ask_applicant": True,
            "reports": [{"key": "field", "title": "Field report", "role": "clerk", "office": "village-office"}],
            "moves": [{"key": "done", "title": "Recommend", "to": "notice", "recommends": "approve"}],
        },
        {
            "key": "notice",
            "title": "Public notice",
            "kind": "wait",
            "limit": {"days": 30},
            "moves": [{"key": "over", "title": "Notice over", "to": "decision"}],
        },
        {
            "key": "decision",
            "title": "Decide",
            "kind": "decision",
            "role": "tahsildar",
            "office": "taluk-office",
            "checklist": [{"key": "papers", "title": "Papers seen"}],
            "moves": [
                {"key": "approve", "title": "Approve", "to": "approved", "needs": ["checklist"]},
                {"key": "refuse", "title": "Refuse", "to": "refused", "needs": ["reason"]},
                {"key": "again", "title": "Send back", "to": "enquiry", "needs": "note"},
            ],
        },
    ],
}


AUTOMATIC = {
    "key": "notice",
    "title": "Sorted by rule",
    "kind": "automatic",
    "moves": [
        {"key": "small", "title": "Small", "to": "decision", "when": "true"},
        {"key": "rest", "title": "All others", "to": "enquiry"},
    ],
}
PARALLEL = {
    "key": "notice",
    "title": "Opinions",
    "kind": "parallel",
    "branches": [
        {"key": "fire", "title": "Fire", "role": "clerk", "office": "taluk-office"},
        {"key": "health", "title": "Health", "role": "clerk", "office": "village-office"},
    ],
    "moves": [
        {"key": "agreed", "title": "Agreed", "to": "decision", "result": "all"},
        {"key": "doubted", "title": "Doubted", "to": "enquiry", "result": "against"},
    ],
}


def changed(*changes):
    """The sound process with values set or (value ``None``) removed at dotted places."""
    text = copy.deepcopy(SOUND)
    for place, value in changes:
        *way, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        inner = text
        for part in way:
            inner = inner[part]
        if value is None:
            del inner[last]
        else:
            inner[last] = value
    return Process.model_validate(text)


def test_a_sound_process_has_no_fault():
    assert faults(Process.model_validate(SOUND)) == []


WRONG = {
    "process_unknown_target": [("steps.0.moves.0.to", "nowhere")],
    "process_key_twice": [("steps.1.key", "decision")],
    "process_step_named_as_end": [("steps.1.key", "refused")],
    "process_nobody_acts": [("steps.2.role", None)],
    "process_no_move": [("steps.1.moves", [])],
    "process_withdrawal_is_the_applicants": [("steps.2.moves.2.to", "withdrawn")],
    "process_decides_outside_decision": [("steps.2.kind", "review")],
    "process_refusal_without_reason": [("steps.2.moves.1.needs", "note")],
    "process_no_checklist": [("steps.2.checklist", None)],
    "process_recommends_to_an_end": [("steps.2.moves.1.recommends", "refuse")],
    "process_wait_without_limit": [("steps.1.limit", None)],
    "process_wait_with_choice": [
        ("steps.1.moves", [{"key": "a", "title": "A", "to": "decision"}, {"key": "b", "title": "B", "to": "enquiry"}])
    ],
    "process_wait_with_work": [("steps.1.role", "clerk")],
    "process_ends_by_itself": [("steps.1.moves.0.to", "returned")],
    "process_part_elsewhere": [("steps.0.clock", "stands")],
    "process_objections_without_ways": [("steps.1.notice", {"title": "A", "statement": "B", "objections": True})],
    "process_automatic_without_rest": [("steps.1", {**AUTOMATIC, "moves": AUTOMATIC["moves"][:1]})],
    "process_automatic_circle": [("steps.1", {**AUTOMATIC, "moves": [{**AUTOMATIC["moves"][0], "to": "notice"}]})],
    "process_parallel_alone": [("steps.1", {**PARALLEL, "branches": PARALLEL["branches"][:1]})],
    "process_parallel_too_many": [("steps.1", {**PARALLEL, "answers": 3})],
    "process_parallel_without_ways": [("steps.1", {**PARALLEL, "moves": PARALLEL["moves"][:1]})],
    "process_never_reached": [("steps.0.moves.0.to", "decision")],
    "process_no_way_to_an_end": [("steps.1.moves.0.to", "enquiry")],
    "process_never_ends_in": [("steps.2.moves.0.to", "enquiry")],
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_said_with_its_place_and_in_every_language(code):
    found = [fault for fault in faults(changed(*WRONG[code])) if fault.code == code]
    assert found
    assert found[0].place.split(".")[0] in ("steps", "start", "reasons")
    for language in ("en", "ml", "hi", "ur", "sd"):
        words = say(f"fault.{code}", language, **found[0].facts)
        assert all(str(value) in words for value in found[0].facts.values())


def test_an_unknown_start_is_said():
    assert "process_unknown_target" in {fault.code for fault in faults(changed(("start", "nowhere")))}


def test_every_fault_is_told_at_once():
    codes = {fault.code for fault in faults(changed(*WRONG["process_nobody_acts"], *WRONG["process_no_checklist"]))}
    assert codes == {"process_nobody_acts", "process_no_checklist"}


@pytest.mark.parametrize(
    "text",
    [
        {"steps": []},
        {"steps": [{"key": "A", "title": "x", "kind": "decision"}]},
        {"steps": [{"key": "a", "title": "x", "kind": "guess"}]},
        {"steps": [{"key": "a", "title": "x", "kind": "decision", "mvoes": []}]},
        {"steps": SOUND["steps"], "limit": {"days": 0}},
        {"steps": SOUND["steps"], "limit": {"days": 3, "unknown": "both"}},
        {"steps": SOUND["steps"], "limit": {}},
    ],
)
def test_a_wrong_shape_is_refused(text):
    with pytest.raises(ValidationError):
        Process.model_validate(text)


def test_names_are_assigned_by_the_variant():
    process = Process.model_validate(SOUND)
    assert process.open_names() == {"officer"}
    assigned = process.assigned({"officer": Desk(role="village-officer", office="village-office")})
    assert assigned.open_names() == set()
    assert assigned.desks() == {
        "enquiry": Desk(role="village-officer", office="village-office"),
        "enquiry/field": Desk(role="clerk", office="village-office"),
        "decision": Desk(role="tahsildar", office="taluk-office"),
    }
    assert Process.model_validate(assigned.model_dump(mode="json", exclude_defaults=True)) == assigned


def test_the_picture_shows_steps_reports_the_applicant_and_ends():
    drawn = picture(Process.model_validate(SOUND))
    assert [(node.key, node.kind) for node in drawn.nodes] == [
        ("start", "start"),
        ("enquiry", "enquiry"),
        ("enquiry/field", "report"),
        ("notice", "wait"),
        ("decision", "decision"),
        ("applicant", "applicant"),
        ("approved", "end"),
        ("refused", "end"),
    ]
    kinds = {(arrow.source, arrow.target): arrow.kind for arrow in drawn.arrows}
    assert kinds["decision", "enquiry"] == "back"
    assert kinds["notice", "decision"] == "time"
    assert kinds["enquiry", "applicant"] == "ask"
    assert all({arrow.source, arrow.target} <= {node.key for node in drawn.nodes} for arrow in drawn.arrows)


def test_the_picture_shows_branches_and_ways_that_nobody_chooses():
    for step, kind, sides in ((PARALLEL, "join", ["fire", "health"]), (AUTOMATIC, "rule", [])):
        process = changed(("steps.1", step))
        assert faults(process) == []
        drawn = picture(process)
        assert [node.key for node in drawn.nodes if node.kind == "branch"] == [f"notice/{side}" for side in sides]
        assert {arrow.kind for arrow in drawn.arrows if arrow.source == "notice" and arrow.kind != "ask"} == {kind}
        assert all({arrow.source, arrow.target} <= {node.key for node in drawn.nodes} for arrow in drawn.arrows)
