"""The one rule language: small, total, typed. It decides what is asked, who may apply, what it costs, where it goes.

A formula is a CEL expression over named facts. It is compiled against a :class:`Scope`, which knows the kind of every
fact, so that a wrong name or kind is a fault with its line and column when the definition is checked, not when a
person waits. Dates are days, money is integer paise, numbers with a point are exact fractions, a table is a list of
rows; ``members.income`` is one column.

**Missing answers.** A formula that needs an answer which is not there has no value: its outcome is ``missing``, with
the names. But ``false && x`` is false and ``true || x`` is true whatever ``x`` is. ``given.x`` is true where ``x`` was
answered. Tables and lists of choices are never missing, only empty.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal, Self

from cel_expr_python import cel

from janaseva.core import decimals, formula_decimals
from janaseva.core.formula_functions import FUNCTIONS, NAMES, Calendar, Lent, Places, lending
from janaseva.core.formula_rows import (
    ROWS,
    FormulaError,
    Inserted,
    Place,
    as_written,
    blank,
    bounds,
    cells,
    in_row,
    put_in,
    split,
    spot,
)

Kind = Literal["text", "texts", "integer", "decimal", "yes_no", "date", "datetime"]
State = Literal["value", "missing", "fault"]

__all__ = ["Facts", "Formula", "FormulaError", "Kind", "Place", "Reason", "Result", "Scope", "State", "split"]

MOST_ROWS: Final = 100

_TYPES: Final[dict[Kind, cel.Type]] = {
    "text": cel.Type.STRING,
    "texts": cel.Type.List(cel.Type.STRING),
    "integer": cel.Type.INT,
    "decimal": formula_decimals.TYPE,
    "yes_no": cel.Type.BOOL,
    "date": cel.Type.TIMESTAMP,
    "datetime": cel.Type.TIMESTAMP,
}
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*")
_OF_ROWS: Final = ("all", "exists", "exists_one", "filter", "map", "size")
_SUMS: Final = ("sum", "largest", "smallest")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_PLACE: Final = re.compile(r"<input>:(\d+):(\d+): (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a formula came to; ``missing`` names the absent answers.

    ``value`` is plain: a day is a :class:`date`, a number with a point a :class:`~fractions.Fraction`.
    """

    state: State
    value: Any = None
    missing: tuple[str, ...] = ()
    message: str = ""

    @property
    def holds(self) -> bool:
        """Return whether the formula is known to be true."""
        return self.state == "value" and self.value is True

    @property
    def fails(self) -> bool:
        """Return whether the formula is known to be false, or could not be worked out (never: merely missing)."""
        return self.state == "fault" or (self.state == "value" and self.value is False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a formula with its own outcome, and the facts it looked at: how a decision is explained."""

    text: str
    result: Result
    facts: Mapping[str, Any]
    parts: tuple["Reason", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Answers made ready for many formulas of one scope."""

    plain: Mapping[str, Any]
    values: Mapping[str, Any]
    activation: Any
    lent: Lent


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What formulas may name: simple facts by kind, and tables with the kinds of their columns."""

    simple: Mapping[str, Kind]
    tables: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)

    @classmethod
    def of(cls, simple: Mapping[str, Kind], tables: Mapping[str, Mapping[str, Kind]] | None = None) -> Self:
        """Return the scope of these facts; ``today`` is always there."""
        return cls(simple={**simple, "today": "date"}, tables=dict(tables or {}))

    def having(self, **kinds: Kind) -> "Scope":
        """Return this scope with more simple facts in it."""
        return Scope(simple={**self.simple, **kinds}, tables=self.tables)

    def of_row(self, table: str) -> "Scope":
        """Return this scope with the cells of one row of a table in it, as ``row.column``."""
        return self.having(**{f"row.{column}": kind for column, kind in self.tables[table].items()})

    def row_facts(self, row: Mapping[str, Any], around: Facts) -> Facts:
        """Return the facts of one row within the facts around it; for a scope that :meth:`of_row` made."""
        cells = {name: _value(row.get(name.removeprefix("row.")), kind) for name, kind in self.simple.items()
                 if name.startswith("row.")}  # fmt: skip
        values = {**around.values, **{f"given.{name}": value is not None for name, value in cells.items()}}
        values.update({name: value for name, value in cells.items() if value is not None})
        return replace(around, values=values, activation=self.environment.Activation(values))

    @cached_property
    def names(self) -> frozenset[str]:
        """Return every name that a formula may use for a fact."""
        columns = {f"{table}.{column}" for table, kinds in self.tables.items() for column in kinds}
        given = {f"given.{name}" for name in (*self.simple, *self.tables)}
        return frozenset({*self.simple, *self.tables, *columns, *given})

    @cached_property
    def environment(self) -> Any:
        """Return CEL's environment for this scope, in which formulas run."""
        return self._environment(formula_decimals.RUN)

    @property
    def callable(self) -> tuple[str, ...]:
        """Return the names of the functions that a formula may call."""
        return (*NAMES, *formula_decimals.NAMES) if self.has_decimals else NAMES

    @cached_property
    def _named(self) -> tuple[tuple[str, str, Kind], ...]:
        return tuple((name, f"given.{name}", kind) for name, kind in self.simple.items())

    @cached_property
    def checking(self) -> Any:
        """Return the environment in which formulas are checked; a stricter one where there are numbers with a point."""
        return self._environment(formula_decimals.CHECKED) if self.has_decimals else self.environment

    @cached_property
    def has_decimals(self) -> bool:
        """Return whether a fact of this scope is a number with a point."""
        return "decimal" in (*self.simple.values(), *(kind for one in self.tables.values() for kind in one.values()))

    def _environment(self, sums: Sequence[cel.FunctionDecl]) -> Any:
        types: dict[str, cel.Type] = {name: _TYPES[kind] for name, kind in self.simple.items()}
        for table, kinds in self.tables.items():
            types[table] = cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN))
            types.update({f"{table}.{name}": cel.Type.List(_TYPES[kind]) for name, kind in kinds.items()})
        types.update({f"given.{name}": cel.Type.BOOL for name in (*self.simple, *self.tables)})
        if not self.has_decimals:
            return cel.NewEnv(variables=types, functions=FUNCTIONS)
        own = [*formula_decimals.FUNCTIONS, *sums]
        return cel.NewEnv(
            variables=types,
            functions=[*(one for name, one in zip(NAMES, FUNCTIONS, strict=True) if name not in _SUMS), *own],
            extensions=[formula_decimals.OPERATORS],
        )

    @cached_property
    def _compiled(self) -> dict[tuple[str, Kind | None], "Formula"]:
        return {}

    def compile(self, text: str, returns: Kind | None = None) -> "Formula":
        """Return the formula, compiled once a scope.

        Raises:
            FormulaError: with every fault and its place.

        """
        known = self._compiled.get((text, returns))
        if known is None:
            known = self._compiled[text, returns] = _compile(self, text, returns)
        return known

    def facts(
        self,
        answers: Mapping[str, Any],
        *,
        today: date,
        calendar: Calendar | None = None,
        places: Places | None = None,
    ) -> Facts:
        """Return answers (plain JSON, as forms keep them) ready for formulas. Answers of a wrong kind are left out."""
        plain: dict[str, Any] = {**answers, "today": today.isoformat()}
        values: dict[str, Any] = {}
        for name, given, kind in self._named:
            value = None if (told := plain.get(name)) is None else _value(told, kind)
            values[given] = value is not None and value != []
            if value is not None or kind == "texts":
                values[name] = [] if value is None else value
        for table, kinds in self.tables.items():
            rows = plain.get(table)
            rows = [row for row in rows if isinstance(row, Mapping)][:MOST_ROWS] if isinstance(rows, list) else []
            ready = [{name: _value(row.get(name), kind) for name, kind in kinds.items()} for row in rows]
            values[table] = [{name: in_row(value) for name, value in row.items() if value is not None} for row in ready]
            values[f"given.{table}"] = bool(rows)
            for name in kinds:
                values[f"{table}.{name}"] = [row[name] for row in ready if row[name] is not None]
        activation = self.environment.Activation(values)
        return Facts(plain=plain, values=values, activation=activation, lent=Lent(calendar, places))


def _moment(text: str, *, whole_day: bool) -> datetime | None:
    try:
        if whole_day:
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _value(value: Any, kind: Kind) -> Any:
    """Return an answer as CEL takes it, or ``None`` where it is absent or of another kind."""
    match kind:
        case "integer":
            return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62 else None
        case "decimal":
            number = decimals.exact(value)
            return None if number is None else formula_decimals.carried(number)
        case "yes_no":
            return value if isinstance(value, bool) else None
        case "texts":
            return [item for item in value if _is_text(item)] if isinstance(value, list) else None
        case "date" | "datetime":
            if isinstance(value, date) and not isinstance(value, datetime):
                value = value.isoformat()
            return _moment(value, whole_day=kind == "date") if isinstance(value, str) else None
        case _:
            return value if value and _is_text(value) else None


def _is_text(value: Any) -> bool:
    """Return whether this is text that CEL can take: halves of surrogate pairs are letters in no encoding."""
    return isinstance(value, str) and (value.isascii() or _SURROGATES.search(value) is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A compiled formula: its text, the facts it looks at, and the kind of what it returns."""

    text: str
    uses: tuple[str, ...]
    kind: Kind | None
    expression: Any
    scope: Scope

    def evaluate(self, facts: Facts) -> Result:
        """Return what the formula comes to. It never raises: arithmetic out of range is an outcome of state fault."""
        answer = lending(facts.lent, self.expression.eval, facts.activation)
        if answer.type() == cel.Type.ERROR:
            message = str(answer.value())
            if "No value with name" in message or "Key not found in map" in message:
                absent = tuple(name for name in self.uses if self._absent(name, facts))
                return Result(state="missing", missing=absent or self.uses)
            return Result(state="fault", message=message)
        value = formula_decimals.uncarried(answer.plain_value())
        if self.kind == "decimal":
            value = Fraction(value)
        if isinstance(value, datetime):
            value = value.date() if self.kind == "date" or value.time() == time() else value.replace(tzinfo=None)
        return Result(state="value", value=value)

    def _absent(self, name: str, facts: Facts) -> bool:
        return name in self.scope.simple and name not in facts.values

    def explain(self, facts: Facts) -> Reason:
        """Return the outcome of the whole and of each part joined by ``&&`` or ``||``, with the facts looked at."""
        seen = {name: facts.plain.get(name.split(".", 1)[0]) for name in self.uses if not name.startswith("given.")}
        parts = tuple(
            self.scope.compile(part, "yes_no").explain(facts) for part in split(self.text) if part != self.text
        )
        return Reason(text=self.text, result=self.evaluate(facts), facts=seen, parts=parts)


def _uses(scope: Scope, bare: str) -> tuple[tuple[str, ...], list[Place]]:
    """Return the facts that the formula names, and a fault for each column that no table has."""
    rows = {match.group(1) for match in ROWS.finditer(bare)}
    used: dict[str, None] = {}
    wrong: list[Place] = []
    tables: set[str] = set()
    chains = [(match.start(), "".join(match.group().split())) for match in _NAME.finditer(bare)]
    for _, chain in chains:
        parts = chain.split(".")
        for name in (".".join(parts[:3]), ".".join(parts[:2]), parts[0]):
            if name in scope.names and parts[0] not in rows:
                used[name] = None
                tables |= {parts[0]} & set(scope.tables)
                break
    for offset, chain in chains:
        head, _, rest = chain.partition(".")
        column = rest.split(".", 1)[0]
        of_row = head in rows and column and not any(column in scope.tables[table] for table in tables)
        of_table = head in scope.tables and column and column not in {*scope.tables[head], *_OF_ROWS}
        if of_row or of_table:
            known = ", ".join(
                sorted({name for table in ({head} if of_table else tables) for name in scope.tables[table]})
            )
            wrong.append(Place(*spot(bare, offset), f"no column '{column}'", f"the columns are: {known}"))
    return tuple(used), wrong


_MENDS: Final[tuple[tuple[str, Callable[[Scope], str]], ...]] = (
    (
        "undeclared reference",
        lambda scope: "known here: " + ", ".join(sorted({*scope.simple, *scope.tables, *scope.callable})),
    ),
    (
        "no matching overload",
        lambda scope: (
            "compare like with like: dates with dates, money with rupees(...), text in quotes"
            + (", numbers with a point by == and ? : with 7.0" if scope.has_decimals else "")
        ),
    ),
    ("token recognition error at: '= '", lambda _: "write == to compare"),
    *((f"token recognition error at: '{sign}", lambda _: "put text in straight quotes: 'so'") for sign in "‘’“”"),
    ("Syntax error", lambda _: "look for a missing bracket, quote or operator at this place"),
)


def _compile(scope: Scope, text: str, returns: Kind | None) -> Formula:
    bound = bounds(text)
    if bound is not None:
        raise FormulaError([bound])
    inserted = formula_decimals.literals(text) if scope.has_decimals else []
    expression = _tried(scope, text, inserted)
    uses, wrong = _uses(scope, blank(text))
    if wrong:
        raise FormulaError(wrong)
    got = expression.return_type()
    kind = _kind(got, returns)
    if returns == "decimal" and got == cel.Type.INT:
        kind, inserted = "decimal", [(0, "decimal("), *inserted, (len(text), ")")]
    if returns is not None and kind is None:
        message = f"this is of kind {_named(got.name().lower())}, but {returns} is wanted here"
        raise FormulaError([Place(1, 1, message, "compare, or choose, so that the formula says what is asked of it")])
    around = cells(scope.tables, text)
    if around:
        inserted = [*inserted, *around]
        expression = _tried(scope, text, inserted)
        kind = kind or _kind(expression.return_type(), returns)
    if scope.has_decimals:
        expression = scope.environment.compile(put_in(text, inserted))
    return Formula(text=text, uses=uses, kind=kind, expression=expression, scope=scope)


def _tried(scope: Scope, text: str, inserted: Inserted) -> Any:
    """Return the formula as CEL compiles it with what is put into it; its faults stand where they were written."""
    try:
        return scope.checking.compile(put_in(text, inserted))
    except (RuntimeError, TypeError) as error:
        told = _uses(scope, blank(text))[1] or _places(scope, str(error), text, inserted)
        raise FormulaError(told) from None


def _named(message: str) -> str:
    for sign in formula_decimals.CALLED:
        message = message.replace(sign, "decimal")
    return message


def _kind(got: Any, returns: Kind | None) -> Kind | None:
    if returns is not None:
        return returns if got in (_TYPES[returns], cel.Type.DYN) else None
    return next((kind for kind, known in _TYPES.items() if got == known), None)


def _places(scope: Scope, message: str, text: str, inserted: Inserted) -> list[Place]:
    places = [
        Place(
            int(match.group(1)),
            as_written(text, inserted, int(match.group(1)), int(match.group(2))),
            _named(match.group(3).replace(" (in container '')", "")),
            next((mend(scope) for sign, mend in _MENDS if sign in match.group(3)), ""),
        )
        for match in _PLACE.finditer(message)
    ]
    return places or [Place(1, 1, message.split("[", maxsplit=1)[0].strip()[:200], "simplify the formula")]
