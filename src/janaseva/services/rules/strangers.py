"""Whether every role and kind of office that a definition names is one that the directory knows."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import Unknown
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant

Desk = tuple[Path, str | None, str | None]
"""Where it stands, the role and the kind of office; a name such as ``@officer`` is said by the variants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a definition may name. Without any role the directory is not there yet, and nothing is judged."""

    roles: frozenset[str]
    kinds: frozenset[str]


def strangers(definition: Definition, service: Source, named: Named) -> Iterator[SourceFault]:
    """Tell each role that no roles.yaml has, and each kind of office of which there is none."""
    if not named.roles:
        return
    for path, role, office in _all(definition):
        if role is not None and role not in named.roles and not role.startswith("@"):
            near = difflib.get_close_matches(role, sorted(named.roles), n=1)
            mend = f"did you mean '{near[0]}'?" if near else "add it to the pack's roles.yaml"
            yield service.fault((*path, "role"), f"there is no role '{role}'", mend)
        if office is not None and office not in named.kinds and not office.startswith("@"):
            near = difflib.get_close_matches(office, sorted(named.kinds), n=1)
            mend = f"did you mean '{near[0]}'?" if near else "write an office of this kind into offices.yaml"
            yield service.fault((*path, "office"), f"there is no kind of office '{office}'", mend)


def desks(number: int, variant: Variant) -> Iterator[tuple[Path, str, str]]:
    """Yield the officer and the desks of a variant."""
    yield ("variants", number, "officer"), variant.officer.role, variant.officer.office
    for key, desk in variant.desks.items():
        yield ("variants", number, "desks", key), desk.role, desk.office


def _all(definition: Definition) -> Iterator[Desk]:
    for number, variant in enumerate(definition.variants):
        yield from desks(number, variant)
    for number, step in enumerate(definition.happens.steps):
        path: Path = ("happens", "steps", number)
        yield path, step.role, step.office
        for index, report in enumerate(step.reports):
            yield (*path, "reports", index), report.role, report.office
        for name, several in (("branches", step.branches), ("joint", step.joint)):
            for index, branch in enumerate(several):
                yield (*path, name, index), branch.role, branch.office
    if not isinstance(definition.appeal, Unknown):
        for name, level in (("first", definition.appeal.first), ("second", definition.appeal.second)):
            if not isinstance(level, Unknown):
                yield ("appeal", name), level.role, level.office
    if definition.deemed is not None:
        yield ("deemed", "seat"), definition.deemed.seat.role, definition.deemed.seat.office
