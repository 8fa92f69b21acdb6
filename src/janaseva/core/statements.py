"""Statements that are built once: the reading and writing by which acts live.

Django builds the SQL of a query from objects, each time it is asked: some 0.4 ms, while the database answers in 0.05.
What acts ask and write most is plain: rows of one table by the values of columns, new rows, some columns of a row. Its
SQL is built once for each shape and kept; ``docs/performance.md`` has the figures. All else goes through Django.
Only names of tables and columns from the models themselves stand in these statements; values are always parameters.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from psycopg.types.json import Jsonb

from janaseva.core.canonical import read_json, shared, written_json
from janaseva.core.ids import from_hex

M = TypeVar("M", bound=models.Model)

_MOST_VALUES: Final = 900
"""How many values one statement carries: SQLite's least limit is 999."""


_AS_IT_IS: Final[tuple[tuple["type[models.Field[Any, Any]]", type], ...]] = (
    (models.CharField, str),
    (models.TextField, str),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.UUIDField, UUID),
    (models.DateTimeField, datetime),
)
"""Kinds of columns and of values between which Django would change nothing, and takes some ten calls to find that."""

Preparing = Callable[[Any], Any]
Readers = Sequence[tuple[int, Sequence[Any], Any]]
"""Which values of a row are read otherwise than they came: their places, by which steps, of which expression."""


def _own(part: Any) -> Any:
    """Return the field whose values a column keeps: of a relation, that of the other's key."""
    while part.is_relation:
        part = part.target_field
    return part


def _kind(part: Any) -> type | None:
    """Return the kind of values that a column takes and gives back as they are."""
    return next((kind for field, kind in _AS_IT_IS if isinstance(_own(part), field)), None)


_AS_TEXT: Final[Mapping[type, Preparing]] = {
    UUID: lambda key: key.hex,
    datetime: lambda moment: str(moment.replace(tzinfo=None)),
}
"""How SQLite keeps keys, and moments in UTC."""


def _json_text(value: Any) -> Any:
    return None if value is None else written_json(value)


def _json(value: Any) -> Any:
    return None if value is None else Jsonb(value, dumps=written_json)


@cache
def _preparing(part: Any, vendor: str) -> Preparing:
    """Return what makes of a field's value the one that the database keeps; of a relation's, that of its key."""
    own, kind = _own(part), _kind(part)
    write = _AS_TEXT.get(kind) if kind is not None and vendor == "sqlite" else None
    if type(own) is models.JSONField and own.encoder is None:
        return _json_text if vendor == "sqlite" else _json

    def prepare(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is kind and (kind is not datetime or value.tzinfo is UTC):  # type: ignore[attr-defined]
            return value if write is None else write(value)
        return own.get_db_prep_save(value, connection)

    return prepare


@cache
def _prepared(model: type[models.Model], name: str, vendor: str) -> Preparing:
    """Return the same for a value that a column is compared with."""
    return _preparing(model._meta.get_field(name), vendor)


def _read_json(value: Any, _expression: Any, _database: Any) -> Any:
    if value is None:
        return None
    try:
        return read_json(value)
    except json.JSONDecodeError:
        return value  # as Django does


def _read_shared(value: Any, _expression: Any, _database: Any) -> Any:
    return None if value is None else shared(value)


def _read_key(value: Any, _expression: Any, _database: Any) -> Any:
    return None if value is None else from_hex(value)


def _read_moment(value: Any, _expression: Any, _database: Any) -> Any:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


_QUICK: Final[Mapping[type["models.Field[Any, Any]"], Callable[[Any, Any, Any], Any]]] = {
    models.UUIDField: _read_key,
    models.DateTimeField: _read_moment,
}
"""What SQLite keeps as text, read in a third of the time that Django takes; it keeps moments in UTC."""


def _steps(one: Any) -> Sequence[Any]:
    """Return by which steps the values of one expression are read."""
    own = _own(one.target) if type(one) is Col and one.target is one.output_field else None
    if type(own) is models.JSONField and own.decoder is None:
        return (_read_shared if own.name in getattr(own.model, "shared", ()) else _read_json,)
    if connection.vendor == "sqlite" and type(own) in _QUICK:
        return (_QUICK[type(own)],)
    return (*connection.ops.get_db_converters(one), *one.get_db_converters(connection))


def readers(expressions: Iterable[Any]) -> Readers:
    """Return how this database's values of these expressions are read."""
    found = []
    for place, one in enumerate(expressions):
        steps = _steps(one)
        if steps:
            found.append((place, steps, one))
    return found


def as_values(row: Sequence[Any], how: Readers, database: Any) -> Sequence[Any]:
    """Return a row as it is read."""
    if not how:
        return row
    values = list(row)
    for place, steps, expression in how:
        value = values[place]
        for step in steps:
            value = step(value, expression, database)
        values[place] = value
    return tuple(values)


@cache
def _reading(model: type[models.Model], vendor: str) -> tuple[list[str], Readers]:
    del vendor
    fields = model._meta.concrete_fields
    return [part.attname for part in fields], readers(part.get_col(model._meta.db_table) for part in fields)


def _row(model: type[M], names: list[str], how: Readers, row: Sequence[Any], database: Any) -> M:
    """Return the row as Django's ``from_db`` would, without its looking at each argument of a constructor."""
    made = model.__new__(model)
    made.__dict__.update(zip(names, as_values(row, how, database), strict=True))
    state = made._state = ModelState()  # noqa: SLF001 - as Django does for what it read
    state.adding, state.db = False, database.alias
    return made


@cache
def _returning(model: type[models.Model]) -> list[tuple[str, type | None, Callable[[Any], Any]]]:
    """Return each column with the kind of its values that the database gives back as they are, and what makes one."""
    return [(part.attname, _kind(part), part.to_python) for part in model._meta.concrete_fields]


def as_read(row: models.Model) -> dict[str, Any]:
    """Return every column of a row by name, as it would be after it was written and read again."""
    own = row.__dict__
    return {
        name: value if (value := own[name]) is None or type(value) is kind else to_python(value)
        for name, kind, to_python in _returning(type(row))
    }


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
        prepare = _prepared(model, name, vendor)
        values += [prepare(one) for one in several]
    return tuple(shape), values


@cache
def columns(model: type[models.Model]) -> str:
    """Return the table's columns as :func:`raw` wants them selected."""
    return ", ".join(str(connection.ops.quote_name(cast("str", part.column))) for part in model._meta.concrete_fields)


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
    database = connections[DEFAULT_DB_ALIAS]
    shape, values = _shaped(model, equal, database.vendor)
    if shape is None:
        return []
    vendor = database.vendor
    sql = _selecting(_Question(model, shape, order, most, lock), vendor)
    names, how = _reading(model, vendor)
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return [_row(model, names, how, row, database) for row in cursor.fetchall()]


def count(model: type[models.Model], equal: Mapping[str, Any]) -> int:
    """Return how many rows :func:`where` would give."""
    database = connections[DEFAULT_DB_ALIAS]
    shape, values = _shaped(model, equal, database.vendor)
    if shape is None:
        return 0
    with database.cursor() as cursor:
        cursor.execute(_selecting(_Question(model, shape, (), counts=True), database.vendor), values)
        return int(cursor.fetchone()[0])


def raw(model: type[M], sql: str, values: Sequence[Any]) -> list[M]:
    """Return the rows of a statement that selects the :func:`columns` of a table, in their order."""
    database = connections[DEFAULT_DB_ALIAS]
    names, how = _reading(model, database.vendor)
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return [_row(model, names, how, row, database) for row in cursor.fetchall()]


@cache
def _inserting(model: type[models.Model], vendor: str) -> tuple[str, str, list[tuple[str, Preparing]]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(part.column) for part in fields)
    head = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES "
    each = [(part.attname, _preparing(part, vendor)) for part in fields]
    return head, f"({', '.join(['%s'] * len(fields))})", each


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, in as few statements as the database allows."""
    model, database = type(rows[0]), connections[DEFAULT_DB_ALIAS]
    head, place, fields = _inserting(model, database.vendor)
    each = max(1, _MOST_VALUES // len(fields))
    with database.cursor() as cursor:
        for start in range(0, len(rows), each):
            some = [row.__dict__ for row in rows[start : start + each]]
            values = [prepare(row[name]) for row in some for name, prepare in fields]
            cursor.execute(head + ", ".join([place] * len(some)), values)
    for row in rows:
        row._state.adding, row._state.db = False, database.alias  # noqa: SLF001 - as Django does for what it wrote


def update(row: models.Model, names: Iterable[str], *, before: int) -> bool:
    """Write some columns and the revision of a row that had revision ``before``; return whether it still had."""
    columns = [cast("Any", row._meta.get_field(name)).attname for name in sorted(names)]
    values = {name: getattr(row, name) for name in (*columns, "revision")}
    return update_where(type(row), values, {"id": row.pk, "revision": before}) == 1


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
    database = connections[DEFAULT_DB_ALIAS]
    shape, asked = _shaped(model, equal, database.vendor)
    if shape is None:
        return 0
    written = [_prepared(model, name, database.vendor)(value) for name, value in values.items()]
    with database.cursor() as cursor:
        cursor.execute(_setting(model, tuple(values), shape), [*written, *asked])
        return int(cursor.rowcount)
