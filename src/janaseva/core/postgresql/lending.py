"""Whether a pooler before the server lends its connections as the settings say: found out once a process.

A pooler said to lend for a session that lends for a transaction would let plans be asked for where they never were
made: acts are done twice, and some fail. It gives itself away: while two connections of ours are open, one and the
same connection to the server answers on both, or now one and now another on the same.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg

Answer = tuple[Any, ...]

TRIES: Final = 5
_WHO: Final = "SELECT pg_backend_pid(), pg_postmaster_start_time()"
"""Who answers: the number of the server's process, and which server (after a change of leader, numbers come again)."""

_found: Final[list[bool]] = []
_asking: Final = threading.Lock()
_log = logging.getLogger("janaseva.core")


def who_answers(connection: Any) -> Answer:
    """Return which of the server's processes answers on a connection, and of which server it is."""
    found: Answer = tuple(connection.execute(_WHO).fetchone())
    return found


def is_for_a_session(one: Callable[[], Answer], other: Callable[[], Answer]) -> bool:
    """Return whether a connection to the server is lent for as long as its client's is open.

    Args:
        one: who answers on one open connection.
        other: who answers on another that is open at the same time.

    """
    first = one()
    return all(other() != first and one() == first for _ in range(TRIES))


def lends_for_a_session(connection: Any, parameters: dict[str, Any]) -> bool:
    """Return whether the pooler before ``connection`` lends for a session; asked by another connection, once a process.

    Where another cannot be opened now, the settings are believed.
    """
    with _asking:  # a pool opens several connections at once
        if not _found:
            try:
                with psycopg.connect(**{**parameters, "autocommit": True}) as other:
                    _found.append(is_for_a_session(lambda: who_answers(connection), lambda: who_answers(other)))
            except psycopg.Error:
                return True
            if is_misnamed():
                _log.error(
                    "the pooler lends for a transaction, JANASEVA_DATABASE_POOLER says session: no plans are kept"
                )
        return _found[0]


def is_misnamed() -> bool:
    """Return whether a pooler was found that does not lend as the settings say."""
    return _found == [False]
