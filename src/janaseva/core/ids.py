"""Identifiers made by the application: ordered ones for rows, random ones for strangers to hold."""

import base64
import os
import secrets
import struct
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID, SafeUUID

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_B_BITS = 62
_MOST_KNOWN: Final = 4096
_AT_ONCE: Final = 128
"""So many random numbers are drawn at once."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_drawn: Iterator[int] = iter(())

_SET_INT: Final = UUID.__dict__["int"].__set__
_SET_SAFE: Final = UUID.__dict__["is_safe"].__set__
_UNKNOWN: Final = SafeUUID.unknown
_lock = threading.Lock()
_last = 0


def _draw() -> None:
    """Draw random bits for the next identifiers at once: to ask the system for each costs more than all the rest."""
    global _drawn  # noqa: PLW0603 - see uuid7
    drawn = os.urandom(8 * _AT_ONCE)
    _drawn = iter([number >> (64 - _RANDOM_B_BITS) for (number,) in struct.iter_unpack(">Q", drawn)])


def _forget() -> None:
    """Draw anew in a process that was split off, which would else give the same identifiers as the other."""
    global _drawn  # noqa: PLW0603 - see uuid7
    _drawn = iter(())


os.register_at_fork(after_in_child=_forget)


def _of(number: int) -> UUID:
    """Return the UUID of a number known to have at most 128 bits; the constructor looks at six arguments first."""
    made = UUID.__new__(UUID)
    _SET_INT(made, number)
    _SET_SAFE(made, _UNKNOWN)
    return made


@lru_cache(maxsize=_MOST_KNOWN)
def from_hex(digits: str) -> UUID:
    """Return the UUID that a database keeps as 32 hexadecimal digits; an act reads those of its matter many times.

    Raises:
        ValueError: where these are not 32 of them.

    """
    if len(digits) != 32:  # noqa: PLR2004 - 128 bits
        return UUID(digits)
    return _of(int(digits, 16))


def uuid7() -> UUID:
    """Return a UUID version 7 (RFC 9562 §5.7), strictly increasing within this process.

    The 12 bits after the millisecond hold sub-millisecond time (method 3 of §6.2), so rows made one after the
    other keep their order and index pages stay warm.
    """
    global _last  # noqa: PLW0603 - monotonicity needs one memory per process
    with _lock:
        stamp = (time.time_ns() << 12) // 1_000_000
        if stamp <= _last:
            stamp = _last + 1
        _last = stamp
        random_b = next(_drawn, None)
        if random_b is None:
            _draw()
            random_b = next(_drawn)
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random_b
    return _of(value)


def earliest(at: datetime) -> UUID:
    """Return what comes before every identifier that :func:`uuid7` makes from a moment on, and after all before it."""
    return _of((at - _EPOCH) // timedelta(milliseconds=1) << 80)


def public_code(*, length: int = 8) -> str:
    """Return a random code that a person can read aloud: Crockford's base 32, no I, L, O or U."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(length))


def authenticator_seed() -> str:
    """Return 160 random bits in base 32, from which an authenticator makes its codes (RFC 4226 §4)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def secret_token() -> str:
    """Return 128 random bits as URL-safe text, for addresses and cookies that a stranger must not guess."""
    return secrets.token_urlsafe(16)
