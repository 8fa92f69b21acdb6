"""Numbers with a point in the rule language: how CEL carries them, and what it may do with them.

CEL knows fractions of powers of two alone, which is no way to reckon hectares. So a number with a point travels as a
map with one entry, ``{true: "15/2"}``, a type that nothing else here has; every operator on it is ours, and exact. Only
a scope that knows such numbers has any of this.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from cel_expr_python import cel

from janaseva.core import decimals
from janaseva.core.formula_rows import blank

TYPE: Final = cel.Type.Map(cel.Type.BOOL, cel.Type.STRING)
CALLED: Final = ("map(bool, string)", "map<bool, string>")
"""What CEL calls the type in its faults; a definer calls it decimal."""

LITERAL: Final = re.compile(r"(?<![\w.])[0-9]+\.[0-9]+(?![\w.])")
"""A number with a point as it stands in a formula."""
_LONGEST: Final = 400
"""Digits above or below the line: a formula that multiplies beyond this is a slip, not a fee."""

_INT, _TEXT, _YES, _ANY = cel.Type.INT, cel.Type.STRING, cel.Type.BOOL, cel.Type.DYN
_PAIRS: Final = ((TYPE, TYPE), (TYPE, _INT), (_INT, TYPE))


def carried(value: Fraction) -> dict[bool, str]:
    """Return a number as CEL carries it.

    Raises:
        ValueError: where it has grown beyond all measure.

    """
    text = str(value)
    if len(text) > _LONGEST:
        message = "the number has grown beyond all measure"
        raise ValueError(message)
    return {True: text}


def uncarried(value: Any) -> Any:
    """Return what CEL answered, a carried number as a fraction."""
    return Fraction(value[True]) if isinstance(value, Mapping) and True in value else value


def literals(text: str) -> list[tuple[int, str]]:
    """Return what to insert where, so that each number with a point in a formula is one of ours."""
    found = [match.span() for match in LITERAL.finditer(blank(text))]
    return [part for start, end in found for part in ((start, 'decimal("'), (end, '")'))]


def _read(text: str) -> Fraction:
    value = decimals.exact(text)
    if value is None:
        message = f"'{text[:40]}' is no number with a point"
        raise ValueError(message)
    return value


def _way(text: str) -> Any:
    if text not in decimals.WAYS:
        message = f"'{text[:40]}' is no way to round: write 'up', 'down' or 'nearest'"
        raise ValueError(message)
    return text


def _number(value: Any) -> Fraction | int:
    found: Any = uncarried(value)
    if isinstance(found, Fraction):
        return found
    if isinstance(found, int) and not isinstance(found, bool):
        return int(found)
    message = "only numbers can be counted together"
    raise ValueError(message)


def _places(count: int) -> int:
    if not 0 <= count <= decimals.MOST_PLACES:
        message = f"a number has 0 to {decimals.MOST_PLACES} digits after the point"
        raise ValueError(message)
    return count


def _operator(name: str, sign: str, work: Callable[[Any, Any], Any], answer: Any) -> cel.FunctionDecl:
    def worked(left: Any, right: Any) -> Any:
        result = work(_number(left), _number(right))
        return result if isinstance(result, bool) else carried(Fraction(result))

    return cel.FunctionDecl(
        sign,
        [cel.Overload(f"janaseva_{name}_{number}", return_type=answer, parameters=list(pair), impl=worked)
         for number, pair in enumerate(_PAIRS)],
    )  # fmt: skip


def _divided(left: Any, right: Any) -> Fraction:
    return Fraction(left) / Fraction(right)


OPERATORS: Final = cel.CelExtension(
    "janaseva_decimals",
    [
        _operator("plus", "_+_", operator.add, TYPE),
        _operator("minus", "_-_", operator.sub, TYPE),
        _operator("times", "_*_", operator.mul, TYPE),
        _operator("by", "_/_", _divided, TYPE),
        _operator("less", "_<_", operator.lt, _YES),
        _operator("at_most", "_<=_", operator.le, _YES),
        _operator("more", "_>_", operator.gt, _YES),
        _operator("at_least", "_>=_", operator.ge, _YES),
        cel.FunctionDecl("-_", [cel.Overload("janaseva_negative", return_type=TYPE, parameters=[TYPE],
                                             impl=lambda value: carried(-Fraction(_number(value))))]),
    ],
)  # fmt: skip


def _overloads(name: str, *ways: tuple[Sequence[Any], Any, Callable[..., Any] | None]) -> cel.FunctionDecl:
    return cel.FunctionDecl(
        name,
        [cel.Overload(f"janaseva_{name}_{number}", return_type=answer, parameters=list(takes),
                      **({} if work is None else {"impl": work}))
         for number, (takes, answer, work) in enumerate(ways)],
    )  # fmt: skip


def _together(work: Callable[[list[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
    def worked(values: Sequence[Any]) -> Any:
        result = work([_number(value) for value in values])
        return carried(result) if isinstance(result, Fraction) else result

    return worked


_OF_LISTS: Final = {"sum": _together(sum), "largest": _together(max), "smallest": _together(min)}

FUNCTIONS: Final = (
    _overloads(
        "decimal",
        ([_TEXT], TYPE, lambda text: carried(_read(text))),
        ([_INT], TYPE, lambda number: carried(Fraction(number))),
        ([TYPE], TYPE, lambda value: value),
    ),
    _overloads(
        "rounded",
        ([TYPE, _INT, _TEXT], TYPE,
         lambda value, places, way: carried(decimals.rounded(uncarried(value), _places(places), _way(way)))),
    ),
    _overloads("whole", ([TYPE, _TEXT], _INT, lambda value, way: decimals.whole(uncarried(value), _way(way)))),
    _overloads(
        "written",
        ([TYPE, _INT], _TEXT, lambda value, places: decimals.written(uncarried(value), _places(places))),
    ),
)  # fmt: skip
"""What a formula may call besides, where numbers with a point are known."""

CHECKED: Final = tuple(
    _overloads(name, ([cel.Type.List(_INT)], _INT, work), ([cel.Type.List(TYPE)], TYPE, None))
    for name, work in _OF_LISTS.items()
)
"""Sums by the kind of what is summed: with these a formula is checked. CEL runs one of two that take lists."""
RUN: Final = tuple(_overloads(name, ([cel.Type.List(_ANY)], _ANY, work)) for name, work in _OF_LISTS.items())
"""The same as they run, once a formula was checked."""

NAMES: Final = ("decimal", "rounded", "whole", "written")
