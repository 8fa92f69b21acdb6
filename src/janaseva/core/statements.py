"""Statements that are built once: the reading and writing by which acts live.

Django builds the SQL of a query from objects, each time it is asked: some 0.4 ms, while the database answers in 0.05.
What acts ask and write most is plain: rows of one table by the values of columns, new rows, some columns of a row. Its
SQL is built once for each shape and kept; ``docs/performance.md`` has the figures. All else goes through Django.
Only names of tables and columns from the models themselves stand in these statements; values are always parameters.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple, TypeVar, cast
from uuid import UUID

from django.db import connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from psycopg.types.json import Jsonb

from janaseva.core.canonical import read_json, shared, written_json
from janaseva.core.cursors import asked, done, here
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
    (models.BinaryField, bytes),
)
"""Kinds of columns and of values between which Django would change nothing, and takes some ten calls to find that."""

Preparing = Callable[[Any], Any]
Readers = Sequence[tuple[int, Callable[[Any], Any]]]
"""Which values of a row are read otherwise than they came, where they are any: their places, and by what."""


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


def _read_json(value: Any) -> Any:
    try:
        return read_json(value)
    except json.JSONDecodeError:
        return value  # as Django does


def _read_moment(value: Any) -> Any:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


_QUICK: Final[Mapping[type["models.Field[Any, Any]"], Callable[[Any], Any]]] = {
    models.UUIDField: from_hex,
    models.DateTimeField: _read_moment,
    models.BooleanField: bool,
}
"""What SQLite keeps in its own way, read in a third of the time that Django takes; it keeps moments in UTC."""


def _reader(one: Any) -> Callable[[Any], Any] | None:
    """Return by what the values of one expression are read where there are any; nothing where they are left alone."""
    own = _own(one.target) if type(one) is Col and _own(one.output_field) is _own(one.target) else None
    if type(own) is models.JSONField and own.decoder is None:
        return shared if own.name in getattr(own.model, "shared", ()) else _read_json
    if connection.vendor == "sqlite" and own is not None and type(own) in _QUICK:
        return _QUICK[type(own)]
    steps = (*connection.ops.get_db_converters(one), *one.get_db_converters(connection))
    if not steps:
        return None

    def read(value: Any) -> Any:
        database = here()
        for step in steps:
            value = step(value, one, database)
        return value

    return read


def readers(expressions: Iterable[Any]) -> Readers:
    """Return how this database's values of these expressions are read."""
    return [(place, read) for place, one in enumerate(expressions) if (read := _reader(one)) is not None]


def as_values(row: Sequence[Any], how: Readers) -> Sequence[Any]:
    """Return a row as it is read."""
    if not how:
        return row
    values = list(row)
    for place, read in how:
        value = values[place]
        if value is not None:
            values[place] = read(value)
    return tuple(values)


@cache
def _reading(model: type[models.Model], vendor: str) -> tuple[list[str], list[tuple[str, Callable[[Any], Any]]]]:
    del vendor
    fields = model._meta.concrete_fields
    names = [part.attname for part in fields]
    how = readers(part.get_col(model._meta.db_table) for part in fields)
    return names, [(names[place], read) for place, read in how]


def _rows(model: type[M], found: Iterable[Sequence[Any]], database: Any) -> list[M]:
    """Return rows as Django's ``from_db`` would, without its looking at each argument of a constructor."""
    names, how = _reading(model, database.vendor)
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


@cache
def _returning(model: type[models.Model]) -> list[tuple[str, type | None, Callable[[Any], Any] | None]]:
    """Return each column with the kind of its values that the database gives back as they are, and what makes one."""

    def making(part: Any) -> Callable[[Any], Any] | None:
        return None if type(_own(part)).to_python is models.Field.to_python else part.to_python

    return [(part.attname, _kind(part), making(part)) for part in model._meta.concrete_fields]


def as_read(row: models.Model) -> dict[str, Any]:
    """Return every column of a row by name, as it would be after it was written and read again."""
    own = row.__dict__
    return {
        name: value if (value := own[name]) is None or to_python is None or type(value) is kind else to_python(value)
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
    database = here()
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

    name: str
    kind: type | None
    quick: Preparing | None
    prepare: Preparing


@cache
def _inserting(model: type[models.Model], vendor: str) -> tuple[str, str, list[_Write]]:
    fields: list[Any] = list(model._meta.concrete_fields)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(part.column) for part in fields)
    head = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES "
    texts = _AS_TEXT if vendor == "sqlite" else {}
    each = []
    for part in fields:
        kind, prepare = _kind(part), _preparing(part, vendor)
        if kind is datetime:  # whose zone must be looked at
            kind = None
        each.append(_Write(part.attname, kind, texts.get(kind) if kind else None, prepare))
    return head, f"({', '.join(['%s'] * len(fields))})", each


@lru_cache(maxsize=1000)
def _of_rows(head: str, place: str, count: int) -> str:
    return head + ", ".join([place] * count)


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table, in as few statements as the database allows."""
    model, database = type(rows[0]), here()
    head, place, fields = _inserting(model, database.vendor)
    each = max(1, _MOST_VALUES // len(fields))
    for start in range(0, len(rows), each):
        values: list[Any] = []
        add = values.append
        some = rows[start : start + each]
        for row in some:
            own = row.__dict__
            for name, kind, quick, prepare in fields:
                value = own[name]
                if value is not None:
                    value = prepare(value) if type(value) is not kind else value if quick is None else quick(value)
                add(value)
        done(database, _of_rows(head, place, len(some)), values)
    for row in rows:
        row._state.adding, row._state.db = False, database.alias  # noqa: SLF001 - as Django does for what it wrote


def update(row: models.Model, names: Iterable[str], *, before: int) -> bool:
    """Write some columns and the revision of a row that had revision ``before``; return whether it still had."""
    model, own = type(row), row.__dict__
    values = {name: own[name] for name in _columns_of(model, frozenset(names))}
    return update_where(model, values, {"id": row.pk, "revision": before}) == 1


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
    written = [_prepared(model, name, database.vendor)(value) for name, value in values.items()]
    return done(database, _setting(model, tuple(values), shape), [*written, *wanted])
