"""What the public may know of how it goes: counts over all applications. No person and no office is told apart."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Q

from janaseva.services.models import Application

RECENT: Final = timedelta(days=30)
YEAR: Final = timedelta(days=365)
LATEST: Final = 10_000
"""So many applications tell what is asked for most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Applications of the last 30 days: handed in, decided, and of those with a due date how many were in time."""

    handed_in: int
    decided: int
    dated: int
    in_time: int


def figures(at: datetime) -> Figures:
    """Return how it went in the 30 days before ``at``; two queries, each by an index of its own. For everyone."""
    since = at - RECENT
    decided = Application.objects.filter(state="decided", ended_at__gt=since).aggregate(
        decided=Count("pk"),
        dated=Count("pk", filter=Q(due_at__isnull=False)),
        in_time=Count("pk", filter=Q(ended_at__lte=F("due_at"))),
    )
    return Figures(handed_in=Application.objects.filter(submitted_at__gt=since).count(), **decided)


def most_asked(at: datetime, *, most: int = 6) -> Mapping[str, int]:
    """Return the keys of the services that were asked for most of late, most first. For everyone.

    Of late: among the :data:`LATEST` applications handed in last, and in the year before ``at``. A count of all of a
    year would read some twenty million of them in a state.
    """
    handed_in = Application.objects.filter(submitted_at__gt=at - YEAR, submitted_at__lte=at)
    counted = Counter(handed_in.order_by("-submitted_at").values_list("service_key", flat=True)[:LATEST])
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:most])
