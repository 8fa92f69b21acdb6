"""Django's SQLite, with connections that outlive a request: opening one costs more than most requests do.

What is kept is looked at before it is used again: a file that was restored meanwhile is another file under the same
name, and a connection to the old one would go on taking in what nobody would ever see.
"""

import os
import sqlite3
from typing import Any, Self

from django.conf import settings
from django.db.backends.sqlite3 import base

from janaseva.core.cursors import Connected, Direct, is_open, with_marks


class Cursor(Direct, base.SQLiteCursorWrapper):
    """A cursor that closes itself at the end of a block."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, sql: Any, values: Any = None) -> Any:
        """Say a statement, with ``%s`` where its values go."""
        return self.said(self._execute, sql, values)

    def _execute(self, sql: Any, values: Any) -> Any:
        if values is None:
            return sqlite3.Cursor.execute(self, sql)
        if type(values) is dict:
            return super().execute(sql, values)
        return sqlite3.Cursor.execute(self, with_marks(sql), values)

    def executemany(self, sql: Any, rows: Any) -> Any:
        """Say a statement for each of some rows of values."""
        return self.said(super().executemany, sql, rows)

    def fetchone(self) -> Any:
        """Return the next row."""
        return self.heard(super().fetchone)

    def fetchmany(self, *size: Any) -> Any:
        """Return the next rows."""
        return self.heard(super().fetchmany, *size)

    def fetchall(self) -> Any:
        """Return all rows that are left."""
        return self.heard(super().fetchall)


class DatabaseWrapper(Connected, base.DatabaseWrapper):
    """A connection to a file, as long as it is the file of that name."""

    _opened: tuple[int, int] | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Return what Django's says; values come as SQLite keeps them, for each field reads its own besides."""
        return {**super().get_connection_params(), "detect_types": 0}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file and remember which it was."""
        connection = super().get_new_connection(conn_params)
        self._opened, self.logs = self._file(), settings.DEBUG
        return connection

    def _own(self) -> Cursor:
        made: Cursor = self.connection.cursor(factory=Cursor)
        return made

    def _start_transaction_under_autocommit(self) -> None:
        """Begin, and take the right to write at once; said directly where nobody watches."""
        mode = self.settings_dict["OPTIONS"].get("transaction_mode")
        if self.execute_wrappers or not mode or not is_open(self):
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        with self.wrap_database_errors:
            self.connection.execute(f"BEGIN {mode}")

    def rows(self, sql: str, values: Any) -> Any:
        """Return the rows that a statement gives; for :mod:`janaseva.core.cursors`."""
        return self.connection.execute(with_marks(sql), values).fetchall()

    def count(self, sql: str, values: Any) -> Any:
        """Return how many rows a statement wrote; for :mod:`janaseva.core.cursors`."""
        return self.connection.execute(with_marks(sql), values).rowcount

    def is_usable(self) -> bool:
        """Return whether the file is still that which was opened; asked before the first statement of a request."""
        return self._opened == self._file()

    def _file(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.settings_dict["NAME"])  # noqa: PTH116 - the name may be that of a database in memory
        except OSError:
            return None
        return found.st_dev, found.st_ino
