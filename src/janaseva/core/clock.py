"""The one place that reads the wall clock; only doors, handlers and the worker may call it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
