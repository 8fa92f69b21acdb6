"""Deliveries: made in the act's transaction, brought at least once, by lease, with back-off, never silently lost."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from janaseva.core import news
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.news import NotYet
from janaseva.core.refusal import Refusal
from janaseva.ledger import actions, handlers, queries
from janaseva.ledger.handlers import delivering
from janaseva.ledger.models import Delivery, Event
from tests.ledger.acts import Tried, attempt

BY = Actor.system("test")

pytestmark = pytest.mark.django_db


class Ear:
    """A listener that does as it is told and remembers what it heard."""

    def __init__(self):
        self.heard = []
        self.answers = []

    def __call__(self, heard):
        self.heard.append(heard)
        if self.answers and (answer := self.answers.pop(0)):
            raise answer


@pytest.fixture
def ear(monkeypatch):
    ear = Ear()
    listener = news.Listener(name="tests.ear", news=Tried, function=ear)
    monkeypatch.setitem(news.listeners, "tests.ear", listener)
    monkeypatch.setitem(news.listeners_by_news, "ledger.tried", [listener])
    monkeypatch.setattr(news, "rounds", {})
    return ear


def _act(at, **options):
    return attempt(by=BY, at=at, key=str(uuid4()), **options)


def test_news_is_brought_once_as_the_dataclass_it_was(at, ear):
    story = uuid4()
    _act(at, story=story)
    assert handlers.deliver(at).done == 1
    assert handlers.deliver(at + timedelta(days=1)).taken == 0
    (heard,) = ear.heard
    assert heard.news == Tried(count=0, matter=story, words=("a", "b"))
    assert (heard.story, heard.happened_at, heard.at) == (story, at, at)
    assert heard.event_id == Event.objects.get(name="ledger.tried").pk
    assert Delivery.objects.get().state == "done"


def test_only_what_is_wanted_is_kept_for_a_listener_and_brought_to_it(at, ear, monkeypatch):
    wanting = replace(news.listeners["tests.ear"], wants=lambda tried: tried.count > 0)
    _act(at)
    monkeypatch.setitem(news.listeners, "tests.ear", wanting)
    monkeypatch.setitem(news.listeners_by_news, "ledger.tried", [wanting])
    _act(at)
    _act(at, count=2)
    kept = Delivery.objects.values_list("event_id", flat=True)
    unwanted = Event.objects.filter(name="ledger.tried").order_by("id")[1]
    assert len(kept) == 2
    assert unwanted.pk not in kept
    assert handlers.deliver(at).done == 2, "what a release without the wish kept is done with, too"
    assert [one.news.count for one in ear.heard] == [1]


def test_a_refused_act_delivers_nothing(at, ear):
    with pytest.raises(Refusal):
        attempt(by=BY, at=at, key="")
    assert handlers.deliver(at).taken == 0


def test_a_failure_is_tried_again_later_and_later_and_given_up_in_sight(at, ear):
    _act(at)
    moment, waits = at, []
    for _ in range(delivering.MOST_ATTEMPTS):
        ear.answers = [Refusal("wrong_state")]
        assert handlers.deliver(moment).failures
        due = Delivery.objects.get().due_at
        waits.append((due - moment).total_seconds())
        assert handlers.deliver(due - timedelta(milliseconds=1)).taken == 0
        moment = due
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert waits == sorted(waits)
    status = queries.worker_status()
    assert (status.dead, status.healthy) == (1, False)
    (dead,) = status.dead_deliveries
    assert (dead.event, dead.listener, dead.error, dead.attempts) == ("ledger.tried", "tests.ear", "wrong_state", 12)
    assert handlers.deliver(moment + timedelta(days=1)).taken == 0
    assert actions.retry(by=BY, at=moment, key="again") == 1
    assert handlers.deliver(moment).done == 1
    assert queries.worker_status().healthy


def test_only_those_who_may_put_the_given_up_back(at, ear):
    with pytest.raises(Refusal) as refused:
        actions.retry(by=Actor.person(uuid4()), at=at, key="again")
    assert refused.value.status == 403


def test_waiting_for_something_does_not_count_as_an_attempt(at, ear):
    _act(at)
    for turn in range(30):
        ear.answers = [NotYet()]
        assert handlers.deliver(at + timedelta(seconds=turn)).not_yet == 1
    assert Delivery.objects.get().attempts == 0
    assert handlers.deliver(at + timedelta(seconds=60)).done == 1


def test_what_a_killed_worker_held_comes_back_when_its_lease_ends(at, ear):
    _act(at)
    assert len(delivering._claimed(at, 8)) == 1
    assert handlers.deliver(at + delivering.LEASE - timedelta(seconds=1)).taken == 0
    assert handlers.deliver(at + delivering.LEASE).done == 1
    assert Delivery.objects.get().attempts == 2


def test_a_worker_whose_lease_ran_out_does_not_undo_what_the_next_one_did(at, ear):
    _act(at)
    (slow,) = delivering._claimed(at, 8)
    handlers.deliver(at + delivering.LEASE)
    delivering._fail(slow, ValueError(), at)
    assert Delivery.objects.get().state == "done"


def test_what_a_batch_brought_is_written_down_together_and_sooner_where_it_takes_long(at, ear, monkeypatch):
    for _ in range(3):
        _act(at)
    settled, real = [], delivering._settle_done
    monkeypatch.setattr(delivering, "_settle_done", lambda brought: (settled.append(len(brought)), real(brought)))
    assert handlers.deliver(at).done == 3
    assert settled == [3]
    assert set(Delivery.objects.values_list("state", "error")) == {("done", "")}

    settled.clear()
    for _ in range(3):
        _act(at)
    monkeypatch.setattr(delivering, "SETTLED_AFTER", timedelta(seconds=-1))
    assert handlers.deliver(at).done == 3
    assert settled == [1, 1, 1, 0]


def test_what_was_brought_is_written_down_where_the_next_fails(at, ear):
    for _ in range(3):
        _act(at)
    ear.answers = [None, RuntimeError("broken"), None]
    came = handlers.deliver(at)
    assert (came.done, len(came.failures)) == (2, 1)
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["done", "done", "waiting"]


def test_a_listener_that_is_gone_and_facts_of_another_form_are_failures_in_sight(at, ear, monkeypatch):
    _act(at)
    monkeypatch.delitem(news.listeners, "tests.ear")
    handlers.deliver(at)
    assert Delivery.objects.get().error == "LookupError"


def test_settle_brings_all_and_what_follows_from_it(at, ear, tiles):
    _act(at, count=3)
    ear.answers = [None, NotYet()]
    settled = handlers.settle(at)
    assert (settled.published, settled.delivered, len(ear.heard)) == (3, 3, 4)
    assert tiles.read("checkpoint")


def test_settle_leaves_waiting_what_waits_for_ever(at, ear):
    _act(at)
    ear.answers = [NotYet()] * 100
    assert handlers.settle(at).delivered == 0


def test_settle_raises_what_a_listener_raised(at, ear):
    _act(at)
    ear.answers = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        handlers.settle(at)


def test_two_that_answer_each_other_for_ever_are_stopped(at, ear, monkeypatch):
    _act(at)
    monkeypatch.setattr(Ear, "__call__", lambda self, heard: _act(at) and None)
    with pytest.raises(handlers.NotSettledError):
        handlers.settle(at, limit=20)


def test_rounds_run_when_their_time_has_come_and_show_how_they_ended(at, monkeypatch):
    called = []

    def sweep(moment):
        called.append(moment)
        if len(called) == 2:
            raise ValueError

    monkeypatch.setattr(news, "rounds", {"tests.sweep": news.Round(name="tests.sweep", seconds=60, function=sweep)})
    for seconds in (0, 59, 60, 61, 120):
        handlers.rounds(at + timedelta(seconds=seconds))
        if seconds == 61:
            assert [item.error for item in queries.worker_status().rounds] == ["ValueError"]
    assert called == [at, at + timedelta(seconds=60), at + timedelta(seconds=120)]
    assert queries.worker_status().rounds[0].error == ""


def test_where_no_round_is_due_one_question_is_asked(at, django_assert_num_queries):
    assert handlers.rounds(at) == []
    with django_assert_num_queries(1):
        handlers.rounds(at)


def test_old_deliveries_are_forgotten_and_others_are_not(at, ear):
    _act(at, count=2)
    ear.answers = [None, ValueError()]
    handlers.deliver(at)
    handlers.forget_deliveries(now() + timedelta(days=29))
    assert Delivery.objects.count() == 2
    handlers.forget_deliveries(now() + timedelta(days=31))
    assert [delivery.state for delivery in Delivery.objects.all()] == ["waiting"]
    assert Event.objects.count() == 2


def test_the_worker_does_its_turns_until_told_to_stop(at, monkeypatch):
    import threading

    from janaseva.ledger.handlers import working

    stop, turns, published = threading.Event(), [], threading.Event()

    def turn(moment):
        turns.append(moment)
        assert published.wait(5)
        stop.set()
        return False

    monkeypatch.setattr(working, "turn", turn)
    monkeypatch.setattr(working, "publish_turn", lambda moment: published.set())
    monkeypatch.setattr(working, "audit_part", lambda moment: False)
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    monkeypatch.setattr(working, "connection", SimpleNamespace(close=lambda: None))
    working.run(stop)
    assert len(turns) == 1


def test_a_fault_in_one_part_of_a_turn_leaves_the_others_working(at, ear, monkeypatch):
    from janaseva.ledger.handlers import working

    def broken(moment):
        raise handlers.LogBrokenError

    _act(at)
    monkeypatch.setattr(working, "publish", broken)
    monkeypatch.setattr(working, "rounds", broken)
    assert not working.publish_turn(at)
    assert not working.turn(at)
    assert len(ear.heard) == 1
