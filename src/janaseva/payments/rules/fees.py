"""What a service costs: dated lines, each naming its order; nothing here knows of accounts or payments.

The formulas of a fee see the form's answers and two facts more: ``channel`` (``online`` or ``counter``) and ``pages``
(sheets scanned or printed). Amounts are written in rupees and kept in paise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from janaseva.core.decimals import Way, shortest, whole
from janaseva.core.formula import Facts, Scope
from janaseva.core.text import Text
from janaseva.forms.rules import Formula, Key, Part, Sourced, Unknown, Words
from janaseva.payments.rules.bands import Band, place_of

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


class Slab(Band):
    """One step of a slab: what is due in this band of sizes; the last step without an end takes all above."""

    rupees: Rupees


class Slabs(Part):
    """An amount that depends on the size of something; ``instead_of`` as in :class:`Axis`."""

    of: Formula
    instead_of: Formula | None = None
    steps: tuple[Slab, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(not step.ends for step in self.steps[:-1]):
            message = "only the last step may lack up_to"
            raise ValueError(message)
        bounds = [step.up_to if step.up_to is not None else step.below for step in self.steps if step.ends]
        if any(later is None or earlier is None or later <= earlier for earlier, later in pairwise(bounds)):
            message = "the steps' up_to must rise"
            raise ValueError(message)
        return self


class Axis(Part):
    """One of the two sizes of a matrix: what is measured, and what people call it.

    ``instead_of`` is the size that was paid for before: what the schedule gives for that is taken off.
    """

    of: Formula
    instead_of: Formula | None = None
    title: Words


class Across(Axis):
    """The size whose bands are the columns."""

    bands: tuple[Band, ...] = Field(min_length=1)


class Row(Band):
    """One row of a matrix: its band of the size that runs down, and an amount for each column."""

    rupees: tuple[Rupees, ...] = Field(min_length=1)


class Matrix(Part):
    """An amount that depends on two sizes: one runs down the rows, one across the columns."""

    down: Axis
    across: Across
    rows: tuple[Row, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        columns = len(self.across.bands)
        for number, row in enumerate(self.rows, start=1):
            if len(row.rupees) != columns:
                message = f"row {number} has {len(row.rupees)} amounts for {columns} columns"
                raise ValueError(message)
        return self


class Each(Part):
    """So much for each: a page, a copy, a kilowatt.

    ``parts`` says what a part of one counts: as a whole one (``up``), as none (``down``), as a whole one from the half
    on (``nearest``), or for what it is (``exact``).
    """

    of: Formula
    rupees: Rupees
    parts: Literal["up", "down", "nearest", "exact"] | None = None


class Percentage(Part):
    """A part of an amount in paise, within bounds; rounded down to the paisa where the line does not say otherwise."""

    of: Formula
    rate: Annotated[Decimal, BeforeValidator(_rate)]
    at_least: Rupees | None = None
    at_most: Rupees | None = None


class Rounding(Part):
    """To full rupees (``to: 1``), tens of rupees or paise (``to: 0.01``), and which way."""

    to: Annotated[Rupees, Field(ge=1)]
    way: Way


class Waiver(Sourced):
    """Who need not pay a line, by which order."""

    key: Key
    title: Words
    when: Formula


class Line(Sourced):
    """One line of the fee: exactly one of ``rupees``, ``slab``, ``matrix``, ``each``, ``percentage``.

    It is due ``from`` one day ``until`` another. ``outside`` is said to whoever states a size that no band of a slab or
    matrix takes; they cannot hand in then.
    """

    key: Key
    title: Words
    rupees: Rupees | None = None
    slab: Slabs | None = None
    matrix: Matrix | None = None
    each: Each | None = None
    percentage: Percentage | None = None
    rounding: Rounding | None = None
    outside: Words | None = None
    when: Formula | None = None
    waived: tuple[Waiver, ...] = ()
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None

    @property
    def difference(self) -> bool:
        """Return whether only what is more than for an earlier size is due."""
        axes = () if self.matrix is None else (self.matrix.down, self.matrix.across)
        return any(part is not None and part.instead_of is not None for part in (self.slab, *axes))

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [self.rupees is not None, self.slab, self.matrix, self.each, self.percentage]
        if sum(bool(way) for way in ways) != 1:
            message = "a line has exactly one of rupees, slab, matrix, each, percentage"
            raise ValueError(message)
        if self.rounding is not None and not (self.each or self.percentage):
            message = "'rounding' goes with each or percentage: all other amounts are written as they are"
            raise ValueError(message)
        if self.outside is not None and not (self.slab or self.matrix):
            message = "'outside' goes with slab or matrix"
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
    """What one application costs. ``missing`` names answers still needed; ``known``: whether anyone knows.

    ``outside`` says, for each line of which a size lies beyond all bands, what the definition has to say to that; the
    line is among the ``faults`` then.
    """

    lines: tuple[Due, ...]
    missing: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    outside: tuple[Text, ...] = ()
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
    outside: list[Text] = []
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
        except _OutsideError as reason:
            faults.append(f"{line.key}: {reason}")
            outside.extend([line.outside] if line.outside else [])
            continue
        except _CannotTellError as reason:
            missing.update(dict.fromkeys(reason.missing))
            faults.extend([] if reason.missing else [f"{line.key}: {reason}"])
            continue
        lines.append(Due(key=line.key, title=line.title, amount_paise=amount, order=order))
    return Bill(lines=tuple(lines), missing=tuple(missing), faults=tuple(faults), outside=tuple(outside))


class _CannotTellError(Exception):
    def __init__(self, message: str, missing: Sequence[str] = ()) -> None:
        self.missing = tuple(missing)
        super().__init__(message)


class _OutsideError(_CannotTellError):
    """No band takes the size."""


def _size(formula: str, facts: Facts, scope: Scope) -> Fraction | int:
    """Return the number that a formula comes to: a whole one, or one with a point."""
    result = scope.compile(formula, measured(formula, scope)).evaluate(facts)
    if result.state != "value":
        raise _CannotTellError(result.message, result.missing)
    value: Fraction | int = result.value if isinstance(result.value, Fraction) else int(result.value)
    if value < 0:
        message = f"{formula} is below nought"
        raise _CannotTellError(message)
    return value


def measured(formula: str, scope: Scope) -> Literal["integer", "decimal"]:
    """Return as what a size is measured: in whole numbers, or with a point where the formula comes to that."""
    if not scope.has_decimals:
        return "integer"
    return "decimal" if scope.compile(formula).kind == "decimal" else "integer"


def _in_band(bands: Sequence[Band], size: Fraction | int) -> int:
    place = place_of(bands, Fraction(size), counted=isinstance(size, int))
    if place is None:
        shown = shortest(Fraction(size)) or "this size"
        message = f"no step of the slab takes {shown}"
        raise _OutsideError(message)
    return place


def _amount(line: Line, facts: Facts, scope: Scope) -> int:
    amount = _reckoned(line, facts, scope)
    if line.rounding is not None:
        amount = whole(Fraction(amount) / line.rounding.to, line.rounding.way) * line.rounding.to
    if line.percentage is not None:
        amount = max(whole(Fraction(amount), "down"), line.percentage.at_least or 0)
        amount = amount if line.percentage.at_most is None else min(amount, line.percentage.at_most)
    if amount > MOST_PAISE:
        message = f"{line.key} comes to more than any fee"
        raise _CannotTellError(message)
    if Fraction(amount).denominator != 1:
        message = f"{line.key} comes to a part of a paisa, and nobody says how it is rounded"
        raise _CannotTellError(message)
    return int(amount)


def _reckoned(line: Line, facts: Facts, scope: Scope) -> Fraction | int:
    """Return what a line comes to before it is rounded."""
    if line.slab is not None or line.matrix is not None:
        now = _scheduled(line, facts, scope, before=False)
        return max(0, now - _scheduled(line, facts, scope, before=True)) if line.difference else now
    if line.each is not None:
        count = _size(line.each.of, facts, scope)
        if line.each.parts not in (None, "exact"):
            count = whole(Fraction(count), cast("Way", line.each.parts))
        return count * line.each.rupees
    if line.percentage is not None:
        return Fraction(_size(line.percentage.of, facts, scope)) * Fraction(line.percentage.rate) / 100
    return line.rupees or 0


def _scheduled(line: Line, facts: Facts, scope: Scope, *, before: bool) -> int:
    """Return what the slab or the matrix gives for the sizes as they are, or as they were ``before``."""

    def size(part: Slabs | Axis) -> Fraction | int:
        return _size(part.instead_of if before and part.instead_of is not None else part.of, facts, scope)

    if line.matrix is not None:
        row = line.matrix.rows[_in_band(line.matrix.rows, size(line.matrix.down))]
        return row.rupees[_in_band(line.matrix.across.bands, size(line.matrix.across))]
    return line.slab.steps[_in_band(line.slab.steps, size(line.slab))].rupees if line.slab is not None else 0
