"""What is counted once in some minutes for whoever asks, however many ask at once."""

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Lately(Generic[T]):
    """Values that this process counts anew at most once in so many seconds, by what they are of.

    While one thread counts, the others are told what was counted in the span before: a thousand readers who come when a
    span is over would else count the same thousand times at once. Where nothing was counted in it they wait.
    """

    def __init__(self, seconds: int, *, most: int = 64) -> None:
        """Take how long a value is good, and how many are kept."""
        self._seconds, self._most = seconds, most
        self._kept: dict[Hashable, tuple[int, T]] = {}
        self._counting: dict[Hashable, Lock] = {}
        self._guard = Lock()

    def get(self, of: Hashable, at: datetime, count: Callable[[], T]) -> T:
        """Return the value of this span, or, while it is counted by another, that of the one before."""
        span = int(at.timestamp()) // self._seconds
        held = self._kept.get(of)
        if held is not None and held[0] == span:
            return held[1]
        with self._guard:
            counting = self._counting.setdefault(of, Lock())
        if held is None or held[0] != span - 1:
            counting.acquire()
        elif not counting.acquire(blocking=False):
            return held[1]
        try:
            held = self._kept.get(of)
            if held is not None and held[0] == span:
                return held[1]
            value = count()
            self._keep(of, span, value)
            return value
        finally:
            counting.release()

    def _keep(self, of: Hashable, span: int, value: T) -> None:
        with self._guard:
            if of not in self._kept and len(self._kept) >= self._most:
                self._kept.pop(min(self._kept, key=lambda one: self._kept[one][0]))
            self._kept[of] = span, value

    def clear(self) -> None:
        """Forget all values."""
        with self._guard:
            self._kept.clear()
