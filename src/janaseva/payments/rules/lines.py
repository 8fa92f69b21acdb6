"""What a demand is made of: lines, each with its title, its amount and the order that sets it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from janaseva.core.actor import Actor
from janaseva.core.text import Text

HIGHEST_PAISE: Final = 10**13
"""No single demand is above one lakh crore rupees: beyond it, it is a mistake and not a fee."""

NUMBER_DIGITS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a demand: ``order`` names the government order (or says that it is unknown) behind the amount."""

    key: str
    title: Text
    amount_paise: int
    order: Text


def stored(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the lines as JSON, in which form the demand keeps them for ever."""
    return [
        {"key": line.key, "title": dict(line.title), "amount_paise": line.amount_paise, "order": dict(line.order)}
        for line in lines
    ]


def read(lines: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Return the lines of a stored demand."""
    return tuple(Line(**line) for line in lines)


def total_paise(lines: Iterable[Line]) -> int:
    """Return the sum of the lines in paise.

    Raises:
        ValueError: for a line below zero or a sum that no fee reaches; the fee rules never give one.

    """
    amounts = [line.amount_paise for line in lines]
    total = sum(amounts)
    if any(amount < 0 for amount in amounts) or total > HIGHEST_PAISE:
        message = f"not the lines of a demand: {amounts}"
        raise ValueError(message)
    return total


def receipt_year(at: datetime, zone: str) -> int:
    """Return the calendar year of a receipt in the office's time zone."""
    return at.astimezone(ZoneInfo(zone)).year


def receipt_number(*, series: str, year: int, value: int) -> str:
    """Return a receipt's number as it is printed, such as ``R/state/2026/000042``."""
    return f"R/{series}/{year}/{value:0{NUMBER_DIGITS}d}"


def may_pay(by: Actor, payer_person_id: UUID) -> bool:
    """Return whether ``by`` may start a payment: the payer alone, or the system for the payer."""
    return by.kind == "system" or (by.kind == "person" and by.person_id == payer_person_id)


def may_see(by: Actor, *, payer_person_id: UUID, office_id: UUID) -> bool:
    """Return whether ``by`` may see a demand: the payer, the office that answers for it, the system and the clock."""
    if by.kind in ("system", "clock"):
        return True
    if by.kind == "officer":
        return by.office_id == office_id or by.may("payments.refund")
    return by.kind == "person" and by.person_id == payer_person_id


def may_refund(by: Actor, *, office_id: UUID) -> bool:
    """Return whether ``by`` may order money back: a post with ``payments.refund`` in the office that answers for it."""
    return by.kind == "system" or (by.kind == "officer" and by.may("payments.refund") and by.office_id == office_id)


def may_run(by: Actor) -> bool:
    """Return whether ``by`` is the platform itself, which alone polls gateways and sends money back."""
    return by.kind in ("system", "clock")
