"""Orders about offices and posts: what one would change, what waits for a second person, what was put in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, Refusal, not_found
from janaseva.core.text import Text
from janaseva.people import rules
from janaseva.people.models import Area, Arrangement, Coverage, Department, Office, Person, Post, Role
from janaseva.people.queries._views import OfficeView, office_view
from janaseva.people.queries.arranging_plan import plan

MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementLine:
    """One thing that an order changes: what, as it was, as it will be, in words."""

    what: str
    was: Text
    now: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementView:
    """An order: what it changes, who proposed it, who put it in force; ``may_confirm`` where ``by`` is that person."""

    id: UUID
    kind: str
    office_id: UUID | None
    facts: Mapping[str, Any]
    lines: tuple[ArrangementLine, ...]
    order: str
    state: str
    made_at: datetime
    made_by: Text
    decided_at: datetime | None
    decided_by: Text
    may_confirm: bool


def reach_of_office(by: Actor) -> frozenset[UUID]:
    """Return the own office's area and every area within it; nothing for whoever may not arrange. Two queries."""
    return _areas_of(by) if by.may("people.arrange") else frozenset()


def offices_in_reach(by: Actor) -> frozenset[UUID]:
    """Return the offices, closed ones among them, of the own office's area and of every area within. Three queries."""
    areas = _areas_of(by)
    return frozenset(key for key, area_id in Office.objects.values_list("id", "area_id") if area_id in areas)


def _areas_of(by: Actor) -> frozenset[UUID]:
    own = Office.get_or_none(by.office_id) if by.office_id and by.kind == "officer" else None
    if own is None:
        return frozenset()
    inside: dict[UUID | None, list[UUID]] = {}
    for area_id, parent_id in Area.objects.values_list("id", "parent_id"):
        inside.setdefault(parent_id, []).append(area_id)
    found, waiting = {own.area_id}, [own.area_id]
    while waiting:
        new = [one for one in inside.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting += new
    return frozenset(found)


def arranged_offices(by: Actor) -> list[OfficeView]:
    """Return the offices that ``by`` may arrange, by key, those that close among them.

    Raises:
        Refusal: ``not_found`` for whoever may arrange none.

    """
    reach = reach_of_office(by)
    if not reach:
        raise not_found()
    return [office_view(row) for row in Office.objects.filter(ended_at=None).order_by("key") if row.area_id in reach]


def directory(by: Actor) -> rules.Directory | None:
    """Return the areas and offices of one's reach as the text of a directory would say them; ``None`` without a reach.

    An office that closes is left out: it takes nothing new. Seven queries, whatever there is.
    """
    reach = reach_of_office(by)
    if not reach:
        return None
    areas = {row.id: row for row in Area.objects.all()}
    offices = [row for row in Office.objects.filter(ended_at=None, successor=None) if row.area_id in reach]
    also: dict[UUID, list[str]] = {}
    for row in Coverage.objects.all():
        also.setdefault(row.office_id, []).append(_reference(areas[row.area_id]))
    posts: dict[UUID, dict[str, None]] = {}
    for office_id, role in Post.objects.filter(ended_at=None).order_by("key").values_list("office_id", "role"):
        posts.setdefault(office_id, {})[role] = None
    departments = dict(Department.objects.values_list("id", "key"))
    return rules.Directory(
        areas=tuple(
            rules.AreaRow(
                scheme=row.scheme,
                code=row.code,
                level=row.level,
                parent=_reference(areas[row.parent_id]) if row.parent_id in areas else "",
                names=row.names,
            )
            for key, row in areas.items()
            if key in reach
        ),
        offices=tuple(
            rules.OfficeRow(
                key=row.key,
                kind=row.kind,
                area=_reference(areas[row.area_id]),
                department=departments[row.department_id],
                also=tuple(also.get(row.id, ())),
                names=row.names,
                demonstration=row.is_demonstration,
                posts=tuple(rules.PostRow(role=role) for role in posts.get(row.id, ())),
            )
            for row in offices
        ),
    )


def _reference(area: Area) -> str:
    return rules.area_reference(area.scheme, area.code)


def departments(by: Actor) -> list[tuple[str, Text]]:
    """Return the departments of one's state by key, for whoever may arrange offices; nothing for anyone else."""
    own = Office.get_or_none(by.office_id) if by.office_id and by.may("people.arrange") else None
    if own is None:
        return []
    state = own.key.partition("-")[0]
    return [(row.key, row.names) for row in Department.objects.filter(key__startswith=f"{state}-").order_by("key")]


def roles_to_give(by: Actor) -> list[tuple[str, Text]]:
    """Return every role with its words, for whoever may arrange offices; nothing for anyone else."""
    if not by.may("people.arrange"):
        return []
    return [(row.key, row.names) for row in Role.objects.order_by("key")]


def served(by: Actor, office_id: UUID) -> list[tuple[str, Text]]:
    """Return the further areas that an office serves, for whoever may arrange offices; nothing for anyone else."""
    if not by.may("people.arrange"):
        return []
    rows = Coverage.objects.filter(office_id=office_id).select_related("area").order_by("area__scheme", "area__code")
    return [(_reference(row.area), row.area.names) for row in rows]


def arrangements(by: Actor) -> list[ArrangementView]:
    """Return the orders of one's reach, those that wait first, then the latest.

    Raises:
        Refusal: ``not_found`` for whoever may arrange none.

    """
    reach = reach_of_office(by)
    if not reach:
        raise not_found()
    rows = Arrangement.objects.select_related("made_by", "decided_by").filter(area_id__in=reach)
    waiting = list(rows.filter(state="proposed").order_by("-made_at", "-id")[:MOST])
    decided = rows.exclude(state="proposed").order_by("-made_at", "-id")[:MOST]
    return [_view(by, row) for row in (*waiting, *decided)]


def arrangement(by: Actor, arrangement_id: UUID) -> ArrangementView:
    """Return one order of one's reach.

    Raises:
        Refusal: ``not_found``.

    """
    row = Arrangement.objects.select_related("made_by", "decided_by").filter(pk=arrangement_id).first()
    if row is None or not rules.may_arrange(by, reach=reach_of_office(by), area_id=row.area_id):
        raise not_found()
    return _view(by, row)


def may_arrange_there(by: Actor, arrangement_id: UUID) -> bool:
    """Return whether ``by`` may read, confirm or take back this order."""
    row = Arrangement.get_or_none(arrangement_id)
    return row is not None and rules.may_arrange(by, reach=reach_of_office(by), area_id=row.area_id)


def to_confirm(by: Actor, arrangement_id: UUID, at: datetime) -> Arrangement:
    """Return an order, held to the end of the act, that ``by`` may put in force now, for nothing of it has changed.

    Raises:
        Refusal: ``not_found``; ``arrangement_decided``; ``second_person_needed``; ``arrangement_overtaken``.
        Invalid: where what it names is not there any more.

    """
    row = Arrangement.locked(arrangement_id)
    if row is None or not rules.may_arrange(by, reach=reach_of_office(by), area_id=row.area_id):
        raise not_found()
    if row.state != "proposed":
        raise Refusal("arrangement_decided", status=CONFLICT)
    if not rules.is_second_person(by, made_by=row.made_by_id, gains=_gains(row)):
        raise Refusal("second_person_needed", status=FORBIDDEN)
    if plan(row.kind, row.facts, at).lines != row.lines:
        raise Refusal("arrangement_overtaken", status=CONFLICT)
    return row


def closing(by: Actor) -> list[UUID]:
    """Return the offices that close and have not ended, for the system; nothing for anyone else."""
    if by.kind != "system":
        return []
    return list(Office.objects.filter(successor__isnull=False, ended_at=None).values_list("id", flat=True))


def heirs(by: Actor, office_id: UUID) -> dict[UUID, tuple[UUID, UUID]]:
    """Return for each post of an office that closes its heir, a post of the successor and its office, for the system.

    Nothing for anyone else, or where the office does not close.
    """
    office = Office.get_or_none(office_id)
    if by.kind != "system" or office is None or office.successor_id is None:
        return {}
    posts = Post.objects.filter(ended_at=None, office_id__in=(office.id, office.successor_id)).order_by("key")
    new: dict[str, UUID] = {}
    for post in posts:
        if post.office_id == office.successor_id:
            new.setdefault(post.role, post.id)
    old = [post for post in posts if post.office_id == office.id]
    return {post.id: (new[post.role], office.successor_id) for post in old if post.role in new}


def ending_of(by: Actor, arrangement_id: UUID) -> tuple[UUID, bool] | None:
    """Return what an order ends, a post or an office, and whether a successor takes its cases; ``None`` for others."""
    row = Arrangement.get_or_none(arrangement_id)
    if row is None or not by.is_official:
        return None
    if row.kind == "close_office" and row.office_id is not None:
        return row.office_id, bool(row.facts.get("successor"))
    post = Post.first_where(key=row.facts["post"]) if row.kind == "end_post" else None
    return (post.id, False) if post else None


def _gains(row: Arrangement) -> UUID | None:
    return UUID(row.facts["person"]) if row.kind == "fill_post" else None


def _view(by: Actor, row: Arrangement) -> ArrangementView:
    decided: Person | None = row.decided_by
    return ArrangementView(
        id=row.id,
        kind=row.kind,
        office_id=row.office_id,
        facts=row.facts,
        lines=tuple(ArrangementLine(what=what, was=was, now=now) for what, was, now in row.lines),
        order=row.order,
        state=row.state,
        made_at=row.made_at,
        made_by=row.made_by.names,
        decided_at=row.decided_at,
        decided_by=decided.names if decided else {},
        may_confirm=row.state == "proposed" and rules.is_second_person(by, made_by=row.made_by_id, gains=_gains(row)),
    )
