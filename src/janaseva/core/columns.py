"""How the values of columns are written to the database and read from it, found out once for each column.

Django finds out for each value, by some ten calls. What comes out is the same, of each kind of column, whoever writes.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models.expressions import Col
from psycopg.types.json import Jsonb

from janaseva.core.canonical import as_hashed, of_columns, of_last, of_written, read_json, shared, writing, written_json
from janaseva.core.cursors import here
from janaseva.core.ids import from_hex

if TYPE_CHECKING:
    from janaseva.core.row import Row

MOST_KINDS: Final = 4_096
"""So many combinations of a table with the kinds of a row's values are kept; most tables know a handful."""

MOST_MOMENTS: Final = 4_096
"""So many moments are kept as they were last read: an act reads those of its matter many times."""

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


def own_field(part: Any) -> Any:
    """Return the field whose values a column keeps: of a relation, that of the other's key."""
    while part.is_relation:
        part = part.target_field
    return part


def kind_of(part: Any) -> type | None:
    """Return the kind of values that a column takes and gives back as they are."""
    return next((kind for field, kind in _AS_IT_IS if isinstance(own_field(part), field)), None)


_NO_ZONE: Final = -len("+00:00")
AS_TEXT: Final[Mapping[type, Preparing]] = {
    UUID: lambda key: "%032x" % key.int,  # noqa: UP031 - its ``hex`` is this, by a call more
    datetime: of_last(lambda moment: moment.isoformat(" ")[:_NO_ZONE]),
}
"""How SQLite keeps keys, and moments in UTC."""


def _json_text(value: Any) -> Any:
    return None if value is None else written_json(value)


def _json(value: Any) -> Any:
    return None if value is None else Jsonb(value, dumps=written_json)


@cache
def preparing(part: Any, vendor: str) -> Preparing:
    """Return what makes of a field's value the one that the database keeps; of a relation's, that of its key."""
    own, kind = own_field(part), kind_of(part)
    write = AS_TEXT.get(kind) if kind is not None and vendor == "sqlite" else None
    if type(own) is models.JSONField and own.encoder is None:
        return _json_text if vendor == "sqlite" else _json

    def slowly(value: Any) -> Any:
        return None if value is None else own.get_db_prep_save(value, connection)

    if kind is UUID and write is not None:
        return lambda key: write(key) if type(key) is UUID else slowly(key)

    def prepare(value: Any) -> Any:
        if type(value) is kind and (kind is not datetime or value.tzinfo is UTC):  # type: ignore[attr-defined]
            return value if write is None else write(value)
        return slowly(value)

    return prepare


@cache
def prepared(model: type[models.Model], name: str, vendor: str) -> Preparing:
    """Return the same for a value that a column is compared with."""
    return preparing(model._meta.get_field(name), vendor)


def _read_json(value: Any) -> Any:
    try:
        return read_json(value)
    except json.JSONDecodeError:
        return value  # as Django does


@lru_cache(maxsize=MOST_MOMENTS)
def _read_moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


_QUICK: Final[Mapping[type["models.Field[Any, Any]"], Callable[[Any], Any]]] = {
    models.UUIDField: from_hex,
    models.DateTimeField: _read_moment,
    models.BooleanField: bool,
}
"""What SQLite keeps in its own way, read in a third of the time that Django takes; it keeps moments in UTC."""


def _reader(one: Any) -> Callable[[Any], Any] | None:
    """Return by what the values of one expression are read where there are any; nothing where they are left alone."""
    own = own_field(one.target) if type(one) is Col and own_field(one.output_field) is own_field(one.target) else None
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
def reading(model: type[models.Model], vendor: str) -> tuple[list[str], list[tuple[str, Callable[[Any], Any]]]]:
    """Return a table's columns in their order, and which of them are read otherwise than they come, by what."""
    del vendor
    fields = model._meta.concrete_fields
    names = [part.attname for part in fields]
    how = readers(part.get_col(model._meta.db_table) for part in fields)
    return names, [(names[place], read) for place, read in how]


@cache
def _returning(model: type[models.Model]) -> list[tuple[str, type | None, Callable[[Any], Any] | None]]:
    """Return each column with the kind of its values that the database gives back as they are, and what makes one."""

    def making(part: Any) -> Callable[[Any], Any] | None:
        return None if type(own_field(part)).to_python is models.Field.to_python else part.to_python

    return [(part.attname, kind_of(part), making(part)) for part in model._meta.concrete_fields]


def as_read(row: models.Model) -> dict[str, Any]:
    """Return every column of a row by name, as it would be after it was written and read again."""
    own = row.__dict__
    return {
        name: value if (value := own[name]) is None or to_python is None or type(value) is kind else to_python(value)
        for name, kind, to_python in _returning(type(row))
    }


@cache
def names_of(model: type[models.Model]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return what takes the values of all columns, in their order, out of a row's own dictionary."""
    return itemgetter(*(part.attname for part in model._meta.concrete_fields))


@lru_cache(maxsize=MOST_KINDS)
def hashing(model: "type[Row]", kinds: tuple[type, ...]) -> tuple[tuple[str, ...], list[tuple[int, Preparing]]] | None:
    """Return the names of the columns, and which of them are hashed as what, where the values are of these kinds.

    Nothing where a column that came later holds a value that only looking at it could tell to be empty.
    """
    made: list[tuple[int, Preparing]] = []
    fields = _returning(model)
    for place, ((name, kind, to_python), own) in enumerate(zip(fields, kinds, strict=True)):
        if own is not type(None) and to_python is not None and own is not kind:
            if name in model.later:
                return None
            made.append((place, partial(_made_and_written, to_python)))
        elif (write := writing(own)) is not None:
            made.append((place, write))
    return tuple(name for name, _, _ in fields), made


def _made_and_written(to_python: Callable[[Any], Any], value: Any) -> Any:
    return as_hashed(to_python(value))


def row_hash(row: "Row") -> str:
    """Return the SHA-256 of the columns of :func:`as_read` in canonical form, but for ``later`` ones that are empty."""
    model = type(row)
    values = names_of(model)(row.__dict__)
    how = hashing(model, tuple(map(type, values)))
    if how is not None:
        names, made = how
        own = dict(zip(names, values, strict=True))
        for place, write in made:
            own[names[place]] = write(values[place])
        for name in model.later:
            if not row.__dict__[name]:
                del own[name]
        if (found := of_written(own)) is not None:
            return found
    columns = as_read(row)
    return of_columns({name: value for name, value in columns.items() if value or name not in model.later})
