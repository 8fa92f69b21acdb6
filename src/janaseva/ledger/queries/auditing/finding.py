"""What the audit finds: one thing that is not as the record says it must be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

Kind = Literal["altered", "missing", "inserted", "doubled", "unsigned"]

Progress = Callable[[str, int], None]
"""Called with what is looked at (``events``, ``log``, ``rows``, ``papers``) and how many more of it were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One disagreement. ``code`` has words under ``finding.<code>``; ``facts`` fill them and hold no personal data.

    ``table`` and ``key`` name the row or file; ``event_id`` the last event that recorded it, where there is one.
    """

    kind: Kind
    code: str
    table: str
    key: str
    event_id: UUID | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def words_facts(self) -> dict[str, str | int]:
        """Return all facts that the words ``finding.<code>`` may name."""
        return {"event": str(self.event_id or ""), **self.facts, "table": self.table, "what": self.key}


Look = Callable[[int | None, Progress], Iterator[Finding]]
"""Looks at what a room above keeps outside the database: the share of one night, or all of it."""
looks: Final[list[Look]] = []


def beyond(look: Look) -> Look:
    """Let the audit look at this too; for handlers of rooms above."""
    looks.append(look)
    return look
