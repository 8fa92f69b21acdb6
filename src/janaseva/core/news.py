"""What rooms tell each other: news after the fact, and times that have come. The ledger delivers both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Base of every event payload: ids and facts only, never personal data. Subclasses live in ``events.py``.

    ``name`` is ``room.past_tense``; ``version`` rises when the meaning of a fact changes.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1


N = TypeVar("N", bound=News)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Generic[N]):
    """One delivery: what happened, in which event and story, when it happened, and the time of hearing."""

    event_id: UUID
    story: UUID | None
    happened_at: datetime
    at: datetime
    news: N


class NotYet(Exception):  # noqa: N818 - not an error: the worker simply comes back soon
    """Raised by a handler that must wait for something on its way; the delivery is retried without counting."""


def anything(news: News) -> bool:
    """Want whatever is told: how most listen."""
    del news
    return True


@dataclass(frozen=True, slots=True)
class Listener:
    """A handler that hears one kind of news, as far as it ``wants`` it; its name is kept with every delivery."""

    name: str
    news: type[News]
    function: Callable[[Heard[Any]], None]
    wants: Callable[[Any], bool] = anything


@dataclass(frozen=True, slots=True)
class Round:
    """A handler that the clock calls every so many seconds."""

    name: str
    seconds: int
    function: Callable[[datetime], None]


listeners: dict[str, Listener] = {}
listeners_by_news: dict[str, list[Listener]] = {}
rounds: dict[str, Round] = {}
news_kinds: dict[str, type[News]] = {}

H = TypeVar("H", bound=Callable[..., None])


def hears(
    news: type[N], *, when: Callable[[N], bool] = anything
) -> Callable[[Callable[[Heard[N]], None]], Callable[[Heard[N]], None]]:
    """Register the decorated function as a listener. It is called at least once a piece of news: bear repeats.

    ``when`` says by the news itself which of them are wanted; of the others no delivery is kept, nor one brought that a
    release without it has kept.
    """

    def register(function: Callable[[Heard[N]], None]) -> Callable[[Heard[N]], None]:
        name = f"{function.__module__.removeprefix('janaseva.')}.{function.__name__}"
        if name not in listeners:
            listener = Listener(
                name=name,
                news=news,
                function=cast("Callable[[Heard[Any]], None]", function),
                wants=when,
            )
            listeners[name] = listener
            listeners_by_news.setdefault(news.name, []).append(listener)
        return function

    return register


def every(*, seconds: int) -> Callable[[Callable[[datetime], None]], Callable[[datetime], None]]:
    """Register the decorated function to be called by one worker every ``seconds``, with the present moment."""

    def register(function: Callable[[datetime], None]) -> Callable[[datetime], None]:
        name = f"{function.__module__.removeprefix('janaseva.')}.{function.__name__}"
        rounds[name] = Round(name=name, seconds=seconds, function=function)
        return function

    return register
