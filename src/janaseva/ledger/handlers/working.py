"""The worker: publish in one thread, deliver and go the rounds in another, five times a second, until told to stop.

A third thread audits everything once a day.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread

from django.db import close_old_connections, connection

from janaseva.core.clock import now
from janaseva.core.promises import broken, receives
from janaseva.ledger.handlers.auditing import audit_turn
from janaseva.ledger.handlers.beating import beat
from janaseva.ledger.handlers.delivering import BATCH, Delivered, deliver
from janaseva.ledger.handlers.publishing import publish
from janaseva.ledger.handlers.rounds import rounds

PACE_SECONDS = 0.2
AUDIT_PACE_SECONDS = 60.0
"""How often it is asked whether a day has gone since the last audit."""

_log = logging.getLogger("janaseva.ledger")


@dataclass(slots=True, kw_only=True)
class Settled:
    """What it took until nothing was due."""

    published: int = 0
    delivered: int = 0
    passes: int = 0


class NotSettledError(RuntimeError):
    """News kept coming beyond the limit: two listeners probably answer each other for ever."""


def settle(at: datetime, *, limit: int = 10_000) -> Settled:
    """Go the rounds once at ``at``, then publish and deliver until nothing more can be done at that moment.

    For tests and demonstrations: everything happens in this thread, in order, and a listener's failure is raised
    instead of being tried again later (it is kept as a failed attempt all the same). Listeners that still wait for
    something when all else is done are left waiting.

    Args:
        at: the moment at which all is heard.
        limit: how many deliveries to make at most.

    Raises:
        NotSettledError: where ``limit`` deliveries were not enough.
        Exception: whatever a listener or a round raised.

    """
    total = Settled()
    _raise_first(rounds(at))
    while total.delivered < limit:
        published = publish(at)
        batch = deliver(at, limit=256, soon=timedelta(0))
        total.passes += 1
        total.published += published
        total.delivered += batch.done
        _raise_first(batch.failures)
        if not published and not batch.done:
            return total
    message = f"still not settled after {limit} deliveries"
    raise NotSettledError(message)


def _raise_first(failures: list[Exception]) -> None:
    if failures:
        raise failures[0]


def _part(work: Callable[[], object]) -> None:
    """Do one part of a turn; a fault is logged and the other parts go on."""
    try:
        work()
    except Exception:  # noqa: BLE001 - one part may not stop the others
        _log.exception("a part of the worker's turn failed; it is tried again at the next")


def publish_turn(at: datetime) -> bool:
    """Publish all that is committed under a checkpoint signed at ``at``; nothing is left over, so return ``False``."""
    _part(lambda: publish(at))
    return False


def turn(at: datetime) -> bool:
    """Show that the worker works, deliver a batch and go the rounds at ``at``; return whether more is waiting."""
    held: list[Delivered] = []
    _part(lambda: beat(at))
    _part(lambda: held.append(deliver(at)))
    _part(lambda: rounds(at))
    return bool(held) and held[0].taken == BATCH


def audit_part(at: datetime) -> bool:
    """Audit where it is time for it; a fault is logged, and tomorrow is another day."""
    _part(lambda: audit_turn(at))
    return False


def all_kept() -> bool:
    """Return whether every promise can be kept now."""
    return not broken()


def _repeat(
    stop: Signal,
    work: Callable[[datetime], bool],
    pace: float = PACE_SECONDS,
    may: Callable[[], bool] = all_kept,
) -> None:
    """Do ``work`` at its pace, or at once again where it said so, until ``stop`` is set; stand still unless ``may``."""
    try:
        while not stop.is_set():
            close_old_connections()
            if not may() or not work(now()):
                stop.wait(pace)
    finally:
        connection.close()


def run(stop: Signal) -> None:
    """Work until ``stop`` is set. What was begun is ended; what was not is due again by itself.

    The log is published from a thread of its own, so that a slow listener (a signature, a message) does not hold the
    checkpoint back beyond its second, and so that it goes on where only receipts are given. The audit
    is not waited for: it only reads until its last act.
    """
    beside = [
        Thread(target=_repeat, args=(stop, publish_turn, PACE_SECONDS, receives), name="publisher"),
        Thread(target=_repeat, args=(stop, audit_part, AUDIT_PACE_SECONDS), name="auditor", daemon=True),
    ]
    for thread in beside:
        thread.start()
    try:
        _repeat(stop, turn)
    finally:
        stop.set()
        beside[0].join()
