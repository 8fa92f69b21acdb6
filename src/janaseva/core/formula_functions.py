"""The functions of the rule language, beyond CEL's own: days, years, rupees, sums, working days, places, texts."""

import calendar as months
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, Protocol

from cel_expr_python import cel


class Calendar(Protocol):
    """What the caller lends for working days."""

    def is_open(self, day: date, /) -> bool:
        """Return whether the office is open on this day."""


class Places(Protocol):
    """What the caller lends for areas."""

    def within(self, area: str, outer: str, /) -> bool:
        """Return whether ``area`` (``scheme:code``) is ``outer`` or lies in it."""


class Lent(NamedTuple):
    """What the caller lends to formulas: the working days, and which area lies in which."""

    calendar: Calendar | None
    places: Places | None


_NOTHING: Final = Lent(None, None)
_lent: Final[ContextVar[Lent]] = ContextVar("janaseva_formula_lent", default=_NOTHING)


def lending(lent: Lent, evaluate: Callable[[Any], Any], activation: Any) -> Any:
    """Return what ``evaluate`` makes of an activation while this is lent to the functions that it calls."""
    token = _lent.set(lent)
    try:
        return evaluate(activation)
    finally:
        _lent.reset(token)


FURTHEST_DAYS: Final = 366 * 50
"""How many days working days are counted over at most."""


def years_between(earlier: date, later: date) -> int:
    """Return full years, as ages are counted: one born on 29 February is a year older on 1 March."""
    years = later.year - earlier.year
    return years - ((later.month, later.day) < (earlier.month, earlier.day))


def months_between(earlier: date, later: date) -> int:
    """Return full months."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


def add_months(day: date, count: int) -> date:
    """Return the same day so many months later, or the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not date.min.year <= year <= date.max.year:
        message = "the date lies outside the calendar"
        raise ValueError(message)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def working_days_between(earlier: date, later: date) -> int:
    """Return the working days after ``earlier`` up to and with ``later``, by the calendar that the caller lent."""
    calendar = _lent.get().calendar
    if calendar is None:
        message = "no calendar was lent"
        raise ValueError(message)
    count = (later - earlier).days
    if abs(count) > FURTHEST_DAYS:
        message = "the dates lie too far apart to count working days"
        raise ValueError(message)
    step = 1 if count >= 0 else -1
    return step * sum(calendar.is_open(earlier + timedelta(days=step * n)) for n in range(1, abs(count) + 1))


def _within(area: str, outer: str) -> bool:
    places = _lent.get().places
    if places is None:
        message = "no directory of areas was lent"
        raise ValueError(message)
    return places.within(area, outer)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _integers(values: Sequence[Any]) -> list[int]:
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        message = "only whole numbers can be counted together"
        raise ValueError(message)
    return list(values)


def _joined(values: Sequence[Any], between: str) -> str:
    if not values or not all(isinstance(value, str) for value in values):
        message = "there is no text to join"
        raise ValueError(message)
    return between.join(values)


def _function(name: str, answer: cel.Type, takes: Sequence[cel.Type], work: Callable[..., Any]) -> cel.FunctionDecl:
    return cel.FunctionDecl(
        name, [cel.Overload(f"janaseva_{name}", return_type=answer, parameters=list(takes), impl=work)]
    )


_DAY, _INT, _TEXT, _YES = cel.Type.TIMESTAMP, cel.Type.INT, cel.Type.STRING, cel.Type.BOOL
_INTS, _TEXTS = cel.Type.List(_INT), cel.Type.List(_TEXT)

FUNCTIONS: Final[list[cel.FunctionDecl]] = [
    _function("date", _DAY, [_TEXT], lambda text: _at(date.fromisoformat(text))),
    _function("years_between", _INT, [_DAY, _DAY], lambda a, b: years_between(a.date(), b.date())),
    _function("months_between", _INT, [_DAY, _DAY], lambda a, b: months_between(a.date(), b.date())),
    _function("days_between", _INT, [_DAY, _DAY], lambda a, b: (b.date() - a.date()).days),
    _function("working_days_between", _INT, [_DAY, _DAY], lambda a, b: working_days_between(a.date(), b.date())),
    _function("add_days", _DAY, [_DAY, _INT], lambda day, n: _at(day.date() + timedelta(days=n))),
    _function("add_months", _DAY, [_DAY, _INT], lambda day, n: _at(add_months(day.date(), n))),
    _function("add_years", _DAY, [_DAY, _INT], lambda day, n: _at(add_months(day.date(), 12 * n))),
    _function("rupees", _INT, [_INT], lambda rupees: rupees * 100),
    _function("sum", _INT, [_INTS], lambda values: sum(_integers(values))),
    _function("largest", _INT, [_INTS], lambda values: max(_integers(values))),
    _function("smallest", _INT, [_INTS], lambda values: min(_integers(values))),
    _function("within", _YES, [_TEXT, _TEXT], _within),
    _function("earlier", _DAY, [_DAY, _DAY], min),
    _function("later", _DAY, [_DAY, _DAY], max),
    _function("joined", _TEXT, [_TEXTS, _TEXT], _joined),
]
"""Declared once; every scope has them."""

NAMES: Final = (
    "date", "years_between", "months_between", "days_between", "working_days_between", "add_days", "add_months",
    "add_years", "rupees", "sum", "largest", "smallest", "within", "earlier", "later", "joined",
)  # fmt: skip
