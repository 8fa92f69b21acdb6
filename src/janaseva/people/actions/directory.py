"""Bringing areas, departments, offices, posts, grants and demonstration officers up to date, as often as one likes."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from janaseva.core.action import action, allow, change, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Fault, Invalid
from janaseva.core.row import Row
from janaseva.people import events, rules
from janaseva.people.models import (
    Area,
    Charge,
    Coverage,
    Department,
    Grant,
    Office,
    OfficeKind,
    Person,
    Post,
    Role,
)

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedDirectory:
    """How many rows were added and changed, and how many rows of each kind the directory named.

    ``kept`` counts the offices that were arranged at the desk: their text is not looked at.
    """

    added: int
    changed: int
    areas: int
    offices: int
    posts: int
    officers: int
    kept: int = 0


@dataclass(slots=True, kw_only=True)
class _Loading:
    """The rows that are there, by key, and what this loading does to them."""

    at: datetime
    added: int = 0
    changed: int = 0
    kept: int = 0
    faults: list[Fault] = field(default_factory=list)
    areas: dict[str, Area] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    def bring(self, known: dict[str, R], key: str, new: Callable[..., R], **values: Any) -> R:
        """Add the row (``new`` makes it of the values) or change what differs."""
        row = known.get(key)
        if row is None:
            row = known[key] = put(new(**values))
            self.added += 1
            return row
        differs = {name: value for name, value in values.items() if not _same(row, name, value)}
        if differs:
            change(row, **differs)
            self.changed += 1
        return row

    def missing(self, *, what: str, key: str, whose: str) -> None:
        """Count a name that leads nowhere as a fault."""
        self.fault(whose, f"{whose} names {what} {key}, which is not there")

    def fault(self, place: str, why: str) -> None:
        """Add a fault of the directory as a whole; it has no line."""
        self.faults.append(Fault(place=place, code="directory_fault", facts={"file": "", "line": 0, "why": why}))

    def find(self, known: Mapping[str, R], key: str, *, what: str, whose: str) -> R | None:
        """Return the row that ``whose`` names; a missing one is a fault."""
        row = known.get(key)
        if row is None:
            self.missing(what=what, key=key, whose=whose)
        return row


def _same(row: Row, name: str, value: Any) -> bool:
    """Return whether a column holds the value already; what it points to is compared by id, without reading it."""
    column = next(part.attname for part in row._meta.concrete_fields if part.name == name)
    return bool(getattr(row, column) == (value.pk if isinstance(value, Row) else value))


def _parents_first(rows: Iterable[rules.AreaRow]) -> list[rules.AreaRow]:
    return sorted(rows, key=lambda row: rules.AREA_LEVELS.index(row.level))


def _load_areas(loading: _Loading, directory: rules.Directory) -> None:
    loading.areas = {rules.area_reference(row.scheme, row.code): row for row in Area.objects.select_for_update()}
    for given in _parents_first(directory.areas):
        parent = None
        if given.parent:
            parent = loading.find(loading.areas, given.parent, what="area", whose=given.reference)
        loading.bring(
            loading.areas,
            given.reference,
            functools.partial(Area, scheme=given.scheme, code=given.code),
            level=given.level,
            parent=parent,
            names=dict(given.names),
            time_zone=given.time_zone,
            source=given.source,
            note=given.note,
        )


def _load_departments(loading: _Loading, directory: rules.Directory) -> None:
    loading.departments = {row.key: row for row in Department.objects.select_for_update()}
    for given in directory.departments:
        new = functools.partial(Department, key=given.key)
        loading.bring(loading.departments, given.key, new, names=dict(given.names))


def _load_words(loading: _Loading, directory: rules.Directory) -> None:
    """Bring what roles and the states' own kinds of office are called."""
    kinds = {row.key: row for row in OfficeKind.objects.select_for_update()}
    for kind in directory.kinds:
        loading.bring(kinds, kind.kind, functools.partial(OfficeKind, key=kind.kind), names=dict(kind.names))
    roles = {row.key: row for row in Role.objects.select_for_update()}
    for role in directory.roles:
        loading.bring(roles, role.role, functools.partial(Role, key=role.role), names=dict(role.names))


def _superiors_first(rows: Iterable[rules.OfficeRow]) -> list[rules.OfficeRow]:
    """Return offices so that each comes after the one it is under, where that one is among them; cycles come last."""
    waiting = {row.key: row for row in rows}
    ordered: list[rules.OfficeRow] = []
    while waiting:
        ready = [row for row in waiting.values() if row.under not in waiting] or list(waiting.values())
        ordered += ready
        for row in ready:
            del waiting[row.key]
    return ordered


def _load_offices(loading: _Loading, directory: rules.Directory) -> None:
    loading.offices = {row.key: row for row in Office.objects.select_for_update()}
    for given in _superiors_first(directory.offices):
        area = loading.find(loading.areas, given.area, what="area", whose=given.key)
        department = loading.find(loading.departments, given.department, what="department", whose=given.key)
        superior = None
        if given.under:
            superior = loading.find(loading.offices, given.under, what="office", whose=given.key)
        if area is None or department is None:
            continue
        if _is_arranged(loading, given.key):
            loading.kept += 1
            continue
        loading.bring(
            loading.offices,
            given.key,
            functools.partial(Office, key=given.key),
            kind=given.kind,
            area=area,
            department=department,
            superior=superior,
            names=dict(given.names),
            is_demonstration=given.demonstration,
        )


def _is_arranged(loading: _Loading, office: str) -> bool:
    """Return whether an office was arranged at the desk: what was ordered there wins over the text."""
    row = loading.offices.get(office)
    return row is not None and row.arranged_at is not None


def _load_coverage(loading: _Loading, directory: rules.Directory) -> None:
    """Make each office that the directory names serve exactly the further areas that it says."""
    named = [row for row in directory.offices if row.key in loading.offices and not _is_arranged(loading, row.key)]
    offices = {loading.offices[row.key].id: row for row in named}
    known = {key: row.id for key, row in loading.areas.items()}
    due = {(key, known[area]) for key, row in offices.items() for area in row.also if area in known}
    for row in directory.offices:
        for area in row.also:
            loading.find(loading.areas, area, what="area", whose=row.key)
    for kept in Coverage.objects.select_for_update().filter(office_id__in=list(offices)):
        if (kept.office_id, kept.area_id) in due:
            due.discard((kept.office_id, kept.area_id))
        else:
            remove(kept)
            loading.changed += 1
    for office_id, area_id in sorted(due):
        put(Coverage(office_id=office_id, area_id=area_id))
        loading.added += 1


def _load_posts(loading: _Loading, directory: rules.Directory) -> int:
    roles = {row.role: row.names for row in directory.roles}
    loading.posts = {row.key: row for row in Post.objects.select_for_update()}
    given = [(office, post) for office in directory.offices for post in office.posts]
    for office, post in given:
        key = post.key(office.key)
        row = loading.offices.get(office.key)
        if _is_arranged(loading, office.key):
            continue
        names = post.names or roles.get(post.role)
        if names is None:
            loading.missing(what="role", key=post.role, whose=key)
        elif row is not None:
            new = functools.partial(Post, key=key)
            loading.bring(loading.posts, key, new, office=row, role=post.role, names=dict(names))
    return len(given)


def _load_grants(loading: _Loading, directory: rules.Directory) -> None:
    """Make each role that the directory names carry exactly what it says; other roles stay as they are."""
    roles = {row.role: set(row.may) for row in directory.roles}
    for row in Grant.objects.select_for_update().filter(role__in=roles):
        if row.permission in roles[row.role]:
            roles[row.role].discard(row.permission)
        else:
            remove(row)
            loading.changed += 1
    for role, missing in roles.items():
        for permission in sorted(missing):
            put(Grant(role=role, permission=permission))
            loading.added += 1


def _load_officers(loading: _Loading, directory: rules.Directory) -> None:
    """Add demonstration officers and seat them where a post was never held; a charge that passed on stays passed on."""
    people = {str(row.login): row for row in Person.objects.select_for_update().filter(login__isnull=False)}
    held = set(Charge.objects.filter(kind="substantive").values_list("post_id", flat=True))
    for given in directory.officers:
        person = people.get(given.login)
        if person is not None and not person.is_demonstration:
            loading.fault(given.login, f"{given.login} is the login of an officer who is no demonstration")
            continue
        new = functools.partial(Person, login=given.login, language=given.language, made_at=loading.at)
        person = loading.bring(people, given.login, new, names=dict(given.names), is_demonstration=True)
        for key in given.charges:
            if key not in loading.posts and _is_arranged(loading, key.partition("/")[0]):
                continue
            post = loading.find(loading.posts, key, what="post", whose=given.login)
            if post is not None and post.id not in held and post.ended_at is None:
                held.add(post.id)
                put(
                    Charge(
                        post=post,
                        person=person,
                        kind="substantive",
                        from_at=loading.at,
                        office_id=post.office_id,
                        order="demonstration",
                    )
                )
                loading.added += 1


@action
def load_directory(*, by: Actor, at: datetime, key: str, directory: rules.Directory) -> LoadedDirectory:
    """Add what is new and change what differs; loading the same again changes nothing. Nothing is ever removed.

    What was arranged at the desk stays as it was ordered there, whatever the text says of these offices and posts.

    What a directory names (areas, departments, offices, posts) must be in it or loaded before.

    Raises:
        Invalid: with every name that leads nowhere.

    """
    allow(rules.may_load(by))
    del key
    loading = _Loading(at=at)
    _load_areas(loading, directory)
    _load_departments(loading, directory)
    _load_words(loading, directory)
    _load_offices(loading, directory)
    _load_coverage(loading, directory)
    posts = _load_posts(loading, directory)
    _load_grants(loading, directory)
    _load_officers(loading, directory)
    if loading.faults:
        raise Invalid(loading.faults)
    if loading.added or loading.changed:
        tell(events.DirectoryLoaded(added=loading.added, changed=loading.changed))
    return LoadedDirectory(
        added=loading.added,
        changed=loading.changed,
        areas=len(directory.areas),
        offices=len(directory.offices),
        posts=posts,
        officers=len(directory.officers),
        kept=loading.kept,
    )
