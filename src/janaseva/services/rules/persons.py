"""Whether there are persons enough: a second person, or several seats of one role, in offices with a single such post.

A step may ask for another person than those who moved the case before (``other_person``), and a joint decision for one
person in each seat. Where every one of them sits on the same post, only a second person in charge of it could act.
"""

from collections.abc import Collection, Iterator
from typing import Final

from janaseva.core.source import Path, Source, SourceFault
from janaseva.people.rules.directory import OFFICE_KINDS, OfficeRow, meant_kind
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant
from janaseva.services.rules.places import Ground, covered
from janaseva.workflow.rules import Process

MEND: Final = "give the office a second post of the role in offices.yaml (with a suffix:), or name another role"

Need = tuple[Path, str, str, int, str]
"""Where it is asked for, of which role in which kind of office, how many persons, and why."""


def too_few(definition: Definition, service: Source, ground: Ground) -> Iterator[SourceFault]:
    """Warn of each step for which an office of the service has fewer posts of the role than it needs persons."""
    told: set[tuple[Path, str]] = set()
    for variant in definition.variants:
        offices: dict[str, list[OfficeRow]] = {}
        for path, role, kind, count, why in _needs(definition.process_for(variant)):
            if kind not in offices:
                offices[kind] = _serving(definition, variant, kind, ground)
            short = [one for one in offices[kind] if 0 < sum(post.role == role for post in one.posts) < count]
            if not short:
                continue
            more = f" and {len(short) - 1} more" if len(short) > 1 else ""
            message = f"{why}, but the office '{short[0].key}'{more} has too few posts of a {role}"
            if (path, message) not in told:
                told.add((path, message))
                yield service.fault(path, message, MEND)


def _needs(process: Process) -> Iterator[Need]:
    for number, step in enumerate(process.steps):
        path: Path = ("happens", "steps", number)
        if step.other_person and step.role and step.office:
            same = [
                one.key
                for one in process.steps
                if one.key != step.key and (one.role, one.office) == (step.role, step.office) and not one.by_itself
            ]
            if same:
                why = f"'{step.key}' needs another person than '{same[0]}'"
                yield (*path, "other_person"), step.role, step.office, 2, why
        seats = [(one.role, one.office) for one in step.joint]
        for role, office in dict.fromkeys(seats):
            count = seats.count((role, office))
            if count > 1:
                yield (*path, "joint"), role, office, count, f"{count} seats of '{step.key}' need a person each"


def _serving(definition: Definition, variant: Variant, kind: str, ground: Ground) -> list[OfficeRow]:
    found = (ground.office(kind, area) for area in covered(definition, variant, ground))
    return list({one.key: one for one in found if one is not None}.values())


def alike_kinds(ground: Ground) -> Iterator[SourceFault]:
    """Warn of each kind of office that resembles one of which the platform has words: it may be a slip, or a kind."""
    places = {one.row: one for one in ground.directory.places}
    told: set[str] = set()
    for office in ground.directory.offices:
        meant = "" if office.kind in OFFICE_KINDS or office.kind in told else meant_kind(office.kind)
        told.add(office.kind)
        place = places.get(f"office {office.key}")
        if meant and place is not None:
            message = f"the kind of office '{office.kind}' resembles '{meant}'"
            mend = f"write kind: {meant} if that was meant; if it is a kind of its own, nothing is to be done"
            yield SourceFault(file=place.file, line=place.line, column=1, message=message, mend=mend)


def wordless(ground: Ground) -> Iterator[SourceFault]:
    """Tell each kind of office for which neither the platform nor ``kinds:`` has words: people would read its key."""
    places = {one.row: one for one in ground.directory.places}
    told = {*OFFICE_KINDS, *(row.kind for row in ground.directory.kinds)}
    for office in ground.directory.offices:
        place = places.get(f"office {office.key}")
        if office.kind not in told and place is not None:
            message = f"nobody says what people call the kind of office '{office.kind}'"
            mend = f"write it in offices.yaml, as kinds: {{{office.kind}: {{en: ...}}}}"
            yield SourceFault(file=place.file, line=place.line, column=1, message=message, mend=mend)
        told.add(office.kind)


def untold(ground: Ground, pack: str, languages: Collection[str]) -> Iterator[SourceFault]:
    """Warn of each role and kind of office of a pack that is not called by words in every language of the pack."""
    rows = {f"kind {row.kind}": row.names for row in ground.directory.kinds}
    rows |= {f"role {row.role}": row.names for row in ground.directory.roles}
    for place in ground.directory.places:
        missing = [one for one in languages if one not in rows.get(place.row, languages)]
        if missing and place.file.partition("/")[0] == pack:
            message = f"{place.row} has no words in {', '.join(missing)}"
            yield SourceFault(file=place.file, line=place.line, column=1, message=message, mend="add them to its names")
