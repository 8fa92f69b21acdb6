"""The one place that reads the wall clock; only doors, handlers and the worker may call it."""

import time
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_reading: ContextVar[tuple[datetime, float] | None] = ContextVar("janaseva_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    moment = datetime.now(UTC)
    _reading.set((moment, time.monotonic()))
    return moment


def waited(at: datetime) -> timedelta:
    """Return how long ago ``at`` was read from the clock here; nothing where it came from elsewhere.

    A request keeps the moment of its arrival, however long its papers take over a slow network or its turn at a busy
    database. The wait is counted by a clock that nobody can set.
    """
    reading = _reading.get()
    if reading is None or reading[0] != at:
        return timedelta(0)
    return timedelta(seconds=time.monotonic() - reading[1])
