"""Questions about answers. Who may see a matter is known to the room above, which asks for the matter's own story."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.forms.models import AnswerSheet


def answers_of_all(stories: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the answers kept for many matters, by matter; one of which nothing was kept is not there."""
    rows = AnswerSheet.objects.filter(story__in=stories).values_list("story", "values")
    return {story: dict(values) for story, values in rows if isinstance(values, dict)}


def answers_of(story: UUID) -> dict[str, Any]:
    """Return the answers kept for a matter, plain JSON by field key; empty where nothing was kept."""
    row = AnswerSheet.first_where(story=story)
    return dict(row.values) if row is not None and isinstance(row.values, dict) else {}


def kept_at(story: UUID) -> datetime | None:
    """Return when the answers of a matter were last saved; ``None`` where nothing was kept."""
    row = AnswerSheet.first_where(story=story)
    return row.kept_at if row is not None else None
