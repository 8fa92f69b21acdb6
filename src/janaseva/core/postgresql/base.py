"""Django's PostgreSQL, with three things that an administrator would otherwise have to know and set.

A pooler that lends a server connection for one transaction (PgBouncer) keeps no cursor open between two of them. It
gives itself away: the process number that it told at the greeting is not the server's. Behind one, results are fetched
whole and statements are not prepared, since the next transaction may be lent another connection; but for one that
lends a connection for as long as its client's lasts, of which the settings say so (``POOLER``) and of which that is
found to be so (:mod:`janaseva.core.postgresql.lending`).
Warnings that come with a commit are kept for :mod:`janaseva.core.commit`. And the pool is our own
(:mod:`janaseva.core.postgresql.pool`): a connection is tried before it is lent only where it may have been lost, for a
question to the server for each page was a fifth of what a small page costs.
"""

from datetime import UTC
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.errors import Diagnostic
from psycopg.pq import Format

from janaseva.core.commit import warned
from janaseva.core.cursors import Connected, Direct
from janaseva.core.postgresql.lending import lends_for_a_session
from janaseva.core.postgresql.pool import Pool
from janaseva.core.postgresql.wire import Wire

WARNING: Final = "WARNING"

PREPARED_AFTER: Final = 3
"""How often a statement is asked of one connection before the server keeps its plan."""
MOST_PREPARED: Final = 200
"""How many plans one connection keeps, some 80 kB each. What was not asked for longest goes first."""
_WIRE: Final = "janaseva_wire"


@cache
def _adapters() -> AdaptersMap:
    """Return Django's ways between values of Python and of PostgreSQL, but for moments psycopg's own reader.

    Django's lays another around one in Python, three times as slow. Ours are in UTC, the zone of every connection.
    """
    ways = AdaptersMap(get_adapters_template(True, UTC))  # noqa: FBT003 - Django's signature
    reader: Any = adapters.get_loader(adapters.types["timestamptz"].oid, Format.TEXT)
    ways.register_loader("timestamptz", reader)
    return ways


_Driver: Any = base.ServerBindingCursor


class Cursor(Direct, _Driver):  # type: ignore[misc]
    """A cursor whose errors are Django's."""

    def execute(self, sql: Any, values: Any = None, **how: Any) -> Any:
        """Say a statement."""
        if how or self.database is None:
            return super().execute(sql, values, **how)
        return self.said(super().execute, sql, values)

    def executemany(self, sql: Any, rows: Any, **how: Any) -> Any:
        """Say a statement for each of some rows of values."""
        if how or self.database is None:
            return super().executemany(sql, rows, **how)
        return self.said(super().executemany, sql, rows)

    def fetchone(self) -> Any:
        """Return the next row."""
        return self.heard(super().fetchone)

    def fetchmany(self, size: int = 0) -> Any:
        """Return the next rows."""
        return self.heard(super().fetchmany, size)

    def fetchall(self) -> Any:
        """Return all rows that are left."""
        return self.heard(super().fetchall)


def _noticed(diagnostic: Diagnostic) -> None:
    if diagnostic.severity_nonlocalized == WARNING:
        warned(str(diagnostic.message_primary))


class DatabaseWrapper(Connected, base.DatabaseWrapper):
    """A connection to PostgreSQL, or to the pooler before it."""

    gathers = True

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection, or take one of the pool."""
        connection = super().get_new_connection(conn_params)
        self.logs = settings.DEBUG or connection.cursor_factory is not Cursor
        return connection

    def rows(self, sql: str, values: Any) -> Any:
        """Return the rows that a statement gives; for :mod:`janaseva.core.cursors`."""
        return getattr(self.connection, _WIRE).rows(sql, values)

    def count(self, sql: str, values: Any) -> Any:
        """Return how many rows a statement wrote; for :mod:`janaseva.core.cursors`."""
        return getattr(self.connection, _WIRE).count(sql, values)

    @property
    def pool(self) -> Any:
        """Return the pool of this process for this database; ``None`` where there shall be none.

        Django's own tries each connection before it is lent, or none, as ``CONN_HEALTH_CHECKS`` says.
        """
        options = self.settings_dict["OPTIONS"].get("pool")
        pools = self._connection_pools  # type: ignore[attr-defined]
        if self.alias in pools or not options or not self.settings_dict["CONN_HEALTH_CHECKS"]:
            return super().pool
        made = Pool(
            kwargs={**self.get_connection_params(), "autocommit": True},
            open=False,
            configure=self._configure_connection,  # type: ignore[arg-type]  # what it returns means nothing here
            **({} if options is True else options),
        )
        return pools.setdefault(self.alias, made)  # another thread may have been first

    def get_connection_params(self) -> dict[str, Any]:
        """Return what Django's says, with our cursors where values travel beside the statement."""
        parameters: dict[str, Any] = super().get_connection_params()
        if parameters["cursor_factory"] is base.ServerBindingCursor:
            parameters["cursor_factory"] = Cursor
            if self.timezone is UTC:
                parameters["context"] = _adapters()
        return parameters

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor of the driver, as Django does; which looks besides whether the zone is still the same."""
        if self.connection.cursor_factory is not Cursor or self.timezone is not UTC:
            return super().create_cursor(name)
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)

    def _own(self) -> Cursor:
        made: Cursor = self.connection.cursor()
        return made

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's own
        """Say whether each statement is a transaction; psycopg asks itself a lot even where that is so already."""
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc]

    def _configure_connection(self, connection: Any) -> bool:
        """Set up a connection that was just opened, by a thread or by the pool; return whether to commit that."""
        configured: bool = super()._configure_connection(connection)  # type: ignore[misc]
        connection.add_notice_handler(_noticed)
        with connection.cursor() as cursor:
            server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
        is_ours = server == connection.info.backend_pid
        if not is_ours and self.settings_dict.get("POOLER") == "session":
            is_ours = lends_for_a_session(connection, self.get_connection_params())
        if not is_ours:
            self.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True
        prepared_after = PREPARED_AFTER if is_ours else None
        setattr(connection, _WIRE, Wire(connection, prepared_after=prepared_after, most=MOST_PREPARED))
        connection.prepare_threshold = None  # psycopg's cursors would let go of all plans, ours too, with each rollback
        return configured
