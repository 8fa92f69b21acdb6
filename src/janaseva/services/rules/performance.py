"""How services go, as numbers: how long decisions took, and where what waits stands against its promise."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

Period = Literal[30, 90, 365]
Band = Literal["ahead", "soon", "late_7", "late_30", "late_more", "undated"]

PERIODS: Final[tuple[Period, ...]] = (30, 90, 365)
"""The last so many days."""

BANDS: Final[tuple[Band, ...]] = ("ahead", "soon", "late_7", "late_30", "late_more", "undated")
"""More than a week before the promised day, in the last week, late by up to 7, 30 or more days, no day promised."""

LATE: Final[frozenset[Band]] = frozenset({"late_7", "late_30", "late_more"})
MEDIAN: Final = 5
NINETIETH: Final = 9
WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
TENTHS: Final = 10


def edges(at: datetime) -> Mapping[Band, tuple[datetime | None, datetime | None]]:
    """Return of each dated band between which due dates it lies: the first included, the last excluded."""
    return {
        "ahead": (at + WEEK, None),
        "soon": (at, at + WEEK),
        "late_7": (at - WEEK, at),
        "late_30": (at - MONTH, at - WEEK),
        "late_more": (None, at - MONTH),
    }


def band(due_at: datetime | None, at: datetime) -> Band:
    """Return where something that waits stands against its promise."""
    if due_at is None:
        return "undated"
    return next(
        name
        for name, (after, until) in edges(at).items()
        if (after is None or due_at >= after) and (until is None or due_at < until)
    )


def tenth(counted: Mapping[int, int], tenths: int) -> int | None:
    """Return the value at or below which so many tenths of all lie; ``counted`` says how often each value was found.

    It is always a value that was found (the nearest rank), so the median of an even number is the lower middle one.
    """
    number = sum(counted.values())
    if not number:
        return None
    rank = max(1, -(-number * tenths // TENTHS))
    for value in sorted(counted):
        rank -= counted[value]
        if rank <= 0:
            return value
    return None
