"""What the events say must be there: the last hash of every row, and every number given."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

_REMOVED = 1 << 62
"""The revision under which a removal is remembered: nothing comes after it, since keys are never used again."""


class Seen(NamedTuple):
    """The last word of the record about one row; ``hash`` is ``None`` where the row was removed."""

    revision: int
    hash: bytes | None
    event: bytes

    @property
    def event_id(self) -> UUID:
        """Return the event that recorded it."""
        return UUID(bytes=self.event)


@dataclass(slots=True)
class Memory:
    """The rows (some 200 bytes each) and numbers of all events read so far, in whatever order they were read."""

    rows: dict[str, dict[bytes, Seen]] = field(default_factory=lambda: defaultdict(dict))
    numbers: dict[tuple[str, int], dict[int, UUID]] = field(default_factory=lambda: defaultdict(dict))
    givers: dict[tuple[str, int, int], UUID] = field(default_factory=dict)

    def keep_rows(self, event: UUID, rows: Sequence[Sequence[Any]]) -> None:
        """Remember the rows of one event where it is the last to record them."""
        for label, key, digest, revision in rows:
            order = _REMOVED if revision is None else revision
            held = self.rows[label].get(UUID(key).bytes)
            if held is None or held.revision <= order:
                digest_bytes = bytes.fromhex(digest) if digest else None
                self.rows[label][UUID(key).bytes] = Seen(order, digest_bytes, event.bytes)

    def keep_numbers(self, event: UUID, numbers: Sequence[Sequence[Any]]) -> None:
        """Remember the numbers of one event, and each that another event gave too."""
        for series, year, value in numbers:
            given = self.numbers[series, year]
            if value in given:
                self.givers[series, year, value] = max(event, given[value])
            given[value] = max(event, given.get(value, event))

    def doubled(self) -> Iterator[tuple[str, int, int, UUID]]:
        """Return each number that was given more than once, with the later event that gave it."""
        for (series, year, value), event in self.givers.items():
            yield series, year, value, event
