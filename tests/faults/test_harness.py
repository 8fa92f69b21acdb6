"""The harness can fail: an oracle that overlooks a loss, or a table that hides one, would show nothing."""

import pytest

from janaseva.ledger.models import Key
from janaseva.services import actions
from tests.faults import oracle
from tests.faults.load import HOUSE, RESIDENCE, Ack, Kept, facts_changed
from tests.faults.report import ZERO, Row

KIND = "begin"
pytestmark = pytest.mark.once


def ack(key, kind=KIND, **facts):
    return {"kind": kind, "key": key, "at": 0.0, "facts": facts}


def test_an_acknowledged_act_that_is_not_there_is_lost(given):
    by = given.citizen()
    given.draft(by)
    (key,) = Key.objects.filter(act="services.begin").values_list("key", flat=True)
    assert oracle.acknowledged([ack(key)]) == {"lost": 0, "doubled": 0, "changed": 0}
    assert oracle.acknowledged([ack(key), ack("never kept")])["lost"] == 1
    assert oracle.acknowledged([ack(key, "pay")])["lost"] == 1, "kept, and as another act than was acknowledged"
    assert oracle.done_once({key: KIND}) == 0
    assert oracle.done_once({}) == 1, "an application that no key began"


def test_a_page_that_is_older_than_its_acknowledgement_is_found(given):
    by = given.citizen()
    draft = given.draft(by)

    def page(number):
        return ack(f"key {number}", "page", id=str(draft), number=number)

    assert oracle.older([page(0)]) == 1, "no such page was kept"
    answers = {**RESIDENCE, "house": f"{HOUSE} 7"}
    actions.save_page(by=by, at=given.at, key="7", application_id=draft, page="residence", answers=answers)
    assert oracle.older([page(7), page(6)]) == 0
    assert oracle.older([page(8)]) == 1


@pytest.mark.django_db
def test_a_debit_of_which_nothing_became_is_found():
    assert oracle.money({"R1": 1500}, {})["debits_unsettled"] == 1
    assert oracle.money({"R1": 1500}, {"a": ["R1", 1500]})["debits_unsettled"] == 0
    assert oracle.money({"R1": 1500}, {"a": ["R1", 1500], "b": ["R1", 1500]})["refunded_twice"] == 1


@pytest.mark.parametrize(
    "row",
    [
        *(Row("a", acks=9, verdict={name: 1}) for name in ZERO),
        Row("a", acks=9, gap=31, limit=30),
        Row("a", acks=9, verdict={"texts_again": 3}, most_again=2),
        Row("a", acks=9, refused=["submit: 500"]),
        Row("a", acks=0),
    ],
)
def test_whatever_must_not_be_turns_a_row_red(row):
    assert row.wrong


def test_what_is_as_it_must_be_is_not_red():
    assert not Row("a", acks=9, gap=29, limit=30, verdict=dict.fromkeys(ZERO, 0)).wrong
    assert not Row("a", skipped="needs root").wrong


def test_a_gap_is_seen_at_both_ends():
    kept = Kept(acks=[Ack("begin", "a", 5.0, {}), Ack("begin", "b", 6.0, {})])
    assert kept.longest_gap(0.0, 8.0) == 5.0
    assert kept.longest_gap(4.5, 9.0) == 3.0


def test_another_answer_to_the_same_key_is_seen():
    first = {"id": "a", "number": "KL/1"}
    assert facts_changed(first, dict(first)) == []
    assert facts_changed(first, {**first, "number": "KL/2"}) == ["number"]
    assert facts_changed(first, {"id": "a"}) == ["number"], "a fact is missing"
    assert facts_changed({}, {}) == []


def test_only_of_two_versions_may_one_tell_more():
    first, newer = {"id": "a", "number": "KL/1"}, {"id": "a", "number": "KL/1", "state": "begun"}
    assert facts_changed(first, newer) == facts_changed(newer, first) == ["state"]
    assert facts_changed(first, newer, two_versions=True) == facts_changed(newer, first, two_versions=True) == []
    assert facts_changed(first, {**newer, "number": "KL/2"}, two_versions=True) == ["number"]
