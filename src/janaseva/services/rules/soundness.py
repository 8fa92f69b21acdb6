"""What is wrong with a definition that only the whole shows: every fault with its line and what to do.

Names that lead nowhere, formulas that do not compile, gaps and overlaps between variants.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from janaseva.core.formula import FormulaError, Scope
from janaseva.core.formula import Kind as FormulaKind
from janaseva.core.source import Path, Source, SourceFault
from janaseva.core.words import find
from janaseva.forms.rules import Question, Unknown
from janaseva.forms.rules.values import pattern
from janaseva.payments.rules.fees import formula_faults
from janaseva.people.rules.directory import OFFICE_KINDS
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.notices import faults as notice_faults
from janaseva.services.rules.variants import judge, told
from janaseva.workflow.rules import faults as process_faults
from janaseva.workflow.rules import scope_with

_LITERAL: Final = re.compile(r"\b([a-z][a-z0-9_.]*)\s*(?:==|!=)\s*(?:'([^']*)'|\"([^\"]*)\")")
_MEMBER: Final = re.compile(r"\b([a-z][a-z0-9_.]*)\s+in\s*\[([^\]]*)\]")
_BRACES: Final = re.compile(r"\{([^{}]*)\}")


def unsound(definition: Definition, service: Source, departments: frozenset[str] | None) -> Iterator[SourceFault]:
    """Yield every fault of the whole. ``departments`` are those of the pack, ``None`` where there is no pack.yaml."""
    yield from _repeated(definition, service)
    yield from _fields(definition, service)
    yield from _formulas(definition, service)
    yield from _rings(definition, service)
    yield from _names(definition, service, departments)
    yield from _grounds(definition, service)
    yield from _certificate(definition, service)
    yield from _variants(definition, service)
    yield from _process(definition, service)
    yield from _sources(definition, service, service.tree, ())


# --- keys


def _repeated(definition: Definition, service: Source) -> Iterator[SourceFault]:
    seen: dict[str, Path] = {}
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            path: Path = ("ask", "pages", number, "fields", index, "key")
            for key in question.keys:
                if key in seen:
                    yield service.fault(
                        path, f"the field '{key}' stands here a second time", "give each field its own key"
                    )
                if key in ("today", "given", "channel", "pages"):
                    yield service.fault(path, f"'{key}' is a word of the rule language", "give the field another key")
                seen[key] = path
            yield from _twice(service, (column.key for column in question.columns), (*path[:-1], "columns"))
    documents = () if isinstance(definition.ask.documents, Unknown) else definition.ask.documents
    yield from _twice(service, (page.key for page in definition.ask.pages), ("ask", "pages"))
    yield from _twice(service, (group.key for group in documents), ("ask", "documents"))
    yield from _twice(service, (rule.key for rule in definition.check), ("check",))
    yield from _twice(service, (one.key for one in definition.who.eligibility), ("who", "eligibility"))
    yield from _twice(service, (variant.key for variant in definition.variants), ("variants",))
    yield from _twice(service, (reason.key for reason in definition.out.reasons), ("out", "reasons"))
    if not isinstance(definition.fee, Unknown):
        yield from _twice(service, (line.key for line in definition.fee.lines), ("fee", "lines"))


def _twice(service: Source, keys: Iterable[str], path: Path) -> Iterator[SourceFault]:
    seen: set[str] = set()
    for number, key in enumerate(keys):
        if key in seen:
            yield service.fault((*path, number, "key"), f"'{key}' stands here a second time", "give each its own key")
        seen.add(key)


# --- fields


def _questions(definition: Definition) -> Iterator[tuple[Path, Question]]:
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            path: Path = ("ask", "pages", number, "fields", index)
            yield path, question
            for place, column in enumerate(question.columns):
                yield (*path, "columns", place), column


def _fields(definition: Definition, service: Source) -> Iterator[SourceFault]:
    areas = {q.key: q.scheme for _, q in _questions(definition) if q.kind == "area"}
    for path, question in _questions(definition):
        if question.pattern is not None:
            try:
                pattern(question.pattern)
            except ValueError as error:
                mend = "write an RE2 pattern: no look-ahead, no back-references"
                yield service.fault((*path, "pattern"), str(error), mend)
        if question.kind == "area" and question.within and ":" not in question.within and question.within not in areas:
            yield service.fault(
                (*path, "within"),
                f"there is no area field '{question.within}'",
                "name an area (scheme:code) or an area field",
            )
        if question.rows_at_least > question.rows_at_most:
            yield service.fault((*path, "rows_at_least"), "more rows are needed than are allowed", "raise rows_at_most")
        if "columns" in path[:-1]:
            for name in ("when", "computed"):
                if getattr(question, name) is not None:
                    yield service.fault(
                        (*path, name),
                        f"a column has no '{name}'",
                        "put the rule on the table, or compute a field from its rows",
                    )
            if isinstance(question.needed, str):
                yield service.fault(
                    (*path, "needed"), "a column is needed or not", "write true or false, and a check over the rows"
                )


# --- formulas


def _formulas(definition: Definition, service: Source) -> Iterator[SourceFault]:
    for path, text, kind in _all_formulas(definition):
        yield from _formula_faults(definition, service, definition.scope, path, text, kind)
    ruled = scope_with(definition.scope)
    for number, step in enumerate(definition.happens.steps):
        for index, move in enumerate(step.moves):
            if move.when is not None:
                path = ("happens", "steps", number, "moves", index, "when")
                yield from _formula_faults(definition, service, ruled, path, move.when, "yes_no")
    fees = [(("fee",), definition.fee)]
    fees += [(("variants", n, "fee"), one.fee) for n, one in enumerate(definition.variants) if one.fee is not None]  # type: ignore[misc]
    for path, fee in fees:
        for place, error in formula_faults(fee, definition.fee_scope):
            parts: Path = tuple(int(part) if part.isdigit() else part for part in place.split("."))
            yield from _told(service, (*path, *parts), error)


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


def _asking_formulas(definition: Definition) -> Iterator[tuple[Path, str, FormulaKind | None]]:
    for number, page in enumerate(definition.ask.pages):
        if page.when:
            yield ("ask", "pages", number, "when"), page.when, "yes_no"
    for path, question in _questions(definition):
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
    question = definition.form.by_key.get(name)
    if question is not None:
        return question.choices if question.kind == "choice" else None
    columns = [q for path, q in _questions(definition) if "columns" in path and q.key == name.rpartition(".")[2]]
    if "." in name and len(columns) == 1 and columns[0].kind == "choice":
        return columns[0].choices
    return None


def _rings(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell each field that is shown or computed by itself, also by way of others: it could never be asked."""
    rules: dict[str, list[tuple[Path, str]]] = {}
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            path: Path = ("ask", "pages", number, "fields", index)
            here = [((*path, name), getattr(question, name)) for name in ("computed", "when")]
            here.append((("ask", "pages", number, "when"), page.when))
            rules.update({key: [(place, text) for place, text in here if text] for key in question.keys})
    told: set[frozenset[str]] = set()
    for key in rules:
        ring, place = _ring(definition, rules, key)
        if ring and frozenset(ring) not in told:
            told.add(frozenset(ring))
            message = f"'{key}' depends on itself: {' -> '.join(ring)}"
            yield service.fault(place, message, "let the rule look at other fields only")


def _ring(
    definition: Definition, rules: Mapping[str, list[tuple[Path, str]]], start: str
) -> tuple[tuple[str, ...], Path]:
    """Return the shortest way from a field's rules back to the field, and where it begins; empty where none does."""
    ways: list[tuple[tuple[str, ...], Path]] = [((start,), ())]
    seen: set[str] = set()
    for way, begun in ways:
        for place, text in rules.get(way[-1], ()):
            for name in _looked_at(definition, text):
                if name == start:
                    return (*way, start), begun or place
                if name not in seen:
                    seen.add(name)
                    ways.append(((*way, name), begun or place))
    return (), ()


def _looked_at(definition: Definition, text: str) -> Iterator[str]:
    try:
        uses = definition.scope.compile(text).uses
    except FormulaError:
        return
    yield from (name.removeprefix("given.").split(".", 1)[0] for name in uses)


# --- names that must lead somewhere


def _names(definition: Definition, service: Source, departments: frozenset[str] | None) -> Iterator[SourceFault]:
    fields = definition.form.by_key
    known = f"the fields are: {', '.join(fields)}"
    if departments is not None and definition.what.department not in departments:
        mend = f"pack.yaml knows: {', '.join(sorted(departments))}"
        yield service.fault(("what", "department"), f"there is no department '{definition.what.department}'", mend)
    for number, key in enumerate(definition.who.questions):
        if key not in fields:
            yield service.fault(("who", "questions", number), f"there is no field '{key}'", known)
    for number, rule in enumerate(definition.check):
        for index, place in enumerate(rule.places):
            if place.split(".")[0] not in fields:
                yield service.fault(("check", number, "places", index), f"there is no field '{place}'", known)
    for number, variant in enumerate(definition.variants):
        question = fields.get(variant.officer.place)
        desks = [("officer", variant.officer.office), *((f"desks.{k}", d.office) for k, d in variant.desks.items())]
        for name, office in desks:
            if office not in OFFICE_KINDS:
                mend = f"the kinds are: {', '.join(OFFICE_KINDS)}"
                path: Path = ("variants", number, *name.split("."), "office")
                yield service.fault(path, f"there is no kind of office '{office}'", mend)
        if question is None or question.kind != "area":
            mend = f"name an area field: {', '.join(key for key, q in fields.items() if q.kind == 'area') or 'add one'}"
            message = f"'{variant.officer.place}' is no area field, so no office can be found"
            yield service.fault(("variants", number, "officer", "place"), message, mend)


def _grounds(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell each rule that a reason of refusal names, and each telling fact, that nobody wrote."""
    for number, key in enumerate(definition.who.same):
        if key not in definition.form.by_key:
            yield service.fault(("who", "same", number), f"there is no field '{key}'", "name a field of the form")
    rules = [rule.key for rule in definition.form.checks]
    for number, ground in enumerate(definition.out.reasons):
        for index, key in enumerate(ground.rules):
            if key not in rules:
                mend = f"the conditions and checks are: {', '.join(rules)}"
                path: Path = ("out", "reasons", number, "rules", index)
                yield service.fault(path, f"there is no condition or check '{key}'", mend)


def _certificate(definition: Definition, service: Source) -> Iterator[SourceFault]:
    certificate = definition.out.certificate
    if certificate is None:
        return
    path: Path = ("out", "certificate")
    if certificate.holder not in certificate.facts:
        yield service.fault(
            (*path, "holder"),
            f"there is no fact '{certificate.holder}'",
            f"the facts are: {', '.join(certificate.facts)}",
        )
    for language, words in certificate.statement.items():
        if set(_BRACES.sub("", words)) & {"{", "}"}:
            message = f"the statement ({language}) has a brace that is not closed, or not opened"
            yield service.fault((*path, "statement"), message, "write each fact as {its_key}")
        for name in _BRACES.findall(words):
            if name not in certificate.facts:
                message = f"the statement ({language}) names '{name}', which is no fact"
                yield service.fault((*path, "statement"), message, f"the facts are: {', '.join(certificate.facts)}")
    for key, fact in certificate.facts.items():
        if fact.shows == "choice" and _shown_field(definition, fact.value) is None:
            yield service.fault(
                (*path, "facts", key, "shows"),
                "'choice' shows the words of a choice field",
                "let 'value' be the field's key alone",
            )


def _shown_field(definition: Definition, value: str) -> Question | None:
    question = definition.form.by_key.get(value.strip())
    return question if question is not None and question.kind in ("choice", "choices", "yes_no") else None


# --- variants


def _variants(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell every case that no variant takes, and every case that several take, the latter at the last one's rule."""
    places = {variant.key: number for number, variant in enumerate(definition.variants)}
    for finding in judge(definition).findings:
        path: Path = ("variants", places[finding.taken[-1]], "when") if finding.taken else ("variants",)
        yield service.fault(path, told(finding), "let the rules of the variants take every case exactly once")


# --- process and sources


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
    for fault in process_faults(definition.happens):
        path: Path = ("happens", *(int(part) if part.isdigit() else part for part in fault.place.split(".")))
        words = find(f"fault.{fault.code}", "en") or fault.code.replace("_", " ")
        facts = dict(fault.facts)
        yield service.fault(path, words.format_map(_Filled(facts)), "see docs/definers, chapter 'What happens'")


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
