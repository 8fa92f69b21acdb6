"""An event as bytes: its canonical record, its salted hash, and the leaf that the log publishes of it.

The log holds only the salted hash and the event's name, so erasing a record and its salt leaves nothing to guess from.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.canonical import canonical, of_parts

BACKUPS = UUID(int=2)
"""The story of all backups, under which the newest is found at once."""

SEARCHES = UUID(int=3)
"""The story of all searches of the record, so that whoever searched is found at once."""
LOG_KEYS = UUID(int=4)
"""The story of the log's keys."""
MOST_FOUND = 5_000
SHORTEST_REASON = 10
"""A reason has at least so many characters: an order's number has."""

RECORD_VERSION = 1
SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that one event states. ``rows`` are ``[table, key, hash or null, revision or null]`` of what was written."""

    id: UUID
    story: UUID
    ordinal: int
    name: str
    version: int
    at: datetime
    office_id: UUID | None
    actor_kind: str
    actor_name: str
    person_id: UUID | None
    charge_id: UUID | None
    post_id: UUID | None
    act_id: UUID
    act: str
    facts: Mapping[str, Any]
    rows: Sequence[Sequence[Any]]
    numbers: Sequence[Sequence[Any]]
    previous: str


def record_bytes(record: Record) -> bytes:
    """Return the canonical JSON of ``record``, headed by the version of this form."""
    return parts_bytes({name: getattr(record, name) for name in Record.__dataclass_fields__})


def parts_bytes(parts: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of a record of which these are all the parts, as :class:`Record` names them.

    Facts, rows and numbers are of JSON's kinds: made by :func:`janaseva.core.canonical.plain`, or read from the record.
    """
    return of_parts({"record_version": RECORD_VERSION, **parts})


def event_hash(*, salt: bytes, record: bytes) -> str:
    """Return SHA-256 over salt and canonical record as 64 hexadecimal digits; the next event of the story names it."""
    return hashlib.sha256(salt + record).hexdigest()


REMAINS: Final = (
    "id", "story", "ordinal", "name", "version", "at", "office_id", "actor_kind", "actor_name", "charge_id", "post_id",
    "act_id", "act", "numbers", "previous", "hash",
)  # fmt: skip
"""What is left of an event once what it tells was erased."""


def remains_hash(events: Iterable[Mapping[str, Any]]) -> str:
    """Return SHA-256 over what remains (:data:`REMAINS`) of erased events, in their order."""
    digest = hashlib.sha256()
    for event in events:
        digest.update(canonical({name: event[name] for name in REMAINS}) + b"\n")
    return digest.hexdigest()


ERASED: Final = "ledger.erased"


def rows_told(name: str, rows: Sequence[Sequence[Any]] | None, facts: Mapping[str, Any] | None) -> list[Sequence[Any]]:
    """Return what one event says of rows: those that its act wrote, and those that an erasure carried on."""
    carried = (facts or {}).get("carried", ()) if name == ERASED else ()
    return [*(rows or ()), *carried]


def leaf_data(*, hash_hex: str, name: str) -> bytes:
    """Return the log's entry for an event: its hash, a space, its name."""
    return f"{hash_hex} {name}".encode("ascii")


def may_search(by: Actor) -> bool:
    """Return whether ``by`` may search the record by who acted: the administrator's command, and posts that audit."""
    return by.may("ledger.search")


def usable_key(key: str) -> bool:
    """Return whether ``key`` can serve as an idempotency key: 1 to 200 printable characters."""
    return 0 < len(key) <= 200 and key.isprintable()  # noqa: PLR2004 - the limit is this line's own
