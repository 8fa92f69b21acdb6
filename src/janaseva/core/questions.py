"""Questions that are put together once: what a page asks each time it is opened, with other values.

Django makes the SQL of a queryset anew whenever it is asked: 0.3 to 1 ms of a page's time, many times what the database
takes to answer. A question is written as a queryset all the same, by a function of its values; it is called once for
each shape of them (which are empty, how many a tuple has) with marks in their places, and its SQL is kept. So it means
what the queryset means, on either database, and costs what its statement costs. Rows by the values of columns alone
have an easier way: :mod:`janaseva.core.statements`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from janaseva.core import columns
from janaseva.core.cursors import asked, here
from janaseva.core.glance import once

_MOST_SHAPES: Final = 500
"""So many shapes of one question are kept; what comes beyond is put together each time."""
_DAY: Final = datetime(1901, 1, 1, tzinfo=UTC)

_WORD: Final = re.compile(r"[a-z_]{0,40}")
R = TypeVar("R")
Adapt = Callable[[Any], Any]


class _Place(NamedTuple):
    """Where a parameter of the statement comes from: a value, the place in its tuple (or ``None``), and its form."""

    name: str
    part: int | None
    adapt: Adapt


Places = tuple[tuple[int, _Place], ...]


class _Kept(NamedTuple):
    """A statement as it is kept; ``constants`` are its parameters with holes where ``places`` are filled in."""

    sql: str
    constants: tuple[Any, ...]
    places: Places
    how: columns.Readers
    models: "_Models | None"


class _Models(NamedTuple):
    """How rows become objects of a model, with those that were joined (``select_related``) or added (``annotate``)."""

    model: Any
    first: int
    last: int
    names: list[str]
    joined: list[Any]
    besides: dict[str, int]


def _same(value: Any) -> Any:
    return value


def _forms(value: Any) -> dict[Any, Adapt]:
    """Return what ``value`` may look like among the parameters of a statement, and how another becomes so."""
    operations = connection.ops
    if isinstance(value, UUID):
        return {value: _same, value.hex: lambda other: other.hex}
    if isinstance(value, datetime):
        return {operations.adapt_datetimefield_value(value): operations.adapt_datetimefield_value, value: _same}
    if isinstance(value, date):
        return {operations.adapt_datefield_value(value): operations.adapt_datefield_value, value: _same}
    return {value: _same}


def _mark(like: Any, number: int) -> Any:
    """Return a value of the kind of ``like`` that occurs nowhere else."""
    if isinstance(like, UUID):
        return UUID(int=0xA5 << 96 | number)
    if isinstance(like, datetime):
        return _DAY + timedelta(microseconds=number + 1)
    if isinstance(like, date):
        return _DAY.date() + timedelta(days=number)
    return f"\x02{number}\x03"


def _filled(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values as many as a power of two, so that few statements, and few plans, serve lists of any length."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)) if values else values


def _shape(value: Any) -> Any:
    if isinstance(value, tuple):
        return (type(value[0]) if value else None, len(value))
    return type(value) if isinstance(value, UUID | date | str) else ("as it is", value)


class Question(Generic[R]):
    """A question by a function that returns its queryset: of values (``values_list``) or of rows, joined or not."""

    def __init__(self, build: Callable[..., QuerySet[Any, R]], *, reads: tuple[type[Any], ...] = ()) -> None:
        """Take the function; where ``reads`` names all tables of the question, an act asks it once."""
        self._build, self._reads = build, reads
        self._kept: dict[Any, _Kept | None] = {}

    def __call__(self, **values: Any) -> list[R]:
        """Return the rows for these values.

        Args:
            **values: keys, moments, days, words and tuples of them take the place of a mark; all else (numbers, truth,
                ``None``) belongs to the shape of the question and should be of few kinds. A tuple is one of which the
                order means nothing (``__in``): its last is said again until there are 2, 4, 8, ... of them.

        """
        return once((self, tuple(sorted(values.items()))), lambda: self._asked(values), self._reads)

    def _asked(self, given: dict[str, Any]) -> list[R]:
        values = {name: _filled(value) if isinstance(value, tuple) else value for name, value in given.items()}
        shape = (here().vendor, *((name, _shape(value)) for name, value in sorted(values.items())))
        if shape in self._kept:
            kept = self._kept[shape]
        else:
            kept = self._put_together(values)
            if len(self._kept) < _MOST_SHAPES:
                self._kept[shape] = kept
        if kept is None:
            return []
        parameters = list(kept.constants)
        for place, (name, index, adapt) in kept.places:
            value = values[name]
            parameters[place] = adapt(value if index is None else value[index])
        rows: list[Any] = [columns.as_values(row, kept.how) for row in asked(here(), kept.sql, parameters)]
        return [_object(row, kept.models) for row in rows] if kept.models is not None else rows

    def first(self, **values: Any) -> R | None:
        """Return the first row, or ``None``."""
        return next(iter(self(**values)), None)

    def _put_together(self, values: dict[str, Any]) -> _Kept | None:
        marks: dict[str, Any] = {}
        known: dict[Any, _Place] = {}
        for name, index, like in _parts(values):
            mark = _mark(like, len(known))
            known.update({form: _Place(name, index, adapt) for form, adapt in _forms(mark).items()})
            marks[name] = mark if index is None else (*marks.get(name, ()), mark)
        rest = {name: value for name, value in values.items() if name not in marks}
        asked = self._build(**marks, **rest)
        compiler = asked.query.get_compiler(connection.alias)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        places = tuple((place, known[one]) for place, one in enumerate(parameters) if _is_key(one) and one in known)
        if lost := {(name, index) for name, index, _ in _parts(values)} - {(one.name, one.part) for _, one in places}:
            message = f"{self._build.__name__}: values that do not reach the statement as they are: {sorted(lost)}"
            raise ValueError(message)
        how = columns.readers(expression for expression, _, _ in compiler.select)
        if connection.vendor == "sqlite":
            sql, parameters, places = _with_constants(sql, parameters, places)
        return _Kept(sql, tuple(parameters), places, how, _models(asked, compiler))


def _with_constants(sql: str, parameters: Sequence[Any], places: Places) -> tuple[str, list[Any], Places]:
    """Return a statement with those of its parameters that never change written into it.

    SQLite uses an index of some rows (the open ones) only where the statement itself says that it asks for those.
    PostgreSQL plans such a question for its values, each time; a plan for any values saves that, and at a million
    applications it is the wrong one (docs/performance.md).
    """
    known = dict(places)
    pieces = sql.split("%s")
    if len(pieces) != len(parameters) + 1:  # a mark that is no parameter: left as it is
        return sql, list(parameters), places
    text = pieces[0]
    kept: list[Any] = []
    found: list[tuple[int, _Place]] = []
    for number, (value, piece) in enumerate(zip(parameters, pieces[1:], strict=True)):
        literal = None if number in known else _literal(value)
        if literal is None:
            if number in known:
                found.append((len(kept), known[number]))
            kept.append(value)
        text += (literal or "%s") + piece
    return text, kept, tuple(found)


def _literal(value: Any) -> str | None:
    """Return a plain word or a number as SQL writes it; nothing for what is better sent beside the statement."""
    if isinstance(value, bool | int):
        return str(int(value))
    return f"'{value}'" if isinstance(value, str) and _WORD.fullmatch(value) else None


def _is_key(value: Any) -> bool:
    return isinstance(value, UUID | date | str)


def _parts(values: dict[str, Any]) -> Iterator[tuple[str, int | None, Any]]:
    """Yield each value that stands in a statement: its name, its place in a tuple, and itself."""
    for name, value in values.items():
        if isinstance(value, tuple):
            yield from ((name, index, one) for index, one in enumerate(value))
        elif _is_key(value):
            yield name, None, value


def _models(asked: Any, compiler: Any) -> _Models | None:
    if asked._iterable_class is not ModelIterable:  # noqa: SLF001 - how Django itself tells values from rows
        return None
    known, select = compiler.klass_info, compiler.select
    fields = known["select_fields"]
    names = [select[place][0].target.attname for place in fields]
    joined = get_related_populators(known, select, connection.alias)  # type: ignore[call-arg]
    return _Models(known["model"], fields[0], fields[-1] + 1, names, joined, compiler.annotation_col_map)


def _object(row: tuple[Any, ...], models: _Models) -> Any:
    found = models.model.from_db(here().alias, models.names, row[models.first : models.last])
    for joined in models.joined:
        joined.populate(row, found)
    for name, place in models.besides.items():
        setattr(found, name, row[place])
    return found
