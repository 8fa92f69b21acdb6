"""What the public may know of how it goes: counts over all applications. No person and no office is told apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F, Q

from janaseva.services.models import Application

RECENT: Final = timedelta(days=30)
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Applications of the last 30 days: handed in, decided, and of those with a due date how many were in time."""

    handed_in: int
    decided: int
    dated: int
    in_time: int


def figures(at: datetime) -> Figures:
    """Return how it went in the 30 days before ``at``; one query. For everyone."""
    since = at - RECENT
    decided = Q(state="decided", ended_at__gt=since)
    counted = Application.objects.filter(Q(submitted_at__gt=since) | decided).aggregate(
        handed_in=Count("pk", filter=Q(submitted_at__gt=since)),
        decided=Count("pk", filter=decided),
        dated=Count("pk", filter=decided & Q(due_at__isnull=False)),
        in_time=Count("pk", filter=decided & Q(ended_at__lte=F("due_at"))),
    )
    return Figures(**counted)


def most_asked(at: datetime, *, most: int = 6) -> Mapping[str, int]:
    """Return the keys of the services that were asked for most in the year before ``at``, most first. For everyone."""
    rows = Application.objects.filter(submitted_at__gt=at - YEAR).values_list("service_key")
    return dict(rows.annotate(count=Count("pk")).order_by("-count", "service_key")[:most])
