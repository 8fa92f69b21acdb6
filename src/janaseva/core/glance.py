"""One glance at the records: while a page is made, what is asked twice is read once.

A page is put together from the answers of several rooms, each of which asks by itself whether the reader may see the
matter. Within a glance the same question is put to the database once, so that all parts of the page say the same, too.
Whatever writes ends it: an act always reads what is there now. The doors open a glance for each page that is only read.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")


class _Sight:
    """What one glance has seen; ``None`` while something writes, and from then on."""

    def __init__(self) -> None:
        self.seen: dict[Hashable, list[Any]] | None = {}


_sight: ContextVar[_Sight | None] = ContextVar("janaseva_glance", default=None)


@contextmanager
def glance() -> Iterator[None]:
    """Read each thing once while this lasts, or until something writes."""
    token = _sight.set(_Sight())
    try:
        yield
    finally:
        _sight.reset(token)


def end() -> None:
    """Forget what was seen, and read everything anew from now on: somebody writes."""
    sight = _sight.get()
    if sight is not None:
        sight.seen = None


def again() -> None:
    """Go on with a new glance where one was open before an act; for the doors, once the act is over."""
    sight = _sight.get()
    if sight is not None:
        sight.seen = {}


def once(question: Hashable, ask: Callable[[], list[T]]) -> list[T]:
    """Return what ``ask`` answers; within a glance, what it answered to this question before."""
    sight = _sight.get()
    if sight is None or sight.seen is None:
        return ask()
    found = sight.seen.get(question)
    if found is None:
        found = sight.seen[question] = ask()
    return list(found)
