"""The floor: the very rows that the actions wrote, written again by prepared raw SQL into a copy of the database.

While an act runs, each statement of it that writes is kept with its values. Before the acts began, the database was
copied; the statements are then done on the copy, one transaction an act, through the bare driver with the same
settings (SQLite: WAL, synchronous=FULL; PostgreSQL: as it comes), each statement prepared once. What the floor leaves
out is what the platform is for: reading, thinking, checking, hashing.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from unittest import mock

import psycopg
from django.db import connection

from bench.measure import Measured, measured, siblings
from janaseva.core import cursors
from janaseva.core.postgresql.wire import with_numbers

Statement = tuple[Any, Sequence[Any]]
_BEGINS = ("INSERT", "UPDATE", "DELETE")
_WITHIN = ("INSERT INTO ", "UPDATE ", "DELETE FROM ")


def is_write(sql: str) -> bool:
    """Return whether a statement writes rows: by its first word, or, where it begins with WITH, by a later one."""
    return sql.startswith(_BEGINS) or (sql.startswith("WITH ") and any(words in sql for words in _WITHIN))


@dataclass(slots=True)
class Heard:
    """What was said to the database: every statement, with its values."""

    said: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def queries(self) -> int:
        """Return how many statements there were."""
        return len(self.said)

    @property
    def writes(self) -> list[Statement]:
        """Return those that write, with their values."""
        return [(words[0], tuple(words[1] or ())) for words in self.said if is_write(words[0])]


@contextmanager
def listening() -> Iterator[Heard]:
    """Keep what is said to the database while the block runs; it is looked at afterwards, when no clock runs."""
    heard, said = Heard(), cursors.said

    def listen(database: Any, run: Callable[..., Any], *words: Any) -> Any:
        heard.said.append(words)
        return said(database, run, *words)

    with mock.patch.object(cursors, "said", listen):
        yield heard


class Copy:
    """A copy of the database as it stands, to write the same rows into by one kept connection."""

    def __init__(self, folder: Path) -> None:
        self.is_sqlite = connection.vendor == "sqlite"
        self.base: Any = None
        name = connection.settings_dict["NAME"]
        if self.is_sqlite:
            self.place = str(folder / "floor.sqlite3")
            for ending in ("", "-wal", "-shm"):
                Path(self.place + ending).unlink(missing_ok=True)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [self.place])
            return
        parameters = connection.get_connection_params()
        kept = {key: value for key, value in parameters.items() if key in ("host", "port", "user", "password")}
        connection.close()
        connection.close_pool()  # a database with a guest cannot be copied
        self.place = psycopg.conninfo.make_conninfo(**kept, dbname="floor")
        with psycopg.connect(psycopg.conninfo.make_conninfo(**kept, dbname="template1"), autocommit=True) as server:
            server.execute("DROP DATABASE IF EXISTS floor")
            server.execute(f'CREATE DATABASE floor TEMPLATE "{name}"')  # type: ignore[call-overload]

    def __enter__(self) -> Self:
        """Connect, so that statements are prepared once."""
        if self.is_sqlite:
            self.base = sqlite3.connect(self.place, isolation_level=None, cached_statements=512)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self.base.execute(f"PRAGMA {pragma}")
        else:
            self.base = psycopg.connect(self.place, autocommit=True, prepare_threshold=0)
            self.base.prepared_max = None
        return self

    def __exit__(self, *error: object) -> None:
        """Let go of the copy."""
        self.base.close()

    def processes(self) -> list[int]:
        """Return the processes of the database, where it has its own."""
        return [] if self.is_sqlite else siblings(self.base.info.backend_pid)

    def ready(self, act: Sequence[Statement]) -> list[Statement]:
        """Return the statements of an act as the bare driver takes them."""
        if self.is_sqlite:
            return [(sql % (("?",) * len(values)), values) for sql, values in act]
        return [(with_numbers(sql), values) for sql, values in act]

    def do(self, act: Sequence[Statement]) -> None:
        """Do one act in a transaction of its own."""
        if not self.is_sqlite:
            with self.base.transaction(), psycopg.RawCursor(self.base) as cursor:
                for sql, values in act:
                    cursor.execute(sql, values, prepare=True)
            return
        self.base.execute("BEGIN IMMEDIATE")
        for sql, values in act:
            self.base.execute(sql, values)
        self.base.execute("COMMIT")

    def write(self, acts: Sequence[Sequence[Statement]]) -> Measured:
        """Do all acts, one transaction each, and return what that took."""
        return measured(self.do, [self.ready(act) for act in acts], others=self.processes())
