"""What a search of the record finds, and as what it is handed out: each event with the log's proof of it."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.ledger import rules
from janaseva.ledger.models import Event
from janaseva.ledger.queries.log import leaf, proof, verifier
from janaseva.ledger.queries.stories import EventView, views

EXPORT = "janaseva.org/record-export@v1"


def matching(
    by: Actor,
    *,
    from_at: datetime,
    to_at: datetime,
    person_id: UUID | None = None,
    post_id: UUID | None = None,
    story: UUID | None = None,
) -> tuple[UUID, ...]:
    """Return the ids of the events that fit, oldest first, and one more than may be handed out where there are more.

    Raises:
        Refusal: ``not_found`` for who may not search.

    """
    if not rules.may_search(by):
        raise not_found()
    given = {"person_id": person_id, "post_id": post_id, "story": story}
    named = {name: value for name, value in given.items() if value is not None}
    fitting = Event.objects.filter(at__gte=from_at, at__lt=to_at, **named).order_by("pk")
    return tuple(fitting.values_list("pk", flat=True)[: rules.MOST_FOUND + 1])


def events_of(by: Actor, ids: Collection[UUID]) -> list[EventView]:
    """Return the events with these ids, oldest first.

    Raises:
        Refusal: ``not_found`` for who may not search.

    """
    if not rules.may_search(by):
        raise not_found()
    return views(list(Event.objects.filter(pk__in=ids).order_by("pk")))


def exported(by: Actor, ids: Collection[UUID], *, about: dict[str, Any]) -> str:
    """Return these events as a file that anyone can check offline against the log's public key.

    Each comes with its canonical record, its salt and the log's proof of it. An event that no checkpoint covers yet is
    named among ``unproven``, and one of which the record was erased among ``erased``.

    Raises:
        Refusal: ``not_found`` for who may not search.

    """
    if not rules.may_search(by):
        raise not_found()
    erased = set(Event.objects.filter(pk__in=ids, salt=None).values_list("pk", flat=True))
    proofs = {key: proof(key, with_record=True) for key in ids if key not in erased}
    proven = [
        {"event": str(key), "leaf": (leaf(key) or b"").decode(), "proof": held.text()}
        for key, held in proofs.items()
        if held is not None
    ]
    unproven = [str(key) for key, held in proofs.items() if held is None]
    tree = {
        "format": EXPORT, "about": about, "verifier": verifier(), "events": proven, "unproven": unproven,
        "erased": sorted(map(str, erased)),
    }  # fmt: skip
    return json.dumps(tree, ensure_ascii=False, indent=1) + "\n"
