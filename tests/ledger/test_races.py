"""Races on a real PostgreSQL: one effect each, no gap, no double, no two publishers."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from janaseva.core import news
from janaseva.core.action import allow, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger import handlers, queries, rules, steps
from janaseva.ledger.models import Delivery, Event, Leaf, Series, Story
from tests.ledger.acts import Tried, acting, attempt

BY = Actor.system("test")

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def _at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """Run ``work`` in ``count`` threads that start together; return what each returned or refused."""
    barrier = threading.Barrier(count)

    def one(number: int) -> object:
        try:
            barrier.wait()
            return work(number)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@acting
def numbered(*, by, at, key: str, fail: bool) -> int:
    allow(True)
    given = steps.number(series="race", year=2026)
    tell(Tried(count=given))
    if fail:
        raise Refusal("wrong_state")
    return given


def test_one_key_sent_16_times_is_done_once_and_answered_16_times(at):
    answers = _at_once(16, lambda _: attempt(by=BY, at=at, key="same", series="s"))
    assert answers == [1] * 16
    assert Series.objects.get().last == 1
    assert Event.objects.filter(name="ledger.tried").count() == 1


def test_one_key_with_16_bodies_is_done_once_and_refused_15_times(at):
    answers = _at_once(16, lambda number: attempt(by=BY, at=at, key="same", count=number + 1))
    assert sorted(map(str, answers)).count("key_reused") == 15


def test_a_series_under_16_writers_with_roll_backs_has_no_gap_and_no_double(at):
    def work(writer):
        given = []
        for turn in range(10):
            try:
                given.append(numbered(by=BY, at=at, key=f"{writer}-{turn}", fail=turn % 3 == 1))
            except Refusal:
                continue
        return given

    given = sorted(number for numbers in _at_once(16, work) for number in numbers)
    assert given == list(range(1, 16 * 7 + 1))
    assert Series.objects.get().last == 16 * 7


def test_one_story_told_by_16_at_once_is_one_chain(at):
    story = uuid4()
    _at_once(16, lambda number: attempt(by=BY, at=at, key=str(number), story=story, count=3))
    events = list(Event.objects.filter(story=story).order_by("ordinal"))
    assert [event.ordinal for event in events] == list(range(1, 49))
    assert [event.previous for event in events[1:]] == [event.hash for event in events[:-1]]
    assert Story.objects.get(pk=story).length == 48


def test_publishers_at_work_while_acts_are_made_agree_on_one_log(at, tiles, monkeypatch):
    monkeypatch.setattr("janaseva.ledger.handlers.publishing.LEAVES_A_ROUND", 9)

    def work(number):
        for turn in range(12):
            if number % 4 == 0:
                handlers.publish(at)
            else:
                attempt(by=BY, at=at, key=f"{number}-{turn}", count=2)

    _at_once(8, work)
    handlers.publish(at)
    assert sorted(Leaf.objects.values_list("index", flat=True)) == list(range(6 * 12 * 2))
    verifier = rules.Verifier.parse(queries.verifier())
    assert rules.open_checkpoint(tiles.read("checkpoint").decode(), verifier).size == 144
    monkeypatch.setattr("janaseva.ledger.queries.auditing.rows.recorded_models", list)
    assert list(handlers.audit()) == []


def test_workers_share_the_deliveries_and_each_is_made_once(at, monkeypatch):
    heard, lock = [], threading.Lock()

    def hear(item):
        with lock:
            heard.append(item.event_id)

    listener = news.Listener(name="tests.ear", news=Tried, function=hear)
    monkeypatch.setitem(news.listeners, "tests.ear", listener)
    monkeypatch.setitem(news.listeners_by_news, "ledger.tried", [listener])
    attempt(by=BY, at=at, key="many", count=200)

    def work(_):
        while handlers.deliver(at).taken:
            pass

    _at_once(8, work)
    assert len(heard) == len(set(heard)) == 200
    assert Delivery.objects.filter(state="done").count() == 200


def test_a_round_is_run_by_one_of_16_workers(at, monkeypatch):
    called = []
    item = news.Round(name="tests.sweep", seconds=60, function=called.append)
    monkeypatch.setattr(news, "rounds", {item.name: item})
    _at_once(16, lambda _: handlers.rounds(at))
    assert called == [at]
