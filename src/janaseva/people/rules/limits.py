"""Allowances: so many in a window, then wait. Unknown numbers and logins spend as known ones do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many of one thing within one window of time."""

    name: str
    most: int
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """How much was spent since when."""

    since_at: datetime
    spent: int


CODES: Final = Allowance(name="codes", most=5, window=timedelta(hours=1))
"""Codes sent to one number; guards the number's owner against a flood and the state against its cost."""

WRONG_CODES: Final = Allowance(name="wrong_codes", most=20, window=timedelta(hours=6))
"""Wrong codes for one number: a guesser has at most 80 tries a day in all, 8 in 100,000 to succeed. The window is not
longer, because a stranger could otherwise keep a number's owner out for as long."""

PASSWORDS: Final = Allowance(name="passwords", most=10, window=timedelta(minutes=15))
"""Wrong passwords for one login name. The wait is short, so that a stranger cannot lock an officer out for long."""

SAME_PASSWORD: Final = Allowance(name="same_password", most=10, window=timedelta(hours=1))
"""Logins on which one wrong password was tried: who tries one password on many is stopped by the password, and no
officer is locked out by it."""

SEARCHES: Final = Allowance(name="searches", most=60, window=timedelta(hours=1))
"""Numbers that one officer looks up. Whose work comes over the desk needs few; whoever gathers needs many."""

SECOND_STEPS: Final = Allowance(name="second_steps", most=10, window=timedelta(hours=1))
"""Wrong second steps for one person who gave the right password."""


def wait_seconds(allowance: Allowance, spending: Spending | None, at: datetime) -> int:
    """Return how long to wait before the next, 0 where the allowance is not spent."""
    if spending is None or spending.spent < allowance.most:
        return 0
    left = spending.since_at + allowance.window - at
    return max(0, -(-int(left.total_seconds() * 1000) // 1000))


def spend(allowance: Allowance, spending: Spending | None, at: datetime) -> Spending:
    """Return the spending after one more; a window that has passed begins anew."""
    if spending is None or at >= spending.since_at + allowance.window:
        return Spending(since_at=at, spent=1)
    return Spending(since_at=spending.since_at, spent=spending.spent + 1)
