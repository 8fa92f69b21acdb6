"""One way to write a value as bytes, so that the same facts have the same hash for ever and in every database."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any, Final
from uuid import UUID

from janaseva.core.secret import Secret, keyed_hash


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


_SAME: Final = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """Return ``value`` as JSON kinds only: bytes as SHA-256, secrets as a keyed hash, moments in UTC, sets sorted.

    Raises:
        TypeError: for a float (money and measures are integers here) or any kind without one fixed form.

    """
    kind = type(value)
    if kind in _SAME:
        return value
    if kind is dict:  # said here, and not in a function of its own: what is deep needs few frames
        return {str(key): item if type(item) in _SAME else plain(item) for key, item in value.items()}
    if kind is list:
        return [item if type(item) in _SAME else plain(item) for item in value]
    if kind is UUID:
        return str(value)
    return _plain(value)


def _plain(value: Any) -> Any:  # noqa: C901, PLR0911 - one return a kind of value reads best
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return plain(value.value)
        case str():
            return str(value)
        case datetime():
            return _moment(value)
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case Secret():
            return "secret:" + keyed_hash("canonical", value.reveal())
        case bytes() | bytearray() | memoryview():
            return "sha256:" + hashlib.sha256(bytes(value)).hexdigest()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(plain(item) for item in value)
        case list() | tuple():
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {part.name: plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    message = f"no canonical form for {type(value).__name__}"
    raise TypeError(message)


def canonical(value: Any) -> bytes:
    """Return ``value`` as canonical JSON: keys sorted, no spaces, UTF-8 as is."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", errors="surrogatepass")


def sha256_hex(value: Any) -> str:
    """Return the SHA-256 of the canonical form as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
