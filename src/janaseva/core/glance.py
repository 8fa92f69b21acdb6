"""One glance at the records: what a page or an act asks twice is read once.

A page is put together from the answers of several rooms, each of which asks by itself whether the reader may see the
matter. Within a glance the same question is put to the database once, so that all parts of the page say the same, too.
Whatever writes ends it: an act always reads what is there now. The doors open a glance for each page that is only read.

An act remembers for itself what it has read of rows (:func:`acting`), as long as that cannot have become another: what
it writes of a table makes it forget what it read of it, but for the rows themselves, which it has in its hands; and
where it waited for a lock, others may have written meanwhile, so that it remembers only what it holds. On SQLite, where
one act writes at a time, there is no such meanwhile.
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


class _Memory:
    """What one act has read: the answers to questions, by the tables that they read; and which of them it holds."""

    def __init__(self) -> None:
        self.seen: dict[Hashable, list[Any]] = {}
        self.tables: dict[Any, set[Hashable]] = {}
        self.held: set[Hashable] = set()

    def keep(self, question: Hashable, of: tuple[Any, ...], rows: list[Any]) -> None:
        self.seen[question] = rows
        for table in of:
            self.tables.setdefault(table, set()).add(question)

    def forget(self, table: Any) -> None:
        for question in self.tables.pop(table, ()):
            self.seen.pop(question, None)
            self.held.discard(question)

    def waited(self) -> None:
        """Forget all but what is held: others may have written meanwhile."""
        self.seen = {question: rows for question, rows in self.seen.items() if question in self.held}


_sight: ContextVar[_Sight | None] = ContextVar("janaseva_glance", default=None)
_memory: ContextVar[_Memory | None] = ContextVar("janaseva_memory", default=None)


@contextmanager
def glance() -> Iterator[None]:
    """Read each thing once while this lasts, or until something writes."""
    token = _sight.set(_Sight())
    try:
        yield
    finally:
        _sight.reset(token)


@contextmanager
def acting() -> Iterator[None]:
    """Remember what is read while this lasts, which is one try of one act."""
    token = _memory.set(_Memory())
    try:
        yield
    finally:
        _memory.reset(token)


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


def once(question: Hashable, ask: Callable[[], list[T]], of: tuple[Any, ...] = ()) -> list[T]:
    """Return what ``ask`` answers; within a glance, what it answered to this question before.

    Within an act too, where ``of`` names all tables that the question reads.
    """
    memory = _memory.get() if of else None
    if memory is not None:
        found = memory.seen.get(question)
        if found is None:
            found = ask()
            memory.keep(question, of, found)
        return list(found)
    sight = _sight.get()
    if sight is None or sight.seen is None:
        return ask()
    found = sight.seen.get(question)
    if found is None:
        found = sight.seen[question] = ask()
    return list(found)


def known(question: Hashable) -> list[Any] | None:
    """Return what an act remembers of the answer to a question, without asking it."""
    memory = _memory.get()
    return None if memory is None else memory.seen.get(question)


def held(question: Hashable, rows: list[T], of: tuple[Any, ...]) -> list[T]:
    """Remember rows that were just locked, and nothing that was read before and is not held."""
    memory = _memory.get()
    if memory is not None:
        memory.waited()
        memory.keep(question, of, rows)
        memory.held.add(question)
    return rows


def waited() -> None:
    """Forget what was read before: a lock is asked for, and others may write until it is given."""
    memory = _memory.get()
    if memory is not None:
        memory.waited()


def written(table: Any, rows: dict[Hashable, Any] | None = None) -> None:
    """Forget what was read of a table that is written; ``rows`` that were changed are known as they are now."""
    memory = _memory.get()
    if memory is None:
        return
    if not rows:
        memory.forget(table)
        return
    known = {question: memory.seen.get(question) for question in rows}
    kept = {question for question in known if question in memory.held}
    memory.forget(table)
    for question, row in rows.items():
        if known[question] is not None:
            memory.keep(question, (table,), [row])
    memory.held |= kept
