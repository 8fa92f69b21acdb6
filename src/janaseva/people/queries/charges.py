"""Who holds which post, and since when."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.people import rules
from janaseva.people.models import Charge, Person
from janaseva.people.queries._views import (
    ChargeView,
    HolderView,
    charge_view,
    charges_in_force,
    force_at,
    holder_view,
)


def holders_of(post_ids: Collection[UUID], at: datetime) -> dict[UUID, HolderView]:
    """Return the substantive holders of many posts, in one query; a vacant post is left out."""
    rows = Charge.objects.select_related("person").filter(force_at(at), post_id__in=post_ids, kind="substantive")
    return {row.post_id: holder_view(row) for row in rows}


def holder_of(post_id: UUID, at: datetime) -> HolderView | None:
    """Return the substantive holder of a post at a moment, or ``None`` where it is vacant."""
    held = [
        row for row in Charge.where(post_id=post_id, kind="substantive") if rules.in_force(row.from_at, row.to_at, at)
    ]
    person = Person.get_or_none(held[-1].person_id) if held else None
    if person is None:
        return None
    held[-1].person = person
    return holder_view(held[-1])


def stand_ins_of(post_id: UUID, at: datetime) -> list[HolderView]:
    """Return who stands in at a post, now or later, the earliest first."""
    rows = Charge.objects.select_related("person").filter(post_id=post_id, kind="stand_in", to_at__gt=at)
    return [holder_view(row) for row in rows.order_by("from_at", "id")]


def charges_of(by: Actor, at: datetime) -> list[ChargeView]:
    """Return all charges that ``by`` holds at a moment: the own ones first, then those stood in for."""
    if by.kind != "officer" or by.person_id is None:
        raise not_found()
    return [charge_view(row) for row in charges_in_force(by.person_id, at)]


def choices_of(by: Actor, at: datetime) -> list[ChargeView]:
    """Return the charges among which ``by`` chooses after sign-in: the own ones, else those stood in for."""
    held = charges_of(by, at)
    return [view for view in held if view.kind == "substantive"] or held


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
    row = Charge.get_or_none(charge_id)
    return row is not None and rules.in_force(row.from_at, row.to_at, at)


def held_over_time(by: Actor, post_ids: Collection[UUID]) -> dict[UUID, list[HolderView]]:
    """Return everybody who held or stood in at each of these posts, the latest first, in one query; for officials.

    Raises:
        Refusal: ``not_found``.

    """
    if not by.is_official:
        raise not_found()
    rows = Charge.objects.select_related("person").filter(post_id__in=post_ids).order_by("-from_at", "-id")
    found: dict[UUID, list[HolderView]] = {}
    for row in rows:
        found.setdefault(row.post_id, []).append(holder_view(row))
    return found
