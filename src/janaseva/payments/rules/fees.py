"""What a service costs: dated lines, each naming its order; nothing here knows of accounts or payments.

The formulas of a fee see the form's answers and two facts more: ``channel`` (``online`` or ``counter``) and ``pages``
(sheets scanned or printed). Amounts are written in rupees and kept in paise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from janaseva.core.formula import Facts, FormulaError, Scope
from janaseva.core.text import Text
from janaseva.forms.rules import Formula, Key, Part, Sourced, Unknown, Words

MOST_PAISE: Final = 10**12
"""Ten thousand million rupees: no fee is larger, so anything larger is a slip."""


def _paise(value: Any) -> int:
    """Return rupees, written ``15`` or ``7.50``, as paise."""
    try:
        paise = Decimal(str(value).strip()) * 100
    except InvalidOperation:
        message = "write rupees as 15 or 7.50"
        raise ValueError(message) from None
    if isinstance(value, bool) or paise != paise.to_integral_value() or not 0 <= paise <= MOST_PAISE:
        message = "write rupees as 15 or 7.50, not below nought"
        raise ValueError(message)
    return int(paise)


def _rate(value: Any) -> Decimal:
    try:
        rate = Decimal(str(value).strip().removesuffix("%"))
    except InvalidOperation:
        message = "write a percentage as 0.5"
        raise ValueError(message) from None
    if not 0 < rate <= 100:  # noqa: PLR2004 - a percentage
        message = "a percentage lies above 0 and is at most 100"
        raise ValueError(message)
    return rate


def _rupees(paise: int) -> str:
    return f"{paise // 100}.{paise % 100:02d}"


Rupees = Annotated[int, BeforeValidator(_paise), PlainSerializer(_rupees, return_type=str)]
"""Written in rupees (``15``, ``7.50``), held in paise."""


class Slab(Part):
    """One step of a slab: what is due up to and with ``up_to``; the last step has none and takes all above."""

    up_to: int | None = None
    rupees: Rupees


class Slabs(Part):
    """An amount that depends on the size of something."""

    of: Formula
    steps: tuple[Slab, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        ends = [step.up_to for step in self.steps[:-1]]
        if any(end is None for end in ends):
            message = "only the last step may lack up_to"
            raise ValueError(message)
        last = self.steps[-1].up_to
        bounds = [end for end in [*ends, last] if end is not None]
        if sorted(set(bounds)) != bounds:
            message = "the steps' up_to must rise"
            raise ValueError(message)
        return self


class Each(Part):
    """So much for each: a page, a copy, a member."""

    of: Formula
    rupees: Rupees


class Percentage(Part):
    """A part of an amount in paise, rounded down to the paisa, within bounds."""

    of: Formula
    rate: Annotated[Decimal, BeforeValidator(_rate)]
    at_least: Rupees | None = None
    at_most: Rupees | None = None


class Waiver(Sourced):
    """Who need not pay a line, by which order."""

    key: Key
    title: Words
    when: Formula


class Line(Sourced):
    """One line of the fee: exactly one of ``rupees``, ``slab``, ``each``, ``percentage``; due ``from`` .. ``until``."""

    key: Key
    title: Words
    rupees: Rupees | None = None
    slab: Slabs | None = None
    each: Each | None = None
    percentage: Percentage | None = None
    when: Formula | None = None
    waived: tuple[Waiver, ...] = ()
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [self.rupees is not None, self.slab, self.each, self.percentage]
        if sum(bool(way) for way in ways) != 1:
            message = "a line has exactly one of rupees, slab, each, percentage"
            raise ValueError(message)
        return self


class Fee(Sourced):
    """All lines of a service's fee. No lines, with a source, says that the service is free."""

    lines: tuple[Line, ...]


Fees = Fee | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One line as it is due for one application, in paise, with the words of its order; ``waived`` by which waiver."""

    key: str
    title: Text
    amount_paise: int
    order: Text
    waived: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one application costs. ``missing`` names answers still needed; ``known``: whether anyone knows."""

    lines: tuple[Due, ...]
    missing: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    known: bool = True

    @property
    def total_paise(self) -> int:
        """Return the sum of all lines, in paise."""
        return sum(line.amount_paise for line in self.lines)


def fee_scope(scope: Scope) -> Scope:
    """Return the form's scope with what fees know besides."""
    return scope.having(channel="text", pages="integer")


def compute(fee: Fees, facts: Facts, *, on: date, scope: Scope) -> Bill:
    """Return what is due for an application received ``on`` this day.

    ``facts`` are made from ``scope``, which is :func:`fee_scope` of the form's.
    """
    if isinstance(fee, Unknown):
        return Bill(lines=(), known=False)
    lines: list[Due] = []
    missing: dict[str, None] = {}
    faults: list[str] = []
    for line in fee.lines:
        if (line.from_ and on < line.from_) or (line.until and on > line.until):
            continue
        if line.when is not None and not scope.compile(line.when, "yes_no").evaluate(facts).holds:
            continue
        waiver = next((w for w in line.waived if scope.compile(w.when, "yes_no").evaluate(facts).holds), None)
        order = {"en": line.law} if line.law else {}
        if waiver is not None:
            words = {"en": waiver.law} if waiver.law else order
            lines.append(Due(key=line.key, title=line.title, amount_paise=0, order=words, waived=waiver.title))
            continue
        try:
            amount = _amount(line, facts, scope)
        except _CannotTellError as reason:
            missing.update(dict.fromkeys(reason.missing))
            faults.extend([] if reason.missing else [f"{line.key}: {reason}"])
            continue
        lines.append(Due(key=line.key, title=line.title, amount_paise=amount, order=order))
    return Bill(lines=tuple(lines), missing=tuple(missing), faults=tuple(faults))


class _CannotTellError(Exception):
    def __init__(self, message: str, missing: Sequence[str] = ()) -> None:
        self.missing = tuple(missing)
        super().__init__(message)


def _number(formula: str, facts: Facts, scope: Scope) -> int:
    result = scope.compile(formula, "integer").evaluate(facts)
    if result.state != "value":
        raise _CannotTellError(result.message, result.missing)
    value = int(result.value)
    if value < 0:
        message = f"{formula} is below nought"
        raise _CannotTellError(message)
    return value


def _amount(line: Line, facts: Facts, scope: Scope) -> int:
    if line.slab is not None:
        size = _number(line.slab.of, facts, scope)
        step = next((step for step in line.slab.steps if step.up_to is None or size <= step.up_to), None)
        if step is None:
            message = f"no step of the slab takes {size}"
            raise _CannotTellError(message)
        amount = step.rupees
    elif line.each is not None:
        amount = _number(line.each.of, facts, scope) * line.each.rupees
    elif line.percentage is not None:
        part = line.percentage
        amount = int(_number(part.of, facts, scope) * part.rate / 100)
        amount = max(amount, part.at_least or 0)
        amount = amount if part.at_most is None else min(amount, part.at_most)
    else:
        amount = line.rupees or 0
    if amount > MOST_PAISE:
        message = f"{line.key} comes to more than any fee"
        raise _CannotTellError(message)
    return amount


def formula_faults(fee: Fees, scope: Scope) -> list[tuple[str, FormulaError]]:
    """Return every formula of the fee that does not compile, with its dotted place under ``fee``."""
    if isinstance(fee, Unknown):
        return []
    found: list[tuple[str, FormulaError]] = []

    def tried(place: str, text: str | None, kind: Any) -> None:
        try:
            if text is not None:
                scope.compile(text, kind)
        except FormulaError as error:
            found.append((place, error))

    for number, line in enumerate(fee.lines):
        place = f"lines.{number}"
        tried(f"{place}.when", line.when, "yes_no")
        for name in ("slab", "each", "percentage"):
            part = getattr(line, name)
            tried(f"{place}.{name}.of", part.of if part else None, "integer")
        for index, waiver in enumerate(line.waived):
            tried(f"{place}.waived.{index}.when", waiver.when, "yes_no")
    return found
