"""Erasing what the events of a story tell: content and salt go, hashes, links and places in the log stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from janaseva.core.action import current, flush, put, step, tell
from janaseva.core.actor import Actor
from janaseva.ledger import events, rules
from janaseva.ledger.models import Erasure, Event, Key, Story

_EMPTY: Final = (
    "UPDATE ledger_event SET facts = NULL, rows = NULL, salt = NULL, "
    "person_id = CASE WHEN actor_kind = 'person' THEN NULL ELSE person_id END WHERE story = %s AND ordinal <= %s"
)
_FORGET: Final = "UPDATE ledger_key SET body_hash = '', answer = NULL WHERE id = %s"


def _carried(told: Sequence[Event], written: set[tuple[str, UUID]]) -> tuple[tuple[str, str, str, int], ...]:
    """Return the last word of these events about each row that this act does not write, and that is still there."""
    last: dict[tuple[str, str], tuple[str | None, int | None]] = {}
    for event in told:
        for label, key, digest, revision in event.rows or ():
            held = last.get((label, key))
            if held is None or revision is None or (held[1] is not None and held[1] <= revision):
                last[label, key] = (digest, revision)
    return tuple(
        (label, key, digest, revision)
        for (label, key), (digest, revision) in sorted(last.items())
        if digest is not None and revision is not None and (label, UUID(key)) not in written
    )


@step
def erase(*, by: Actor, at: datetime, story: UUID) -> bool:
    """Erase what the events of a story tell so far, and what was answered to those who acted; ``False`` where done.

    Call it last, when all rows that hold what is erased are emptied: only what the act did not write is carried on.
    A key that was used in the story stays used, and can no longer be answered.
    """
    head = Story.locked(story)
    if head is None or Erasure.first_where(story=story) is not None:
        return False
    told: list[Any] = Event.where(story=story, order=("ordinal",))
    remains = rules.remains_hash([{name: getattr(event, name) for name in rules.REMAINS} for event in told])
    put(Erasure(story=story, through=head.length, events=len(told), remains=remains, erased_at=at))
    flush()
    carried = _carried(told, set(current().written))
    field = Event._meta.get_field("story")
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY, [field.get_db_prep_value(story, connection), head.length])
        for act_id in sorted({event.act_id for event in told}):
            cursor.execute(_FORGET, [Key._meta.pk.get_db_prep_value(act_id, connection)])
    tell(events.Erased(through=head.length, events=len(told), carried=carried), story=story)
    return True
