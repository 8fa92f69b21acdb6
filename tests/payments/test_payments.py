"""Paying: done, refused, repeated, late, doubled and out of order."""

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest

from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from tests.payments.conftest import SYSTEM

pytestmark = pytest.mark.django_db


def book(office_id=None):
    from janaseva.payments import queries

    return {account: paise for account, paise in queries.balances(SYSTEM, office_id=office_id).items() if paise}


def state(demand_id):
    from janaseva.payments import queries

    return queries.demand(SYSTEM, demand_id).state


def states_of(demand_id):
    from janaseva.payments import queries

    return [payment.state for payment in queries.payments_of(SYSTEM, demand_id)]


def news(name):
    from janaseva.ledger.models import Event

    return Event.objects.filter(name=f"payments.{name}").count()


def test_a_demand_is_paid_line_by_line_and_numbered(given, gateway):
    from janaseva.payments import queries

    demand_id = given.demand(1000, 0, 1500)
    assert book() == {"receivable": 2500, "fees": -2500}
    started = given.start(demand_id)
    assert started.amount_paise == 2500
    assert len(started.reference) == 22
    bank = given.at + timedelta(seconds=20)
    standing = given.callback(*gateway.debit(started.reference, amount_paise=2500, at=bank))
    assert (standing.payment_state, standing.demand_state) == ("received", "paid")
    payment = queries.payment(given.payer, started.payment_id)
    assert payment.receipt_number == "R/x/2026/000001"
    assert payment.debited_at == bank
    assert queries.demand(given.payer, demand_id).settled_at == bank
    assert book() == {"gateway": 2500, "fees": -2500}
    assert (news("received"), news("settled")) == (1, 1)


def test_nothing_owed_is_settled_at_once(given):
    demand_id = given.demand(0, 0)
    assert state(demand_id) == "settled_zero"
    assert (news("demanded"), news("settled")) == (1, 1)
    assert book() == {}
    with pytest.raises(Refusal, match="demand_not_open"):
        given.start(demand_id)


def test_only_the_payer_starts_and_sees(given):
    from janaseva.payments import queries

    demand_id = given.demand(2500)
    for stranger in (Actor.person(uuid4()), Actor.anyone(), Actor(kind="officer", office_id=uuid4())):
        with pytest.raises(Refusal, match="not_found"):
            given.start(demand_id, by=stranger)
        with pytest.raises(Refusal, match="not_found"):
            queries.demand(stranger, demand_id)
        with pytest.raises(Refusal, match="not_found"):
            queries.payments_of(stranger, demand_id)
        with pytest.raises(Refusal, match="not_found"):
            queries.balances(stranger)
    assert queries.demand(Actor(kind="officer", office_id=given.office_id), demand_id).total_paise == 2500
    assert states_of(demand_id) == []
    with pytest.raises(Refusal, match="not_found"):
        given.start(uuid4())


def test_the_same_key_is_the_same_payment(given):
    demand_id = given.demand(2500)
    assert given.start(demand_id, key="a") == given.start(demand_id, key="a")
    assert states_of(demand_id) == ["started"]


def test_a_callback_sixteen_times_is_one_credit(given, gateway):
    demand_id = given.demand(2500)
    callback = gateway.debit(given.start(demand_id).reference, amount_paise=2500, at=given.at)
    answers = [given.callback(*callback, key="same") for _ in range(8)] + [given.callback(*callback) for _ in range(8)]
    assert len(set(answers)) == 1
    assert book() == {"gateway": 2500, "fees": -2500}
    assert news("received") == 1


def test_what_is_forged_wrong_or_unknown_changes_nothing(given, gateway):
    demand_id = given.demand(2500)
    reference = given.start(demand_id).reference
    body, signature = gateway.debit(reference, amount_paise=2500, at=given.at)
    for forged in ("", "0" * 64, signature[:-1], signature + "0", signature.replace(signature[0], "é", 1)):
        with pytest.raises(Refusal, match="callback_not_genuine") as refusal:
            given.callback(body, forged)
        assert refusal.value.status == 403
    for paise in (2499, 2501):
        with pytest.raises(Refusal, match="callback_amount_differs"):
            given.callback(*gateway.debit(reference, amount_paise=paise, at=given.at))
    with pytest.raises(Refusal, match="not_found"):
        given.callback(*gateway.debit("unknown", amount_paise=2500, at=given.at))
    assert state(demand_id) == "open"
    assert states_of(demand_id) == ["started"]


def test_news_under_the_key_of_before_or_to_come_pays_while_it_is_believed(given, settings):
    from janaseva.payments.adapters.fake import Fake

    def says(key, reference):
        return given.callback(*Fake(key=key).debit(reference, amount_paise=2500, at=given.at))

    own = settings.PAYMENT_GATEWAY_KEY
    settings.PAYMENT_GATEWAY_KEYS = (own, "the next")
    first, second = given.demand(2500), given.demand(2500)
    says("the next", given.start(first).reference)
    settings.PAYMENT_GATEWAY_KEYS = ("the next", own)
    says(own, given.start(second).reference)
    assert (state(first), state(second)) == ("paid", "paid")
    settings.PAYMENT_GATEWAY_KEYS = ("the next",)
    third = given.demand(2500)
    reference = given.start(third).reference
    with pytest.raises(Refusal, match="callback_not_genuine"):
        says(own, reference)
    assert (state(third), states_of(third)) == ("open", ["started"])


def test_a_person_cannot_speak_for_the_gateway(given, gateway):
    from janaseva.payments import actions

    body, signature = gateway.debit(given.start(given.demand(2500)).reference, amount_paise=2500, at=given.at)
    with pytest.raises(Refusal, match="callback_not_genuine"):
        actions.hear_gateway(by=given.payer, at=given.at, key="k", body=body, signature=signature)


@pytest.mark.parametrize("order", list(itertools.permutations(["debited", "failed", "pending"])))
def test_out_of_order_a_debit_wins(given, gateway, order):
    demand_id = given.demand(2500)
    reference = given.start(demand_id).reference
    for outcome in order:
        given.callback(*gateway.say(reference, outcome=outcome, amount_paise=2500, at=given.at))
    assert state(demand_id) == "paid"
    assert states_of(demand_id) == ["received"]
    assert news("received") == 1


def test_the_poll_finds_a_dropped_callback_after_a_minute(given, gateway):
    from janaseva.payments import handlers

    demand_id = given.demand(2500)
    gateway.debit(given.start(demand_id).reference, amount_paise=2500, at=given.at)
    handlers.poll(given.at + timedelta(seconds=59))
    assert gateway.asked == []
    handlers.poll(given.at + timedelta(seconds=60))
    handlers.poll(given.at + timedelta(seconds=61))
    assert state(demand_id) == "paid"
    assert len(gateway.asked) == 1


def test_a_gateway_that_is_down_changes_nothing(given, gateway):
    from janaseva.payments import handlers

    demand_id = given.demand(2500)
    given.start(demand_id)
    gateway.down = True
    handlers.poll(given.at + timedelta(hours=1))
    assert states_of(demand_id) == ["started"]


def test_half_an_hour_without_debit_is_abandoned_and_a_late_debit_still_pays(given, gateway):
    from janaseva.payments import handlers

    demand_id = given.demand(2500)
    reference = given.start(demand_id).reference
    handlers.poll(given.at + timedelta(minutes=29))
    assert states_of(demand_id) == ["started"]
    handlers.poll(given.at + timedelta(minutes=30))
    assert states_of(demand_id) == ["abandoned"]
    bank = given.at + timedelta(minutes=31)
    gateway.debit(reference, amount_paise=2500, at=bank)
    handlers.look_back(given.at + timedelta(hours=2))
    assert state(demand_id) == "paid"
    assert book() == {"gateway": 2500, "fees": -2500}


def test_paid_twice_is_returned_once(given, gateway, settle):
    from janaseva.payments import queries

    demand_id = given.demand(2500)
    first, second = given.start(demand_id), given.start(demand_id)
    late = gateway.debit(first.reference, amount_paise=2500, at=given.at)
    given.callback(*gateway.debit(second.reference, amount_paise=2500, at=given.at))
    for _ in range(3):
        given.callback(*late)
    assert states_of(demand_id) == ["refund_due", "received"]
    assert book() == {"gateway": 5000, "fees": -2500, "owed_back": -2500}
    (refund,) = queries.refunds_of(given.payer, demand_id)
    assert (refund.state, refund.why) == ("due", "paid_twice")
    settle(given.at + timedelta(minutes=5))
    settle(given.at + timedelta(minutes=10))
    assert gateway.refunds == {refund.id: 2500}
    assert states_of(demand_id) == ["refunded", "received"]
    assert book() == {"gateway": 2500, "fees": -2500}
    assert news("refunded") == 1


def test_a_debit_for_a_cancelled_demand_is_returned(given, gateway, settle):
    demand_id = given.demand(2500)
    reference = given.start(demand_id).reference
    given.cancel(demand_id)
    given.cancel(demand_id)
    assert book() == {}
    given.callback(*gateway.debit(reference, amount_paise=2500, at=given.at))
    settle(given.at + timedelta(minutes=5))
    assert states_of(demand_id) == ["refunded"]
    assert book() == {}


def test_a_paid_demand_that_is_cancelled_is_returned(given, gateway, settle):
    demand_id = given.demand(1000, 1500)
    given.callback(*gateway.debit(given.start(demand_id).reference, amount_paise=2500, at=given.at))
    given.cancel(demand_id)
    assert book() == {"gateway": 2500, "owed_back": -2500}
    settle(given.at + timedelta(minutes=5))
    assert (state(demand_id), states_of(demand_id)) == ("cancelled", ["refunded"])
    assert book() == {}


def test_an_officer_of_the_office_with_the_grant_orders_a_refund_once(given, gateway):
    from janaseva.payments import actions

    demand_id = given.demand(2500)
    started = given.start(demand_id)
    officer = Actor(kind="officer", charge_id=uuid4(), office_id=given.office_id, grants=frozenset({"payments.refund"}))
    order = {"at": given.at, "payment_id": started.payment_id, "why": "collected_wrongly", "note": "waived by order"}
    with pytest.raises(Refusal, match="payment_not_received"):
        actions.order_refund(by=officer, key="1", **order)
    given.callback(*gateway.debit(started.reference, amount_paise=2500, at=given.at))
    for other in (
        Actor(kind="officer", office_id=given.office_id),
        Actor(kind="officer", office_id=uuid4(), grants=frozenset({"payments.refund"})),
        given.payer,
    ):
        with pytest.raises(Refusal, match="not_found"):
            actions.order_refund(by=other, key="2", **order)
    refund_id = actions.order_refund(by=officer, key="3", **order)
    assert actions.order_refund(by=officer, key="3", **order) == refund_id
    with pytest.raises(Refusal, match="payment_not_received"):
        actions.order_refund(by=officer, key="4", **order)
    assert news("refund_ordered") == 1


def test_a_refund_that_the_gateway_refuses_waits_for_an_officer(given, gateway, settle):
    from janaseva.payments import queries

    demand_id = given.demand(2500)
    given.callback(*gateway.debit(given.start(demand_id).reference, amount_paise=2500, at=given.at))
    given.cancel(demand_id)
    gateway.refuses = True
    settle(given.at + timedelta(minutes=5))
    assert [refund.state for refund in queries.refunds_of(SYSTEM, demand_id)] == ["failed"]
    assert book() == {"gateway": 2500, "owed_back": -2500}
    assert news("refund_failed") == 1


def test_without_a_gateway_no_payment_starts(given, settings, monkeypatch):
    demand_id = given.demand(2500)
    monkeypatch.setattr(settings.OPTIONS, "demonstration", False)
    with pytest.raises(Refusal, match="payment_not_possible") as refusal:
        given.start(demand_id)
    assert refusal.value.status == 503
    assert states_of(demand_id) == []


def test_the_way_to_the_gateway_is_signed_and_comes_back_here_alone(given):
    from janaseva.payments import queries

    started = given.start(given.demand(2500))
    address = queries.redirect(given.payer, started.payment_id, language="ml", return_path="/pay/back")
    assert address.startswith(f"http://localhost:8000/simulator/pay/{started.reference}?amount_paise=2500&lang=ml")
    for elsewhere in ("//evil.example/", "/\\evil.example", "https://evil.example/", ""):
        with pytest.raises(Refusal, match="payment_not_possible"):
            queries.redirect(given.payer, started.payment_id, language="ml", return_path=elsewhere)
