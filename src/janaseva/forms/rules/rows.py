"""Rules over the cells of one row of a table: which of them are asked, and which are worked out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from janaseva.core import decimals
from janaseva.core.formula import Facts, Scope
from janaseva.forms.rules.form import Form, Question
from janaseva.forms.rules.reading import Answers

ROUNDS: Final = 6
"""How often visibility is worked out anew: a field shown by a field shown by a field ..., so many deep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row worked out: the keys of the columns that are asked, the cells that count, and what its rules see."""

    asked: frozenset[str]
    cells: Answers
    scope: Scope
    facts: Facts


def holds(scope: Scope, formula: str | None, facts: Facts) -> bool:
    """Return whether a rule holds; where there is none, it does."""
    return formula is None or scope.compile(formula, "yes_no").evaluate(facts).holds


def worked_out(scope: Scope, question: Question, facts: Facts) -> Any:
    """Return what a computed field comes to as an answer is kept; ``None`` where it comes to nothing."""
    result = scope.compile(question.computed or "").evaluate(facts)
    if result.state != "value":
        return None
    value = result.value
    if question.places is not None and isinstance(value, int) and not isinstance(value, bool):
        value = Fraction(value)
    if question.places is not None and question.rounding is not None and isinstance(value, Fraction):
        value = decimals.rounded(value, question.places, question.rounding)
    return as_kept(value, question.places)


def as_kept(value: Any, places: int | None = None) -> Any:
    """Return what a formula came to as it is kept: days as ISO text, numbers with a point as text.

    ``None`` where a number has more digits after the point than ``places``, or, without these, digits that never end.
    """
    if isinstance(value, Fraction):
        if places is None:
            return decimals.shortest(value)
        return decimals.written(value, places) if decimals.fits(value, places) else None
    return value.isoformat() if isinstance(value, date) else value


def work(form: Form, table: Question, row: Mapping[str, Any], around: Facts) -> Row:
    """Return a row of a table as its columns' rules have it, within the facts of the whole form."""
    if not table.ruled:
        asked = frozenset(column.key for column in table.columns)
        return Row(asked=asked, cells=dict(row), scope=form.scope, facts=around)
    scope, counting = form.row_scopes[table.key], dict(row)
    known = {key for column in table.columns for key in column.keys}
    facts, asked = scope.row_facts(counting, around), frozenset[str]()
    for _ in range(ROUNDS):
        columns = [column for column in table.columns if holds(scope, column.when, facts)]
        asked = frozenset(column.key for column in columns)
        keys = {key for column in columns if column.computed is None for key in column.keys}
        new = {key: value for key, value in row.items() if key in keys or key not in known}
        for column in columns:
            if column.computed is not None:
                value = worked_out(scope, column, scope.row_facts({**counting, **new}, around))
                new.update({} if value is None else {column.key: value})
        if new == counting:
            break
        counting, facts = new, scope.row_facts(new, around)
    return Row(asked=asked, cells=counting, scope=scope, facts=facts)


def work_all(form: Form, table: Question, rows: Any, around: Facts) -> tuple[Any, frozenset[str]]:
    """Return the rows of a table with what is worked out, and the places of the cells that are not asked.

    Where the rules cannot be followed (no list, no rows, more than the table takes) things stay as they are.
    """
    if not table.ruled or not isinstance(rows, list):
        return rows, frozenset()
    worked: list[Any] = []
    hidden: set[str] = set()
    for number, row in enumerate(rows):
        if number >= table.rows_at_most or not isinstance(row, Mapping):
            worked.append(row)
            continue
        done = work(form, table, row, around)
        worked.append(done.cells)
        hidden |= {
            f"{table.key}.{number}.{key}"
            for column in table.columns
            if column.key not in done.asked
            for key in column.keys
        }
    return worked, frozenset(hidden)
