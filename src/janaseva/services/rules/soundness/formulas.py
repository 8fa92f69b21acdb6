"""What is wrong with formulas: they do not compile, compare with what is no choice, or lead back to themselves."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from janaseva.core.formula import FormulaError, Scope
from janaseva.core.formula import Kind as FormulaKind
from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import Unknown
from janaseva.payments.rules.fee_faults import amount_faults, formula_faults
from janaseva.payments.rules.fees import Fee
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.soundness.asking import questions
from janaseva.services.rules.soundness.finding import found_formulas, named_days
from janaseva.workflow.rules import scope_with

_LITERAL: Final = re.compile(r"\b([a-z][a-z0-9_.]*)\s*(?:==|!=)\s*(?:'([^']*)'|\"([^\"]*)\")")
_MEMBER: Final = re.compile(r"\b([a-z][a-z0-9_.]*)\s+in\s*\[([^\]]*)\]")


def formulas(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield every formula that does not compile or compares with a choice that there is not."""
    for path, text, kind in _all_formulas(definition):
        yield from _formula_faults(definition, service, _scope_at(definition, path), path, text, kind)
    for path, text, kind, scope in found_formulas(definition):
        yield from _formula_faults(definition, service, scope, path, text, kind)
    ruled = scope_with(definition.scope)
    for number, step in enumerate(definition.happens.steps):
        for index, move in enumerate(step.moves):
            if move.when is not None:
                path = ("happens", "steps", number, "moves", index, "when")
                yield from _formula_faults(definition, service, ruled, path, move.when, "yes_no")
    fees = [(("fee",), definition.fee)]
    fees += [(("variants", n, "fee"), one.fee) for n, one in enumerate(definition.variants) if one.fee is not None]  # type: ignore[misc]
    for path, fee in fees:
        yield from _fee_formulas(definition.fee_scope, service, path, fee)
    for number, step in enumerate(definition.happens.steps):
        if step.fee is not None:
            yield from _fee_formulas(definition.demand_scope, service, ("happens", "steps", number, "fee"), step.fee)


def _fee_formulas(scope: Scope, service: Source, path: Path, fee: Fee | Unknown) -> Iterator[SourceFault]:
    for place, error in formula_faults(fee, scope):
        yield from _told(service, (*path, *_parts(place)), error)
    for place, message, mend in amount_faults(fee, scope):
        yield service.fault((*path, *_parts(place)), message, mend)


def _parts(place: str) -> Path:
    return tuple(int(part) if part.isdigit() else part for part in place.split("."))


def _scope_at(definition: Definition, path: Path) -> Scope:
    """Return what a formula at this place may name: in a column its row too; in what comes out what was found."""
    if path[0] == "out" or "validity" in path:
        return definition.out_scope
    if "columns" not in path[:-1]:
        return definition.scope
    _, _, page, _, index, *_ = path
    return definition.form.row_scopes[definition.ask.pages[int(page)].fields[int(index)].key]


def _all_formulas(definition: Definition) -> Iterator[tuple[Path, str, FormulaKind | None]]:
    yield from _asking_formulas(definition)
    for number, rule in enumerate(definition.check):
        yield ("check", number, "rule"), rule.rule, "yes_no"
    for number, condition in enumerate(definition.who.eligibility):
        yield ("who", "eligibility", number, "rule"), condition.rule, "yes_no"
    for number, variant in enumerate(definition.variants):
        yield ("variants", number, "when"), variant.when, "yes_no"
    if definition.out.certificate is not None:
        for key, fact in definition.out.certificate.facts.items():
            yield ("out", "certificate", "facts", key, "value"), fact.value, None
            for language, text in fact.also.items():
                yield ("out", "certificate", "facts", key, "also", language), text, "text"
    if definition.out.register_ is not None:
        for key, text in definition.out.register_.facts.items():
            yield ("out", "register", "facts", key), text, None
    for path, text in named_days(definition):
        yield path, text, "date"


def _asking_formulas(definition: Definition) -> Iterator[tuple[Path, str, FormulaKind | None]]:
    for number, page in enumerate(definition.ask.pages):
        if page.when:
            yield ("ask", "pages", number, "when"), page.when, "yes_no"
    for path, question in questions(definition):
        if isinstance(question.needed, str):
            yield (*path, "needed"), question.needed, "yes_no"
        for name, kind in (
            ("when", "yes_no"),
            ("computed", question.formula_kind),
            ("at_least", question.formula_kind),
            ("at_most", question.formula_kind),
        ):
            text = getattr(question, name)
            if text is not None:
                yield (*path, name), text, kind  # type: ignore[misc]
    documents = () if isinstance(definition.ask.documents, Unknown) else definition.ask.documents
    for number, group in enumerate(documents):
        if group.when:
            yield ("ask", "documents", number, "when"), group.when, "yes_no"


def _formula_faults(  # noqa: PLR0917 - one formula's parts, passed on
    definition: Definition, service: Source, scope: Scope, path: Path, text: str, kind: FormulaKind | None
) -> Iterator[SourceFault]:
    try:
        scope.compile(text, kind)
    except FormulaError as error:
        yield from _told(service, path, error)
        return
    for name, value in _compared(text):
        choices = _choices(definition, name)
        if choices is not None and value not in choices:
            yield service.fault(path, f"'{value}' is no choice of '{name}'", f"its choices: {', '.join(choices)}")


def _told(service: Source, path: Path, error: FormulaError) -> Iterator[SourceFault]:
    mark = service.mark(path)
    for place in error.places:
        line = mark.line + place.line - 1 + int(mark.block)
        column = place.column if mark.block or place.line > 1 else mark.column + place.column - 1
        yield SourceFault(
            file=service.file,
            line=line,
            column=column,
            message=f"formula: {place.message}",
            mend=place.mend or "see docs/definers/formulas.md",
            place=".".join(str(part) for part in path),
        )


def _compared(text: str) -> Iterator[tuple[str, str]]:
    for match in _LITERAL.finditer(text):
        yield match.group(1), match.group(2) if match.group(2) is not None else match.group(3)
    for match in _MEMBER.finditer(text):
        for literal in re.findall(r"'([^']*)'|\"([^\"]*)\"", match.group(2)):
            yield match.group(1), literal[0] or literal[1]


def _choices(definition: Definition, name: str) -> Mapping[str, Any] | None:
    """Return the choices of the field, or of the only column of this name, that a formula compares."""
    question = definition.out_fields.get(name)
    if question is not None:
        return question.choices if question.kind == "choice" else None
    columns = [q for path, q in questions(definition) if "columns" in path and name.rpartition(".")[2] in q.keys]
    if "." in name and len(columns) == 1 and columns[0].kind == "choice":
        return columns[0].choices
    return None
