"""The worker: publish, deliver, go the rounds, five times a second, until told to stop."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event as Signal

from django.db import close_old_connections

from janaseva.core.clock import now
from janaseva.ledger.handlers.delivering import BATCH, Delivered, deliver
from janaseva.ledger.handlers.publishing import publish
from janaseva.ledger.handlers.rounds import rounds

PACE_SECONDS = 0.2

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


def turn(at: datetime) -> Delivered:
    """Do one turn at ``at``: publish, deliver a batch, go the rounds."""
    held: list[Delivered] = []
    _part(lambda: publish(at))
    _part(lambda: held.append(deliver(at)))
    _part(lambda: rounds(at))
    return held[0] if held else Delivered()


def run(stop: Signal) -> None:
    """Work until ``stop`` is set. What was begun is ended; what was not is due again by itself."""
    while not stop.is_set():
        close_old_connections()
        batch = turn(now())
        if batch.taken < BATCH:
            stop.wait(PACE_SECONDS)
