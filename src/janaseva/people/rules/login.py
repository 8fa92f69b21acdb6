"""Officers' login names and passwords."""

import re
import unicodedata
from typing import Final

from janaseva.core.refusal import Fault
from janaseva.core.writing import REPLACEMENT

MIN_PASSWORD_LENGTH: Final = 12
MAX_PASSWORD_LENGTH: Final = 200
"""NIST SP 800-63B: length and not composition rules; the upper bound keeps hashing cheap."""

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,63}")


def tidy_login(given: str) -> str:
    """Return the login name as it is looked up: full-width and capital letters no longer differ.

    What no login name holds and no database can look for (NUL, halves of surrogate pairs) becomes U+FFFD.
    """
    plain = "".join(sign if sign.isprintable() else REPLACEMENT for sign in given[:200].strip())
    return unicodedata.normalize("NFKC", plain).strip().casefold()[:64]


def tidy_password(given: str) -> str:
    """Return the password as it is hashed: NFKC, as NIST SP 800-63B advises, so that keyboards do not differ.

    What is longer than any password may be, or no text at all, comes back empty and matches nothing.
    """
    if len(given) > MAX_PASSWORD_LENGTH or any("\ud800" <= sign <= "\udfff" for sign in given):
        return ""
    return unicodedata.normalize("NFKC", given)


def login_faults(login: str) -> tuple[Fault, ...]:
    """Return what is wrong with a new login name."""
    return () if _LOGIN.fullmatch(login) else (Fault(place="login", code="login_not_valid"),)


def password_faults(password: str, *, login: str) -> tuple[Fault, ...]:
    """Return what is wrong with a new password: too short, too long, or made of the login name or one letter."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        return (Fault(place="password", code="password_length", facts={"least": MIN_PASSWORD_LENGTH}),)
    if login in password.casefold() or len(set(password)) < 4:  # noqa: PLR2004 - "aaaaaaaaaaab" is no password
        return (Fault(place="password", code="password_too_simple"),)
    return ()
