"""The one place that reads the wall clock; only doors, handlers and the worker may call it."""

from datetime import UTC, datetime

from janaseva.core.waiting import was_read


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    moment = datetime.now(UTC)
    was_read(moment)
    return moment
