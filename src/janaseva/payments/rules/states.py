"""The states of a demand and of a payment, and what a report of the gateway changes in them.

A payment may be reported more than once, late, and out of order. The rules hold for every order of reports: a demand is
paid at most once; money that arrived for nothing is owed back exactly once; nothing that was received becomes
unreceived.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

DemandState = Literal["open", "paid", "settled_zero", "cancelled"]
PaymentState = Literal["started", "received", "failed", "abandoned", "refund_due", "refunded"]
RefundState = Literal["due", "done", "failed"]
Reported = Literal["debited", "failed", "pending"]
Effect = Literal["nothing", "credit", "owe_back", "fail", "abandon"]

DEMAND_STATES: Final = ("open", "paid", "settled_zero", "cancelled")
PAYMENT_STATES: Final = ("started", "received", "failed", "abandoned", "refund_due", "refunded")
REFUND_STATES: Final = ("due", "done", "failed")

POLL_AFTER: Final = timedelta(seconds=60)
"""A payment of which nothing was heard for so long is asked after."""

ABANDON_AFTER: Final = timedelta(minutes=30)
"""A payment without debit for so long is taken as abandoned; a debit reported later still counts."""

LOOK_BACK: Final = timedelta(days=3)
"""For so long after its start an ended payment is still asked after, for a debit that the bank reported late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a gateway says of one payment: its reference, the outcome, the amount, and the bank's time of debit."""

    reference: str
    outcome: Reported
    amount_paise: int
    debited_at: datetime | None = None
    gateway_number: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What a report makes of a payment and its demand, and what else has to be done."""

    payment: PaymentState
    demand: DemandState
    effect: Effect


def course(*, payment: PaymentState, demand: DemandState, outcome: Reported, age: timedelta) -> Course:
    """Return what a report of ``outcome`` makes of a payment that started ``age`` ago."""
    if payment in ("received", "refund_due", "refunded"):
        return Course(payment, demand, "nothing")
    if outcome == "debited":
        if demand == "open":
            return Course("received", "paid", "credit")
        return Course("refund_due", demand, "owe_back")
    if payment == "started" and outcome == "failed":
        return Course("failed", demand, "fail")
    if payment == "started" and age >= ABANDON_AFTER:
        return Course("abandoned", demand, "abandon")
    return Course(payment, demand, "nothing")


def counted_at(*, debited_at: datetime | None, started_at: datetime, at: datetime) -> datetime:
    """Return the time of debit that deadlines count: the bank's, but never before the start nor in the future."""
    return min(max(debited_at or at, started_at), at)
