"""Statements said to the driver without what Django lays around each of them.

A statement takes the database 0.02 to 0.2 ms; the layers between it and us (a cursor around the driver's, a search for
marks in its text, managers of contexts) took as long again. What they are for is done here as well: errors come as
Django's own, wrappers that watch statements (``execute_wrapper``) are asked, and a transaction that broke takes nothing
more. Whoever logs statements (tests that count them, ``DEBUG``) gets Django's.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

_MOST_TEXTS: Final = 2000
_MOST_TOGETHER: Final = 500
_MOST_VALUES: Final = 1000
"""How many values statements have that are said as one: an act has some two hundred; who loads thousands of rows gains
nothing, and a server takes 65,535."""

_here = threading.local()


def here() -> Any:
    """Return this thread's connection; Django's own look for it costs as much as a small statement."""
    try:
        return _here.database
    except AttributeError:
        _here.database = connections[DEFAULT_DB_ALIAS]
        return _here.database


@lru_cache(maxsize=_MOST_TEXTS)
def with_marks(sql: str) -> str:
    """Return a statement with ``?`` where its values go, as SQLite's driver wants it."""
    return "%".join(part.replace("%s", "?") for part in sql.split("%%"))


def is_open(database: Any) -> bool:
    """Return whether a connection is open, known to be good, and its statements are not logged."""
    return (
        database.connection is not None
        and (database.health_check_done or not database.health_check_enabled)
        and not database.force_debug_cursor
        and not database.logs
    )


def _is_ready(database: Any) -> bool:
    """Return whether statements can be said directly; open, or try again, what a request finds as the last left it."""
    if is_open(database):
        return True
    if database.force_debug_cursor or database.logs:
        return False
    database.close_if_health_check_failed()
    database.ensure_connection()
    return is_open(database)


def said(database: Any, run: Callable[..., Any], *words: Any) -> Any:
    """Say a statement (``words``: its text, its values) by ``run`` and return what that does.

    Raises:
        Error: Django's, for each of the driver's.

    """
    if database.needs_rollback:
        database.validate_no_broken_transaction()
    try:
        return _watched(database, run, *words) if database.execute_wrappers else run(*words)
    except database.Database.Error:
        with database.wrap_database_errors:
            raise


def _watched(database: Any, run: Callable[..., Any], sql: Any, values: Any = None) -> Any:
    told: Callable[..., Any] = lambda sql, values, _many, _context: run(sql, values)  # noqa: E731 - Django's signature
    context = {"connection": database}
    for wrapper in database.execute_wrappers[:0:-1]:
        told = partial(wrapper, told)
    return database.execute_wrappers[0](told, sql, values, False, context)  # noqa: FBT003 - Django's signature


class OtherRowsError(Exception):
    """A statement did not write as many rows as it must: somebody else was quicker."""


class _Writing(NamedTuple):
    """A statement that writes, and how many rows it must write; ``None`` where that says itself."""

    sql: str
    values: Sequence[Any]
    rows: int | None


@contextmanager
def together() -> Iterator[None]:
    """Say what is :func:`written` in this block as one statement, at its end or before the first that is another.

    Each statement costs a way to the server and back; those that write at the end of an act need no answer before the
    next is said. The parts of one statement see none of each other's rows, and their order is the server's: what must
    see another's rows is said in a block of its own. On SQLite, which is in this process, each is said at once.

    Raises:
        OtherRowsError: see :func:`written`.

    """
    database = here()
    if not database.gathers or database.gathered is not None:
        yield
        return
    database.gathered = []
    try:
        yield
        if database.gathered:
            _say_gathered(database)
    finally:
        database.gathered = None


def written(database: Any, sql: str, values: Sequence[Any], *, rows: int | None = None) -> None:
    """Say a statement that writes, or keep it to be said :func:`together` with others.

    Raises:
        OtherRowsError: where it, or one that was kept, did not write so many ``rows``.

    """
    if database.gathered is not None:
        if database.gathered and sum(len(one.values) for one in database.gathered) + len(values) > _MOST_VALUES:
            _say_gathered(database)
        database.gathered.append(_Writing(sql, values, rows))
        return
    if done(database, sql, values) != rows and rows is not None:
        raise OtherRowsError


@lru_cache(maxsize=_MOST_TOGETHER)
def _as_one(parts: tuple[tuple[str, bool], ...]) -> str:
    """Return statements as one, which gives a row with the numbers of rows that those which are counted wrote."""
    within = [f"w{place} AS ({sql}{' RETURNING 1' * counts})" for place, (sql, counts) in enumerate(parts)]
    found = [f"(SELECT COUNT(*) FROM w{place})" for place, (_, counts) in enumerate(parts) if counts]  # noqa: S608 - names made here
    return f"WITH {', '.join(within)} SELECT {', '.join(found or ['1'])}"


def _say_gathered(database: Any) -> None:
    parts: list[_Writing] = database.gathered
    database.gathered = []
    if len(parts) == 1 or not _is_ready(database):
        found = [done(database, part.sql, part.values) for part in parts]
        right = all(part.rows in (None, rows) for part, rows in zip(parts, found, strict=True))
    else:
        sql = _as_one(tuple((part.sql, part.rows is not None) for part in parts))
        values = [value for part in parts for value in part.values]
        wanted = [part.rows for part in parts if part.rows is not None]
        right = list(said(database, database.rows, sql, values)[0][: len(wanted)]) == wanted
    if not right:
        raise OtherRowsError


def asked(database: Any, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows that a statement gives."""
    if database.gathered:
        _say_gathered(database)  # what is read may be what was written
    if _is_ready(database):
        rows: list[tuple[Any, ...]] = said(database, database.rows, sql, values)
        return rows
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def done(database: Any, sql: str, values: Sequence[Any]) -> int:
    """Say a statement that writes, and return how many rows it wrote."""
    if database.gathered:
        _say_gathered(database)
    if _is_ready(database):
        return int(said(database, database.count, sql, values))
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


class Connected:
    """What our wrappers of connections add to Django's, whichever the driver; each makes its own cursor (``_own``)."""

    logs = False
    """Whether each statement is logged (``DEBUG``), or cannot be said directly."""
    gathers = False
    """Whether statements that write are better said together: where each takes a way to a server."""
    gathered: list[Any] | None = None
    """What is to be said together; ``None`` outside :func:`together`."""

    def cursor(self: Any) -> Any:
        """Return a cursor: ours where the connection is open and in order, else Django's."""
        if self.gathered:
            _say_gathered(self)
        if not is_open(self):
            return super().cursor()  # type: ignore[misc]
        self.validate_thread_sharing()
        with self.wrap_database_errors:
            made = self._own()
        made.database = self
        return made

    def _commit(self: Any) -> None:
        """Commit; what Django lays around it logs."""
        if not is_open(self):
            super()._commit()  # type: ignore[misc]
            return
        with self.wrap_database_errors:
            self.connection.commit()


class Direct:
    """What our cursors add to those of the drivers; ``database`` is Django's wrapper of the connection."""

    database: Any = None

    def said(self, run: Callable[..., Any], *words: Any) -> Any:
        """Say a statement, and return what ``run`` does: this cursor."""
        return run(*words) if self.database is None else said(self.database, run, *words)

    def heard(self, read: Callable[..., Any], *wanted: Any) -> Any:
        """Return what the driver reads of the answer."""
        if self.database is None:  # Django's own cursor is around this one
            return read(*wanted)
        try:
            return read(*wanted)
        except self.database.Database.Error:
            with self.database.wrap_database_errors:
                raise
