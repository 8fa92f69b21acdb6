"""How many cases were taken in hand, and how many of them out of their turn: numbers alone, for everyone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from janaseva.workflow.models import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What one office took in hand of one kind of case."""

    definition_key: str
    office_id: UUID
    taken: int
    out_of_turn: int


def turns(*, since: datetime, at: datetime) -> list[Turns]:
    """Return what was taken between two moments by kind of case and office, in one query. For everyone."""
    rows = Task.objects.filter(kind="main", held_at__isnull=False, held_at__gt=since, held_at__lte=at)
    counted = rows.values_list("case__definition_key", "office_id").annotate(
        taken=Count("pk"), jumped=Count("pk", filter=~Q(out_of_turn=""))
    )
    return [
        Turns(definition_key=key, office_id=office_id, taken=taken, out_of_turn=jumped)
        for key, office_id, taken, jumped in counted.order_by()
    ]
