"""One callback from sixteen threads is one credit; one refund asked for from sixteen threads is one refund."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from tests.payments.conftest import SYSTEM, Given

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 16


def at_once(act: Callable[[int], object]) -> list[object]:
    """Run ``act`` in sixteen threads that begin together; return answers and refusals' codes."""
    barrier = Barrier(THREADS)

    def run(number: int) -> object:
        try:
            barrier.wait(timeout=10)
            return act(number)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.fixture
def paid(at, settings):
    """A started payment of 2500 paise and the signed callback that says that it was debited."""
    from janaseva.payments.adapters.fake import Fake

    given = Given(at=at, payer=Actor.person(uuid4()), office_id=uuid4())
    demand_id = given.demand(1000, 1500)
    started = given.start(demand_id)
    callback = Fake(key=settings.PAYMENT_GATEWAY_KEY).debit(started.reference, amount_paise=2500, at=at)
    return given, demand_id, started.payment_id, callback


def book() -> dict[str, int]:
    from janaseva.payments import queries

    return {account: paise for account, paise in queries.balances(SYSTEM).items() if paise}


def news(name: str) -> int:
    from janaseva.ledger.models import Event

    return Event.objects.filter(name=f"payments.{name}").count()


@pytest.mark.parametrize("same_key", [True, False], ids=["one key", "sixteen keys"])
def test_one_callback_sixteen_times_is_one_credit(paid, same_key):
    given, demand_id, _, (body, signature) = paid
    answers = at_once(lambda n: given.callback(body, signature, key="callback" if same_key else f"callback {n}"))
    assert {getattr(answer, "payment_state", answer) for answer in answers} == {"received"}
    assert book() == {"gateway": 2500, "fees": -2500}
    assert (news("received"), news("settled")) == (1, 1)
    assert demand_id


def test_two_payments_debited_at_once_are_one_credit_and_one_refund(paid, settings):
    from janaseva.payments.adapters.fake import Fake

    given, demand_id, _, first = paid
    fake = Fake(key=settings.PAYMENT_GATEWAY_KEY)
    second = fake.debit(given.start(demand_id).reference, amount_paise=2500, at=given.at)
    at_once(lambda n: given.callback(*(first if n % 2 else second)))
    assert book() == {"gateway": 5000, "fees": -2500, "owed_back": -2500}
    assert (news("received"), news("refund_ordered")) == (1, 1)


def test_one_refund_ordered_sixteen_times_is_one_refund(paid):
    from janaseva.payments import actions

    given, _, payment_id, (body, signature) = paid
    given.callback(body, signature)
    order = {"at": given.at, "payment_id": payment_id, "why": "collected_wrongly", "note": "by order"}
    answers = at_once(lambda n: actions.order_refund(by=SYSTEM, key=f"refund {n}", **order))
    assert answers.count("payment_not_received") == THREADS - 1
    assert book() == {"gateway": 2500, "owed_back": -2500}
    (refund_id,) = [answer for answer in answers if answer != "payment_not_received"]
    close = {"at": given.at + timedelta(minutes=1), "refund_id": refund_id, "done": True, "gateway_number": "R1"}
    at_once(lambda n: actions.close_refund(by=SYSTEM, key=f"close {n}", **close))
    assert book() == {}
    assert news("refunded") == 1
