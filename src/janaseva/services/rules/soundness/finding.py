"""What is wrong with what officers are asked to find, and with what comes out where it rests on that."""

from collections.abc import Iterator, Mapping

from janaseva.core.formula import FormulaError, Scope
from janaseva.core.formula import Kind as FormulaKind
from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import Question, Unknown
from janaseva.forms.rules.values import pattern
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Validity
from janaseva.workflow.rules import Branch, Move, Report, form_of, leading_to


def parts_that_find(definition: Definition) -> Iterator[tuple[Path, Report | Branch | Move]]:
    """Yield each report, branch and move that asks an officer for something, with its place."""
    for number, step in enumerate(definition.happens.steps):
        for name, index, part in step.asking:
            if part.finds:
                yield ("happens", "steps", number, name, index), part


def found_formulas(definition: Definition) -> Iterator[tuple[Path, str, FormulaKind, Scope]]:
    """Yield each formula of a field that an officer answers: it names the fields asked with it, and ``today``."""
    for place, part in parts_that_find(definition):
        scope = form_of(part.finds).scope
        for index, question in enumerate(part.finds):
            path: Path = (*place, "finds", index)
            if isinstance(question.needed, str):
                yield (*path, "needed"), question.needed, "yes_no", scope
            for name in ("at_least", "at_most"):
                text = getattr(question, name)
                if text is not None:
                    yield (*path, name), text, question.formula_kind, scope


def found_faults(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield each field that stands twice or is two things, and each that comes out without ever being found."""
    yield from _fields(definition, service)
    yield from _uses(definition, service)


def _fields(definition: Definition, service: Source) -> Iterator[SourceFault]:
    first: dict[str, Question] = {one.key: one for one in definition.found_before}
    at_once: dict[Path, str] = {}
    for place, part in parts_that_find(definition):
        seen: set[str] = set()
        for index, question in enumerate(part.finds):
            path: Path = (*place, "finds", index)
            if question.key in seen:
                yield service.fault((*path, "key"), f"'{question.key}' stands here a second time", "keep one of them")
            seen.add(question.key)
            if isinstance(part, Branch):
                other_branch = at_once.setdefault((*place[:3], question.key), part.key)
                if other_branch != part.key:
                    message = (
                        f"'{question.key}' is found by '{other_branch}' at the same time; the later answer would win"
                    )
                    yield service.fault((*path, "key"), message, "give each branch a key of its own")
            other = first.setdefault(question.key, question)
            if (other.kind, set(other.choices)) != (question.kind, set(question.choices)):
                message = f"'{question.key}' is found elsewhere as another kind of field, or with other choices"
                yield service.fault((*path, "kind"), message, "let both be the same, or give this one another key")
            if question.pattern is not None:
                try:
                    pattern(question.pattern)
                except ValueError as error:
                    yield service.fault((*path, "pattern"), str(error), "write an RE2 pattern: no look-ahead")


def _uses(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell each fact that comes out and rests on what nobody on a way to the approval finds."""
    before = {one.key for one in definition.found_before}
    ways = leading_to(definition.happens, "approved")
    found = before | {one.key for way in ways for one in way.finds}
    for path, text in out_texts(definition):
        for name in sorted(_named(definition, text)):
            if name in definition.found_fields and name not in found:
                message = f"'found.{name}' is never found on a way to the approval"
                mend = "put it under finds: of a move that leads there, or of a report or branch of such a step"
                yield service.fault(path, message, mend)


def named_days(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Yield each formula that names the last good day of what is issued, with its place."""
    places: list[tuple[Path, Validity | Unknown | None]] = [
        (("variants", number, "validity"), one.validity) for number, one in enumerate(definition.variants)
    ]
    if definition.out.certificate is not None:
        places.append((("out", "certificate", "validity"), definition.out.certificate.validity))
    for path, validity in places:
        if isinstance(validity, Validity) and validity.until is not None:
            yield (*path, "until"), validity.until


def out_texts(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Yield each formula of what comes out, with its place."""
    out = definition.out
    if out.certificate is not None:
        for key, fact in out.certificate.facts.items():
            yield ("out", "certificate", "facts", key, "value"), fact.value
            for language, text in fact.also.items():
                yield ("out", "certificate", "facts", key, "also", language), text
    if out.register_ is not None:
        texts: Mapping[str, str] = out.register_.facts
        for key, text in texts.items():
            yield ("out", "register", "facts", key), text
    yield from named_days(definition)


def _named(definition: Definition, text: str) -> set[str]:
    try:
        uses = definition.out_scope.compile(text).uses
    except FormulaError:
        return set()
    names = (name.removeprefix("given.") for name in uses)
    return {name.removeprefix("found.") for name in names if name.startswith("found.")}
