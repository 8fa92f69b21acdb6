"""The versions of a service, for everyone: from which day each holds, and what it changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from janaseva.services.models import Definition as DefinitionRow
from janaseva.services.rules.difference import SERVICE, Change, difference

MOST_COMPARED = 6
"""Of so many newest versions it is told what they changed; older ones are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version; ``changes`` against the one before it, ``None`` where that is not told."""

    number: int
    since: date
    published_at: datetime
    in_force: bool
    changes: tuple[Change, ...] | None


@lru_cache(maxsize=256)
def _compared(old: UUID, new: UUID) -> tuple[Change, ...]:
    """Return what a published version changed; published versions stay as they are, so it is worked out once."""
    files: Mapping[UUID, Mapping[str, str]] = dict(
        DefinitionRow.objects.filter(pk__in=(old, new)).values_list("id", "files")
    )
    texts = [{SERVICE: files[one].get(SERVICE, "")} for one in (old, new)]
    return difference(*texts).changes


def versions(service: str, today: date) -> list[Version]:
    """Return the versions of a service, the newest first: also those whose day is still to come."""
    rows = list(
        DefinitionRow.objects.filter(service__key=service)
        .order_by("-version")
        .values_list("id", "version", "effective_from", "published_at")
    )
    current = next((row[1] for row in rows if row[2] <= today), None)
    found = []
    for place, (definition_id, number, since, published_at) in enumerate(rows):
        before = rows[place + 1][0] if place + 1 < len(rows) and place < MOST_COMPARED else None
        changes = None if before is None else _compared(before, definition_id)
        found.append(
            Version(
                number=number,
                since=since,
                published_at=published_at,
                in_force=number == current,
                changes=changes,
            )
        )
    return found
