"""Numbers with a point, exact: fractions while they are reckoned with, text such as ``12.50`` where they are kept.

Nothing is ever rounded on the way. Where a result is kept or charged, whoever wrote the rule has written which way it
is rounded: ``up``, ``down`` or ``nearest`` (a half goes up, away from nought).
"""

import re
from fractions import Fraction
from typing import Final, Literal

from janaseva.core.money import grouped

Way = Literal["up", "down", "nearest"]
WAYS: Final = ("up", "down", "nearest")

MOST_PLACES: Final = 6
"""Digits after the point that a field may ask for."""
MOST_DIGITS: Final = 12
"""Digits before the point."""

_KEPT: Final = re.compile(rf"-?(?:0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}})(?:\.[0-9]{{1,{MOST_PLACES}}})?\Z")
_HALF: Final = Fraction(1, 2)


def exact(value: object) -> Fraction | None:
    """Return a kept number (``"12.50"``, or a whole one) as a fraction; ``None`` where it is not one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value) if abs(value) < 10**MOST_DIGITS else None
    return Fraction(value) if isinstance(value, str) and _KEPT.match(value) else None


def whole(value: Fraction, way: Way) -> int:
    """Return the whole number that a rule of rounding makes of this one; below nought as above it, mirrored."""
    size = abs(value)
    down = size.numerator // size.denominator
    rest = size - down
    up = rest > 0 if way == "up" else rest >= _HALF if way == "nearest" else False
    return (down + up) * (-1 if value < 0 else 1)


def rounded(value: Fraction, places: int, way: Way) -> Fraction:
    """Return the number with at most so many digits after the point."""
    return Fraction(whole(value * 10**places, way), 10**places)


def fits(value: Fraction, places: int) -> bool:
    """Return whether the number has no more digits after the point than these, and is not beyond what is kept."""
    return (value * 10**places).denominator == 1 and abs(value) < 10**MOST_DIGITS


def written(value: Fraction, places: int) -> str:
    """Return the number with exactly so many digits after the point.

    Raises:
        ValueError: where it has more; it is never rounded by being written.

    """
    scaled = value * 10**places
    if scaled.denominator != 1:
        message = f"the number has more than {places} digits after the point: round it first"
        raise ValueError(message)
    digits = str(abs(scaled.numerator)).zfill(places + 1)
    head, tail = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{'-' if value < 0 else ''}{head}{'.' if places else ''}{tail}"


def shortest(value: Fraction) -> str | None:
    """Return the number with as few digits as it has; ``None`` where they never end."""
    places = 0
    rest = value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    return written(value, places) if rest == 1 else None


def said(text: str) -> str:
    """Return a kept number as people read it, its whole part with lakh grouping: ``1,20,000.50``."""
    head, point, tail = text.partition(".")
    sign = "-" if head.startswith("-") else ""
    return f"{sign}{grouped(int(head.removeprefix('-')))}{point}{tail}"
