"""One-time codes: the six digits sent to a phone, and the six digits of an authenticator (TOTP, RFC 6238)."""

import hmac
import unicodedata
from datetime import datetime, timedelta
from typing import Final

import pyotp

CODE_DIGITS: Final = 6
CODE_LIFE: Final = timedelta(minutes=5)
CODE_TRIES: Final = 5
"""Five tries at one of 10^6 codes: a guesser succeeds with at most 5 in a million, each time a code was asked for."""

SECOND_STEP_LIFE: Final = timedelta(minutes=5)
TOTP_SECONDS: Final = 30
TOTP_DRIFT_STEPS: Final = 1
"""RFC 6238 §5.2 recommends one step for delay on the way."""


def code_of(number: int) -> str:
    """Return the code for a random number below 10^6: six digits, zeros in front."""
    return f"{number:0{CODE_DIGITS}d}"


def tidy_code(given: str) -> str:
    """Return the digits of what was typed, in ASCII whatever the keyboard; other than six digits come back empty."""
    digits = "".join(str(unicodedata.decimal(sign)) for sign in given[:64] if sign.isdecimal())
    return digits if len(digits) == CODE_DIGITS else ""


def is_open(ends_at: datetime, used_at: datetime | None, tries: int, at: datetime) -> bool:
    """Return whether a challenge may still be answered: in time, not yet answered, with tries left."""
    return used_at is None and tries < CODE_TRIES and at < ends_at


def totp_at(seed: str, at: datetime) -> str:
    """Return the authenticator's code at a moment."""
    return pyotp.TOTP(seed, interval=TOTP_SECONDS).at(int(at.timestamp()))


def totp_step(seed: str, code: str, *, at: datetime, after: int) -> int | None:
    """Return the time step whose code this is, or ``None``.

    Only steps later than ``after``, the last one accepted, count: a code is good once (RFC 6238 §5.2). Every step of
    the window is computed and compared in constant time, whichever matches.
    """
    generator = pyotp.TOTP(seed, interval=TOTP_SECONDS)
    now = int(at.timestamp()) // TOTP_SECONDS
    matched = None
    for step in range(now - TOTP_DRIFT_STEPS, now + TOTP_DRIFT_STEPS + 1):
        same = hmac.compare_digest(generator.at(step * TOTP_SECONDS), code)
        if same and step > after and matched is None:
            matched = step
    return matched
