"""What is told of rows, and the readings that the room's own actions share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from janaseva.core.text import Text
from janaseva.people import rules
from janaseva.people.models import Charge, Office, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeView:
    """An office, the area it serves, and the office it stands under."""

    id: UUID
    key: str
    kind: str
    area_id: UUID
    department_id: UUID
    superior_id: UUID | None
    names: Text
    is_demonstration: bool
    successor_id: UUID | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """A post of an office, with its role."""

    id: UUID
    key: str
    office_id: UUID
    role: str
    names: Text


def office_view(row: Office) -> OfficeView:
    """Return what is told of an office."""
    return OfficeView(
        id=row.id,
        key=row.key,
        kind=row.kind,
        area_id=row.area_id,
        department_id=row.department_id,
        superior_id=row.superior_id,
        names=row.names,
        is_demonstration=row.is_demonstration,
        successor_id=row.successor_id,
        ended_at=row.ended_at,
    )


def post_view(row: Post) -> PostView:
    """Return what is told of a post."""
    return PostView(id=row.id, key=row.key, office_id=row.office_id, role=row.role, names=row.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """Who holds a post now. Officers act by name: it is on what they sign."""

    charge_id: UUID
    post_id: UUID
    person_id: UUID
    names: Text
    kind: str
    from_at: datetime
    to_at: datetime | None
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeView:
    """A charge with its post and office."""

    id: UUID
    person_id: UUID
    kind: str
    from_at: datetime
    to_at: datetime | None
    order: str
    post: PostView
    office: OfficeView


def force_at(at: datetime) -> Q:
    """Return the condition of a charge that is in force at a moment."""
    return Q(from_at__lte=at) & (Q(to_at__isnull=True) | Q(to_at__gt=at))


def holder_view(row: Charge) -> HolderView:
    """Return who holds a charge; the person should have been joined."""
    return HolderView(
        charge_id=row.id,
        post_id=row.post_id,
        person_id=row.person_id,
        names=row.person.names,
        kind=row.kind,
        from_at=row.from_at,
        to_at=row.to_at,
        order=row.order,
    )


def charge_view(row: Charge) -> ChargeView:
    """Return what is told of a charge; post and office should have been joined."""
    return ChargeView(
        id=row.id,
        person_id=row.person_id,
        kind=row.kind,
        from_at=row.from_at,
        to_at=row.to_at,
        order=row.order,
        post=post_view(row.post),
        office=office_view(row.post.office),
    )


def charges_in_force(person_id: UUID, at: datetime) -> list[Charge]:
    """Return what a person holds at a moment: the own charges first, then those stood in for."""
    rows = Charge.objects.select_related("post__office").filter(force_at(at), person_id=person_id)
    return sorted(rows, key=lambda row: (row.kind != "substantive", row.from_at, row.post.key))


def facts_of(row: Charge) -> rules.ChargeFacts:
    """Return what decides who may change a charge; the offices above are read with a bounded number of queries."""
    above: list[UUID] = []
    next_id: Any = row.office_id
    while next_id is not None and next_id not in above:
        above.append(next_id)
        next_id = Office.objects.filter(pk=next_id).values_list("superior_id", flat=True).first()
    return rules.ChargeFacts(charge_id=row.id, person_id=row.person_id, post_id=row.post_id, above=tuple(above))
