"""Both sides of every entry: an amount is never posted to one account without the same amount being taken elsewhere.

Debits are positive, credits negative, so that a sound set of entries sums to zero, and so does the whole book.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from janaseva.payments.rules.lines import Line

AccountKey = Literal["receivable", "fees", "gateway", "owed_back"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the book; its kind says on which side it normally stands."""

    key: AccountKey
    kind: Literal["asset", "liability", "income"]


ACCOUNTS: Final[dict[str, Account]] = {
    "receivable": Account("receivable", "asset"),
    "fees": Account("fees", "income"),
    "gateway": Account("gateway", "asset"),
    "owed_back": Account("owed_back", "liability"),
}
"""``receivable``: demanded, not yet paid. ``fees``: what the state earned, by line. ``gateway``: collected by payment
gateways and banks, not yet settled into the treasury. ``owed_back``: received for nothing, to be returned."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an entry: an account, a signed amount in paise, and for fees the line of the demand."""

    account: AccountKey
    amount_paise: int
    line: str = ""


def balanced(sides: Iterable[Side]) -> bool:
    """Return whether the sides sum to zero."""
    return sum(side.amount_paise for side in sides) == 0


def _without_zeros(sides: Iterable[Side]) -> tuple[Side, ...]:
    return tuple(side for side in sides if side.amount_paise != 0)


def demanded(lines: Iterable[Line]) -> tuple[Side, ...]:
    """Return the entry of a new demand: it is receivable, and earned line by line."""
    kept = tuple(lines)
    total = sum(line.amount_paise for line in kept)
    return _without_zeros(
        (Side("receivable", total), *(Side("fees", -line.amount_paise, line.key) for line in kept)),
    )


def cancelled(lines: Iterable[Line]) -> tuple[Side, ...]:
    """Return the entry of a demand withdrawn before it was paid: the demand's entry turned round."""
    return tuple(Side(side.account, -side.amount_paise, side.line) for side in demanded(lines))


def received(amount_paise: int) -> tuple[Side, ...]:
    """Return the entry of a payment that pays its demand."""
    return _without_zeros((Side("gateway", amount_paise), Side("receivable", -amount_paise)))


def received_for_nothing(amount_paise: int) -> tuple[Side, ...]:
    """Return the entry of a payment whose demand was no longer open: it is owed back."""
    return _without_zeros((Side("gateway", amount_paise), Side("owed_back", -amount_paise)))


def given_up(lines: Iterable[Line]) -> tuple[Side, ...]:
    """Return the entry of a paid demand that is to be returned: the fees are given up and owed back."""
    kept = tuple(lines)
    total = sum(line.amount_paise for line in kept)
    return _without_zeros(
        (*(Side("fees", line.amount_paise, line.key) for line in kept), Side("owed_back", -total)),
    )


def refunded(amount_paise: int) -> tuple[Side, ...]:
    """Return the entry of money sent back."""
    return _without_zeros((Side("owed_back", amount_paise), Side("gateway", -amount_paise)))
