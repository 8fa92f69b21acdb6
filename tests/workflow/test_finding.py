"""What officers find, as rules: judged like a form, the last of each field holds, and only plain fields are asked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from janaseva.workflow.rules import Process, finding, held, leading_to, shown
from janaseva.workflow.rules.finding import Find

pytestmark = pytest.mark.once
TODAY = date(2026, 3, 2)
FIELDS = TypeAdapter(tuple[Find, ...]).validate_python([
    {"key": "seen_on", "kind": "date", "label": "Day", "at_least": "date('2026-01-01')", "at_most": "today"},
    {"key": "income", "kind": "money", "label": "Income assessed"},
    {"key": "workers", "kind": "integer", "label": "Workers", "needed": False, "at_most": "50"},
    {"key": "house", "kind": "choice", "label": "House", "choices": {"kept": "Kept", "poor": "In need of repair"}},
])  # fmt: skip
GIVEN = {"seen_on": "1-3-2026", "income": "1,20,000", "house": "poor"}


def test_what_is_found_is_read_and_kept_as_answers_are():
    found, faults = finding(FIELDS, GIVEN, move="approve", today=TODAY)
    assert faults == []
    assert found == {"seen_on": "2026-03-01", "income": 12000000, "workers": None, "house": "poor"}
    lines = {line.label: line.value for line in shown(FIELDS, held([found]), "en")}
    assert lines["Income assessed"] == "₹ 1,20,000.00".replace(" ", "\u00a0")
    assert (lines["House"], "1 March 2026" in lines["Day"]) == ("In need of repair", True)


def test_every_fault_is_told_at_once_at_its_field():
    given = {"seen_on": "3-3-2026", "workers": "51", "house": "castle", "roof": "tin"}
    _, faults = finding(FIELDS, given, move="approve", today=TODAY)
    places = [fault.place for fault in faults]
    assert places == [f"found.approve.{key}" for key in ("seen_on", "income", "workers", "house", "roof")]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 9)), max_size=5))
def test_of_each_field_the_last_finding_holds(findings):
    holds = held(findings)
    for key in "abc":
        last = next((one[key] for one in reversed(findings) if key in one), None)
        assert holds.get(key) == last
    assert None not in holds.values()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "aadhaar"},
        {"kind": "table", "columns": [{"key": "x", "kind": "text", "label": "X"}]},
        {"kind": "text", "when": "true"},
        {"kind": "integer", "computed": "1"},
        {"kind": "name", "also_in": "ml"},
        {"kind": "date", "from": {"register": "kl-deaths", "fact": "date"}},
    ],
)
def test_only_plain_fields_are_asked_of_an_officer(wrong):
    with pytest.raises(ValidationError):
        TypeAdapter(Find).validate_python({"key": "x", "label": "X", **wrong})


def test_a_move_after_which_no_approval_can_come_leads_to_none():
    seat = {"role": "r", "office": "o"}
    moves = {"visit": {"on": "decision", "back": "returned"},
             "decision": {"grant": "approved", "refuse": "refused", "again": "visit"},
             "lost": {"late": "approved"}}  # fmt: skip
    steps = [
        {"key": step, "title": step, "kind": "decision", **seat,
         "moves": [{"key": key, "title": key, "to": to} for key, to in ways.items()]}
        for step, ways in moves.items()
    ]  # fmt: skip
    process = Process.model_validate({"steps": steps})
    assert [move.key for move in leading_to(process, "approved")] == ["on", "grant", "again"]
