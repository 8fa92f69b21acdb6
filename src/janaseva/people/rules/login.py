"""Officers' login names and passwords."""

import re
import unicodedata
from collections.abc import Collection, Container
from datetime import datetime, timedelta
from typing import Final

from janaseva.core.refusal import Fault
from janaseva.core.writing import REPLACEMENT

MIN_PASSWORD_LENGTH: Final = 12
MAX_PASSWORD_LENGTH: Final = 200
"""NIST SP 800-63B: length and not composition rules; the upper bound keeps hashing cheap."""

INITIAL: Final = "initial"
"""What a credential is labelled with whose password was made for the officer and not chosen."""
INITIAL_LIFE: Final = timedelta(days=3)
LOCAL_WORDS: Final = (
    *("janaseva", "sarkar", "government", "governor", "minister", "secretary", "collector", "tahsildar"),
    *("village", "taluk", "tehsil", "district", "revenue", "panchayat", "municipality", "officer", "office", "clerk"),
    *("kerala", "jammu", "kashmir", "sindh", "india", "bharat", "pakistan", "malayalam", "password", "admin"),
)
"""What is tried first where officers of a state sign in; the name of the state comes from the settings."""
_LEAST_BESIDE: Final = 8
_MOST_PARTS: Final = 2
_MOST_DIGITS: Final = 8
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


def local_words(*names: str) -> tuple[str, ...]:
    """Return the words of the place: those of every state, and the parts of these names."""
    parts = (part for name in names for part in re.split(r"\W+", name.casefold()))
    return (*LOCAL_WORDS, *(part for part in parts if len(part) > 3))  # noqa: PLR2004 - "of" is in many words


def is_made_of(plain: str, common: Collection[str]) -> bool:
    """Return whether a text is one or two usual passwords with digits around or between them."""
    letters = re.sub(r"[\W_]+", "", plain)
    if plain in common or letters in common:
        return True
    reached = {(0, 0, False)}
    for end in range(1, len(letters) + 1):
        for start, parts, digits in reached.copy():
            part = letters[start:end]
            if part in common and parts < _MOST_PARTS:
                reached.add((end, parts + 1, digits))
            if part.isdigit() and len(part) <= _MOST_DIGITS and not digits:
                reached.add((end, parts, True))
    return any(place == len(letters) for place, _, _ in reached)


def password_faults(
    password: str,
    *,
    login: str,
    common: Collection[str] = (),
    local: Collection[str] = LOCAL_WORDS,
    lost: Container[str] = (),
) -> tuple[Fault, ...]:
    """Return what is wrong with a new password: its length, or that it is easy to guess.

    It is, where it is made of the login name, of one letter, of words of the place, or of what many choose, and where
    others lost it.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        return (Fault(place="password", code="password_length", facts={"least": MIN_PASSWORD_LENGTH}),)
    if login in password.casefold() or len(set(password)) < 4:  # noqa: PLR2004 - "aaaaaaaaaaab" is no password
        return (Fault(place="password", code="password_too_simple"),)
    plain = rest = password.casefold()
    for word in sorted(local, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != plain and len(re.sub(r"[\W\d_]+", "", rest)) < _LEAST_BESIDE:
        return (Fault(place="password", code="password_of_the_place"),)
    return (Fault(place="password", code="password_common"),) if password in lost or is_made_of(plain, common) else ()


def is_over(label: str, made_at: datetime, at: datetime) -> bool:
    """Return whether a password that was made for an officer was not used in its time."""
    return label == INITIAL and at >= made_at + INITIAL_LIFE
