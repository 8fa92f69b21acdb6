"""What payments does inside the actions of higher rooms and its own: demand, let go, and post both sides."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from janaseva.core.action import change, empty, flush, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import not_found
from janaseva.payments import events
from janaseva.payments.models import Demand, Payment, Posting, Refund
from janaseva.payments.rules import entries, states
from janaseva.payments.rules import lines as line_rules
from janaseva.payments.rules.lines import Line


def _tell_nothing_owed(*, of: Demand, settled_at: datetime) -> None:
    """Tell that a demand of nothing is settled."""
    news = events.Settled(demand_id=of.id, amount_paise=0, settled_at=settled_at, step=of.step)
    tell(news, story=of.story, office_id=of.office_id)


@step
def demand(
    *,
    by: Actor,
    at: datetime,
    story: UUID,
    payer_person_id: UUID,
    office_id: UUID,
    lines: Sequence[Line],
    receipt_series: str = "state",
    step: str = "",
    is_awaited: bool = True,
) -> UUID:
    """Demand the sum of ``lines`` from a person and return the demand's id. Zero is settled at once.

    ``receipt_series`` names the series of its receipt: the code of the office, or ``state``. ``step`` is where in its
    matter it falls due, empty for what is due at the beginning. Pass ``is_awaited=False`` where nobody waits to hear
    that zero is settled.
    """
    total_paise = line_rules.total_paise(lines)
    row = put(
        Demand(
            story=story,
            step=step,
            payer_person_id=payer_person_id,
            office_id=office_id,
            lines=line_rules.stored(lines),
            total_paise=total_paise,
            receipt_series=receipt_series,
            state="open" if total_paise else "settled_zero",
            demanded_at=at,
            settled_at=None if total_paise else at,
        )
    )
    tell(events.Demanded(demand_id=row.id, amount_paise=total_paise), story=story, office_id=office_id)
    if total_paise:
        post(entries.demanded(lines), of=row, payment=None, at=at)
    elif is_awaited:
        _tell_nothing_owed(of=row, settled_at=at)
    return row.id


@step
def tell_settled(*, by: Actor, at: datetime, demand_id: UUID) -> None:
    """Tell that nothing is owed on a demand of zero, where its settling was not awaited and somebody waits after all.

    Raises:
        Refusal: ``not_found`` for any other demand.

    """
    flush()
    row = Demand.locked(demand_id)
    if row is None or row.state != "settled_zero" or row.settled_at is None:
        raise not_found()
    _tell_nothing_owed(of=row, settled_at=row.settled_at)


@step
def cancel(*, by: Actor, at: datetime, demand_id: UUID, why: str) -> None:
    """Let go of a demand: an open one is cancelled, a paid one falls due for refund; a repeat changes nothing.

    ``why`` is a code that is kept with the refund, such as ``withdrawn``.

    Raises:
        Refusal: ``not_found``.

    """
    row = Demand.locked(demand_id)
    if row is None:
        raise not_found()
    if row.state == "paid":
        payment = Payment.objects.select_for_update().get(demand_id=demand_id, state="received")
        let_go(by=by, at=at, of=row, payment=payment, why=why, note="")
    elif row.state in ("open", "settled_zero"):
        if row.state == "open":
            post(entries.cancelled(line_rules.read(row.lines)), of=row, payment=None, at=at)
        change(row, state="cancelled")
        tell(events.Cancelled(demand_id=row.id), story=row.story, office_id=row.office_id)


@step
def cancel_open(
    *, by: Actor, at: datetime, demand_id: UUID, unless_begun_by: datetime | None = None
) -> states.DemandState:
    """Let go of a demand as long as it is open, and return its state; what was paid stays paid.

    Where a payment of it was begun by ``unless_begun_by`` and has not ended, the demand stays open: that money may be
    on its way.

    Raises:
        Refusal: ``not_found``.

    """
    row = Demand.locked(demand_id)
    if row is None:
        raise not_found()
    if row.state == "open":
        begun = Payment.objects.filter(demand_id=demand_id, state="started", started_at__lte=unless_begun_by or at)
        if unless_begun_by is None or not begun.exists():
            post(entries.cancelled(line_rules.read(row.lines)), of=row, payment=None, at=at)
            change(row, state="cancelled")
            tell(events.Cancelled(demand_id=row.id), story=row.story, office_id=row.office_id)
    return cast("states.DemandState", row.state)


@step
def let_go(*, by: Actor, at: datetime, of: Demand, payment: Payment, why: str, note: str) -> UUID:
    """Give up the fees of a paid demand and owe its payment back; both rows are held. Return the refund's id."""
    post(entries.given_up(line_rules.read(of.lines)), of=of, payment=payment, at=at)
    change(of, state="cancelled")
    tell(events.Cancelled(demand_id=of.id), story=of.story, office_id=of.office_id)
    return owe_back(by=by, at=at, of=of, payment=payment, why=why, note=note)


@step
def owe_back(
    *,
    by: Actor,
    at: datetime,
    of: Demand,
    payment: Payment,
    why: str,
    note: str = "",
) -> UUID:
    """Let a refund of the whole payment fall due and return its id; the caller has posted that it is owed back."""
    change(payment, state="refund_due")
    amount_paise = payment.amount_paise
    refund = put(
        Refund(
            payment_id=payment.id,
            office_id=of.office_id,
            amount_paise=amount_paise,
            why=why,
            note=note,
            state="due",
            due_at=at,
        )
    )
    fell_due = events.RefundOrdered(
        demand_id=of.id, payment_id=payment.id, refund_id=refund.id, amount_paise=amount_paise, why=why
    )
    tell(fell_due, story=of.story, office_id=of.office_id)
    return refund.id


@step
def post(sides: Sequence[entries.Side], *, of: Demand, payment: Payment | None, at: datetime) -> None:
    """Post one entry.

    Raises:
        ArithmeticError: where its sides do not sum to zero; a fault of the program, and nothing is kept.

    """
    if not entries.balanced(sides):
        message = f"an entry does not sum to zero: {sides}"
        raise ArithmeticError(message)
    entry = uuid7()
    for side in sides:
        put(
            Posting(
                entry=entry,
                account=side.account,
                line=side.line,
                amount_paise=side.amount_paise,
                demand_id=of.id,
                payment_id=None if payment is None else payment.id,
                office_id=of.office_id,
                posted_at=at,
            )
        )


@step
def erase(*, by: Actor, at: datetime, story: UUID) -> None:
    """Erase what was written of refunds in a matter; what was owed, paid and sent back stays: accounts are kept."""
    owed = tuple(one.id for one in Demand.where(story=story))
    paid = tuple(one.id for one in Payment.where(demand_id=owed))
    empty(Refund.where(payment_id=paid, lock=True))
