"""What the events say must be there: the last hash of every row, and every number given.

A state has tens of millions of rows, more than fit the memory of a small server: they are kept in a database of
SQLite's own that has no name. It stays in memory while it is small, lies on disk where it is not (``TMPDIR``, else
``/var/tmp``), and is gone with the audit, however that ends.
"""

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

_REMOVED: Final = 1 << 62
"""The revision under which a removal is remembered: nothing comes after it, since keys are never used again."""
_AT_ONCE: Final = 10_000
_NO_ROOM: Final = (
    "no room for what the audit remembers, some 110 bytes a recorded row: name a folder with room in TMPDIR"
)
_LARGEST: Final = (1 << 63) - 1
"""What a number that somebody altered beyond it is remembered as."""
_MADE: Final = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
    CREATE TABLE row (
        label TEXT, key BLOB, revision INTEGER, hash BLOB, event BLOB, PRIMARY KEY (label, key)
    ) WITHOUT ROWID;
    CREATE TABLE number (
        series TEXT, year INTEGER, value INTEGER, event BLOB, times INTEGER, PRIMARY KEY (series, year, value)
    ) WITHOUT ROWID;
"""
"""Of its pages 64 MB stay in memory."""
_KEEP_ROW: Final = (
    "INSERT INTO row VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
    "SET revision = excluded.revision, hash = excluded.hash, event = excluded.event WHERE revision <= excluded.revision"
)
_KEEP_NUMBER: Final = (
    "INSERT INTO number VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE "
    "SET times = times + 1, event = max(event, excluded.event)"
)


class Seen(NamedTuple):
    """The last word of the record about one row; ``hash`` is ``None`` where the row was removed."""

    revision: int
    hash: bytes | None
    event: bytes

    @property
    def event_id(self) -> UUID:
        """Return the event that recorded it."""
        return UUID(bytes=self.event)


class Memory:
    """The rows and numbers of all events read so far, in whatever order they were read.

    Raises:
        OSError: by whatever is asked of it, where the disk has no room for it.

    """

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._kept.executescript(_MADE)
        self._rows: list[tuple[Any, ...]] = []
        self._numbers: list[tuple[Any, ...]] = []

    def __enter__(self) -> Self:
        """Return it; it is forgotten at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget everything."""
        self._kept.close()

    def keep_rows(self, event: UUID, rows: Sequence[Sequence[Any]]) -> None:
        """Remember the rows of one event where it is the last to record them."""
        for label, key, digest, revision in rows:
            order = _REMOVED if revision is None else min(revision, _REMOVED)
            self._rows.append((label, UUID(key).bytes, order, bytes.fromhex(digest) if digest else None, event.bytes))
        if len(self._rows) >= _AT_ONCE:
            self._write()

    def keep_numbers(self, event: UUID, numbers: Sequence[Sequence[Any]]) -> None:
        """Remember the numbers of one event, and each that another event gave too."""
        self._numbers += [(series, year, min(value, _LARGEST), event.bytes) for series, year, value in numbers]
        if len(self._numbers) >= _AT_ONCE:
            self._write()

    def _write(self) -> None:
        try:
            self._kept.execute("BEGIN")
            self._kept.executemany(_KEEP_ROW, self._rows)
            self._kept.executemany(_KEEP_NUMBER, self._numbers)
            self._kept.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            raise OSError(errno.ENOSPC, _NO_ROOM) from error
        self._rows, self._numbers = [], []

    def _asked(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self._rows or self._numbers:
            self._write()
        return self._kept.execute(sql, values)

    def seen(self, label: str, key: UUID) -> Seen | None:
        """Return the last word about one row, or ``None`` where no event recorded it."""
        row = self._asked("SELECT revision, hash, event FROM row WHERE label = ? AND key = ?", label, key.bytes)
        found = row.fetchone()
        return Seen(*found) if found else None

    def recorded(self, label: str) -> Iterator[tuple[bytes, Seen]]:
        """Yield all rows of one table by their keys, in order; nothing may be kept meanwhile."""
        rows = self._asked("SELECT key, revision, hash, event FROM row WHERE label = ? ORDER BY key", label)
        return ((key, Seen(*rest)) for key, *rest in rows)

    def series(self) -> set[tuple[str, int]]:
        """Return each series of a year that gave numbers."""
        return set(self._asked("SELECT DISTINCT series, year FROM number"))

    def numbers(self, series: str, year: int) -> Iterator[int]:
        """Yield the numbers of one series in order."""
        found = self._asked("SELECT value FROM number WHERE series = ? AND year = ? ORDER BY value", series, year)
        return (value for (value,) in found)

    def doubled(self) -> Iterator[tuple[str, int, int, UUID]]:
        """Yield each number that was given more than once, with the later event that gave it."""
        found = self._asked(
            "SELECT series, year, value, event FROM number WHERE times > 1 ORDER BY series, year, value"
        )
        return ((series, year, value, UUID(bytes=event)) for series, year, value, event in found)
