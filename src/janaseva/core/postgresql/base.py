"""Django's PostgreSQL, with two things that an administrator would otherwise have to know and set.

A pooler that lends a server connection for one transaction (PgBouncer) keeps no cursor open between two of them. It
gives itself away: the process number that it told at the greeting is not the server's. Behind one, results are fetched
whole and statements are not prepared, since the next transaction may be lent another connection. Warnings that come
with a commit are kept for :mod:`janaseva.core.commit`.
"""

from typing import Any, Final

from django.db.backends.postgresql import base
from psycopg.errors import Diagnostic

from janaseva.core.commit import warned

WARNING: Final = "WARNING"

PREPARED_AFTER: Final = 3
"""How often a statement is asked of one connection before the server keeps its plan."""
MOST_PREPARED: Final = 300
"""How many plans one connection keeps; some 20 kB each. What was not asked for longest goes first."""


def _noticed(diagnostic: Diagnostic) -> None:
    if diagnostic.severity_nonlocalized == WARNING:
        warned(str(diagnostic.message_primary))


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL, or to the pooler before it."""

    def _configure_connection(self, connection: Any) -> bool:
        """Set up a connection that was just opened, by a thread or by the pool; return whether to commit that."""
        configured: bool = super()._configure_connection(connection)  # type: ignore[misc]
        connection.add_notice_handler(_noticed)
        with connection.cursor() as cursor:
            server = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
        if server != connection.info.backend_pid:
            self.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True
            connection.prepare_threshold = None
        else:
            connection.prepare_threshold, connection.prepared_max = PREPARED_AFTER, MOST_PREPARED
        return configured
