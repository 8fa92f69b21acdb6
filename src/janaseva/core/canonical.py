"""One way to write a value as bytes, so that the same facts have the same hash for ever and in every database."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final, NoReturn, TypeVar, cast
from uuid import UUID

import orjson

from janaseva.core.secret import Secret, keyed_hash

T = TypeVar("T")


def of_last(write: Callable[[datetime], str]) -> Callable[[datetime], str]:
    """Return ``write``, remembering what it wrote last: an act writes its own moment many times."""
    held: tuple[datetime | None, str] = (None, "")

    def written(moment: datetime) -> str:
        nonlocal held
        last, text = held
        if last is not moment:
            text = write(moment)
            held = moment, text
        return text

    return written


@of_last
def _moment(value: datetime) -> str:
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


_SAME: Final = frozenset({str, int, bool, type(None)})
_WRITTEN: Final = _SAME | {UUID}
"""What the writer in C writes as :func:`plain` and Python's do."""


def plain(value: Any) -> Any:
    """Return ``value`` as JSON kinds only: bytes as SHA-256, secrets as a keyed hash, moments in UTC, sets sorted.

    Raises:
        TypeError: for a float (money and measures are integers here) or any kind without one fixed form.

    """
    kind: Any = type(value)
    if kind in _SAME:
        return value
    if kind is dict:  # said here, and not in a function of its own: what is deep needs few frames
        return {str(key): item if type(item) in _SAME else plain(item) for key, item in value.items()}
    if kind is list:
        return [item if type(item) in _SAME else plain(item) for item in value]
    return _writer(kind)(value)


_WRITERS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...]] = (
    ((bool, int), lambda value: value),
    (Enum, lambda value: plain(value.value)),
    (str, str),
    (datetime, _moment),
    ((date, time), lambda value: value.isoformat()),
    (UUID, str),
    (Secret, lambda value: "secret:" + keyed_hash("canonical", value.reveal())),
    ((bytes, bytearray, memoryview), lambda value: "sha256:" + hashlib.sha256(bytes(value)).hexdigest()),
    (Mapping, lambda value: {str(key): plain(item) for key, item in value.items()}),
    ((set, frozenset), lambda value: sorted(plain(item) for item in value)),
    ((list, tuple), lambda value: [plain(item) for item in value]),
)
"""How values are written that are not of JSON's own kinds, the first that fits."""


@cache
def _writer(kind: type) -> Callable[[Any], Any]:
    for kinds, write in _WRITERS:
        if issubclass(kind, kinds):
            return write
    if dataclasses.is_dataclass(kind):
        names = tuple(part.name for part in dataclasses.fields(kind))
        return lambda value: {
            name: item if type(item := getattr(value, name)) in _SAME else plain(item) for name in names
        }
    message = f"no canonical form for {kind.__name__}"
    raise TypeError(message)


@cache
def writing(kind: type) -> Callable[[Any], Any] | None:
    """Return what makes of a column's value of this kind what is hashed; nothing where that is the value itself."""
    if kind in _WRITTEN:
        return None
    if kind is Shared or kind is Plain:
        return lambda value: value.once(_as_written)
    return _moment if kind is datetime else plain


def of_columns(columns: dict[str, Any]) -> str:
    """Return the SHA-256 of a row's columns, as :func:`sha256_hex` does, with what rows share written once."""
    return of_written({name: as_hashed(value) for name, value in columns.items()}) or sha256_hex(columns)


def as_hashed(value: Any) -> Any:
    """Return a column's value as it is hashed."""
    kind: Any = type(value)
    write = writing(kind)
    return value if write is None else write(value)


def of_written(made: dict[str, Any]) -> str | None:
    """Return the SHA-256 of columns that were made so by :func:`writing`; nothing where the quick writer cannot."""
    try:
        return hashlib.sha256(orjson.dumps(made, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:
        return None


def of_parts(parts: dict[str, Any]) -> bytes:
    """Return the canonical form of an object whose lists and objects are :func:`plain` already, as JSON's own are."""
    made = {
        name: value
        if (kind := type(value)) in _WRITTEN or kind is dict or kind is list
        else value.once(_as_written)
        if kind is Plain
        else plain(value)
        for name, value in parts.items()
    }
    try:
        return orjson.dumps(made, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return canonical(parts)


def canonical(value: Any) -> bytes:
    """Return ``value`` as canonical JSON: keys sorted, no spaces, UTF-8 as is."""
    made = plain(value)
    try:
        return orjson.dumps(made, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # halves of surrogate pairs, and integers beyond 64 bits
        return slowly(made).encode("utf-8", errors="surrogatepass")


def slowly(made: Any) -> str:
    """Return the canonical JSON of what is :func:`plain` by Python's own encoder, which takes everything."""
    return json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class Shared(dict[str, Any]):
    """A JSON object that many rows hold alike, parsed once for all of them; nobody alters it.

    What is made of it, its canonical form among that, is made once.
    """

    __slots__ = ("_made",)
    _made: dict[Any, Any]

    def once(self, make: Callable[["Shared"], T]) -> T:
        """Return what ``make`` returns of this, as it was made the first time."""
        try:
            made = self._made
        except AttributeError:
            made = self._made = {}
        found = made.get(make)
        if found is None:
            found = made[make] = make(self)
        return cast("T", found)

    def __setitem__(self, name: str, value: Any) -> NoReturn:
        """Refuse: other rows hold it, too."""
        message = "what many rows share is not altered: make a dict of it first"
        raise TypeError(message)


class Plain(Shared):
    """A JSON object known to be :func:`plain` through and through, which is written several times as it is."""

    __slots__ = ()


def _as_written(value: Shared) -> orjson.Fragment:
    if type(value) is Plain:
        try:
            return orjson.Fragment(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
        except TypeError:  # see canonical
            pass
    return orjson.Fragment(canonical(dict(value)))


@lru_cache(maxsize=512)
def shared(text: str) -> Any:
    """Return what a text of JSON holds; of an object, the same one for the same text."""
    value = read_json(text)
    return Shared(value) if type(value) is dict else value


_LONG_DIGITS: Final = 18
_LONG: Final = re.compile(rf"[0-9]{{{_LONG_DIGITS}}}")
"""Digits of what may be an integer beyond 64 bits, which the quick reader would take for a float."""


def read_json(text: str) -> Any:
    """Return what Python's own reader of JSON makes of a text, in a fifth of its time."""
    if len(text) < _LONG_DIGITS or _LONG.search(text) is None:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # halves of surrogate pairs, NaN; or a fault, which is told as ever
    return json.loads(text)


def written_json(value: Any) -> str:
    """Return a value of JSON kinds as JSON for a column, in the order of its keys."""
    return value.once(_text) if isinstance(value, Shared) else _text(value)


def _text(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def sha256_hex(value: Any) -> str:
    """Return the SHA-256 of the canonical form as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
