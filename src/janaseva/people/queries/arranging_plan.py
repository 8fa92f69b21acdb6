"""What an order about an office or a post would change, in words, and everything that is wrong with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from janaseva.core.refusal import Fault, Invalid
from janaseva.core.text import LANGUAGES, Text, in_language
from janaseva.people.models import Area, Charge, Coverage, Department, Office, Person, Post, Role
from janaseva.people.queries._views import force_at
from janaseva.people.queries.offices import known_kinds
from janaseva.people.queries.wording import kind_names, role_names
from janaseva.people.rules.directory import Names

Line = list[Any]
"""What is changed, as it was, as it will be: JSON, as it is kept."""
NOTHING: Text = {}


@dataclass(slots=True, kw_only=True)
class Plan:
    """What an order comes to: the area and the office that it is about, and each line of its difference."""

    area_id: UUID | None = None
    office_id: UUID | None = None
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, code: str, **facts: Any) -> None:
        """Add what is wrong, at the field at which it can be mended."""
        self.faults.append(Fault(place=place, code=code, facts=facts))

    def named(self, was: Text, now: Text) -> None:
        """Add a line for the name in each language in which it changes: who confirms reads all of them."""
        for code in LANGUAGES:
            one, other = was.get(code), now.get(code)
            self.line("name", {code: one} if one else NOTHING, {code: other} if other else NOTHING)

    def line(self, what: str, was: Text, now: Text) -> None:
        """Add a line, unless nothing changes."""
        if dict(was) != dict(now):
            self.lines.append([what, dict(was), dict(now)])


def plan(kind: str, facts: Mapping[str, Any], at: datetime) -> Plan:
    """Return what an order would change now.

    Raises:
        Invalid: with everything that is wrong with it, at once.

    """
    made = Plan()
    {
        "open_office": _open_office,
        "change_office": _change_office,
        "close_office": _close_office,
        "open_post": _open_post,
        "fill_post": _fill_post,
        "vacate_post": _vacate_post,
        "end_post": _end_post,
    }[kind](made, facts, at)
    if not made.faults and not made.lines:
        made.fault("", "arrangement_changes_nothing")
    if made.faults:
        raise Invalid(made.faults)
    return made


def listed(texts: Collection[Text]) -> Text:
    """Return several words as one list of them, in each language that one of them has."""
    spoken = [code for code in LANGUAGES if any(code in text for text in texts)]
    return {code: ", ".join(in_language(text, code) for text in texts) for code in spoken}


def _names(made: Plan, facts: Mapping[str, Any], *, needed: bool) -> Text:
    given = {language: words for language, words in facts.get("names", {}).items() if words}
    if needed and not given.get("en"):
        made.fault("names.en", "needed")
        return NOTHING
    try:
        return dict(TypeAdapter(Names).validate_python(given))
    except ValidationError:
        made.fault("names.en", "name_not_honest")
        return NOTHING


def _areas(made: Plan, references: Collection[str], place: str) -> list[Area]:
    found: list[Area] = []
    for reference in references:
        scheme, _, code = reference.partition(":")
        area = Area.first_where(scheme=scheme, code=code)
        if area is None:
            made.fault(place, "area_not_known")
        else:
            found.append(area)
    return found


def _roles(made: Plan, roles: Collection[str]) -> dict[str, Text]:
    known = set(Role.objects.filter(key__in=roles).values_list("key", flat=True))
    for role in roles:
        if role not in known:
            made.fault("role", "role_not_known")
    return role_names(known)


def _open_office(made: Plan, facts: Mapping[str, Any], at: datetime) -> None:
    del at
    names = _names(made, facts, needed=True)
    if facts.get("kind") not in known_kinds():
        made.fault("kind", "kind_not_known")
    area = next(iter(_areas(made, [facts.get("area", "")], "area")), None)
    also = _areas(made, facts.get("also", ()), "also")
    department = Department.first_where(key=facts.get("department", ""))
    if department is None:
        made.fault("department", "department_not_known")
    under = Office.first_where(key=facts["under"], ended_at=None) if facts.get("under") else None
    if facts.get("under") and under is None:
        made.fault("under", "office_not_known")
    if Office.first_where(key=facts.get("key", "")) is not None:
        made.fault("", "arrangement_overtaken")
    roles = _roles(made, facts.get("roles", ()))
    if area is None or department is None or made.faults:
        return
    made.area_id = area.id
    made.named(NOTHING, names)
    made.line("kind", NOTHING, kind_names([facts["kind"]])[facts["kind"]])
    made.line("covers", NOTHING, listed([one.names for one in (area, *also)]))
    made.line("department", NOTHING, department.names)
    made.line("under", NOTHING, under.names if under else NOTHING)
    made.line("posts", NOTHING, listed(list(roles.values())))


def _office(made: Plan, facts: Mapping[str, Any]) -> Office | None:
    row = Office.first_where(key=facts.get("office", ""), ended_at=None)
    if row is None or row.successor_id is not None:
        made.fault("", "office_not_known")
        return None
    made.area_id, made.office_id = row.area_id, row.id
    return row


def _change_office(made: Plan, facts: Mapping[str, Any], at: datetime) -> None:
    del at
    names = _names(made, facts, needed=True)
    also = _areas(made, facts.get("also", ()), "also")
    row = _office(made, facts)
    if row is None or made.faults:
        return
    now = Coverage.objects.filter(office=row).order_by("area__scheme", "area__code").select_related("area")
    made.named(row.names, names)
    own = Area.get_or_none(row.area_id)
    before = [one.area for one in now]
    after = sorted(also, key=lambda one: (one.scheme, one.code))
    if own is not None and {one.id for one in before} != {one.id for one in after}:
        made.line("covers", listed([one.names for one in (own, *before)]), listed([one.names for one in (own, *after)]))


def _close_office(made: Plan, facts: Mapping[str, Any], at: datetime) -> None:
    del at
    row = _office(made, facts)
    if row is None:
        return
    posts = list(Post.objects.filter(office=row, ended_at=None).order_by("key"))
    made.line("name", row.names, NOTHING)
    made.line("posts", listed([one.names for one in posts]), NOTHING)
    if Office.objects.filter(successor=row, ended_at=None).exists():
        made.fault("", "office_receives")
    if not facts.get("successor"):
        return
    heir = Office.first_where(key=facts["successor"], ended_at=None, kind=row.kind)
    if heir is None or heir.id == row.id or heir.successor_id is not None:
        made.fault("successor", "successor_not_known")
        return
    made.line("successor", NOTHING, heir.names)
    has = set(Post.objects.filter(office=heir, ended_at=None).values_list("role", flat=True))
    if {one.role for one in posts} - has:
        made.fault("successor", "successor_lacks_post")


def _open_post(made: Plan, facts: Mapping[str, Any], at: datetime) -> None:
    del at
    row = _office(made, facts)
    own = _names(made, facts, needed=False)
    roles = _roles(made, [facts.get("role", "")])
    if row is None or made.faults:
        return
    made.line("office", NOTHING, row.names)
    made.line("role", NOTHING, roles[facts["role"]])
    made.line("title", NOTHING, own)


def _post(made: Plan, facts: Mapping[str, Any]) -> Post | None:
    row = Post.first_where(key=facts.get("post", ""), ended_at=None)
    office = Office.get_or_none(row.office_id) if row else None
    if row is None or office is None:
        made.fault("", "post_not_known")
        return None
    made.area_id, made.office_id = office.area_id, office.id
    made.lines.append(["office", office.names, office.names])
    made.lines.append(["title", row.names, row.names])
    return row


def _holder(post: Post, at: datetime) -> tuple[UUID | None, Text]:
    row = Charge.objects.select_related("person").filter(force_at(at), post=post, kind="substantive").first()
    return (row.person_id, row.person.names) if row else (None, NOTHING)


def _fill_post(made: Plan, facts: Mapping[str, Any], at: datetime) -> None:
    row = _post(made, facts)
    try:
        person = Person.get_or_none(UUID(str(facts.get("person", ""))))
    except ValueError:
        person = None
    if person is None or person.login is None:
        made.fault("person", "not_an_officer")
    if row is None or person is None or made.faults:
        return
    holder, names = _holder(row, at)
    if holder == person.id:
        made.fault("person", "same_holder")
    made.lines.append(["holder", dict(names), dict(person.names)])


def _vacate_post(made: Plan, facts: Mapping[str, Any], at: datetime) -> None:
    row = _post(made, facts)
    if row is None:
        return
    holder, names = _holder(row, at)
    if holder is None:
        made.fault("", "post_vacant_already")
    made.line("holder", names, NOTHING)


def _end_post(made: Plan, facts: Mapping[str, Any], at: datetime) -> None:
    row = _post(made, facts)
    if row is None:
        return
    _, names = _holder(row, at)
    made.lines[1] = ["title", row.names, NOTHING]
    made.line("holder", names, NOTHING)
    if Office.objects.filter(successor_id=row.office_id, ended_at=None).exists():
        made.fault("", "office_receives")
