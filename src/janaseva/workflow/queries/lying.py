"""What lies at a post or an office, or comes there on its way: what has to go elsewhere before either may end."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from janaseva.core.actor import Actor
from janaseva.workflow.models import Case

MOST_LISTED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """How many running cases name a post or an office, and the stories of the first of them, as they arrived."""

    count: int
    stories: tuple[UUID, ...]


def naming(place_id: UUID) -> QuerySet[Case]:
    """Return the running cases of which a desk is this post or at this office; all are looked at."""
    running = Case.objects.filter(ended_at=None).annotate(named=Cast("desks", TextField()))
    return running.filter(named__contains=str(place_id)).order_by("arrived_at", "id")


def lying(by: Actor, place_id: UUID) -> Lying:
    """Return what lies at a post or an office, for officers who arrange offices, in two queries; else nothing."""
    if not (by.kind == "system" or by.may("people.arrange")):
        return Lying(count=0, stories=())
    rows = naming(place_id)
    return Lying(count=rows.count(), stories=tuple(rows.values_list("story", flat=True)[:MOST_LISTED]))
