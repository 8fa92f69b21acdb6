"""Events as they were recorded, and the log's single head, for the ledger's other queries."""

from uuid import UUID

from janaseva.ledger import rules
from janaseva.ledger.models import Checkpoint, Event, Tile

HEAD_ID = UUID(int=0)
"""The key of the only checkpoint row."""
AUDITS = UUID(int=1)
"""The story under which every audit is told."""


def record_of(event: Event) -> rules.Record:
    """Return the record that the event's hash is of."""
    return rules.Record(**{name: getattr(event, name) for name in rules.Record.__dataclass_fields__})


def head() -> Checkpoint | None:
    """Return the head of the log, or ``None`` before the first leaf."""
    return Checkpoint.get_or_none(HEAD_ID)


def tile_hashes(level: int, number: int) -> bytes:
    """Return the hashes of a tile as far as it is filled; nothing where there is none."""
    found = Tile.first_where(level=level, number=number, order=())
    return bytes(found.hashes) if found is not None else b""
