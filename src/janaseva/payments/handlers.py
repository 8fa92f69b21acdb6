"""What payments does by itself: ask gateways after payments of which nothing was heard, and send money back."""

import logging
from collections.abc import Iterable
from datetime import datetime

from janaseva.core.actor import Actor
from janaseva.core.news import Heard, NotYet, every, hears
from janaseva.core.refusal import Refusal
from janaseva.payments import actions, events, queries
from janaseva.payments.adapters import GatewayError
from janaseva.payments.adapters.connected import connected
from janaseva.payments.queries import PaymentView
from janaseva.payments.rules.states import Report

log = logging.getLogger(__name__)

POLLER = Actor.system("payments.poll")
RETURNER = Actor.system("payments.send_back")


@every(seconds=60)
def poll(at: datetime) -> None:
    """Ask after started payments older than a minute; those without debit for half an hour are abandoned."""
    _ask_after(queries.waiting(POLLER, at), at)


@every(seconds=3600)
def look_back(at: datetime) -> None:
    """Ask after payments that ended without a debit in the last days: no late debit may be lost."""
    _ask_after(queries.looked_back_on(POLLER, at), at)


def _ask_after(payments: Iterable[PaymentView], at: datetime) -> None:
    gateway = connected()
    if gateway is None:
        return
    for payment in payments:
        try:
            report = gateway.status(payment.reference) or Report(
                reference=payment.reference, outcome="pending", amount_paise=payment.amount_paise
            )
            _take(report, payment, at)
        except GatewayError as error:
            log.warning("payment %s: the gateway could not be asked: %s", payment.id, error)
        except Refusal as refusal:  # one payment that does not fit must not stop the others; the ledger has it
            log.warning("payment %s: %s", payment.id, refusal)


def _take(report: Report, payment: PaymentView, at: datetime) -> None:
    if report.reference != payment.reference:
        message = "the answer is of another payment"
        raise GatewayError(message)
    actions.take_status(
        by=POLLER,
        at=at,
        key=f"poll:{payment.id}:{at.isoformat()}",
        reference=report.reference,
        outcome=report.outcome,
        amount_paise=report.amount_paise,
        debited_at=report.debited_at,
        gateway_number=report.gateway_number,
    )


@hears(events.RefundOrdered)
def send_back(heard: Heard[events.RefundOrdered]) -> None:
    """Ask the gateway to send money back; the refund's id makes a repeated question the same question.

    Raises:
        NotYet: where the gateway cannot be reached, or has not finished.

    """
    refund = queries.refund(RETURNER, heard.news.refund_id)
    if refund.state != "due":
        return
    gateway = connected()
    try:
        if gateway is None:
            raise NotYet
        returned = gateway.refund(refund.reference, refund_id=refund.id, amount_paise=refund.amount_paise)
    except GatewayError as error:
        raise NotYet from error
    if returned.outcome == "pending":
        raise NotYet
    actions.close_refund(
        by=RETURNER,
        at=heard.at,
        key=f"send_back:{heard.event_id}:{returned.outcome}",
        refund_id=refund.id,
        done=returned.outcome == "done",
        gateway_number=returned.gateway_number,
    )
