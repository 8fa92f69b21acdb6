"""The transparency log as anyone may read it: checkpoint, tiles, entries, and the proof of one event."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import connection

from janaseva.core.statements import columns, raw
from janaseva.ledger import rules
from janaseva.ledger.models import Checkpoint, Event, Leaf
from janaseva.ledger.queries.recorded import HEAD_ID, head, record_of, tile_hashes


def checkpoint() -> str:
    """Return the newest signed checkpoint; empty before the first."""
    held = head()
    return held.note if held else ""


def verifier() -> str:
    """Return the public key under which checkpoints are signed, as one line; empty before the first."""
    held = head()
    return held.verifier if held else ""


def verifiers() -> list[str]:
    """Return every public key that checkpoints were or are signed with, as lines, the newest first."""
    told: Any = Event.objects.filter(story=rules.LOG_KEYS).order_by("-ordinal").values_list("facts", flat=True)
    held = [line for facts in told for line in (facts["verifier"], facts["before"])]
    return [line for line in dict.fromkeys([*held, verifier()]) if line]


def leaf_index(event_id: UUID) -> int | None:
    """Return the event's place in the log, from 0; ``None`` until the sequencer has given it."""
    leaf = Leaf.get_or_none(event_id)
    return leaf.index if leaf is not None else None


_MOST_TILES: Final = 256
"""So many tiles of 8 kB are kept; most proofs under one head have those at the log's end in common."""
_trees: Final[list[tuple[str, rules.Tree]]] = []


def _tree(held: Checkpoint) -> rules.Tree:
    """Return the tree under a head, with the tiles that proofs under the very same head have read before."""
    known = next(iter(_trees), None)
    if known is None or known[0] != held.root or known[1].size != held.size or known[1].tiles_read > _MOST_TILES:
        known = (held.root, rules.Tree(held.size, tile_hashes))
        _trees[:] = [known]
    return known[1]


def proof(event_id: UUID, *, with_record: bool = False) -> rules.Proof | None:
    """Return the proof that the published log holds the event; ``None`` until a checkpoint covers it.

    Args:
        event_id: the event.
        with_record: carry the salt and the canonical record too, for those who may read the event; of one that was
            erased there is neither.

    """
    held = head()
    index = leaf_index(event_id)
    if held is None or index is None or index >= held.size:
        return None
    extra = b""
    if with_record:
        event = Event.get_or_none(event_id)
        if event is not None and event.salt is not None:
            extra = bytes(event.salt) + rules.record_bytes(record_of(event))
    path = _tree(held).inclusion(index)
    return rules.Proof(index=index, path=tuple(path), checkpoint=held.note, extra=extra)


def proof_at(index: int) -> rules.Proof | None:
    """Return the proof that the published log holds its entry ``index``; ``None`` where no checkpoint covers it."""
    held = head()
    if held is None or not 0 <= index < held.size:
        return None
    path = _tree(held).inclusion(index)
    return rules.Proof(index=index, path=tuple(path), checkpoint=held.note)


def leaf(event_id: UUID) -> bytes | None:
    """Return the log's entry for the event, to check a proof against."""
    data = Leaf.objects.filter(pk=event_id).values_list("data", flat=True).first()
    return data.encode() if data is not None else None


def entries(*, first: int, last: int) -> list[bytes]:
    """Return the log's entries from index ``first`` up to but without ``last``."""
    found = Leaf.objects.filter(index__gte=first, index__lt=last).order_by("index").values_list("data", flat=True)
    return [data.encode() for data in found]


def leaf_ids(*, first: int, last: int) -> list[UUID]:
    """Return the ids of the events in the log from index ``first`` up to but without ``last``."""
    return list(Leaf.objects.filter(index__gte=first, index__lt=last).order_by("index").values_list("pk", flat=True))


def leaves_among(ids: Collection[UUID]) -> set[UUID]:
    """Return which of these events have a leaf, with a place in the log or without."""
    return set(Leaf.objects.filter(pk__in=ids).values_list("pk", flat=True))


_FIRST_UNPLACED = 'SELECT {} FROM ledger_leaf {} WHERE "index" IS NULL ORDER BY id LIMIT 1'
_BY_PLACE = {"postgresql": "", "sqlite": "INDEXED BY leaves_to_sequence"}
"""SQLite would look for all that have no place by the index of places, and sort them: the more the log is behind."""


def unpublished_seconds(moment: UUID) -> int:
    """Return for how long the oldest event that no checkpoint covers has been waiting when ``moment`` was made.

    Both are UUIDs of version 7, whose first 48 bits are the milliseconds of their making: nobody who acts chooses it.
    """
    waiting = next(iter(raw(Leaf, _FIRST_UNPLACED.format(columns(Leaf), _BY_PLACE[connection.vendor]), ())), None)
    held = Checkpoint.first_where(id=HEAD_ID)
    unsigned = Leaf.first_where(index=held.size) if held else None
    milliseconds = [(moment.int >> 80) - (leaf.pk.int >> 80) for leaf in (waiting, unsigned) if leaf is not None]
    return max(0, *milliseconds, 0) // 1000


def tile(path: str) -> bytes | None:
    """Return the bytes of a published tile or entry bundle, or ``None`` where the log has none at ``path``.

    Only what a signed checkpoint covers is given out.
    """
    place, held = rules.parse_path(path), head()
    if place is None or held is None:
        return None
    if rules.width_at(size=held.size, level=place.level or 0, number=place.number) < place.width:
        return None
    if place.level is None:
        first = place.number * rules.TILE_WIDTH
        return rules.bundle(entries(first=first, last=first + place.width))
    return tile_hashes(place.level, place.number)[: place.width * rules.HASH_BYTES]
