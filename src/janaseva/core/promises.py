"""Whether what is acknowledged will last: asked before every act. The ledger, which knows, installs the look.

Some promises break so that nothing may be taken in; some (:data:`RECEIVING`) so that a row can still be taken and will
last: then what is handed in is received, numbered and queued, and everything else waits.
"""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from janaseva.core.refusal import UNAVAILABLE, Refusal

Look = Callable[[], str]
"""Answers the code of the promise that cannot be kept now (it has words, as every code of a refusal), or nothing."""

RECEIVING: Final = frozenset({"log_late", "disk_low"})
"""The promises without which receipts are still given: the log is not published, or room runs out but has not yet."""

P = ParamSpec("P")
R = TypeVar("R")

_looks: Final[list[Look]] = []


def use_look(look: Look) -> Look | None:
    """Install ``look`` and return the one that it replaces; the ledger calls this once at start."""
    before = _looks[0] if _looks else None
    _looks[:] = [look]
    return before


def broken() -> str:
    """Return the code of the promise that cannot be kept now; empty where all can be."""
    return _looks[0]() if _looks else ""


def receives() -> bool:
    """Return whether what is handed in can be received now, whatever else cannot be done."""
    code = broken()
    return not code or code in RECEIVING


def receipt(function: Callable[P, R]) -> Callable[P, R]:
    """Mark an action (below ``@action``) that only takes in what somebody hands in, and leaves the rest to news of it.

    It is done in safe mode too, as long as a row can be taken; what follows from it waits until all promises hold.
    """
    function.is_receipt = True  # type: ignore[attr-defined]
    return function


def keep_promises(*, receipt: bool = False) -> None:
    """Let nothing be acknowledged that may not last; a ``receipt`` needs less than other acts.

    Raises:
        Refusal: the broken promise's code (503). It is not recorded, for nothing can be.

    """
    code = broken()
    if code and not (receipt and code in RECEIVING):
        raise Refusal(code, status=UNAVAILABLE)
