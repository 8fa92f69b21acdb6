"""The floor: the very rows that the actions wrote, written again by prepared raw SQL into a copy of the database.

While an act runs, each statement of it that writes is kept with its values. Before the acts began, the database was
copied; the statements are then done on the copy, one transaction an act, through the bare driver with the same
settings (SQLite: WAL, synchronous=FULL; PostgreSQL: as it comes), each statement prepared once. What the floor leaves
out is what the platform is for: reading, thinking, checking, hashing.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from bench.measure import Measured, measured

Statement = tuple[str, Sequence[Any]]
_WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def kept_writes(into: list[Statement]) -> Iterator[None]:
    """Keep every statement that writes, with its values, while the block runs."""

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        if sql.startswith(_WRITES):
            into.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield


class Copy:
    """A copy of the database as it stands, to write the same rows into."""

    def __init__(self, folder: Path) -> None:
        self.is_sqlite = connection.vendor == "sqlite"
        name = connection.settings_dict["NAME"]
        if self.is_sqlite:
            self.place = str(folder / "floor.sqlite3")
            Path(self.place).unlink(missing_ok=True)
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

    def write(self, acts: Sequence[Sequence[Statement]]) -> Measured:
        """Do all acts on the copy, one transaction each, and return what that took."""
        return self._sqlite(acts) if self.is_sqlite else self._postgres(acts)

    def _sqlite(self, acts: Sequence[Sequence[Statement]]) -> Measured:
        base = sqlite3.connect(self.place, isolation_level=None, cached_statements=512)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            base.execute(f"PRAGMA {pragma}")
        ready = [[(sql % (("?",) * len(values)), values) for sql, values in act] for act in acts]

        def write(act: list[Statement]) -> None:
            base.execute("BEGIN IMMEDIATE")
            for sql, values in act:
                base.execute(sql, values)
            base.execute("COMMIT")

        try:
            return measured(write, ready)
        finally:
            base.close()

    def _postgres(self, acts: Sequence[Sequence[Statement]]) -> Measured:
        with psycopg.connect(self.place, autocommit=True, prepare_threshold=0) as base:

            def write(act: Sequence[Statement]) -> None:
                with base.transaction():
                    for sql, values in act:
                        base.execute(sql, values, prepare=True)  # type: ignore[arg-type]

            return measured(write, acts, others=[base.info.backend_pid])
