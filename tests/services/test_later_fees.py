"""Fees that fall due later, in the text of a service: every fault at its line, what they come to, what is promised."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.payments.rules.fees import Bill, Due
from janaseva.services.rules.charter import charter
from janaseva.services.rules.compiling import compile_text, examine, packed, unpacked
from janaseva.services.rules.deciding import not_yet_paid
from janaseva.services.rules.difference import difference
from janaseva.services.rules.examples import read_examples, run
from janaseva.workflow.rules import Calendar
from tests.services.later_fees import STEPS, TEXT, WAY, service

pytestmark = pytest.mark.once
FOUND = "{of: found.rooms, rupees: 100}"
FEE = STEPS[STEPS.index("      fee:\n        law: Rule 9") : STEPS.index("      moves:\n        - {key: paid")]
PAID = "        - {key: paid, title: The fee is paid, to: decision, fee: paid}\n"


WRONG = {
    ("      limit: {days: 15}\n", ""): ("key: demand\n      title: Permit", "within how long"),
    ("fee: not_paid}", "fee: paid}"): ("moves:\n        - {key: paid", '"fee: not_paid"'),
    (PAID, PAID.replace("fee: paid", "entry: found")): ("key: paid", "entry"),
    ("        law: Rule 9 of the Rules\n", ""): ("clock: stands", "no law is named"),
    (FOUND, "{of: found.romes, rupees: 100}"): ("of: found.romes", "found.romes"),
    (FOUND, "{of: storeys, rupees: 100}"): ("of: storeys", "'storeys' may be missing"),
    ("label: Rooms, at_least: 0", "label: Rooms, needed: false, at_least: 0"): ("of: found.rooms", "may be missing"),
    ("to: decision, recommends: refuse", "to: demand, recommends: refuse"): ("of: found.rooms", "may be missing"),
    ("      kind: payment\n", "      kind: wait\n"): ("fee:\n        law", "nothing is paid"),
    ("      kind: payment\n", '      kind: payment\n      role: "@officer"\n'): (
        "key: demand\n      title",
        "nobody works",
    ),
    ("kind: review\n", "kind: review\n      clock: stands\n"): ("clock: stands\n      role", "clock"),
    ("to: decision, fee: paid}", "to: demand, fee: paid}"): ("key: demand\n      title: Permit", "lead back to it"),
    (FEE, ""): ("key: demand\n      title: Permit", "what is to be paid"),
}


@pytest.mark.parametrize("change", WRONG)
def test_every_fault_stands_at_its_line(change):
    at, says = WRONG[change]
    content = service(change).files["service.yaml"]
    line = content[: content.index(at)].count("\n") + 1
    faults = examine(service(change)).faults
    assert any(says in fault.message and abs(fault.line - line) <= 1 for fault in faults), [str(one) for one in faults]


def test_a_field_that_may_stay_empty_is_guarded():
    assert examine(service((FOUND, "{of: 'given.storeys ? storeys : 0', rupees: 100}"))).faults == ()
    assert (
        examine(
            service((FOUND, FOUND + "\n            when: given.storeys"), (FOUND, "{of: storeys, rupees: 1}"))
        ).faults
        == ()
    )


def came_to(way, *changes):
    text = service(*changes)
    definition = compile_text(text)
    examples, _, faults = read_examples(TEXT.files["examples.yaml"] + way, "examples.yaml")
    assert faults == []
    return run(definition, examples[-1], Calendar(key="none", time_zone="Asia/Kolkata"))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("", "", ()),
        ("305}, demand_lines: {demand: {permit: 300, old: 5}}", "307}", ("demanded at demand: expected 307.00",)),
        ("demand.paid", "{move: demand.paid, on: 2026-04-01}", ("demanded at demand: expected 305.00, found 307.00",)),
        ("rooms: 3}", "rooms: 3, land: 100000}", ("demanded at demand: expected 305.00, found 315.00",)),
        ("demand.paid, decision.approve", "demand.not_paid, decision.approve", ()),
        ("finds: {rooms: 3}", "finds: {}", ("steps: 'scrutiny.demand' finds: rooms needed", "ends: expected approved")),
        (
            "demand.paid, decision.approve]",
            "demand.paid, decision.again, {move: scrutiny.demand, finds: {rooms: 5}}, demand.paid, decision.approve]",
            ("demanded at demand: expected 305.00, found 200.00", "lines at demand: expected"),
        ),
    ],
)  # fmt: skip
def test_examples_say_what_falls_due(before, after, says):
    assert not before or before in WAY
    differences = came_to(WAY.replace(before, after, 1) if before else WAY)
    assert len(differences) >= len(says)
    assert all(any(one.startswith(word) for one in differences) for word in says), differences
    assert bool(differences) == bool(says)


def test_what_costs_nothing_is_never_left_unpaid():
    free = ("rupees: 5, until: 2026-03-31", "rupees: 0, until: 2026-03-31")
    way = WAY.replace("rooms: 3", "rooms: 0")
    assert came_to(way.replace("305", "0").replace("{permit: 300, old: 5}", "{permit: 0, old: 0}"), free) == ()
    assert "goes on as paid" in came_to(way.replace("demand.paid", "demand.not_paid"), free)[0]
    unknown = ("limit: {days: 15}", "limit: {unknown: The days to pay it}")
    assert "nobody knows how long" in came_to(WAY.replace("demand.paid", "demand.not_paid"), unknown)[0]
    assert came_to(WAY, unknown) == ()


def test_it_is_promised_kept_and_told_apart():
    text = service()
    definition = compile_text(text)
    assert unpacked(packed(definition)) == definition
    way = charter(definition).ways[0]
    assert [(one.key, one.stands, one.limit.days, one.basis.law) for one in way.later] == [
        ("demand", True, 15, "Rule 9 of the Rules")
    ]
    assert [(line.key, line.kind, line.amount_paise) for line in way.later[0].fee] == [
        ("permit", "each", 10_000),
        ("old", "fixed", 500),
        ("new", "fixed", 700),
        ("land", "percentage", None),
    ]
    assert not hasattr(definition.process.steps[1], "fee"), "workflow knows no fees"
    unknown = charter(compile_text(_unknown())).ways[0].later[0]
    assert (unknown.fee, unknown.fee_unknown) == (None, "What the order says")
    assert "happens.steps.demand.fee" in [todo.place for todo in compile_text(_unknown()).todo()]
    dearer = service((FOUND, "{of: found.rooms, rupees: 120}"))
    told = [str(one) for one in difference(text.files, dearer.files).changes]
    assert len(told) == 1
    assert "Permit fee (demand)" in told[0], told
    assert "Rs 100 -> Rs 120" in told[0], told


def _unknown():
    return service((FEE, "      fee:\n        unknown: What the order says\n        law: Rule 9 of the Rules\n"))


AMOUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=5)


@given(AMOUNTS, AMOUNTS)
@settings(max_examples=20)
def test_nobody_pays_twice_what_was_paid(first, second):
    def billed(amounts):
        return Bill(
            lines=tuple(Due(key=f"k{n}", title={}, amount_paise=one, order={}) for n, one in enumerate(amounts))
        )

    paid = {line.key: line.amount_paise for line in billed(first).lines}
    rest = not_yet_paid(billed(second), paid)
    assert all(line.amount_paise >= 0 for line in rest)
    for n, amount in enumerate(second):
        left = next((line.amount_paise for line in rest if line.key == f"k{n}"), 0)
        assert left == max(0, amount - paid.get(f"k{n}", 0))
    assert sum(line.amount_paise for line in not_yet_paid(billed(first), paid)) == 0
