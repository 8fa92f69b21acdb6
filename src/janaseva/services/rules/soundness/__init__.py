"""What is wrong with a definition that only the whole shows: every fault with its line and what to do.

Names that lead nowhere, formulas that do not compile, gaps and overlaps between variants.
"""

from collections.abc import Iterator
from typing import Any

from janaseva.core.source import Path, Source, SourceFault
from janaseva.core.words import find
from janaseva.forms.rules import Unknown
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.notices import faults as notice_faults
from janaseva.services.rules.soundness.asking import fields_faults, repeated
from janaseva.services.rules.soundness.demanding import demand_faults
from janaseva.services.rules.soundness.finding import found_faults
from janaseva.services.rules.soundness.formulas import formulas
from janaseva.services.rules.soundness.naming import certificate_faults, grounds, names
from janaseva.services.rules.soundness.rings import rings
from janaseva.services.rules.soundness.rounding import rounding_faults
from janaseva.services.rules.variants import judge, told
from janaseva.workflow.rules import faults as process_faults

__all__ = ["unsound"]


def unsound(definition: Definition, service: Source, departments: frozenset[str] | None) -> Iterator[SourceFault]:
    """Yield every fault of the whole. ``departments`` are those of the pack, ``None`` where there is no pack.yaml."""
    yield from repeated(definition, service)
    yield from fields_faults(definition, service)
    yield from formulas(definition, service)
    yield from rings(definition, service)
    yield from names(definition, service, departments)
    yield from grounds(definition, service)
    yield from certificate_faults(definition, service)
    yield from found_faults(definition, service)
    yield from rounding_faults(definition, service)
    yield from demand_faults(definition, service)
    yield from _variants(definition, service)
    yield from _process(definition, service)
    yield from _days_of_appeal(definition, service)
    yield from _sources(definition, service, service.tree, ())


def _days_of_appeal(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell the days that a level leaves to the state's act, where the pack has none."""
    if definition.rights is not None or isinstance(definition.appeal, Unknown):
        return
    for name, level in (("first", definition.appeal.first), ("second", definition.appeal.second)):
        for days in ("file_days", "decide_days"):
            if not isinstance(level, Unknown) and getattr(level, days) is None:
                message = f"appeal.{name} lacks '{days}', and no rights.yaml without faults says it"
                yield service.fault(("appeal", name), message, f"write '{days}:' with the days, or 'unknown:'")


def _variants(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell every case that no variant takes, and every case that several take, the latter at the last one's rule."""
    places = {variant.key: number for number, variant in enumerate(definition.variants)}
    for finding in judge(definition).findings:
        path: Path = ("variants", places[finding.taken[-1]], "when") if finding.taken else ("variants",)
        yield service.fault(path, told(finding), "let the rules of the variants take every case exactly once")


def _process(definition: Definition, service: Source) -> Iterator[SourceFault]:
    if definition.happens.reasons:
        yield service.fault(("happens", "reasons"), "reasons stand under out:", "move them to out.reasons")
    if definition.happens.limit is not None:
        yield service.fault(("happens", "limit"), "the service's limit stands at its own place", "move it to limit:")
    for number, variant in enumerate(definition.variants):
        for name in sorted(definition.happens.open_names() - {"officer", *variant.desks}):
            message = f"the process names '@{name}', but the variant '{variant.key}' does not say who that is"
            yield service.fault(("variants", number), message, f"add it under desks:, as '{name}: {{role, office}}'")
    for place, message, mend in notice_faults(definition):
        yield service.fault(place, message, mend)
    yield from _entries(definition, service)
    for fault in process_faults(definition.happens):
        path: Path = ("happens", *(int(part) if part.isdigit() else part for part in fault.place.split(".")))
        words = find(f"fault.{fault.code}", "en") or fault.code.replace("_", " ")
        facts = dict(fault.facts)
        yield service.fault(path, words.format_map(_Filled(facts)), "see docs/definers, chapter 'What happens'")


def _entries(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell each field by which a step would find an entry of a register, and which the form does not ask."""
    fields = definition.form.by_key
    for number, step in enumerate(definition.happens.steps):
        if step.entry is None:
            continue
        named = {"number": step.entry.number} if step.entry.number else {}
        for path, key in [
            *((("number",), key) for key in named.values()),
            *((("facts", name), key) for name, key in step.entry.facts.items()),
        ]:
            if key not in fields:
                place: Path = ("happens", "steps", number, "entry", *path)
                yield service.fault(place, f"there is no field '{key}'", f"the fields are: {', '.join(fields)}")


class _Filled(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _sources(definition: Definition, service: Source, tree: Any, path: Path) -> Iterator[SourceFault]:
    """Every source is a key of sources.yaml or an address."""
    if isinstance(tree, dict):
        named = tree.get("source")
        keys = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        for number, key in enumerate(keys):
            if isinstance(key, str) and key not in definition.sources and "://" not in key:
                place: Path = (*path, "source", number) if isinstance(named, list) else (*path, "source")
                yield service.fault(place, f"sources.yaml has no '{key}'", "add the key and its address there")
        for key, value in tree.items():
            yield from _sources(definition, service, value, (*path, key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from _sources(definition, service, value, (*path, number))
