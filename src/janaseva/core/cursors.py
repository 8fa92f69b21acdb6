"""Cursors without what Django lays around each statement.

A statement takes the database 0.02 to 0.2 ms; the layers between it and us (a cursor around the driver's, a search for
marks in its text, managers of contexts) took as long again. What they are for is done here as well: errors come as
Django's own, wrappers that watch statements (``execute_wrapper``) are asked, and a transaction that broke takes nothing
more. Whoever logs statements (tests that count them, ``DEBUG``) gets Django's.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final

_MOST_TEXTS: Final = 2000


@lru_cache(maxsize=_MOST_TEXTS)
def with_marks(sql: str) -> str:
    """Return a statement with ``?`` where its values go, as SQLite's driver wants it."""
    return "%".join(part.replace("%s", "?") for part in sql.split("%%"))


def is_open(database: Any) -> bool:
    """Return whether a connection is open, known to be good, and its statements are not logged."""
    return (
        database.connection is not None
        and not (database.health_check_enabled and not database.health_check_done)
        and not database.queries_logged
    )


class Direct:
    """What our cursors add to those of the drivers; ``database`` is Django's wrapper of the connection."""

    database: Any = None

    def said(self, run: Callable[..., Any], sql: Any, values: Any) -> Any:
        """Say a statement to the database, and return this cursor.

        Raises:
            Error: Django's, for each of the driver's.

        """
        database = self.database
        if database is None:  # Django's own cursor is around this one
            return run(sql, values)
        if database.needs_rollback:
            database.validate_no_broken_transaction()
        try:
            if database.execute_wrappers:
                return self._watched(run, sql, values)
            return run(sql, values)
        except database.Database.Error:
            with database.wrap_database_errors:
                raise

    def _watched(self, run: Callable[..., Any], sql: Any, values: Any) -> Any:
        executor: Callable[..., Any] = lambda sql, values, _many, _context: run(sql, values)  # noqa: E731
        for wrapper in reversed(self.database.execute_wrappers):
            executor = partial(wrapper, executor)
        return executor(sql, values, False, {"connection": self.database, "cursor": self})  # noqa: FBT003 - Django's signature

    def heard(self, read: Callable[..., Any], *wanted: Any) -> Any:
        """Return what the driver reads of the answer."""
        if self.database is None:
            return read(*wanted)
        try:
            return read(*wanted)
        except self.database.Database.Error:
            with self.database.wrap_database_errors:
                raise
