"""What is counted once in some minutes for whoever asks, however many ask at once."""

import time
from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")

REST: Final = 50
"""What was counted is good for so many times as long as it took to count, if that is longer: no more than one part in
fifty of a process's time goes into it, however much there is to count."""


class _Held(NamedTuple, Generic[T]):
    """A value, and from when until when it is good, in seconds."""

    value: T
    since: float
    until: float


class Lately(Generic[T]):
    """Values that this process counts anew at most once in so many seconds, by what they are of.

    While one thread counts, the others are told what was good until just now: a thousand readers who come when it is
    over would else count the same thousand times at once. Where nothing was good just now they wait.
    """

    def __init__(self, seconds: int, *, most: int = 64) -> None:
        """Take how long a value is good, and how many are kept."""
        self._seconds, self._most = seconds, most
        self._kept: dict[Hashable, _Held[T]] = {}
        self._counting: dict[Hashable, Lock] = {}
        self._guard = Lock()

    def get(self, of: Hashable, at: datetime, count: Callable[[], T]) -> T:
        """Return the value that is good at this moment, or, while it is counted by another, the one before."""
        moment = at.timestamp()
        held = self._kept.get(of)
        if held is not None and held.since <= moment < held.until:
            return held.value
        with self._guard:
            counting = self._counting.setdefault(of, Lock())
        if held is None or not held.until <= moment < held.until + self._seconds:
            counting.acquire()
        elif not counting.acquire(blocking=False):
            return held.value
        try:
            held = self._kept.get(of)
            if held is not None and held.since <= moment < held.until:
                return held.value
            return self._counted(of, moment, count)
        finally:
            counting.release()

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
