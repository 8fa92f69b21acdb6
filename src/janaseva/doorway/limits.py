"""How often: bounds on what one address, or one visitor, may ask in a while, kept in this process's memory.

They brake guessing and flooding at the door; budgets that must hold over all processes (one-time codes, passwords) are
kept by people in the database.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from django.http import HttpRequest

from janaseva.core.refusal import TOO_MANY, Refusal
from janaseva.doorway.visitor import client_address, signed_in

MOST_KEPT: Final = 50_000
V = TypeVar("V", bound=Callable[..., Any])


class Window:
    """Counts by name in fixed windows; the longest unused names are forgotten first, so memory is bounded."""

    def __init__(self, *, most: int, seconds: int) -> None:
        self.most = most
        self.seconds = seconds
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, moment: float) -> int:
        """Count one more for ``name``; return 0, or how many seconds to wait where there were too many."""
        window = int(moment) // self.seconds
        with self._lock:
            began, count = self._counts.pop(name, (window, 0))
            count = count + 1 if began == window else 1
            self._counts[name] = (window, count)
            if len(self._counts) > MOST_KEPT:
                self._counts.popitem(last=False)
        return 0 if count <= self.most else self.seconds - int(moment) % self.seconds

    def forget(self) -> None:
        """Forget all counts, for tests."""
        with self._lock:
            self._counts.clear()


windows: dict[str, Window] = {}


def forget_all() -> None:
    """Forget the counts of every limit, for tests."""
    for window in windows.values():
        window.forget()


def at_most(most: int, *, seconds: int, name: str) -> Callable[[V], V]:
    """Bound how often one visitor (or else one address) may call the decorated view.

    Raises:
        Refusal: ``too_many_requests`` (429), with the seconds to wait, from the view.

    """
    window = windows.setdefault(name, Window(most=most, seconds=seconds))

    def bound(view: V) -> V:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            found = signed_in(request)
            who = str(found.session_id) if found is not None else client_address(request)
            wait = window.wait(who, time.monotonic())
            if wait:
                raise Refusal("too_many_requests", status=TOO_MANY, seconds=wait)
            return view(request, *args, **kwargs)

        return limited  # type: ignore[return-value]

    return bound
