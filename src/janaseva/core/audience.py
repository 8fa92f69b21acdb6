"""For whom a route is: every view declares it, and the house tests walk every address to see that it did."""

from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar, get_args

Audience = Literal["anyone", "person", "officer", "machine"]
AUDIENCES: Final[tuple[str, ...]] = get_args(Audience)

View = TypeVar("View", bound=Callable[..., Any])


def audience(who: Audience) -> Callable[[View], View]:
    """Declare for whom a view is, as its attribute ``audience``.

    Args:
        who: ``anyone`` (no sign-in), ``person`` (a signed-in citizen), ``officer`` or ``machine`` (an API client).

    Raises:
        ValueError: where ``who`` is none of these.

    """
    if who not in AUDIENCES:
        message = f"a view is for {', '.join(AUDIENCES)}, not for {who!r}"
        raise ValueError(message)

    def declare(view: View) -> View:
        view.audience = who  # type: ignore[attr-defined]
        return view

    return declare
