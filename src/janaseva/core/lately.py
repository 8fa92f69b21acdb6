"""What is counted once in some minutes for whoever asks, however many ask at once."""

import time
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Final, Generic, NamedTuple, TypeVar

from django.db import connections

from janaseva.core.cursors import here
from janaseva.core.refusal import UNAVAILABLE, Refusal

T = TypeVar("T")

REST: Final = 50
"""What was counted is good for so many times as long as it took to count, if that is longer: no more than one part in
fifty of a process's time goes into it, however much there is to count."""
AGAIN_SECONDS: Final = 30


class _Held(NamedTuple, Generic[T]):
    """A value, and from when until when it is good, in seconds."""

    value: T
    since: float
    until: float


class _Counting(Generic[T]):
    """A count that is under way beside its readers."""

    def __init__(self) -> None:
        self.began, self.done = time.monotonic(), Event()
        self.value: T | None = None
        self.error: Exception | None = None


class Lately(Generic[T]):
    """Values that this process counts anew at most once in so many seconds, by what they are of.

    While one thread counts, the others are told what was good until just now: a thousand readers who come when it is
    over would else count the same thousand times at once. Where nothing was good just now they wait: all of them, or,
    with ``patience``, nobody for longer than that.
    """

    def __init__(self, seconds: int, *, most: int = 64, patience: float | None = None) -> None:
        """Take how long a value is good, how many are kept, and for how many seconds a reader waits for a count.

        Without ``patience`` the first who comes counts, and the others wait for it: for what is counted in moments.
        With it a thread of its own counts, so that no reader holds a web server's thread for longer, whatever there is
        to count.
        """
        self._seconds, self._most, self._patience = seconds, most, patience
        self._kept: dict[Hashable, _Held[T]] = {}
        self._locks: dict[Hashable, Lock] = {}
        self._counting: dict[Hashable, _Counting[T]] = {}
        self._guard = Lock()

    def get(self, of: Hashable, at: datetime, count: Callable[[], T]) -> T:
        """Return the value that is good at this moment, or, while it is counted by another, the one before.

        Raises:
            Refusal: ``still_counting`` (503) where the reader's patience is over.

        """
        moment = at.timestamp()
        held = self._good(of, moment)
        if held is not None:
            return held.value
        before = self._kept.get(of)
        if before is not None and not before.until <= moment < before.until + self._seconds:
            before = None
        if self._patience is None or here().in_atomic_block:  # in a transaction: nobody else sees what it counts
            return self._by_one(of, moment, count, before)
        return self._beside(of, moment, count, before, self._patience)

    def _good(self, of: Hashable, moment: float) -> _Held[T] | None:
        held = self._kept.get(of)
        return held if held is not None and held.since <= moment < held.until else None

    def _by_one(self, of: Hashable, moment: float, count: Callable[[], T], before: _Held[T] | None) -> T:
        with self._guard:
            lock = self._locks.setdefault(of, Lock())
        if before is None:
            lock.acquire()
        elif not lock.acquire(blocking=False):
            return before.value
        try:
            held = self._good(of, moment)
            return held.value if held is not None else self._counted(of, moment, count)
        finally:
            lock.release()

    def _beside(
        self, of: Hashable, moment: float, count: Callable[[], T], before: _Held[T] | None, patience: float
    ) -> T:
        with self._guard:
            held, counting = self._good(of, moment), self._counting.get(of)
            if held is not None:  # it was just counted
                return held.value
            if counting is None:
                counting = _Counting()
                Thread(target=self._count, args=(counting, of, moment, count), name="counting", daemon=True).start()
                self._counting[of] = counting
        if before is not None:
            return before.value
        if not counting.done.wait(max(0.0, counting.began + patience - time.monotonic())):
            raise Refusal("still_counting", status=UNAVAILABLE, seconds=AGAIN_SECONDS)
        if counting.error is not None:
            raise counting.error
        return counting.value  # type: ignore[return-value]  # it is done

    def _count(self, counting: _Counting[T], of: Hashable, moment: float, count: Callable[[], T]) -> None:
        try:
            counting.value = self._counted(of, moment, count)
        except Exception as error:  # noqa: BLE001 - those who wait are told
            counting.error = error
        finally:
            with self._guard:
                self._counting.pop(of, None)
            counting.done.set()
            connections.close_all()  # this thread's

    def _counted(self, of: Hashable, moment: float, count: Callable[[], T]) -> T:
        began = time.monotonic()
        value = count()
        took = time.monotonic() - began
        since = moment // self._seconds * self._seconds
        held = _Held(value, since, max(since + self._seconds, moment + REST * took))
        with self._guard:
            if of not in self._kept and len(self._kept) >= self._most:
                self._kept.pop(min(self._kept, key=lambda one: self._kept[one].until))
            self._kept[of] = held
        return value

    def clear(self) -> None:
        """Forget all values."""
        with self._guard:
            self._kept.clear()
