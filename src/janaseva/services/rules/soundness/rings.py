"""Fields and columns that are shown or computed by themselves, also by way of others: they could never be asked."""

from collections.abc import Iterator, Mapping
from typing import Final

from janaseva.core.formula import FormulaError, Scope
from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import Question
from janaseva.services.rules.definition import Definition

Rules = dict[str, list[tuple[Path, str, Scope]]]
"""The rules of each field, and of each column as ``table.column``: place, formula, and what it may name."""

_OF_FIELDS: Final = ("computed", "when")


def rings(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell each ring once, at the rule with which it begins."""
    rules = _rules(definition)
    told: set[frozenset[str]] = set()
    for key in rules:
        ring, place = _ring(definition, rules, key)
        if ring and frozenset(ring) not in told:
            told.add(frozenset(ring))
            message = f"'{key}' depends on itself: {' -> '.join(ring)}"
            yield service.fault(place, message, "let the rule look at other fields only")


def _rules(definition: Definition) -> Rules:
    rules: Rules = {}
    for number, page in enumerate(definition.ask.pages):
        for index, question in enumerate(page.fields):
            path: Path = ("ask", "pages", number, "fields", index)
            own = list(_own(question, path, definition.scope))
            if page.when:
                own.append((("ask", "pages", number, "when"), page.when, definition.scope))
            rules.update(dict.fromkeys(question.keys, own))
            for place, column in enumerate(question.columns):
                scope = definition.form.row_scopes[question.key]
                own = list(_own(column, (*path, "columns", place), scope))
                rules.update({f"{question.key}.{key}": own for key in column.keys})
    return rules


def _own(question: Question, path: Path, scope: Scope) -> Iterator[tuple[Path, str, Scope]]:
    for name in _OF_FIELDS:
        text = getattr(question, name)
        if text:
            yield (*path, name), text, scope


def _ring(definition: Definition, rules: Rules, start: str) -> tuple[tuple[str, ...], Path]:
    """Return the shortest way from a field's rules back to the field, and where it begins; empty where none does."""
    ways: list[tuple[tuple[str, ...], Path]] = [((start,), ())]
    seen: set[str] = set()
    for way, begun in ways:
        for place, text, scope in rules.get(way[-1], ()):
            for name in _looked_at(definition, text, scope, way[-1], rules):
                if name == start:
                    return (*way, start), begun or place
                if name not in seen:
                    seen.add(name)
                    ways.append(((*way, name), begun or place))
    return (), ()


def _looked_at(definition: Definition, text: str, scope: Scope, at: str, rules: Mapping[str, object]) -> Iterator[str]:
    """Yield what a formula looks at: ``row.x`` is a column of its own table; a whole table is all its columns."""
    try:
        uses = scope.compile(text).uses
    except FormulaError:
        return
    table = at.partition(".")[0]
    for use in uses:
        name = use.removeprefix("given.")
        head, _, column = name.partition(".")
        if head == "row" and table != at:
            yield f"{table}.{column}"
            continue
        yield head
        if head in definition.scope.tables:
            yield from [name] if column else [key for key in rules if key.startswith(f"{head}.")]
