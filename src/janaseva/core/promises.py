"""Whether what is acknowledged will last: asked before every act. The ledger, which knows, installs the look."""

from collections.abc import Callable
from typing import Final

from janaseva.core.refusal import UNAVAILABLE, Refusal

Look = Callable[[], str]
"""Answers the code of the promise that cannot be kept now (it has words, as every code of a refusal), or nothing."""

_looks: Final[list[Look]] = []


def use_look(look: Look) -> Look | None:
    """Install ``look`` and return the one that it replaces; the ledger calls this once at start."""
    before = _looks[0] if _looks else None
    _looks[:] = [look]
    return before


def broken() -> str:
    """Return the code of the promise that cannot be kept now; empty where all can be."""
    return _looks[0]() if _looks else ""


def keep_promises() -> None:
    """Let nothing be acknowledged that may not last.

    Raises:
        Refusal: the broken promise's code (503). It is not recorded, for nothing can be.

    """
    code = broken()
    if code:
        raise Refusal(code, status=UNAVAILABLE)
