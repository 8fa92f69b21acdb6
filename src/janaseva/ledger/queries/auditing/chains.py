"""The audit of events: each hash recomputed, each story's chain walked from its first event to its head."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from janaseva.ledger import rules
from janaseva.ledger.models import Erasure, Event, Story
from janaseva.ledger.queries.auditing.finding import Finding, Kind, Progress
from janaseva.ledger.queries.auditing.memory import Memory
from janaseva.ledger.queries.recorded import record_of

_CHUNK = 500
_TABLE = "ledger.event"


def _broken(event: Event, code: str, **facts: str | int) -> Finding:
    kind: Kind = "missing" if code == "event_missing" else "altered"
    facts = {"story": str(event.story), "ordinal": event.ordinal, "name": event.name, **facts}
    return Finding(kind=kind, code=code, table=_TABLE, key=str(event.pk), event_id=event.pk, facts=facts)


def _intact(event: Event) -> bool:
    if event.salt is None:
        return False
    try:
        record = rules.record_bytes(record_of(event))
    except (TypeError, AttributeError):
        return False
    return rules.event_hash(salt=bytes(event.salt), record=record) == event.hash


def _is_empty(event: Event) -> bool:
    return event.facts is None and event.rows is None and event.salt is None


def _erased(events: Sequence[Event], erasure: Erasure) -> Iterator[Finding]:
    """Return what is wrong with events that were erased: what is left of them altered, or what went there again."""
    remains = [{name: getattr(event, name) for name in rules.REMAINS} for event in events]
    facts: dict[str, str | int] = {"story": str(erasure.story), "count": erasure.events}
    if rules.remains_hash(remains) != erasure.remains:
        yield Finding(kind="altered", code="erased_altered", table=_TABLE, key=str(erasure.story), facts=facts)
    for event in events:
        if not _is_empty(event):
            yield _broken(event, "erased_back", erasure=str(erasure.pk))


def _walk(story: Story, events: Sequence[Event], erasure: Erasure | None) -> Iterator[Finding]:
    """Return what is wrong in one story: altered events, places left empty, links and a head that do not fit."""
    through = erasure.through if erasure is not None else 0
    if erasure is not None:
        yield from _erased([event for event in events if event.ordinal <= through], erasure)
    expected, previous = 1, ""
    for event in events:
        if event.ordinal != expected:
            yield _broken(event, "event_missing", count=event.ordinal - expected)
        elif event.previous != previous:
            yield _broken(event, "chain_broken")
        if event.ordinal > through and not _intact(event):
            yield _broken(event, "event_altered")
        expected, previous = event.ordinal + 1, event.hash
    if (story.length, story.head) != (expected - 1, previous):
        facts: dict[str, str | int] = {"story": str(story.pk), "length": story.length, "count": expected - 1}
        kind: Kind = "missing" if story.length > expected - 1 else "altered"
        yield Finding(kind=kind, code="story_head_wrong", table="ledger.story", key=str(story.pk), facts=facts)


def _second_look(key: UUID) -> list[Finding]:
    """Walk one story alone, head first: an act that was committed between two reads is then no finding."""
    story: Any = Story.get_or_none(key)
    if story is None:
        return []
    events: list[Any] = list(Event.objects.filter(story=key, ordinal__lte=story.length).order_by("ordinal"))
    return list(_walk(story, events, Erasure.first_where(story=key)))


def _chunks() -> Iterator[list[Any]]:
    last: UUID | None = None
    while True:
        rows = Story.objects.order_by("pk")
        found: list[Any] = list((rows.filter(pk__gt=last) if last else rows)[:_CHUNK])
        if not found:
            return
        yield found
        last = found[-1].pk


def _strangers() -> Iterator[Finding]:
    """Return events whose story nobody began."""
    lost = Event.objects.filter(~Exists(Story.objects.filter(pk=OuterRef("story")))).order_by("pk")
    event: Any
    for event in lost.iterator(chunk_size=_CHUNK):
        if not Story.objects.filter(pk=event.story).exists():
            facts: dict[str, str | int] = {"story": str(event.story), "name": event.name}
            yield Finding(
                kind="inserted", code="event_inserted", table=_TABLE, key=str(event.pk), event_id=event.pk, facts=facts
            )


def audit_events(memory: Memory, progress: Progress) -> Iterator[Finding]:
    """Return every finding about events and chains, filling ``memory`` with what the events recorded."""
    for stories in _chunks():
        wanted = {story.pk: story for story in stories}
        erasures = {one.story: one for one in Erasure.objects.filter(story__in=wanted)}
        events: Any = Event.objects.filter(story__in=wanted).order_by("story", "ordinal").iterator(chunk_size=2_000)
        for key, group in groupby(events, key=lambda event: event.story):
            held = list(group)
            for event in held:
                memory.keep_rows(event.pk, rules.rows_told(event.name, event.rows, event.facts))
                memory.keep_numbers(event.pk, event.numbers)
            progress("events", len(held))
            if key in erasures:
                progress("erased", erasures[key].events)
            if any(_walk(wanted.pop(key), held, erasures.get(key))):
                yield from _second_look(key)
        for key in wanted:
            yield from _second_look(key)
    yield from _strangers()
