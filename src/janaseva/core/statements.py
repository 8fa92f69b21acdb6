"""Statements that are built once: the reading and writing by which acts live.

Django builds the SQL of a query from objects, each time it is asked: some 0.4 ms, while the database answers in 0.05.
What acts ask and write most is plain: rows of one table by the values of columns, new rows, some columns of a row. Its
SQL is built once for each shape and kept; ``docs/performance.md`` has the figures. All else goes through Django.
Only names of tables and columns from the models themselves stand in these statements; values are always parameters.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple, TypeVar, cast

from django.db import connection, models
from django.db.models.base import ModelState

from janaseva.core.columns import AS_TEXT, MOST_KINDS, Preparing, kind_of, names_of, prepared, preparing, reading
from janaseva.core.cursors import asked, done, here, written

M = TypeVar("M", bound=models.Model)

_MOST_VALUES: Final = 900
"""How many values one statement carries: SQLite's least limit is 999."""


def _rows(model: type[M], found: Iterable[Sequence[Any]], database: Any) -> list[M]:
    """Return rows as Django's ``from_db`` would, without its looking at each argument of a constructor."""
    names, how = reading(model, database.vendor)
    alias, rows = database.alias, []
    for values in found:
        own = dict(zip(names, values, strict=True))
        for name, read in how:
            value = own[name]
            if value is not None:
                own[name] = read(value)
        made = model.__new__(model)
        state = own["_state"] = ModelState()
        state.adding, state.db = False, alias
        made.__dict__ = own
        rows.append(made)
    return rows


class _Question(NamedTuple):
    """What a reading asks, without its values: columns, each with how many values it may have (``None``: empty)."""

    model: type[models.Model]
    shape: tuple[tuple[str, int | None], ...]
    order: tuple[str, ...]
    most: int = 0
    lock: bool = False
    counts: bool = False


def _condition(column: str, count: int | None) -> str:
    if count is None:
        return f"{column} IS NULL"
    return f"{column} = %s" if count == 1 else f"{column} IN ({', '.join(['%s'] * count)})"


@cache
def _selecting(question: _Question, vendor: str) -> str:
    del vendor
    meta = question.model._meta

    def column(name: str) -> str:
        return str(connection.ops.quote_name(cast("Any", meta.get_field(name)).column))

    conditions = " AND ".join(_condition(column(name), count) for name, count in question.shape)
    asked = "COUNT(*)" if question.counts else columns(question.model)
    parts = ["SELECT", asked, "FROM", connection.ops.quote_name(meta.db_table), "WHERE", conditions]
    if question.order:
        ways = [column(name.removeprefix("-")) + (" DESC" if name.startswith("-") else "") for name in question.order]
        parts += ["ORDER BY", ", ".join(ways)]
    if question.most:
        parts.append(f"LIMIT {question.most}")
    if question.lock and connection.features.has_select_for_update:
        # Keys never change, so new rows that point here need not wait for who holds this one.
        parts.append("FOR NO KEY UPDATE")
    return " ".join(parts)


def _shaped(
    model: type[models.Model], equal: Mapping[str, Any], vendor: str
) -> tuple[tuple[tuple[str, int | None], ...] | None, list[Any]]:
    """Return the shape of a condition and its values; no shape where nothing can fulfil it."""
    shape: list[tuple[str, int | None]] = []
    values: list[Any] = []
    for name, value in equal.items():
        if value is None:
            shape.append((name, None))
            continue
        several = value if isinstance(value, tuple) else (value,)
        if not several:
            return None, []
        shape.append((name, len(several)))
        prepare = prepared(model, name, vendor)
        values += [prepare(one) for one in several]
    return tuple(shape), values


@cache
def columns(model: type[models.Model]) -> str:
    """Return the table's columns as :func:`raw` wants them selected."""
    return ", ".join(str(connection.ops.quote_name(cast("str", part.column))) for part in model._meta.concrete_fields)


@cache
def _each_once(
    model: type[models.Model], names: tuple[str, ...], order: tuple[str, ...], most: int, vendor: str, *, lock: bool
) -> tuple[str, list[Preparing]]:
    """Return the statement that asks for one value of each column, and what prepares the values."""
    shape = tuple((name, 1) for name in names)
    return _selecting(_Question(model, shape, order, most, lock), vendor), [
        prepared(model, name, vendor) for name in names
    ]


def where(
    model: type[M], equal: Mapping[str, Any], *, order: tuple[str, ...] = (), most: int = 0, lock: bool = False
) -> list[M]:
    """Return the rows of a table whose columns have these values.

    Args:
        model: the table.
        equal: the value of each column by its field's name; ``None`` asks for an empty one, a tuple for any of several.
        order: fields to order by, a minus before those that go down.
        most: how many rows at most; 0 for all.
        lock: hold the rows to the end of the transaction.

    """
    database = here()
    for value in equal.values():
        if value is None or type(value) is tuple:
            break
    else:
        sql, prepare = _each_once(model, tuple(equal), order, most, database.vendor, lock=lock)
        values = [ready(value) for ready, value in zip(prepare, equal.values(), strict=True)]
        return _rows(model, asked(database, sql, values), database)
    shape, values = _shaped(model, equal, database.vendor)
    if shape is None:
        return []
    sql = _selecting(_Question(model, shape, order, most, lock), database.vendor)
    return _rows(model, asked(database, sql, values), database)


def count(model: type[models.Model], equal: Mapping[str, Any]) -> int:
    """Return how many rows :func:`where` would give."""
    database = here()
    shape, values = _shaped(model, equal, database.vendor)
    if shape is None:
        return 0
    return int(asked(database, _selecting(_Question(model, shape, (), counts=True), database.vendor), values)[0][0])


def raw(model: type[M], sql: str, values: Sequence[Any]) -> list[M]:
    """Return the rows of a statement that selects the :func:`columns` of a table, in their order."""
    database = here()
    return _rows(model, asked(database, sql, values), database)


class _Write(NamedTuple):
    """How a column's value is written: as it is where it is of this kind, or by ``quick``; else by ``prepare``."""

    kind: type | None
    quick: Preparing | None
    prepare: Preparing


@cache
def _inserting(model: type[models.Model], vendor: str) -> tuple[str, str, list[_Write]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(part.column) for part in fields)
    head = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES "
    texts = AS_TEXT if vendor == "sqlite" else {}
    each = []
    for part in fields:
        kind, prepare = kind_of(part), preparing(part, vendor)
        if kind is datetime:  # whose zone must be looked at
            kind = None
        each.append(_Write(kind, texts.get(kind) if kind else None, prepare))
    return head, f"({', '.join(['%s'] * len(fields))})", each


@lru_cache(maxsize=MOST_KINDS)
def _writing(model: type[models.Model], kinds: tuple[type, ...], vendor: str) -> list[tuple[int, Preparing]]:
    """Return which values of a row of these kinds are written otherwise than they are, by their places, and how."""
    found = []
    for number, (one, kind) in enumerate(zip(_inserting(model, vendor)[2], kinds, strict=True)):
        if kind is not type(None) and (kind is not one.kind or one.quick is not None):
            found.append((number, one.quick if kind is one.kind and one.quick is not None else one.prepare))
    return found


@lru_cache(maxsize=1000)
def _of_rows(head: str, place: str, count: int) -> str:
    return head + ", ".join([place] * count)


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, in as few statements as the database allows."""
    model, database = type(rows[0]), here()
    (head, place, fields), take = _inserting(model, database.vendor), names_of(model)
    each = max(1, _MOST_VALUES // len(fields))
    for start in range(0, len(rows), each):
        values: list[Any] = []
        some = rows[start : start + each]
        for row in some:
            own = list(take(row.__dict__))
            for number, write in _writing(model, tuple(map(type, own)), database.vendor):
                own[number] = write(own[number])
            values += own
        written(database, _of_rows(head, place, len(some)), values)
    for row in rows:
        row._state.adding, row._state.db = False, database.alias  # noqa: SLF001 - as Django does for what it wrote


def update(row: models.Model, names: Iterable[str], *, before: int) -> None:
    """Write some columns and the revision of a row that had revision ``before``.

    Raises:
        OtherRowsError: where it has that no more; within :func:`janaseva.core.cursors.together`, at its end.

    """
    model, own, database = type(row), row.__dict__, here()
    names = _columns_of(model, frozenset(names))
    keys = prepared(model, "id", database.vendor)(row.pk), prepared(model, "revision", database.vendor)(before)
    values = [prepared(model, name, database.vendor)(own[name]) for name in names]
    written(database, _setting(model, names, _BY_REVISION), [*values, *keys], rows=1)


_BY_REVISION: Final = (("id", 1), ("revision", 1))


@cache
def _columns_of(model: type[models.Model], names: frozenset[str]) -> tuple[str, ...]:
    """Return the columns of some fields in one order, and the revision's."""
    return (*(cast("Any", model._meta.get_field(name)).attname for name in sorted(names)), "revision")


@cache
def _setting(model: type[models.Model], names: tuple[str, ...], shape: tuple[tuple[str, int | None], ...]) -> str:
    quoted, meta = connection.ops.quote_name, model._meta

    def column(name: str) -> str:
        return str(quoted(cast("Any", meta.get_field(name)).column))

    sets = ", ".join(f"{column(name)} = %s" for name in names)
    conditions = " AND ".join(_condition(column(name), count) for name, count in shape)
    return f"UPDATE {quoted(meta.db_table)} SET {sets} WHERE {conditions}"


def update_where(model: type[models.Model], values: Mapping[str, Any], equal: Mapping[str, Any]) -> int:
    """Write some columns of the rows that :func:`where` would give, and return how many those were."""
    database = here()
    shape, wanted = _shaped(model, equal, database.vendor)
    if shape is None:
        return 0
    new = [prepared(model, name, database.vendor)(value) for name, value in values.items()]
    return done(database, _setting(model, tuple(values), shape), [*new, *wanted])
