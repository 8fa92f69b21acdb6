"""The directory as text: areas.csv, roles.yaml, offices.yaml and people.demo.yaml, read into one ``Directory``.

Every fault of a file is told at once, with file and line. Reading needs only the text; loading it into the tables is
``actions.load_directory``.
"""

import csv
import difflib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from janaseva.core import source, writing
from janaseva.core.refusal import Fault, Invalid
from janaseva.core.text import LANGUAGES, TONGUES
from janaseva.people.rules.access import PERMISSIONS
from janaseva.people.rules.areas import AREA_LEVELS, area_reference

OFFICE_KINDS: Final = (
    *("village_office", "taluk_office", "collectorate", "revenue_division", "local_body", "labour_office"),
    *("tehsil_office", "municipality", "janpad_panchayat", "lok_seva_kendra", "union_council"),
    *("grama_panchayat", "electrical_section", "police_subdivision", "district_police_office"),
    *("taluk_supply_office", "factories_regional_office", "factories_directorate"),
    *("panchayat_deputy_directorate", "panchayat_directorate", "police_range"),
    *("deputy_commissioner_office", "secretariat"),
    *("registration_office", "water_division", "building_control_office"),
    *("divisional_commissioner_office", "financial_commissioner_office", "registration_inspectorate"),
)
"""Kinds of which the platform has words. A state writes offices of its own kinds too, such as ``fire_station``."""


def _honest_names(names: dict[str, str]) -> dict[str, str]:
    for language, name in names.items():
        if language not in TONGUES:
            message = f"{language} is none of {', '.join(TONGUES)}; leave these names out (docs/definers/state.md)"
            raise ValueError(message)
        if not name.strip() or writing.flags(name):
            message = f"the name in {language} is empty or has {', '.join(sorted(writing.flags(name))) or 'no letters'}"
            raise ValueError(message)
    if names and "en" not in names:
        message = "the English name is missing"
        raise ValueError(message)
    return {language: writing.tidy(name) for language, name in names.items()}


def _known(kind: str, known: Iterable[str]) -> AfterValidator:
    allowed = tuple(sorted(known))

    def check(value: str) -> str:
        if value not in allowed:
            message = f"{value} is no {kind}; known are {', '.join(allowed)}"
            raise ValueError(message)
        return value

    return AfterValidator(check)


def meant_kind(kind: str) -> str:
    """Return the kind of office that may have been meant, since this one resembles it; else nothing."""
    near = difflib.get_close_matches(kind, OFFICE_KINDS, n=1, cutoff=0.9)
    return near[0] if near and near[0] != kind else ""


def _own_kind(kind: str) -> str:
    if kind in OFFICE_KINDS:
        message = f"the platform has words for {kind} already"
        raise ValueError(message)
    return kind


Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,39}$")]
Names = Annotated[dict[str, str], AfterValidator(_honest_names)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z-]{2,32}:[A-Za-z0-9-]{1,64}$")]
PostKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}/[a-z0-9_]{1,40}$")]

_STRICT: Final = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class AreaRow:
    """One area; ``parent`` refers to another by ``scheme:code`` or is empty."""

    scheme: Annotated[str, StringConstraints(pattern=r"^[a-z-]{2,32}$")]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
    level: Annotated[str, _known("level", AREA_LEVELS)]
    parent: Literal[""] | Reference = ""
    names: Names
    time_zone: str = ""
    source: Annotated[str, StringConstraints(max_length=300)] = ""
    note: Annotated[str, StringConstraints(max_length=500)] = ""

    @property
    def reference(self) -> str:
        """Return ``scheme:code``."""
        return area_reference(self.scheme, self.code)


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class DepartmentRow:
    """A department."""

    key: Key
    names: Names


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class KindRow:
    """What people call a kind of office that a state brings itself."""

    kind: Annotated[Kind, AfterValidator(_own_kind)]
    names: Names


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class PostRow:
    """A post of an office; ``suffix`` tells two posts of one role apart. Without names it is named as its role is."""

    role: Role
    names: Names = field(default_factory=dict)
    suffix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{0,8}$")] = ""

    def key(self, office: str) -> str:
        """Return the post's key: ``office/role``."""
        return f"{office}/{self.role}{self.suffix}"


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class OfficeRow:
    """An office with its posts; ``under`` is the key of the office above it, ``also`` are further areas it serves."""

    key: Key
    kind: Kind
    area: Reference
    department: Key
    under: Key | None = None
    also: tuple[Reference, ...] = ()
    names: Names
    demonstration: bool = False
    posts: tuple[PostRow, ...]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class RoleRow:
    """A role: its names, and what its posts may do."""

    role: Role
    names: Names
    may: tuple[Annotated[str, _known("permission", PERMISSIONS)], ...] = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class OfficerRow:
    """A demonstration officer with the posts held, in the order in which they are offered after sign-in."""

    login: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{1,63}$")]
    names: Names
    language: Annotated[str, _known("language", LANGUAGES)] = "en"
    charges: tuple[PostKey, ...]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class RowPlace:
    """Where a row (``office kl-taluk-adoor``) stands: its file and line."""

    row: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Directory:
    """Everything that ``actions.load_directory`` brings up to date; ``places`` say where its rows stand."""

    areas: tuple[AreaRow, ...] = ()
    departments: tuple[DepartmentRow, ...] = ()
    kinds: tuple[KindRow, ...] = ()
    offices: tuple[OfficeRow, ...] = ()
    roles: tuple[RoleRow, ...] = ()
    officers: tuple[OfficerRow, ...] = ()
    places: tuple[RowPlace, ...] = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class _OfficesFile:
    demonstration: bool = False
    departments: tuple[DepartmentRow, ...] = ()
    kinds: dict[str, Names] = field(default_factory=dict)
    offices: tuple[OfficeRow, ...]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class _PeopleFile:
    demonstration: Literal[True]
    officers: tuple[OfficerRow, ...]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class _RolesFile:
    roles: dict[str, Any]


def _fault(file: str, line: int, path: Sequence[Any], why: str) -> Fault:
    place = ".".join(str(part) for part in path)
    return Fault(
        place=f"{file}:{line}" + (f": {place}" if place else ""),
        code="directory_fault",
        facts={"file": file, "line": line, "why": why},
    )


def _source(text: str, file: str) -> source.Source:
    """Return the file's tree and marks.

    Raises:
        Invalid: where it cannot be read at all.

    """
    try:
        return source.read(text, file)
    except source.SourceError as error:
        one = error.fault
        raise Invalid([_fault(file, one.line, (), f"{one.message} ({one.mend})")]) from error


def _valid(kind: type[Any], tree: Any, read: source.Source, path: source.Path, faults: list[Fault]) -> Any:
    """Return ``tree``, which stands at ``path`` of the file, as ``kind``; else ``None``, every fault with its line."""
    try:
        return TypeAdapter(kind).validate_python(tree)
    except ValidationError as error:
        for one in error.errors():
            place = (*path, *one["loc"])
            faults.append(_fault(read.file, read.mark(place).line, place, one["msg"]))
    return None


def _read(kind: type[Any], text: str, file: str) -> tuple[Any, source.Source]:
    """Return the file as ``kind``, and where its rows stand; every fault with its line."""
    read = _source(text, file)
    faults: list[Fault] = []
    found = _valid(kind, read.tree, read, (), faults)
    if faults:
        raise Invalid(faults)
    return found, read


def _placed(read: source.Source, rows: Iterable[tuple[str, source.Path]]) -> tuple[RowPlace, ...]:
    return tuple(RowPlace(row=row, file=read.file, line=read.mark(path).line) for row, path in rows)


def read_offices(text: str, file: str) -> Directory:
    """Return the departments and offices of an ``offices.yaml``.

    Raises:
        Invalid: with every fault, its file and line.

    """
    found, read = _read(_OfficesFile, text, file)
    faults: list[Fault] = []
    kinds = [
        _valid(KindRow, {"kind": kind, "names": names}, read, ("kinds", kind), faults)
        for kind, names in found.kinds.items()
    ]
    if faults:
        raise Invalid(faults)
    rows: list[tuple[str, source.Path]] = [
        (f"department {row.key}", ("departments", number)) for number, row in enumerate(found.departments)
    ]
    rows += [(f"kind {kind}", ("kinds", kind)) for kind in found.kinds]
    for number, row in enumerate(found.offices):
        rows.append((f"office {row.key}", ("offices", number)))
        rows += [
            (f"post {post.key(row.key)}", ("offices", number, "posts", index)) for index, post in enumerate(row.posts)
        ]
    return Directory(
        departments=found.departments, kinds=tuple(kinds), offices=found.offices, places=_placed(read, rows)
    )


def read_people(text: str, file: str) -> Directory:
    """Return the officers of a ``people.demo.yaml``; it must say ``demonstration: true``.

    Raises:
        Invalid: with every fault, its file and line.

    """
    found, read = _read(_PeopleFile, text, file)
    rows = [(f"officer {row.login}", ("officers", number)) for number, row in enumerate(found.officers)]
    return Directory(officers=found.officers, places=_placed(read, rows))


def read_roles(text: str, file: str) -> Directory:
    """Return the roles of a ``roles.yaml``: a mapping of role to ``names`` and ``may``.

    Raises:
        Invalid: with every fault, its file and line.

    """
    read = _source(text, file)
    faults: list[Fault] = []
    whole = _valid(_RolesFile, read.tree, read, (), faults)
    roles = [
        _valid(RoleRow, {"role": role, **(row if isinstance(row, dict) else {})}, read, ("roles", role), faults)
        for role, row in (whole.roles if whole else {}).items()
    ]
    if faults:
        raise Invalid(faults)
    places = _placed(read, [(f"role {row.role}", ("roles", row.role)) for row in roles])
    return Directory(roles=tuple(roles), places=places)


def read_areas(text: str, file: str) -> Directory:
    """Return the areas of an ``areas.csv``: scheme, code, level, parent, name_en, name_ml ..., time_zone, source, note.

    Raises:
        Invalid: with every fault, its file and line.

    """
    areas, faults, places = [], [], []
    rows = csv.DictReader(io.StringIO(text))
    for row in rows:
        names = {
            column.removeprefix("name_"): value
            for column, value in row.items()
            if column and column.startswith("name_") and value
        }
        rest = {column: value for column, value in row.items() if not str(column).startswith("name_")}
        try:
            areas.append(TypeAdapter(AreaRow).validate_python({**rest, "names": names}))
            places.append(RowPlace(row=f"area {areas[-1].reference}", file=file, line=rows.line_num))
        except ValidationError as error:
            faults += [_fault(file, rows.line_num, one["loc"], one["msg"]) for one in error.errors()]
    if faults:
        raise Invalid(faults)
    return Directory(areas=tuple(areas), places=tuple(places))


def _doubled(what: str, keys: Iterable[str], places: Mapping[str, list[RowPlace]]) -> Iterator[Fault]:
    """Tell each key that is there again: at its second place, with the first, and what to do."""
    for key, times in Counter(keys).items():
        if times > 1:
            first, again = (*places.get(f"{what} {key}", ()), RowPlace(), RowPlace())[:2]
            why = f"{what} {key} is there {times} times, first at {first.file}:{first.line}"
            yield _fault(again.file, again.line, (), f"{why}; take one out, or give it another key")


def merged(*directories: Directory) -> Directory:
    """Return several files as one directory.

    Raises:
        Invalid: where a key is there twice.

    """
    whole = Directory(
        areas=tuple(row for part in directories for row in part.areas),
        departments=tuple(row for part in directories for row in part.departments),
        kinds=tuple(row for part in directories for row in part.kinds),
        offices=tuple(row for part in directories for row in part.offices),
        roles=tuple(row for part in directories for row in part.roles),
        officers=tuple(row for part in directories for row in part.officers),
        places=tuple(one for part in directories for one in part.places),
    )
    where: dict[str, list[RowPlace]] = {}
    for one in whole.places:
        where.setdefault(one.row, []).append(one)
    faults = [
        *_doubled("area", (row.reference for row in whole.areas), where),
        *_doubled("department", (row.key for row in whole.departments), where),
        *_doubled("kind", (row.kind for row in whole.kinds), where),
        *_doubled("office", (row.key for row in whole.offices), where),
        *_doubled("post", (post.key(row.key) for row in whole.offices for post in row.posts), where),
        *_doubled("role", (row.role for row in whole.roles), where),
        *_doubled("officer", (row.login for row in whole.officers), where),
    ]
    if faults:
        raise Invalid(faults)
    return whole
