"""Whether the record can be relied on now: the database answers, is not behind what was published, and has room.

A database that was put back to an earlier moment gives numbers out twice and forgets what people hold acknowledgements
of. So the newest checkpoint is remembered apart from it (``adapters.Memory``), and as long as the two disagree nothing
is written: pages can be read, every act is refused, the worker stands still, and no checkpoint is signed.

Where the log merely stands still, or room runs low but is not out, a row that is taken lasts: then what is handed in is
received (``core.promises.receipt``), the log goes on being published, and everything else waits.
"""

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import Error, OperationalError

from janaseva.core.ids import uuid7
from janaseva.core.promises import use_look
from janaseva.ledger import queries, rules
from janaseva.ledger.adapters import Memory
from janaseva.ledger.handlers import publishing
from janaseva.ledger.handlers.standing import compared, memory
from janaseva.settings import OPTIONS

LOOK_SECONDS: Final = 5.0
LEAST_DISK_BYTES: Final = 64 * 1024 * 1024
"""Below this only receipts are given; below :data:`LEAST_RECEIPT_BYTES` nothing is taken in."""
LEAST_RECEIPT_BYTES: Final = 32 * 1024 * 1024
LATEST_LOG: Final = timedelta(minutes=15)
"""For so long an event may wait for its checkpoint before only receipts are given, as with what is issued."""
DATABASE_DOWN: Final = "database_down"
DISK_FULL: Final = "disk_full"
DISK_LOW: Final = "disk_low"
LOG_LATE: Final = "log_late"

_log = logging.getLogger("janaseva.ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One event that was published and that the database has not: its place, and id, moment and name where known."""

    index: int
    event_id: UUID | None
    at: datetime | None
    name: str


def missing(kept: Memory | None = None) -> Iterator[Missing]:
    """Yield each published event that the database has not, with its name where the log's files still tell it."""
    held, store = kept or memory(), publishing.tile_store()
    found = compared(held)
    for first in range(found.sequenced, found.published, rules.TILE_WIDTH):
        last = min(first + rules.TILE_WIDTH, found.published)
        ids = held.ids(first, last)
        there = queries.leaves_among(ids)
        for place in range(first, last):
            known = ids[place - first] if place - first < len(ids) and ids[place - first].int else None
            if known in there:
                continue  # written, and only its place in the log is lost
            moment = datetime.fromtimestamp((known.int >> 80) / 1000, tz=UTC) if known else None
            yield Missing(index=place, event_id=known, at=moment, name=_name(store.read, place, found.published))


def _name(read: queries.ReadFile, index: int, size: int) -> str:
    """Return the event's name as the log's files have it; empty where they have not."""
    number = index // rules.TILE_WIDTH
    width = rules.width_at(size=size, level=0, number=number)
    bundle = read(rules.tile_path(rules.Place(None, number, width)))
    entries = rules.unbundle(bundle) if bundle else []
    place = index - number * rules.TILE_WIDTH
    return entries[place].decode(errors="replace").partition(" ")[2] if place < len(entries) else ""


def looked() -> str:
    """Look now, and return the code of what is broken."""
    try:
        found = compared()
        waited = queries.unpublished_seconds(uuid7())
    except (OperationalError, Error):
        return DATABASE_DOWN
    if found.code:
        return found.code
    free = shutil.disk_usage(OPTIONS.data_dir).free
    if free < LEAST_DISK_BYTES:
        return DISK_FULL if free < LEAST_RECEIPT_BYTES else DISK_LOW
    return LOG_LATE if waited > LATEST_LOG.total_seconds() else ""


class Watch:
    """Look at most once in :data:`LOOK_SECONDS`, by whichever thread comes first; the others use what it saw."""

    def __init__(self) -> None:
        self._seen = ""
        self._until = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Return the code of what is broken, at most :data:`LOOK_SECONDS` old."""
        if time.monotonic() < self._until:
            return self._seen
        with self._lock:
            if time.monotonic() >= self._until:
                before, self._seen = self._seen, looked()
                self._until = time.monotonic() + LOOK_SECONDS
                if before != self._seen:
                    _log.error("safe mode: %s", self._seen or "over, all promises can be kept again")
        return self._seen


watch = Watch()
use_look(watch)
