"""Who may do what, for every kind of actor."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.workflow import rules

POST, OTHER, OFFICE, CHARGE, PERSON = (uuid7() for _ in range(5))
OFFICER = Actor(
    kind="officer",
    person_id=PERSON,
    charge_id=CHARGE,
    post_id=POST,
    post_ids=frozenset({POST}),
    office_id=OFFICE,
    grants=frozenset({"services.take", "services.decide"}),
)
OTHERS = [
    Actor.anyone(),
    Actor.person(PERSON),
    Actor(kind="machine", name="gateway"),
    Actor.system("job"),
    Actor.clock(),
]


@pytest.mark.parametrize("by", OTHERS)
def test_only_officers_have_desks(by):
    assert not rules.may_use_desk(by)
    assert not rules.may_take(by, post_id=POST)
    assert not rules.holds(by, post_id=POST, held_by_charge_id=None)


def test_an_officer_takes_from_own_posts_and_those_stood_in_for():
    assert rules.may_take(OFFICER, post_id=POST)
    assert not rules.may_take(OFFICER, post_id=OTHER)
    assert not rules.may_take(OFFICER, post_id=None)
    assert rules.may_take(replace(OFFICER, post_ids=frozenset({OTHER})), post_id=OTHER)
    assert not rules.may_take(replace(OFFICER, grants=frozenset({"services.decide"})), post_id=POST)


def test_a_task_is_held_by_the_charge_that_took_it_while_the_post_is_theirs():
    assert rules.holds(OFFICER, post_id=POST, held_by_charge_id=CHARGE)
    assert not rules.holds(OFFICER, post_id=POST, held_by_charge_id=uuid7())
    assert not rules.holds(OFFICER, post_id=OTHER, held_by_charge_id=CHARGE)


GRANTED = {
    "services.decide": {"decision", "review", "enquiry", "report"},
    "services.recommend": {"review", "enquiry", "report"},
    "services.report": {"enquiry", "report"},
    "services.take": set(),
}


@pytest.mark.parametrize("grant", GRANTED)
def test_each_kind_of_work_has_its_permission(grant):
    by = replace(OFFICER, grants=frozenset({grant}))
    kinds = ("decision", "review", "enquiry", "report", "wait", "anything")
    assert {kind for kind in kinds if rules.may_work(by, kind=kind)} == GRANTED[grant]


@given(st.sampled_from([OFFICER, *OTHERS]), st.sampled_from([PERSON, uuid7(), None]), st.sampled_from([PERSON, None]))
def test_who_applied_or_made_the_application_is_in_an_own_matter(by, applicant, maker):
    own = rules.is_own_matter(by, applicant_person_id=applicant, made_by_person_id=maker)
    assert own == (by.person_id == PERSON and PERSON in (applicant, maker))


@given(st.booleans(), st.lists(st.sampled_from([PERSON, uuid7(), None])))
def test_an_own_move_matters_only_where_the_step_says_so(other_person, movers):
    assert rules.is_own_move(OFFICER, other_person=other_person, movers=movers) == (other_person and PERSON in movers)


def test_who_sees_a_case():
    case = {"applicant_person_id": PERSON, "made_by_person_id": None, "office_ids": {OFFICE}, "post_ids": {OTHER}}
    assert rules.may_see(Actor.person(PERSON), **case)
    assert not rules.may_see(Actor.person(uuid7()), **case)
    assert not rules.may_see(Actor.anyone(), **case)
    assert not rules.may_see(Actor(kind="machine", name="gateway"), **case)
    assert rules.may_see(Actor.system("job"), **case)
    assert rules.may_see(OFFICER, **case)  # takes cases at this office
    assert not rules.may_see(replace(OFFICER, grants=frozenset()), **case)
    assert not rules.may_see(replace(OFFICER, office_id=uuid7()), **case)
    assert rules.may_see(replace(OFFICER, office_id=uuid7(), post_ids=frozenset({OTHER})), **case)


@given(st.text(max_size=20))
def test_a_reason_says_something(text):
    assert rules.is_reason(text) == (len(text.strip()) >= 10)
