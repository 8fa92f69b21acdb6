"""How an act reaches the database for certain: one transaction, tried again where that is safe, never guessed at.

Three things can go wrong besides a refusal. *Nothing was kept* (two acts in each other's way, a connection lost before
the commit): the act is done again. *It is not known* (the connection was lost during the commit, or the wait for a
replica was cut short, which PostgreSQL tells by a mere warning beside its "COMMIT"): the act is done again as well,
for its idempotency key lies in the same transaction, so that the second run finds what the first one left. *It will
not do now* (a full disk, a cluster without a leader): the caller is told so, and may send the same again at any time.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from django.db import Error, IntegrityError, InterfaceError, InternalError, OperationalError, connection, transaction

R = TypeVar("R")

PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds between two tries; a cluster that changes its leader takes longer, and callers then try again themselves."""

IN_EACH_OTHERS_WAY: Final = frozenset({"40001", "40P01"})
"""Serialisation failure, deadlock: the other act goes on, this one is done after it."""
ANOTHER_SERVER: Final = frozenset({"25006", "53300", "57P01", "57P02", "57P03"})
"""Not the leader any more, full, going down, crashed, coming up: the next connection may be better."""
CONNECTION: Final = "08"
THERE_ALREADY: Final = "23505"
"""A unique key is taken: by another act that made the same at the same moment, or by a fault in the program."""
PLAN_GONE: Final = frozenset({"26000", "0A000", "42P05"})
"""A kept plan is of no use any more, and forgotten by now (``core/postgresql/wire.py``): unknown there (all were let go
of, or a pooler lent another server's connection), of a table that was altered since, there already. Or a fault in the
program."""

UNREACHABLE: Final = (OperationalError, InterfaceError, InternalError)
"""What a driver raises of a connection. An internal error without a state: the server's last words came with a commit's
answer ("received 2 results from command 'COMMIT'")."""

_log = logging.getLogger("janaseva.core")


UNAVAILABLE: Final = 503
AGAIN_SECONDS: Final = 5
"""After how long a caller should send the same again."""


class NotKeptError(Exception):
    """Nothing was kept, and it cannot be done now; the same may be sent again at any time."""

    code = "not_kept"


class OutcomeUnknownError(NotKeptError):
    """It may have been kept or not; the same sent again, under the same key, finds out and is done once."""

    code = "outcome_unknown"


_warnings: ContextVar[list[str] | None] = ContextVar("janaseva_commit_warnings", default=None)


def warned(message: str) -> None:
    """Note that the database warned; the connection's notice handler calls this."""
    heard = _warnings.get()
    if heard is not None:
        heard.append(message)


def _is_lost(error: Error) -> bool:
    """Return whether the connection is gone, or leads where nothing can be written."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        return str(state) in ANOTHER_SERVER or str(state).startswith(CONNECTION)
    return connection.vendor == "postgresql" and isinstance(error, UNREACHABLE)


def _is_refused(error: Error) -> bool:
    """Return whether the server itself said that it did not do it, in a class that lets the connection live."""
    return getattr(error.__cause__, "sqlstate", None) is not None and not _is_lost(error)


def _is_passing(error: Error) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in IN_EACH_OTHERS_WAY or _is_lost(error)


def _made_meanwhile(error: Error) -> bool:
    return isinstance(error, IntegrityError) and getattr(error.__cause__, "sqlstate", None) == THERE_ALREADY


def _is_plan_gone(error: Error) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in PLAN_GONE


def not_now(error: Exception) -> str | None:
    """Return the code of the answer to what the database could not do now; ``None`` for any other error."""
    if isinstance(error, OperationalError | InterfaceError) or (isinstance(error, Error) and _is_lost(error)):
        return NotKeptError.code
    return error.code if isinstance(error, NotKeptError) else None


@contextmanager
def certain() -> Iterator[None]:
    """Open the one transaction; leave it only where it is known to be kept.

    Raises:
        OutcomeUnknownError: where the commit was begun and its end is not known.
        Error: whatever the database said before the commit.

    """
    heard: list[str] = []
    token, committing = _warnings.set(heard), False
    try:
        with transaction.atomic(durable=True):
            yield
            heard.clear()
            committing = True
    except Error as error:
        if committing and isinstance(error, UNREACHABLE) and not _is_refused(error):
            raise OutcomeUnknownError(str(error)) from error
        raise
    finally:
        _warnings.reset(token)
    if heard:
        raise OutcomeUnknownError(heard[0])


def settled(attempt: Callable[[], R]) -> R:
    """Return what ``attempt`` returns, tried again where what went wrong may pass; it must carry an idempotency key.

    Where a unique key turns out to be taken it is tried once more: two acts may have looked for the same thing at one
    moment, found nothing and made it. The second time the other's is there to be found; else it is a fault. Where a
    kept plan was of no use it is tried once more too.

    Raises:
        NotKeptError: where nothing was kept.
        OutcomeUnknownError: where even the last try did not tell.
        Error: what the database says of a fault in the program.

    """
    failure: type[NotKeptError] = NotKeptError
    last: NotKeptError
    met: set[Callable[[Error], bool]] = set()
    for pause in (*PAUSES, None):
        try:
            return attempt()
        except OutcomeUnknownError as error:
            failure, last = OutcomeUnknownError, error
        except Error as error:
            once = next((what for what in (_made_meanwhile, _is_plan_gone) if what not in met and what(error)), None)
            if once is not None:
                met.add(once)
                continue
            if not isinstance(error, OperationalError | InterfaceError) and not _is_passing(error):
                raise
            last = failure(str(error))
            if not _is_passing(error):
                raise last from error
        connection.close_if_unusable_or_obsolete()
        if pause is None or connection.in_atomic_block:
            break
        _log.warning("an act is tried again in %s s: %s", pause, last)
        time.sleep(pause)
    raise failure(str(last)) from last
