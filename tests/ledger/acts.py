"""Actions of a make-believe use case, so that the record can be tried without any room above the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from janaseva.core.action import action, allow, tell
from janaseva.core.news import News
from janaseva.ledger import steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(News):
    name: ClassVar[str] = "ledger.tried"

    count: int
    matter: UUID | None = None
    words: tuple[str, ...] = ()


def acting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make an action of the ledger of a test's function."""
    function.__module__ = "janaseva.ledger.actions"
    return action(function)


@acting
def attempt(*, by, at, key: str, story: UUID | None = None, count: int = 1, series: str = "") -> int:
    allow(True)
    for place in range(count):
        tell(Tried(count=place, matter=story, words=("a", "b")), story=story)
    return steps.number(series=series, year=at.year) if series else count
