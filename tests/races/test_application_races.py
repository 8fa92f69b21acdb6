"""Sixteen at once on one application: one number, one decision, one credit, one certificate, one message each.

Each race can fail. The last test takes the locks away (no reading locks a row in it): then acts run into
each other and are refused with ``changed_meanwhile``, which the tests before it do not let pass. Numbers made by
``count() + 1`` instead of a locked counter were doubled in 254 of 400 acts when it was tried.
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from janaseva.cli.journey import GATEWAY
from janaseva.contact.models import Message
from janaseva.core import statements
from janaseva.core.action import action, allow, tell
from janaseva.core.refusal import Refusal
from janaseva.documents.models import Document
from janaseva.ledger import handlers as worker
from janaseva.ledger import queries as ledger
from janaseva.ledger import steps as ledger_steps
from janaseva.ledger.handlers import delivering
from janaseva.ledger.models import Delivery, Event, Series
from janaseva.payments import actions as payments
from janaseva.payments.adapters.fake import Fake
from janaseva.payments.models import Payment
from janaseva.people import actions as people_actions
from janaseva.services import actions, queries
from janaseva.services.models import Application, Decision
from janaseva.workflow.models import Case
from tests.given import SYSTEM
from tests.ledger.acts import Tried

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 16


def at_once(act: Callable[[int], object], threads: int = THREADS) -> list[object]:
    """Run ``act`` in threads that begin together; return answers, and refusals' codes."""
    barrier = Barrier(threads)

    def run(number: int) -> object:
        try:
            barrier.wait(timeout=20)
            return act(number)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def told(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_a_draft_handed_in_sixteen_times_with_one_key_is_one_application_and_one_answer(given):
    by = given.citizen()
    application_id, at = given.draft(by), given.tick()
    answers = at_once(lambda _: actions.submit(by=by, at=at, key="the wish", application_id=application_id))
    assert len(set(answers)) == 1, "all are answered the same"
    assert answers[0].number == Application.objects.get(pk=application_id).number
    assert (told("services.submitted"), told("payments.demanded")) == (1, 1)
    assert list(ledger.audit()) == []


def test_a_draft_handed_in_under_sixteen_keys_is_handed_in_once(given):
    by = given.citizen()
    application_id, at = given.draft(by), given.tick()
    answers = at_once(lambda n: actions.submit(by=by, at=at, key=f"wish {n}", application_id=application_id))
    assert Counter(answer for answer in answers if isinstance(answer, str)) == {
        "application_already_submitted": THREADS - 1
    }
    assert told("services.submitted") == 1
    assert list(ledger.audit()) == []


def test_applications_of_sixteen_people_get_sixteen_numbers_in_a_row(given):
    drafts = [(by, given.draft(by)) for by in (given.citizen() for _ in range(THREADS))]
    at = given.tick()
    answers = at_once(lambda n: actions.submit(by=drafts[n][0], at=at, key="mine", application_id=drafts[n][1]))
    assert len({answer.number for answer in answers}) == THREADS
    assert sorted(int(answer.number.rpartition("/")[2].rpartition("-")[2]) for answer in answers) == list(
        range(1, THREADS + 1)
    )
    assert list(ledger.audit()) == []


def test_the_holder_and_the_stand_in_decide_one_case_once(given):
    by = given.citizen()
    application_id, holder = given.taken(by)
    clerk = given.seat("kl-village-adoor", "village_clerk")
    span = {"from_at": given.at, "to_at": given.at + timedelta(days=1), "order": "leave"}
    given.act(people_actions.stand_in, holder, charge_id=holder.charge_id, to_person_id=clerk.person_id, **span)
    given.officers.pop(clerk.post_id)
    stand_in, at = given.officer(clerk.post_id), given.tick()
    lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
    ways = ({"move": "approve", "checked": lines}, {"move": "refuse", "reason": "no-answer", "note": "No answer."})

    def decide(number: int) -> object:
        officer = (holder, stand_in)[number % 2]
        facts = {"application_id": application_id, **ways[number // 2 % 2]}
        return actions.move(by=officer, at=at, key=f"decide {number}", **facts)

    answers = at_once(decide)
    assert len([answer for answer in answers if not isinstance(answer, str)]) == 1
    assert {answer for answer in answers if isinstance(answer, str)} <= {"case_ended", "not_holder"}
    assert (Decision.objects.count(), told("services.decided"), told("workflow.ended")) == (1, 1, 1)
    given.settle()
    assert Document.objects.filter(kind="income-certificate").count() == int(
        Decision.objects.get().outcome == "approved"
    )
    assert list(ledger.audit()) == []


@action
def number_or_fall(*, by, at, key: str, fall: bool) -> int:
    """Take the next number of one series, and in some acts fall over after it."""
    allow(True)
    value = ledger_steps.number(series="RACE", year=at.year)
    tell(Tried(count=value))
    if fall:
        raise Refusal("not_found")
    return value


number_or_fall.__wrapped__.__module__ = "janaseva.ledger.actions"


def take_numbers(at, each: int = 20) -> list[int]:
    dice = random.Random(7)
    falls = [[dice.random() < 0.3 for _ in range(each)] for _ in range(THREADS)]

    def write(thread: int) -> list[int]:
        got = []
        for number, fall in enumerate(falls[thread]):
            try:
                got.append(number_or_fall(by=SYSTEM, at=at, key=f"{thread}/{number}", fall=fall))
            except Refusal as refusal:
                if not fall:
                    raise LookupError(refusal.code) from refusal
        return got

    return [value for got in at_once(write) for value in got]


def test_a_series_under_sixteen_writers_with_roll_backs_has_no_gap_and_no_double(given):
    values = take_numbers(given.at)
    assert 150 < len(values) < 320
    assert sorted(values) == list(range(1, len(values) + 1))
    assert Series.objects.get(series="RACE").last == len(values)
    assert list(ledger.audit()) == []


@pytest.mark.parametrize("same_key", [True, False], ids=["one key", "sixteen keys"])
def test_one_callback_sixteen_times_is_one_credit_and_one_case(given, same_key):
    by = given.citizen()
    application_id = given.submitted(by)
    demand_id = queries.application(by, application_id).demand_id
    started = given.act(payments.start, by, demand_id=demand_id)
    body, signature = Fake(key=settings.PAYMENT_GATEWAY_KEY).debit(
        started.reference, amount_paise=started.amount_paise, at=given.at
    )
    at = given.tick()
    at_once(
        lambda n: payments.hear_gateway(
            by=GATEWAY, at=at, key="callback" if same_key else f"callback {n}", body=body, signature=signature
        )
    )
    at_once(lambda _: settle_all(at), threads=4)
    assert Payment.objects.filter(state="received").count() == 1
    assert (told("payments.received"), told("payments.settled"), told("services.begun")) == (1, 1, 1)
    assert Case.objects.filter(story=application_id).count() == 1
    assert list(ledger.audit()) == []


def settle_all(at) -> int:
    """Work like one of several workers: publish and deliver until nothing waits; return how many were delivered."""
    done = 0
    for turn in range(400):
        moment = at + timedelta(seconds=turn)
        worker.publish(moment)
        batch = delivering.deliver(moment, limit=3, soon=timedelta(seconds=1))
        if batch.failures:
            raise batch.failures[0]
        done += batch.done
        if not Delivery.objects.filter(state="waiting").exists():
            return done
    message = "some deliveries are never done"
    raise AssertionError(message)


def test_four_workers_at_once_do_each_thing_once(given, monkeypatch):
    monkeypatch.setattr(type(given), "settle", lambda _: None)  # what is told waits for the four
    people = [given.citizen() for _ in range(3)]
    begun = [given.begun(by) for by in people]
    at = given.tick()
    assert sum(at_once(lambda _: settle_all(at), threads=4)) >= 6
    assert (told("services.begun"), Case.objects.count()) == (3, 3)
    officer = given.holder(begun[0])
    for application_id in begun:
        assert given.act(actions.take_next, officer) == application_id
        given.approve(officer, application_id)
    given.at += timedelta(minutes=10)
    at_once(lambda _: settle_all(given.at), threads=4)
    assert not Delivery.objects.exclude(state="done").exists()
    assert not Document.objects.exclude(state="sealed").exists()
    assert told("documents.sealed") == Document.objects.count() == 6
    assert told("services.ready_told") == 3
    assert told("contact.queued") == told("contact.sent") == Message.objects.count() >= 9
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert list(ledger.audit()) == []


def test_cases_decided_at_once_each_bring_another_next_case(given):
    begun = [given.begun(given.citizen()) for _ in range(12)]
    officer = given.holder(begun[0])
    held = [given.act(actions.take_next, officer) for _ in range(6)]
    lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
    at = given.tick()

    def decide(number: int) -> object:
        facts = {"move": "approve", "checked": lines, "note": "Papers compared.", "then_next": True}
        return actions.move(by=officer, at=at, key=f"decide {number}", application_id=held[number], **facts)

    found = at_once(decide, threads=6)
    assert [one.outcome for one in found] == ["approved"] * 6
    assert {one.next_id for one in found} == set(begun) - set(held)
    assert (told("services.decided"), told("workflow.taken")) == (6, 12)
    assert list(ledger.audit()) == []


def test_without_locks_the_writers_of_a_series_run_into_each_other(given, monkeypatch):
    locking = statements.where
    monkeypatch.setattr(statements, "where", lambda *asked, lock, **more: locking(*asked, lock=False, **more))
    seen: list[str] = []

    def careless(thread: int) -> None:
        for number in range(20):
            try:
                seen.append(str(number_or_fall(by=SYSTEM, at=given.at, key=f"{thread}/{number}", fall=False)))
            except (Refusal, IntegrityError) as fault:
                seen.append(getattr(fault, "code", "") or type(fault).__name__)

    at_once(careless)
    numbers = [one for one in seen if one.isdigit()]
    assert "changed_meanwhile" in seen
    assert len(numbers) < THREADS * 20
