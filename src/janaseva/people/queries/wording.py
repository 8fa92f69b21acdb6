"""What people call a role, a kind of office and a seat in one: never its key."""

from collections.abc import Collection
from typing import Final

from janaseva.core.text import LANGUAGES, Text
from janaseva.core.words import find
from janaseva.people.models import OfficeKind, Post, Role
from janaseva.people.rules.directory import OFFICE_KINDS

Seat = tuple[str, str]
"""A role, and the kind of its office."""
_WORDS: Final = "people.office_kind"


def role_names(roles: Collection[str], *, state: str = "") -> dict[str, Text]:
    """Return what each of these roles is called: in its own words, else at a post of this state, or of another."""
    found: dict[str, Text] = {row.key: row.names for row in Role.objects.filter(key__in=set(roles))}
    missing = set(roles) - set(found)
    if missing:
        rows = Post.objects.filter(role__in=missing).order_by("key").values_list("key", "role", "names")
        for _, role, names in sorted(rows, key=lambda row: not row[0].startswith(f"{state}-")):
            found.setdefault(role, names)
    return {role: found.get(role) or _plain(role) for role in roles}


def kind_names(kinds: Collection[str]) -> dict[str, Text]:
    """Return what each of these kinds of office is called, in every language that has words for it."""
    own = set(kinds) - set(OFFICE_KINDS)
    brought = dict(OfficeKind.objects.filter(key__in=own).values_list("key", "names")) if own else {}
    return {kind: brought.get(kind) or _worded(kind) or _plain(kind) for kind in kinds}


def seat_names(seats: Collection[Seat], *, state: str) -> dict[Seat, Text]:
    """Return what the posts are called that have these roles in offices of these kinds: as at the first of this state.

    A role that no office of the kind has yet is called by its own words. Two queries, however many are asked.
    """
    roles, kinds = {role for role, _ in seats}, {kind for _, kind in seats}
    rows = Post.objects.filter(role__in=roles, office__kind__in=kinds, ended_at=None).order_by("office__key", "key")
    found: dict[Seat, Text] = {}
    columns = rows.values_list("key", "role", "office__kind", "names")
    for _, role, kind, names in sorted(columns, key=lambda row: not row[0].startswith(f"{state}-")):
        found.setdefault((role, kind), names)
    missing = role_names({role for role, kind in seats if not found.get((role, kind))}, state=state)
    return {seat: found.get(seat) or missing[seat[0]] for seat in seats}


def _worded(kind: str) -> Text:
    words = {language: find(f"{_WORDS}.{kind}", language) for language in LANGUAGES}
    return {language: said for language, said in words.items() if said}


def _plain(key: str) -> Text:
    """Return a key that nobody has put into words as near to words as it comes."""
    said = key.replace("_", " ")
    return {"en": said[:1].upper() + said[1:]}
