"""How long a moment that was read from the clock has waited since, counted by a clock that nobody can set."""

import time
from contextvars import ContextVar
from datetime import datetime, timedelta

_reading: ContextVar[tuple[datetime, float] | None] = ContextVar("janaseva_reading", default=None)


def was_read(at: datetime) -> None:
    """Remember that ``at`` is what the clock said just now; for :mod:`janaseva.core.clock` alone."""
    _reading.set((at, time.monotonic()))


def waited(at: datetime) -> timedelta:
    """Return how long ago ``at`` was read from the clock here; nothing where it came from elsewhere.

    A request keeps the moment of its arrival, however long its papers take over a slow network or its turn at a busy
    database.
    """
    reading = _reading.get()
    if reading is None or reading[0] != at:
        return timedelta(0)
    return timedelta(seconds=time.monotonic() - reading[1])
