"""Statements that are built once: the reading and writing by which acts live.

Django builds the SQL of a query from objects, each time it is asked: some 0.4 ms, while the database answers in 0.05.
What acts ask and write most is plain: rows of one table by the values of columns, new rows, some columns of a row. Its
SQL is built once for each shape and kept; ``docs/performance.md`` has the figures. All else goes through Django.
Only names of tables and columns from the models themselves stand in these statements; values are always parameters.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, cast

from django.db import connection, models

M = TypeVar("M", bound=models.Model)

_MOST_VALUES: Final = 900
"""How many values one statement carries: SQLite's least limit is 999."""


@cache
def _reading(model: type[models.Model], vendor: str) -> tuple[list[str], list[Any]]:
    del vendor
    names, readers = [], []
    for place, part in enumerate(model._meta.concrete_fields):
        names.append(part.attname)
        column = part.get_col(model._meta.db_table)
        steps = (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        if steps:
            readers.append((place, steps, column))
    return names, readers


def _row(model: type[M], names: list[str], readers: list[Any], row: Sequence[Any]) -> M:
    if readers:
        values = list(row)
        for place, steps, column in readers:
            value = values[place]
            for step in steps:
                value = step(value, column, connection)
            values[place] = value
        row = values
    return model.from_db(connection.alias, names, row)


class _Question(NamedTuple):
    """What a reading asks, without its values: columns, each with how many values it may have (``None``: empty)."""

    model: type[models.Model]
    shape: tuple[tuple[str, int | None], ...]
    order: tuple[str, ...]
    most: int
    lock: bool


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

    columns = ", ".join(column(part.name) for part in meta.concrete_fields)
    conditions = " AND ".join(_condition(column(name), count) for name, count in question.shape)
    parts = ["SELECT", columns, "FROM", connection.ops.quote_name(meta.db_table), "WHERE", conditions]
    if question.order:
        ways = [column(name.removeprefix("-")) + (" DESC" if name.startswith("-") else "") for name in question.order]
        parts += ["ORDER BY", ", ".join(ways)]
    if question.most:
        parts.append(f"LIMIT {question.most}")
    if question.lock and connection.features.has_select_for_update:
        parts.append("FOR UPDATE")
    return " ".join(parts)


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
    shape: list[tuple[str, int | None]] = []
    values: list[Any] = []
    for name, value in equal.items():
        if value is None:
            shape.append((name, None))
            continue
        several = value if isinstance(value, tuple) else (value,)
        if not several:
            return []
        shape.append((name, len(several)))
        part = cast("Any", model._meta.get_field(name))
        values += [part.get_db_prep_value(part.get_prep_value(one), connection) for one in several]
    sql = _selecting(_Question(model, tuple(shape), order, most, lock), connection.vendor)
    names, readers = _reading(model, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_row(model, names, readers, row) for row in cursor.fetchall()]


@cache
def _inserting(model: type[models.Model], vendor: str) -> tuple[str, str, list[Any]]:
    del vendor
    fields: list[Any] = list(model._meta.concrete_fields)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(part.column) for part in fields)
    head = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES "
    return head, f"({', '.join(['%s'] * len(fields))})", fields


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, in as few statements as the database allows."""
    model = type(rows[0])
    head, place, fields = _inserting(model, connection.vendor)
    each = max(1, _MOST_VALUES // len(fields))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), each):
            some = rows[start : start + each]
            values = [part.get_db_prep_save(getattr(row, part.attname), connection) for row in some for part in fields]
            cursor.execute(head + ", ".join([place] * len(some)), values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Django does for what it wrote


@cache
def _updating(model: type[models.Model], names: tuple[str, ...], vendor: str) -> tuple[str, list[Any]]:
    del vendor
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quoted = connection.ops.quote_name
    sets = ", ".join(f"{quoted(part.column)} = %s" for part in fields)
    where = f"{quoted('id')} = %s AND {quoted('revision')} = %s"
    return f"UPDATE {quoted(model._meta.db_table)} SET {sets}, {quoted('revision')} = %s WHERE {where}", fields


def update(row: models.Model, names: Iterable[str], *, before: int) -> bool:
    """Write some columns and the revision of a row that had revision ``before``; return whether it still had."""
    model = type(row)
    sql, fields = _updating(model, tuple(sorted(names)), connection.vendor)
    values = [part.get_db_prep_save(getattr(row, part.attname), connection) for part in fields]
    key = model._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.revision, key, before])  # type: ignore[attr-defined]
        return bool(cursor.rowcount == 1)
