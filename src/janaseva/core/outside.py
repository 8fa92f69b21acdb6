"""What lies outside the database and a page hands out: read by the one way that a room's handlers installed for it.

Questions stay questions: they name what they want, and know neither files nor networks. Inside a transaction nothing is
read, for it would hold rows while another machine thinks.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import connection

Way = Callable[[Any], Any]
"""Returns the bytes of that name, or what else was asked for; or refuses, with words for whoever asked."""
W = TypeVar("W", bound=Way)

_ways: Final[dict[str, Way]] = {}


class InsideError(RuntimeError):
    """Something outside was asked for inside a transaction. This is a fault in the program."""


def way(kind: str) -> Callable[[W], W]:
    """Install the decorated function as the way to what is of this kind."""

    def install(function: W) -> W:
        _ways[kind] = function
        return function

    return install


def asked(kind: str, what: Any) -> Any:
    """Return what the way of this kind says.

    Raises:
        InsideError: inside a transaction.
        Refusal: what the way says.

    """
    blocks: list[Any] = connection.atomic_blocks
    if blocks and not blocks[-1]._from_testcase:  # noqa: SLF001 - as Django asks for a durable block itself
        message = f"{kind} cannot be fetched inside a transaction: read it before the act"
        raise InsideError(message)
    return _ways[kind](what)


def fetched(kind: str, name: str) -> bytes:
    """Return the bytes of this kind and name.

    Raises:
        InsideError: inside a transaction.
        Refusal: what the way says.

    """
    found: bytes = asked(kind, name)
    return found
