"""Django's SQLite, with connections that outlive a request: opening one costs more than most requests do.

What is kept is looked at before it is used again: a file that was restored meanwhile is another file under the same
name, and a connection to the old one would go on taking in what nobody would ever see.
"""

import os
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to a file, as long as it is the file of that name."""

    _opened: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file and remember which it was."""
        connection = super().get_new_connection(conn_params)
        self._opened = self._file()
        return connection

    def is_usable(self) -> bool:
        """Return whether the file is still that which was opened; asked before the first statement of a request."""
        return self._opened == self._file()

    def _file(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.settings_dict["NAME"])  # noqa: PTH116 - the name may be that of a database in memory
        except OSError:
            return None
        return found.st_dev, found.st_ino
