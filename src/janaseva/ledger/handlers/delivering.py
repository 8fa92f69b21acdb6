"""Bringing news to those who listen for it: at least once, by lease, with back-off, and never silently lost."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from pydantic import TypeAdapter

from janaseva.core.action import upkeep
from janaseva.core.news import Heard, Listener, News, NotYet, listeners
from janaseva.core.questions import Question
from janaseva.core.refusal import Refusal
from janaseva.core.row import update_where
from janaseva.ledger.models import Delivery, Event

LEASE = timedelta(seconds=60)
"""How long a worker holds a delivery; what a killed worker held comes back after it."""
SOON = timedelta(milliseconds=500)
"""When a listener that must wait for something is asked again."""
MOST_ATTEMPTS = 12
"""With the back-off below, about seventy minutes of trying."""
LONGEST_BACK_OFF = timedelta(hours=1)
BATCH = 8
SETTLED_AFTER = timedelta(milliseconds=500)
"""How long the worker may go on before it writes down what it has brought. What a killed worker did not write down is
brought again when its lease is over; to whoever listens that is nothing new."""
WAITING: Final = Delivery.State.WAITING.value
DONE: Final = Delivery.State.DONE.value
DEAD: Final = Delivery.State.DEAD.value

_log = logging.getLogger("janaseva.ledger")


@dataclass(slots=True)
class Delivered:
    """What one batch came to."""

    taken: int = 0
    done: int = 0
    not_yet: int = 0
    failures: list[Exception] = field(default_factory=list)


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 1 s, 2 s, 4 s ... an hour."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 12)), LONGEST_BACK_OFF)


_readers: dict[type[News], TypeAdapter[News]] = {}


def read_news(kind: type[News], facts: Mapping[str, Any]) -> News:
    """Return the news of ``kind`` that was kept as ``facts``.

    Raises:
        pydantic.ValidationError: where the facts are of another form than ``kind`` has now.

    """
    if kind not in _readers:
        _readers[kind] = TypeAdapter(kind)
    return _readers[kind].validate_python(dict(facts))


@Question
def _some_due(*, at: datetime) -> QuerySet[Delivery, UUID]:
    return Delivery.objects.filter(state="waiting", due_at__lte=at).values_list("pk", flat=True)[:1]


@Question
def _due(*, at: datetime, limit: int) -> QuerySet[Delivery]:
    due = Delivery.objects.filter(state="waiting", due_at__lte=at).order_by("due_at", "pk")
    return due.select_for_update(skip_locked=True)[:limit]


def _claimed(at: datetime, limit: int) -> list[Delivery]:
    """Take up to ``limit`` deliveries that are due, for the length of a lease; each counts as an attempt."""
    if not _some_due(at=at):
        return []
    by_attempts: dict[int, list[Delivery]] = {}
    with upkeep():
        taken, until = _due(at=at, limit=limit), at + LEASE
        for delivery in taken:
            by_attempts.setdefault(delivery.attempts, []).append(delivery)
        for attempts, some in by_attempts.items():
            keys = tuple(delivery.pk for delivery in some)
            update_where(Delivery, {"due_at": until, "attempts": attempts + 1}, id=keys)
    for delivery in taken:
        delivery.due_at, delivery.attempts = until, delivery.attempts + 1
    return taken


def _settle(delivery: Delivery, **values: Any) -> bool:
    """Write how a delivery ended, unless its lease ran out and another worker took it."""
    with upkeep():
        return bool(update_where(Delivery, values, id=delivery.pk, state=WAITING, due_at=delivery.due_at))


def _fail(delivery: Delivery, error: Exception, at: datetime) -> None:
    code = error.code if isinstance(error, Refusal) else type(error).__name__
    dead = delivery.attempts >= MOST_ATTEMPTS
    state = DEAD if dead else WAITING
    _settle(delivery, state=state, due_at=at + back_off(delivery.attempts), error=code[:120])
    _log.error(
        "%s failed on event %s, attempt %s%s",
        delivery.listener,
        delivery.event_id,
        delivery.attempts,
        ": given up, see janaseva worker --status" if dead else "",
        exc_info=error,
    )


def _listener(name: str) -> Listener:
    try:
        return listeners[name]
    except KeyError as error:
        message = f"nobody is called {name} any more"
        raise LookupError(message) from error


def _bring(delivery: Delivery, event: Event, at: datetime) -> None:
    listener = _listener(delivery.listener)
    if event.facts is None:
        return  # what it told was erased: there is nothing left to bring
    news = read_news(listener.news, event.facts)
    if not listener.wants(news):
        return
    heard = Heard(event_id=event.pk, story=event.story, happened_at=event.at, at=at, news=news)
    listener.function(heard)


def _settle_done(brought: list[Delivery]) -> None:
    """Write down, in one transaction, that these were brought, but for those that another worker took meanwhile."""
    if not brought:
        return
    by_lease: dict[datetime, list[UUID]] = {}
    for delivery in brought:
        by_lease.setdefault(delivery.due_at, []).append(delivery.pk)
    with upkeep():
        for due_at, keys in by_lease.items():
            for start in range(0, len(keys), BATCH):
                some = tuple(keys[start : start + BATCH])
                update_where(Delivery, {"state": DONE, "error": ""}, id=some, state=WAITING, due_at=due_at)
    brought.clear()


def _is_brought(delivery: Delivery, event: Event, at: datetime, soon: timedelta, into: Delivered) -> bool:
    """Bring it, and write down where that did not succeed."""
    try:
        _bring(delivery, event, at)
    except NotYet:
        _settle(delivery, due_at=at + soon, attempts=delivery.attempts - 1, error="")
        into.not_yet += 1
    except Exception as error:  # noqa: BLE001 - whatever a listener raises is counted, shown and tried again
        _fail(delivery, error, at)
        into.failures.append(error)
    else:
        into.done += 1
        return True
    return False


def deliver(at: datetime, *, limit: int = BATCH, soon: timedelta = SOON) -> Delivered:
    """Take what is due at ``at`` and bring it to its listeners, outside of any transaction.

    Args:
        at: the present moment, passed on to the listeners.
        limit: how many to take at most.
        soon: when a listener that said :class:`~janaseva.core.news.NotYet` is asked again.

    """
    into = Delivered()
    taken = _claimed(at, limit)
    if not taken:
        return into
    events = {event.pk: event for event in Event.where(id=tuple({delivery.event_id for delivery in taken}))}
    began = settled = time.monotonic()
    into.taken, brought = len(taken), []
    try:
        for delivery in taken:
            passed = timedelta(seconds=time.monotonic() - began)
            if passed > LEASE / 2:
                renewed = delivery.due_at + passed
                if not _settle(delivery, due_at=renewed):
                    continue
                delivery.due_at = renewed
            if _is_brought(delivery, events[delivery.event_id], at, soon, into):
                brought.append(delivery)
            if time.monotonic() - settled > SETTLED_AFTER.total_seconds():
                _settle_done(brought)
                settled = time.monotonic()
    finally:
        _settle_done(brought)
    return into
