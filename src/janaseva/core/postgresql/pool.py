"""The connections of one process to PostgreSQL: kept, lent to one thread at a time, and soon there again after a fault.

psycopg's pool waits longer and longer between two tries, which suits a server that is overloaded. A leader that falls
takes all connections with it at one moment; with psycopg's own pauses the first page after it would try one dead
connection, wait, try the next, wait twice as long; and a new leader would be found up to half as late again as it came.
"""

import select
import time
from typing import Any, Final

from psycopg import Error
from psycopg_pool import ConnectionPool, PoolTimeout
from psycopg_pool.pool import AddConnection

TRIED_AFTER_SECONDS: Final = 1.0
"""A connection that was not lent for so long is tried with a question to the server before it is lent again."""
AGAIN_SECONDS: Final = 0.5
"""The longest pause between two tries to open a connection: where none leads, a pooler says so at once."""
_LENT_AT: Final = "janaseva_lent_at"


def look_after(connection: Any) -> None:
    """Find out whether the server is still there, before ``connection`` is lent.

    A server that ends a connection says so, and what it said lies there to be read; one that has vanished without a
    word would let this question wait as long as any other. So where there is nothing to read, and the connection
    served a moment ago, nothing is asked.

    Raises:
        psycopg.Error: where the connection is of no use any more.

    """
    at = time.monotonic()
    lying = select.poll()
    lying.register(connection.fileno(), select.POLLIN)
    if lying.poll(0) or at - getattr(connection, _LENT_AT, 0.0) > TRIED_AFTER_SECONDS:
        ConnectionPool.check_connection(connection)
    setattr(connection, _LENT_AT, at)


class Pool(ConnectionPool[Any]):
    """The connections of one process."""

    def getconn(self, timeout: float | None = None) -> Any:
        """Lend a connection whose server is there; those that are dead are let go of, one after the other at once.

        Raises:
            PoolTimeout: where there is none in time.

        """
        until = time.monotonic() + (self.timeout if timeout is None else timeout)
        for _ in range(self.max_size + 1):
            connection = super().getconn(until - time.monotonic())
            try:
                look_after(connection)
            except Error:
                connection.close()
                self.putconn(connection)
            else:
                return connection
        message = "every connection was dead, and so was the one that was opened after them"
        raise PoolTimeout(message)

    def schedule_task(self, task: Any, delay: float) -> None:
        """Do something later; to open a connection is tried again soon, however often it failed."""
        super().schedule_task(task, min(delay, AGAIN_SECONDS) if isinstance(task, AddConnection) else delay)
