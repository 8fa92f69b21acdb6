"""What a payer, an officer, a gateway and the clock may do with payments."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.conf import settings

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.ledger import steps as ledger
from janaseva.payments import events, queries, steps
from janaseva.payments.models import Demand, Payment, Refund
from janaseva.payments.rules import entries, lines, signing, states
from janaseva.payments.rules.states import Course, DemandState, PaymentState, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedPayment:
    """A payment on its way to the gateway."""

    payment_id: UUID
    reference: str
    amount_paise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a payment and its demand stand after a report."""

    reference: str
    payment_state: PaymentState
    demand_state: DemandState


@action
def start(*, by: Actor, at: datetime, key: str, demand_id: UUID) -> StartedPayment:
    """Start a payment of the whole demand, for the payer; the row is there before anyone leaves for the gateway.

    Raises:
        Refusal: ``not_found``; ``demand_not_open`` where nothing is owed any more; ``payment_not_possible`` (503) where
            no gateway is connected.

    """
    demand = Demand.locked(demand_id)
    allow(demand is not None and lines.may_pay(by, demand.payer_person_id))
    owed = cast("Demand", demand)
    if owed.state != "open":
        raise Refusal("demand_not_open", status=CONFLICT, state=owed.state)
    if not queries.gateway_connected(by):
        raise Refusal("payment_not_possible", status=queries.UNAVAILABLE)
    payment = put(
        Payment(
            demand_id=owed.id,
            office_id=owed.office_id,
            reference=secret_token(),
            amount_paise=owed.total_paise,
            state="started",
            started_at=at,
        )
    )
    started = events.Started(demand_id=owed.id, payment_id=payment.id, amount_paise=payment.amount_paise)
    tell(started, story=owed.story, office_id=owed.office_id)
    return StartedPayment(payment_id=payment.id, reference=payment.reference, amount_paise=payment.amount_paise)


@action
def hear_gateway(*, by: Actor, at: datetime, key: str, body: bytes, signature: str) -> Standing:
    """Take the gateway's signed callback. The same news twice, late or out of order leaves one credit.

    Raises:
        Refusal: ``callback_not_genuine`` (403), ``callback_unreadable``, ``not_found`` for an unknown reference, and
            ``callback_amount_differs`` where the amount is not the payment's to the paisa.

    """
    genuine = signing.genuine(settings.PAYMENT_GATEWAY_KEYS, "callback", body, signature)
    allow(by.kind == "machine" and genuine, code="callback_not_genuine")
    return _take(signing.read(body), at=at, by=by)


@action
def take_status(
    *,
    by: Actor,
    at: datetime,
    key: str,
    reference: str,
    outcome: states.Reported,
    amount_paise: int,
    debited_at: datetime | None,
    gateway_number: str,
) -> Standing:
    """Take what the gateway answered when it was asked after a payment; abandon one without debit after half an hour.

    Raises:
        Refusal: as :func:`hear_gateway`.

    """
    allow(lines.may_run(by))
    report = Report(
        reference=reference,
        outcome=outcome,
        amount_paise=amount_paise,
        debited_at=debited_at,
        gateway_number=gateway_number,
    )
    return _take(report, at=at, by=by)


def _take(report: Report, *, at: datetime, by: Actor) -> Standing:
    """Let a believed report run its course. The demand is held first, then the payment: one order for all."""
    known = Payment.objects.filter(reference=report.reference).values_list("id", "demand_id").first()
    if known is None:
        raise not_found()
    demand = cast("Demand", Demand.locked(known[1]))
    payment = cast("Payment", Payment.locked(known[0]))
    if report.outcome == "debited" and report.amount_paise != payment.amount_paise:
        raise Refusal(
            "callback_amount_differs",
            status=CONFLICT,
            amount_paise=report.amount_paise,
            expected_paise=payment.amount_paise,
        )
    course = states.course(
        payment=cast("PaymentState", payment.state),
        demand=cast("DemandState", demand.state),
        outcome=report.outcome,
        age=at - payment.started_at,
    )
    _run(course, report, demand=demand, payment=payment, at=at, by=by)
    return Standing(reference=payment.reference, payment_state=course.payment, demand_state=course.demand)


def _run(course: Course, report: Report, *, demand: Demand, payment: Payment, at: datetime, by: Actor) -> None:
    debited_at = states.counted_at(debited_at=report.debited_at, started_at=payment.started_at, at=at)
    match course.effect:
        case "credit":
            _credit(demand, payment, report, debited_at=debited_at, at=at)
        case "owe_back":
            change(payment, debited_at=debited_at, ended_at=at, gateway_number=report.gateway_number)
            steps.post(entries.received_for_nothing(payment.amount_paise), of=demand, payment=payment, at=at)
            why = "demand_cancelled" if demand.state == "cancelled" else "paid_twice"
            steps.owe_back(by=by, at=at, of=demand, payment=payment, why=why)
        case "fail" | "abandon":
            change(payment, state=course.payment, ended_at=at, gateway_number=report.gateway_number)
            news = events.Failed if course.effect == "fail" else events.Abandoned
            tell(news(demand_id=demand.id, payment_id=payment.id), story=demand.story, office_id=demand.office_id)


def _credit(demand: Demand, payment: Payment, report: Report, *, debited_at: datetime, at: datetime) -> None:
    year = lines.receipt_year(at, settings.TIME_ZONE)
    value = ledger.number(series=f"receipt/{demand.receipt_series}", year=year)
    number = lines.receipt_number(series=demand.receipt_series, year=year, value=value)
    change(
        payment,
        state="received",
        debited_at=debited_at,
        ended_at=at,
        gateway_number=report.gateway_number,
        receipt_number=number,
    )
    change(demand, state="paid", settled_at=debited_at)
    steps.post(entries.received(payment.amount_paise), of=demand, payment=payment, at=at)
    received = events.Received(
        demand_id=demand.id,
        payment_id=payment.id,
        amount_paise=payment.amount_paise,
        debited_at=debited_at,
        receipt_number=number,
    )
    tell(received, story=demand.story, office_id=demand.office_id)
    settled = events.Settled(
        demand_id=demand.id, amount_paise=payment.amount_paise, settled_at=debited_at, step=demand.step
    )
    tell(settled, story=demand.story, office_id=demand.office_id)


@action
def order_refund(
    *,
    by: Actor,
    at: datetime,
    key: str,
    payment_id: UUID,
    why: str,
    note: str,
) -> UUID:
    """Order a received payment back, by an officer of its office; ``why`` is a code, ``note`` the reason in words.

    Raises:
        Refusal: ``not_found``; ``payment_not_received`` where there is nothing to return, or it is on its way already.

    """
    found = Payment.get_or_none(payment_id)
    allow(found is not None and lines.may_refund(by, office_id=found.office_id))
    demand = cast("Demand", Demand.locked(cast("Payment", found).demand_id))
    payment = cast("Payment", Payment.locked(payment_id))
    if payment.state != "received":
        raise Refusal("payment_not_received", status=CONFLICT, state=payment.state)
    return steps.let_go(by=by, at=at, of=demand, payment=payment, why=why, note=note)


@action
def close_refund(
    *,
    by: Actor,
    at: datetime,
    key: str,
    refund_id: UUID,
    done: bool,
    gateway_number: str,
) -> None:
    """Record that the gateway sent the money back, or that it refused to; a repeat changes nothing.

    Raises:
        Refusal: ``not_found``.

    """
    allow(lines.may_run(by))
    refund = Refund.locked(refund_id)
    if refund is None:
        raise not_found()
    if refund.state == "done" or (refund.state == "failed" and not done):
        return
    found = Payment.objects.get(pk=refund.payment_id)
    demand = Demand.objects.get(pk=found.demand_id)
    ids = {"demand_id": demand.id, "payment_id": found.id, "refund_id": refund.id}
    if not done:
        change(refund, state="failed", ended_at=at)
        tell(events.RefundFailed(**ids), story=demand.story, office_id=demand.office_id)
        return
    change(refund, state="done", ended_at=at, gateway_number=gateway_number)
    change(cast("Payment", Payment.locked(found.id)), state="refunded")
    steps.post(entries.refunded(refund.amount_paise), of=demand, payment=found, at=at)
    refunded = events.Refunded(**ids, amount_paise=refund.amount_paise)
    tell(refunded, story=demand.story, office_id=demand.office_id)
