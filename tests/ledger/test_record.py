"""The record under every action: keys, chains, numbers, refusals."""

from uuid import uuid4

import pytest

from janaseva.core.action import allow, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Fault, Invalid, Refusal
from janaseva.ledger import queries, rules, steps
from janaseva.ledger.models import Event, Key, Leaf, Series, Story
from tests.ledger.acts import Tried, acting, attempt

BY = Actor.system("test")

pytestmark = pytest.mark.django_db


@acting
def refuse(*, by, at, key: str, faults: bool = False) -> None:
    allow(True)
    steps.number(series="refused", year=2026)
    tell(Tried(count=0))
    if faults:
        raise Invalid([Fault(place="applicant.name", code="required"), Fault(place="income", code="too_large")])
    raise Refusal("wrong_state", status=409, state="decided")


def test_the_events_of_a_story_are_chained_and_each_has_a_leaf(at):
    story = uuid4()
    attempt(by=BY, at=at, key="1", story=story, count=2)
    attempt(by=BY, at=at, key="2", story=story)
    events = list(Event.objects.filter(story=story).order_by("ordinal"))
    assert [event.ordinal for event in events] == [1, 2, 3]
    assert [event.previous for event in events] == ["", events[0].hash, events[1].hash]
    assert (Story.objects.get().length, Story.objects.get().head) == (3, events[2].hash)
    for event in events:
        record = rules.record_bytes(queries.record_of(event))
        assert event.hash == rules.event_hash(salt=bytes(event.salt), record=record)
        assert Leaf.objects.get(pk=event.pk).data == f"{event.hash} ledger.tried"


def test_an_event_without_a_story_begins_its_own(at):
    attempt(by=BY, at=at, key="1", count=2)
    assert sorted(Event.objects.values_list("story", "ordinal")) == sorted((key, 1) for key in _keys())
    assert Story.objects.filter(length=1).count() == 2


def _keys():
    return Event.objects.values_list("pk", flat=True)


def test_a_story_is_read_in_order_by_those_who_may(at):
    story = uuid4()
    attempt(by=BY, at=at, key="1", story=story, count=2)
    citizen = Actor.person(uuid4())
    views = queries.story(citizen, story, visible=True)
    assert [(view.ordinal, view.name, view.actor_name, view.leaf_index) for view in views] == [
        (1, "ledger.tried", "test", None),
        (2, "ledger.tried", "test", None),
    ]
    assert queries.story(BY, uuid4()) == []
    with pytest.raises(Refusal) as refused:
        queries.story(citizen, story)
    assert refused.value.code == "not_found"


def test_numbers_follow_each_other_and_stand_in_the_acts_first_event(at):
    assert [attempt(by=BY, at=at, key=str(key), series="KL/INC", count=2) for key in range(3)] == [1, 2, 3]
    numbers = [event.numbers for event in Event.objects.order_by("pk")]
    assert numbers == [[["KL/INC", 2026, 1]], [], [["KL/INC", 2026, 2]], [], [["KL/INC", 2026, 3]], []]
    assert attempt(by=BY, at=at.replace(year=2027), key="n", series="KL/INC") == 1
    assert attempt(by=BY, at=at, key="o", series="KL/CASTE") == 1


def test_one_act_may_take_several_numbers(at):
    @acting
    def several(*, by, at, key: str) -> list[int]:
        allow(True)
        tell(Tried(count=0))
        return [steps.number(series=series, year=2026) for series in ("a", "a", "b", "a")]

    assert several(by=BY, at=at, key="1") == [1, 2, 1, 3]
    assert several(by=BY, at=at, key="2") == [4, 5, 2, 6]


def test_a_refusal_keeps_nothing_but_itself_and_gives_the_number_back(at):
    with pytest.raises(Refusal):
        refuse(by=BY, at=at, key="1")
    event = Event.objects.get()
    assert event.name == "ledger.refused"
    assert event.facts == {"action": "ledger.refuse", "code": "wrong_state", "status": 409, "faults": []}
    assert (event.actor_kind, event.actor_name, event.act, event.at) == ("system", "test", "ledger.refuse", at)
    assert (event.rows, event.numbers) == ([], [])
    assert not Key.objects.exists()
    assert attempt(by=BY, at=at, key="2", series="refused") == 1


def test_a_refusal_for_faults_records_their_codes_and_no_answers(at):
    with pytest.raises(Invalid):
        refuse(by=BY, at=at, key="1", faults=True)
    assert Event.objects.get().facts["faults"] == ["required", "too_large"]


def test_the_same_key_is_answered_the_same_and_done_once(at):
    assert attempt(by=BY, at=at, key="k", series="s") == 1
    assert attempt(by=BY, at=at, key="k", series="s") == 1
    assert Series.objects.get().last == 1
    assert Event.objects.count() == 1
    assert attempt(by=Actor.person(uuid4()), at=at, key="k", series="s") == 2


def test_the_same_key_for_something_else_is_refused(at):
    attempt(by=BY, at=at, key="k")
    for other in (lambda: attempt(by=BY, at=at, key="k", count=2), lambda: refuse(by=BY, at=at, key="k")):
        with pytest.raises(Refusal) as refused:
            other()
        assert (refused.value.code, refused.value.status) == ("key_reused", 422)
    assert Event.objects.filter(name="ledger.tried").count() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\0b", "\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(at, key):
    with pytest.raises(Refusal) as refused:
        attempt(by=BY, at=at, key=key)
    assert refused.value.code == "key_unusable"
