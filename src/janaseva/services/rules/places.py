"""Whether every place that a service covers leads to an officer: an office of the kind wanted, with a post of the role.

A directory that people load is asked here as text, so that ``packs check`` needs no database. Demonstration offices are
few on purpose: what they leave out is told as something to do. Once a district has a real office of a kind, the places
of that district which lead to none are faults.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from janaseva.core.source import Path, Source, SourceFault
from janaseva.core.text import Text, in_language
from janaseva.people.rules.directory import OFFICE_KINDS, AreaRow, Directory, OfficeRow
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant
from janaseva.services.rules.strangers import Named, desks, strangers

MOST_NAMED = 6
"""So many places are named in one line; the others are counted."""


@dataclass(frozen=True)
class Ground:
    """Areas, offices and roles of all packs, as rules ask them."""

    directory: Directory

    @cached_property
    def _rows(self) -> dict[str, AreaRow]:
        return {row.reference: row for row in self.directory.areas}

    @cached_property
    def _offices(self) -> dict[tuple[str, str], OfficeRow]:
        found: dict[tuple[str, str], OfficeRow] = {}
        for office in sorted(self.directory.offices, key=lambda one: one.key):
            for area in (office.area, *office.also):
                found.setdefault((office.kind, area), office)
        return found

    @cached_property
    def roles(self) -> frozenset[str]:
        """Return every role that some roles.yaml knows."""
        return frozenset(row.role for row in self.directory.roles)

    @cached_property
    def named(self) -> Named:
        """Return every role, and every kind of office of which there is one or of which the platform has words."""
        return Named(roles=self.roles, kinds=frozenset(OFFICE_KINDS) | {row.kind for row in self.directory.offices})

    def of_scheme(self, scheme: str, /) -> Sequence[str]:
        """Return every area of a scheme, in the order of the file."""
        return [reference for reference, row in self._rows.items() if row.scheme == scheme]

    def schemes_in(self, outer: str) -> tuple[str, ...]:
        """Return the schemes of the places that lie in an area."""
        inside = (row.scheme for ref, row in self._rows.items() if ref != outer and self.within(ref, outer))
        return tuple(dict.fromkeys(inside))

    def way(self, kind: str, jurisdiction: str) -> tuple[AreaRow, ...]:
        """Return the areas that lead from a jurisdiction to the first office of a kind in it, the outermost first."""
        for office in self.directory.offices:
            path = self.path(office.area)
            if office.kind == kind and jurisdiction in path[1:]:
                return tuple(self._rows[area] for area in reversed(path[: path.index(jurisdiction)]))
        return ()

    def path(self, area: str) -> tuple[str, ...]:
        """Return the areas from this one outwards."""
        found: list[str] = []
        while area in self._rows and area not in found:
            found.append(area)
            area = self._rows[area].parent
        return tuple(found)

    def within(self, area: str, outer: str, /) -> bool:
        """Return whether ``area`` is ``outer`` or lies in it."""
        return outer in self.path(area)

    def name(self, area: str) -> str:
        """Return the English name of an area, or its reference."""
        row = self._rows.get(area)
        return in_language(row.names, "en") if row else area

    def office(self, kind: str, area: str) -> OfficeRow | None:
        """Return the office of a kind for this area or the nearest one around it."""
        found = (self._offices.get((kind, one)) for one in self.path(area))
        return next((office for office in found if office is not None), None)

    def district(self, area: str) -> str:
        """Return the district in which an area lies, or else the area itself."""
        return next((one for one in self.path(area) if self._rows[one].level == "district"), area)

    def is_opened(self, kind: str, district: str) -> bool:
        """Return whether a real office of this kind, not one of a demonstration, serves some place of a district."""
        return any(
            not office.demonstration and self.within(area, district)
            for (kind_of, area), office in self._offices.items()
            if kind_of == kind
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """Places without an office of a kind: ``faults`` where the district has one, ``to_do`` elsewhere."""

    faults: tuple[SourceFault, ...]
    to_do: tuple[SourceFault, ...]


def unserved(definition: Definition, service: Source, ground: Ground) -> Unserved:
    """Return every role that nobody knows, and every place from which no officer is found."""
    faults: list[SourceFault] = [*strangers(definition, service, ground.named), *_empty(definition, service, ground)]
    to_do: list[SourceFault] = []
    for number, variant in enumerate(definition.variants):
        areas_covered = covered(definition, variant, ground)
        for path, role, office in desks(number, variant):
            missing: dict[str, list[str]] = {}
            for area in areas_covered:
                found = ground.office(office, area)
                if found is None:
                    missing.setdefault(ground.district(area), []).append(area)
                elif role in ground.roles and role not in {post.role for post in found.posts}:
                    message = f"the office '{found.key}' has no post of a {role}"
                    faults.append(service.fault((*path, "role"), message, "add the post to it in offices.yaml"))
                    break
            waiting = 0
            for district, areas in missing.items():
                if ground.is_opened(office, district):
                    message = f"no {office} for {_named(ground, areas)} in {ground.name(district)}"
                    faults.append(service.fault((*path, "office"), message, "add the office to offices.yaml"))
                else:
                    waiting += len(areas)
            if waiting:
                message = f"no {office} is written for {waiting} of {len(areas_covered)} places"
                to_do.append(service.fault((*path, "office"), message, "add the offices to offices.yaml"))
    once = {fault.message: fault for fault in reversed(to_do)}
    return Unserved(
        faults=tuple(dict.fromkeys(faults)), to_do=tuple(sorted(once.values(), key=lambda fault: fault.line))
    )


def _empty(definition: Definition, service: Source, ground: Ground) -> Iterator[SourceFault]:
    """Tell each field whose list of places is empty: nobody could answer it."""
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            outer = question.within or ""
            if not question.scheme or ":" not in outer:
                continue
            if not any(ground.within(area, outer) for area in ground.of_scheme(question.scheme)):
                near = ", ".join(ground.schemes_in(outer)) or "none: write them into areas.csv"
                message = f"no place of '{question.scheme}' lies in {outer}"
                path: Path = ("ask", "pages", number, "fields", index, "scheme")
                yield service.fault(path, message, f"schemes of the places there: {near}")


def covered(definition: Definition, variant: Variant, ground: Ground) -> list[str]:
    """Return every area that may be answered where this variant looks for its office."""
    question = definition.form.by_key.get(variant.officer.place)
    if question is None or not question.scheme:
        return []
    inside = question.within if question.within and ":" in question.within else ""
    return [
        area
        for area in ground.of_scheme(question.scheme)
        if any(ground.within(area, outer) for outer in definition.who.coverage.areas)
        and (not inside or ground.within(area, inside))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A desk of a service that some places do not lead to: without an office of the kind, or without the post in it.

    ``areas`` are the places of ``of`` without an office; ``offices`` the keys of those that lack the post.
    """

    way: Text
    role: str
    kind: str
    areas: tuple[str, ...]
    offices: tuple[str, ...]
    of: int


def gaps(definition: Definition, ground: Ground) -> Iterator[Gap]:
    """Yield every desk of a service that nobody has for some of its places; one that two ways name, once."""
    told: set[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = set()
    for number, variant in enumerate(definition.variants):
        areas = covered(definition, variant, ground)
        for _, role, kind in desks(number, variant):
            serving = {area: ground.office(kind, area) for area in areas}
            missing = tuple(area for area, office in serving.items() if office is None)
            found = {office.key: office for office in serving.values() if office is not None}
            empty = tuple(key for key, one in found.items() if role not in {post.role for post in one.posts})
            if (missing or empty) and (role, kind, missing, empty) not in told:
                told.add((role, kind, missing, empty))
                yield Gap(way=variant.title, role=role, kind=kind, areas=missing, offices=empty, of=len(areas))


def _named(ground: Ground, areas: Sequence[str]) -> str:
    names = ", ".join(ground.name(area) for area in areas[:MOST_NAMED])
    more = len(areas) - MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names
