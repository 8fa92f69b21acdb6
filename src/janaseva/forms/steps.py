"""What forms does inside other rooms' actions: keep answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import change, empty, put, step
from janaseva.core.actor import Actor
from janaseva.forms.models import AnswerSheet


@step
def keep(
    *,
    by: Actor,
    at: datetime,
    story: UUID,
    form_key: str,
    form_version: int,
    values: Mapping[str, Any],
    office_id: UUID | None = None,
) -> UUID:
    """Keep these answers as all the answers of the matter; what was kept before is replaced. Answer the row's id.

    They are kept as given: the caller has read them (:func:`janaseva.forms.rules.parse`) and checked what must hold.
    """
    row = AnswerSheet.first_where(story=story, lock=True)
    if row is None:
        row = put(
            AnswerSheet(
                story=story,
                office_id=office_id,
                form_key=form_key,
                form_version=form_version,
                values=dict(values),
                kept_at=at,
            )
        )
    else:
        office = office_id or row.office_id
        change(row, values=dict(values), form_key=form_key, form_version=form_version, kept_at=at, office_id=office)
    return row.id


@step
def erase(*, by: Actor, at: datetime, story: UUID) -> None:
    """Erase the answers of a matter."""
    empty(AnswerSheet.where(story=story, lock=True))
