"""What happened in one matter, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import not_found
from janaseva.ledger.models import Event, Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One event of a story. ``leaf_index`` is its place in the log, ``None`` until it has one.

    Of one that ``is_erased`` nobody knows any more what it told; its hash and its place remain.
    """

    event_id: UUID
    ordinal: int
    name: str
    version: int
    at: datetime
    office_id: UUID | None
    actor_kind: str
    actor_name: str
    person_id: UUID | None
    charge_id: UUID | None
    post_id: UUID | None
    act: str
    facts: Mapping[str, Any]
    hash: str
    leaf_index: int | None
    is_erased: bool = False


@Question
def _places(*, events: tuple[UUID, ...]) -> QuerySet[Leaf, tuple[UUID, int | None]]:
    return Leaf.objects.filter(pk__in=events).values_list("pk", "index")


def views(events: list[Event]) -> list[EventView]:
    """Return events as they are shown, with their places in the log."""
    places = dict(_places(events=tuple(event.pk for event in events)))
    same = [name for name in EventView.__dataclass_fields__ if name not in ("event_id", "leaf_index", "is_erased")]
    return [
        EventView(
            event_id=event.pk,
            leaf_index=places.get(event.pk),
            is_erased=event.salt is None,
            **{name: getattr(event, name) for name in same} | {"facts": event.facts or {}},
        )
        for event in events
    ]


def story(by: Actor, story: UUID, *, visible: bool = False) -> list[EventView]:
    """Return the events of one story in order; empty where nothing was told under that id.

    Args:
        by: who asks; officials may read every story.
        story: the id under which the events were told.
        visible: what the room that owns the matter has decided: that ``by`` may see it.

    Raises:
        Refusal: ``not_found`` where ``by`` may not see it.

    """
    if not (by.is_official or visible):
        raise not_found()
    found: list[Any] = Event.where(story=story, order=("ordinal",))
    return views(found)
