"""Offices and posts: public knowledge, so nobody's permission is asked."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Count

from janaseva.people.models import Coverage, Grant, Office, Post
from janaseva.people.queries._views import OfficeView, PostView, office_view, post_view
from janaseva.people.queries.areas import area_path
from janaseva.people.rules.directory import OFFICE_KINDS

_MOST_AT_ONCE: Final = 5_000


def office(office_id: UUID) -> OfficeView | None:
    """Return one office."""
    row = Office.get_or_none(office_id)
    return office_view(row) if row else None


def offices_by_id(office_ids: Collection[UUID | str]) -> list[OfficeView]:
    """Return many offices, in one query; in several where there are thousands, for a statement has room for so many."""
    keys = sorted({UUID(str(key)) for key in office_ids})
    parts = [tuple(keys[first : first + _MOST_AT_ONCE]) for first in range(0, len(keys), _MOST_AT_ONCE)]
    return [office_view(row) for part in parts for row in Office.where(id=part)]


def office_by_key(key: str) -> OfficeView | None:
    """Return the office with this key."""
    row = Office.first_where(key=key)
    return office_view(row) if row else None


def offices(
    *, kind: str | None = None, area_id: UUID | None = None, superior_id: UUID | None = None
) -> list[OfficeView]:
    """Return offices by key: of a kind, of exactly this area, directly under an office, or all."""
    rows = Office.objects.filter(ended_at=None).order_by("key")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if area_id is not None:
        rows = rows.filter(area_id=area_id)
    if superior_id is not None:
        rows = rows.filter(superior_id=superior_id)
    return [office_view(row) for row in rows]


def offices_by_kind(kinds: Collection[str]) -> dict[str, int]:
    """Return how many offices there are of each of these kinds, in one query."""
    rows = (
        Office.objects.filter(kind__in=kinds, ended_at=None)
        .order_by("kind")
        .values_list("kind")
        .annotate(count=Count("id"))
    )
    return dict.fromkeys(sorted(kinds), 0) | dict(rows)


def office_for(kind: str, area_id: UUID) -> OfficeView | None:
    """Return the office of that kind that serves the area: its own, else that of the nearest area around it.

    Where one area has several of the kind, the first by key answers. One that closes takes nothing new.
    """
    return offices_for((kind,), area_id).get(kind)


def offices_for(kinds: Collection[str], area_id: UUID) -> dict[str, OfficeView]:
    """Return :func:`office_for` of several kinds, in as many queries as of one; nothing for a kind without one."""
    path = [view.id for view in area_path(area_id)]
    wanted = tuple(sorted(kinds))
    serving = [(row.area_id, row) for row in Office.where(kind=wanted, area_id=tuple(path), ended_at=None)]
    covered = [(row.area_id, row.office_id) for row in Coverage.where(area_id=tuple(path))]
    further = {row.id: row for row in Office.where(kind=wanted, id=tuple(one for _, one in covered), ended_at=None)}
    serving += [(served, further[office_id]) for served, office_id in covered if office_id in further]
    found: dict[str, OfficeView] = {}
    for _, row in sorted(serving, key=lambda one: (path.index(one[0]), one[1].key)):
        if row.successor_id is None and row.kind not in found:
            found[row.kind] = office_view(row)
    return found


def post(post_id: UUID) -> PostView | None:
    """Return one post."""
    row = Post.get_or_none(post_id)
    return post_view(row) if row else None


def posts(post_ids: Collection[UUID]) -> dict[UUID, PostView]:
    """Return many posts by id, in one query."""
    return {row.id: post_view(row) for row in Post.where(id=tuple(sorted(post_ids)))}


def posts_of(office_id: UUID) -> list[PostView]:
    """Return the posts of an office, by key."""
    return [post_view(row) for row in Post.where(office_id=office_id, ended_at=None, order=("key",))]


def posts_at(office_ids: Collection[UUID]) -> list[PostView]:
    """Return the posts of many offices, by key, in one query."""
    return [post_view(row) for row in Post.objects.filter(office_id__in=office_ids, ended_at=None).order_by("key")]


def post_in(office_id: UUID, role: str) -> PostView | None:
    """Return the post with this role in an office; the first by key where there are several."""
    return posts_in((office_id,), (role,)).get((office_id, role))


def posts_in(office_ids: Collection[UUID], roles: Collection[str]) -> dict[tuple[UUID, str], PostView]:
    """Return :func:`post_in` of several offices and roles by both, in one query."""
    rows = Post.where(office_id=tuple(office_ids), role=tuple(roles), ended_at=None, order=("key",))
    return {(row.office_id, row.role): post_view(row) for row in reversed(rows)}


def roles_with(permission: str) -> frozenset[str]:
    """Return the roles whose posts may do this, in every office."""
    return frozenset(Grant.objects.filter(permission=permission).values_list("role", flat=True))


def known_roles() -> frozenset[str]:
    """Return every role that may do anything, or that some post has."""
    return frozenset(Grant.objects.values_list("role", flat=True)) | frozenset(
        Post.objects.values_list("role", flat=True)
    )


def known_kinds() -> frozenset[str]:
    """Return every kind of office of which there is one, and those of which the platform has words."""
    return frozenset(OFFICE_KINDS) | frozenset(Office.objects.values_list("kind", flat=True).distinct())
