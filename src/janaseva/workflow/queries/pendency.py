"""How much waits where, and for how long: numbers alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from janaseva.core.actor import Actor
from janaseva.workflow.models import Case, Deadline

AGES: tuple[int, ...] = (3, 7, 15, 30)
"""The last day of each age group; what is older is the group after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pendency:
    """The open cases of one office. ``by_age`` counts those of 0-3, 4-7, 8-15, 16-30 and more days since receipt."""

    office_id: UUID
    open: int
    by_age: tuple[int, ...]
    median_days: int
    oldest_days: int
    overdue: int


def pendency(by: Actor, at: datetime, *, office_ids: Collection[UUID]) -> list[Pendency]:
    """Return the pendency of these offices, in three queries. Small numbers are the caller's to suppress.

    The database counts: a large office has thousands of open cases, and a row for each was most of the page's time.
    """
    if by.kind == "machine" and not by.may("services.pendency"):
        return []
    open_ = Case.objects.filter(office_id__in=office_ids, ended_at=None)
    until = {f"until_{last}": Count("id", filter=Q(arrived_at__gt=at - timedelta(days=last + 1))) for last in AGES}
    counted: Any = open_.values("office_id").annotate(open=Count("id"), first_at=Min("arrived_at"), **until)
    middles = _middles(open_, at)
    late = _late(office_ids, at)
    return [
        Pendency(
            office_id=row["office_id"],
            open=row["open"],
            by_age=tuple(_groups([*(row[name] for name in until), row["open"]])),
            median_days=int(median(middles[row["office_id"]])),
            oldest_days=_days(row["first_at"], at),
            overdue=late.get(row["office_id"], 0),
        )
        for row in counted.order_by("office_id")
    ]


def _days(arrived_at: datetime, at: datetime) -> int:
    return max(0, (at - arrived_at).days)


def _groups(until: list[int]) -> list[int]:
    """Return how many there are of each age, from how many there are up to its end."""
    return [count - before for before, count in pairwise([0, *until])]


def _middles(open_: QuerySet[Case], at: datetime) -> dict[UUID, list[int]]:
    """Return the age in days of the case in the middle of each office's, or of the two that lie about the middle."""
    placed = open_.annotate(
        place=Window(RowNumber(), partition_by=[F("office_id")], order_by=[F("arrived_at"), F("id")]),
        of=Window(Count("id"), partition_by=[F("office_id")]),
    ).filter(Q(place=(F("of") + 1) / 2) | Q(place=F("of") / 2 + 1))
    found: dict[UUID, list[int]] = {}
    for office_id, arrived_at in placed.values_list("office_id", "arrived_at"):
        found.setdefault(office_id, []).append(_days(arrived_at, at))
    return found


def _late(office_ids: Collection[UUID], at: datetime) -> dict[UUID, int]:
    rows = Deadline.objects.filter(case__office_id__in=office_ids, case__ended_at=None)
    overdue = rows.filter(step="", met_at=None, due_at__lt=at).values("case__office_id").annotate(count=Count("*"))
    return {row["case__office_id"]: row["count"] for row in overdue.order_by("case__office_id")}
