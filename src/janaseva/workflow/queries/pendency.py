"""How much waits where, and for how long: numbers alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from uuid import UUID

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
    """Return the pendency of these offices, in two queries. Small numbers are the caller's to suppress."""
    if by.kind == "machine" and not by.may("services.pendency"):
        return []
    ages: dict[UUID, list[int]] = {}
    rows = Case.objects.filter(office_id__in=office_ids, ended_at=None).values_list("office_id", "arrived_at")
    for office_id, arrived_at in rows.iterator(chunk_size=5_000):
        ages.setdefault(office_id, []).append(max(0, (at - arrived_at).days))
    late: dict[UUID, int] = {}
    open_ = Deadline.objects.filter(case__office_id__in=office_ids, case__ended_at=None)
    overdue = open_.filter(step="", met_at=None, due_at__lt=at)
    for office_id in overdue.values_list("case__office_id", flat=True):
        late[office_id] = late.get(office_id, 0) + 1
    return [_pendency(office_id, found, late.get(office_id, 0)) for office_id, found in sorted(ages.items())]


def _pendency(office_id: UUID, ages: list[int], overdue: int) -> Pendency:
    groups = [0] * (len(AGES) + 1)
    for age in ages:
        groups[sum(age > last for last in AGES)] += 1
    return Pendency(
        office_id=office_id,
        open=len(ages),
        by_age=tuple(groups),
        median_days=int(median(ages)),
        oldest_days=max(ages),
        overdue=overdue,
    )
