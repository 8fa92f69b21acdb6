"""Idempotency keys: kept for ninety days, then removed a few at a time; what was done under them stays."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.action import upkeep
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.ids import earliest, uuid7
from janaseva.ledger import handlers
from janaseva.ledger.handlers import forgetting
from janaseva.ledger.models import Event, Key
from tests.ledger.acts import attempt

BY = Actor.system("test")


def test_an_identifier_tells_when_it_was_made():
    before = now()
    made = uuid7()
    assert earliest(before) <= made < earliest(now() + timedelta(milliseconds=1))


@given(later=st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=36_500)))
def test_a_later_moment_begins_after_all_identifiers_of_an_earlier_one(later):
    at, made = now(), uuid7()
    assert earliest(at) < earliest(at + later)
    assert earliest(at - later) < made < earliest(at + later + timedelta(seconds=10))


@pytest.mark.django_db
def test_who_repeats_an_act_is_answered_as_the_first_time_for_ninety_days(at):
    assert attempt(by=BY, at=at, key="once", count=2) == 2
    handlers.forget_keys(now() + timedelta(days=89))
    assert attempt(by=BY, at=at, key="once", count=2) == 2
    assert Event.objects.count() == 2
    handlers.forget_keys(now() + timedelta(days=91))
    assert not Key.objects.exists()
    assert Event.objects.count() == 2, "what was done stays"
    assert attempt(by=BY, at=at, key="once", count=2) == 2
    assert Event.objects.count() == 4, "after that it is another act"


@pytest.mark.django_db
@pytest.mark.parametrize(("turns", "left"), [(1, 5), (2, 3), (3, 1), (10, 0)])
def test_the_oldest_keys_go_first_and_no_more_at_once_than_hold_nobody_up(monkeypatch, turns, left):
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    monkeypatch.setattr(forgetting, "_TURNS", turns)
    moment = now()
    old = [earliest(moment - timedelta(days=91, minutes=number)) for number in range(7)]
    new = [earliest(moment - timedelta(days=89, minutes=number)) for number in range(3)]
    with upkeep():
        Key.objects.bulk_create([Key(id=made, scope="s", key=str(made), act="a") for made in (*old, *new)])
    handlers.forget_keys(moment)
    assert set(Key.objects.values_list("pk", flat=True)) == {*old[:left], *new}


@pytest.mark.django_db
def test_where_nothing_is_old_one_question_is_asked(django_assert_num_queries):
    with django_assert_num_queries(1):
        forgetting._forget(Key, before=now())
