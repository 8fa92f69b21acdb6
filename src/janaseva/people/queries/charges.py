"""Who holds which post, and since when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.people import rules
from janaseva.people.models import Charge, Office
from janaseva.people.queries.offices import OfficeView, PostView, office_view, post_view


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


def _holder(row: Charge) -> HolderView:
    return HolderView(
        charge_id=row.id,
        post_id=row.post_id,
        person_id=row.person_id,
        names=row.person.names,
        kind=row.kind,
        from_at=row.from_at,
        to_at=row.to_at,
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


def holders_of(post_ids: Collection[UUID], at: datetime) -> dict[UUID, HolderView]:
    """Return the substantive holders of many posts, in one query; a vacant post is left out."""
    rows = Charge.objects.select_related("person").filter(force_at(at), post_id__in=post_ids, kind="substantive")
    return {row.post_id: _holder(row) for row in rows}


def holder_of(post_id: UUID, at: datetime) -> HolderView | None:
    """Return the substantive holder of a post at a moment, or ``None`` where it is vacant."""
    return holders_of([post_id], at).get(post_id)


def stand_ins_of(post_id: UUID, at: datetime) -> list[HolderView]:
    """Return who stands in at a post, now or later, the earliest first."""
    rows = Charge.objects.select_related("person").filter(post_id=post_id, kind="stand_in", to_at__gt=at)
    return [_holder(row) for row in rows.order_by("from_at", "id")]


def charges_of(by: Actor, at: datetime) -> list[ChargeView]:
    """Return all charges that ``by`` holds at a moment: the own ones first, then those stood in for."""
    if by.kind != "officer" or by.person_id is None:
        raise not_found()
    return [charge_view(row) for row in charges_in_force(by.person_id, at)]


def choices_of(by: Actor, at: datetime) -> list[ChargeView]:
    """Return the charges among which ``by`` chooses after sign-in: the own ones, else those stood in for."""
    held = charges_of(by, at)
    return [view for view in held if view.kind == "substantive"] or held


def charges_in_force(person_id: UUID, at: datetime) -> list[Charge]:
    """Return the rows behind :func:`charges_of`, for the room's own actions."""
    rows = Charge.objects.select_related("post__office").filter(force_at(at), person_id=person_id)
    return sorted(rows, key=lambda row: (row.kind != "substantive", row.from_at, row.post.key))


def charge(by: Actor, charge_id: UUID) -> ChargeView:
    """Return one charge, past or present, to officials.

    Raises:
        Refusal: ``not_found``.

    """
    row = Charge.objects.select_related("post__office").filter(pk=charge_id).first()
    if row is None or not by.is_official:
        raise not_found()
    return charge_view(row)


def charge_in_force(charge_id: UUID, at: datetime) -> bool:
    """Return whether a charge is in force at a moment."""
    return Charge.objects.filter(force_at(at), pk=charge_id).exists()


def facts_of(row: Charge) -> rules.ChargeFacts:
    """Return what decides who may change a charge; the offices above are read with a bounded number of queries."""
    above: list[UUID] = []
    next_id: Any = row.office_id
    while next_id is not None and next_id not in above:
        above.append(next_id)
        next_id = Office.objects.filter(pk=next_id).values_list("superior_id", flat=True).first()
    return rules.ChargeFacts(charge_id=row.id, person_id=row.person_id, post_id=row.post_id, above=tuple(above))
