"""The base of every table: a key made here, a revision, and no way to write but through an action.

``put`` and ``change`` in :mod:`janaseva.core.action` gather what an act writes; the flush at its end is the only place
from which rows reach the database. Everything else that could write is refused here, so that ownership and the record
cannot be forgotten.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any, ClassVar, NoReturn, Self, TypeVar, cast
from uuid import UUID

from django.db import models
from django.db.models.base import ModelState

from janaseva.core import columns, glance, statements
from janaseva.core.cursors import here
from janaseva.core.ids import uuid7

R_co = TypeVar("R_co", bound="Row", covariant=True)

_open: ContextVar[bool] = ContextVar("janaseva_rows_open", default=False)


class OwnershipError(RuntimeError):
    """A row was about to be written outside the action that owns it. This is a fault in the program."""


class writing:  # noqa: N801 - it reads as what is done within it; a generator would cost twice as much
    """Open the tables for the flush of an act; for the action wrapper and the ledger's recorder alone."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        glance.end()
        self._token = _open.set(True)

    def __exit__(self, *error: object) -> None:
        _open.reset(self._token)


def _refuse(what: str) -> NoReturn:
    message = f"{what}: rows are written with put, change and remove inside an action or step"
    raise OwnershipError(message)


class Rows(models.QuerySet[R_co]):
    """A query set that reads freely and writes only while an act is being flushed."""

    def _insert(self, *args: Any, **kwargs: Any) -> Any:
        if not _open.get():
            _refuse(f"insert into {self.model._meta.db_table}")
        glance.written(self.model)
        return super()._insert(*args, **kwargs)  # type: ignore[misc]

    def select_for_update(self, *args: Any, **kwargs: Any) -> Self:
        """Return rows that are locked as they are read."""
        glance.waited()
        return super().select_for_update(*args, **kwargs)

    def update(self, **values: Any) -> int:
        """Refuse, except in a flush."""
        if not _open.get():
            _refuse(f"update of {self.model._meta.db_table}")
        glance.written(self.model)
        return super().update(**values)

    def _update(self, *args: Any, **kwargs: Any) -> Any:
        if not _open.get():
            _refuse(f"update of {self.model._meta.db_table}")
        glance.written(self.model)
        return super()._update(*args, **kwargs)  # type: ignore[misc]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse, except in a flush."""
        if not _open.get():
            _refuse(f"delete from {self.model._meta.db_table}")
        glance.written(self.model)
        return super().delete()

    def _raw_delete(self, using: str | None) -> int:
        if not _open.get():
            _refuse(f"delete from {self.model._meta.db_table}")
        glance.written(self.model)
        return super()._raw_delete(using)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Refuse, except in a flush."""
        if not _open.get():
            _refuse(f"bulk insert into {self.model._meta.db_table}")
        glance.written(self.model)
        return super().bulk_create(objs, *args, **kwargs)


def insert(rows: Sequence["Row"]) -> None:
    """Write new rows of one table; only while an act is being flushed."""
    if not _open.get():
        _refuse(f"insert into {rows[0]._meta.db_table}")
    glance.written(type(rows[0]))
    statements.insert(rows)


def update(row: "Row", names: Iterable[str]) -> None:
    """Write some columns of a row that was read, and its next revision.

    Raises:
        OtherRowsError: where it is not as it was read any more.

    """
    if not _open.get():
        _refuse(f"update of {row._meta.db_table}")
    row.revision += 1
    glance.written(type(row), {_by_key(type(row), row.pk): row})
    statements.update(row, names, before=row.revision - 1)


@cache
def _beginning(model: "type[Row]") -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], dict[str, str]]:
    """Return what a new row's columns begin with, those that begin anew for each row, and the keys of its relations."""
    fields = [cast("Any", part) for part in model._meta.concrete_fields]
    made = [(part.attname, part._get_default) for part in fields if part.has_default() and callable(part.default)]  # noqa: SLF001 - what get_default calls
    anew = dict(made)
    fixed = {part.attname: None if part.attname in anew else part.get_default() for part in fields}
    return fixed, made, {part.name: part.attname for part in fields if part.is_relation}


def _by_key(model: "type[Row]", key: UUID) -> Any:
    """Return the question by which :meth:`Row.get_or_none` and :meth:`Row.locked` read the row with this key."""
    return model, (("id", key),), (), 1


def _nothing(part: Any) -> Any:
    """Return the emptiest value of a column."""
    if part.null:
        return None
    if isinstance(part, models.JSONField):
        return part.default() if callable(part.default) else {}
    return ""


def update_where(model: "type[Row]", values: dict[str, Any], **equal: Any) -> int:
    """Write columns of all rows that have these values, without a revision; for rows that are not ``recorded``."""
    if not _open.get():
        _refuse(f"update of {model._meta.db_table}")
    glance.written(model)
    return statements.update_where(model, values, equal)


class Row(models.Model):
    """One row of one room. ``recorded`` rows have their hash written into the event of each act that touched them.

    Rows of a table with ``fixed_but`` are never altered nor removed; the columns that it names may be filled in once.
    The database itself holds that (:mod:`janaseva.core.fixed`).

    ``later`` names the columns that a release after the table's first one added (as they are in the database). Where
    they hold nothing (NULL, an empty text or list, 0, no) the hash leaves them out, so that older rows keep theirs.

    ``personal`` names the columns that hold what people told or what was written about them: an erasure empties them.
    Where rows are fixed, that alone is let through, and only where ``erased_where`` (SQL over the row, called
    ``{row}``) finds the erasure that names the row.

    ``shared`` names columns of JSON that many rows hold alike: they are parsed once for all.
    """

    recorded: ClassVar[bool] = True
    shared: ClassVar[tuple[str, ...]] = ()
    fixed_but: ClassVar[tuple[str, ...] | None] = None
    later: ClassVar[tuple[str, ...]] = ()
    personal: ClassVar[tuple[str, ...]] = ()
    erased_where: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[models.Manager[Self]] = Rows.as_manager()

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **given: Any) -> None:
        """Make a row of the values of its columns; by the names of the columns alone it is quick."""
        fixed, made, relations = _beginning(type(self))
        state, others = ModelState(), given.keys() - fixed.keys()
        if args or not all(name in relations and isinstance(given[name], Row) for name in others):
            super().__init__(*args, **given)
            return
        own = {**fixed, **given, "_state": state}
        for name in others:
            state.fields_cache[name] = own.pop(name)
            own[relations[name]] = state.fields_cache[name].pk
        for name, make in made:
            if name not in given:
                own[name] = make()
        self.__dict__ = own

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_: Any) -> Self:
        """Return a row that was read, as Django does; columns that were not read are read when they are looked at."""
        made = cls.__new__(cls)
        state = ModelState()
        state.adding, state.db = False, db
        made.__dict__ = {"_state": state, **dict(zip(field_names, values, strict=True))}
        return made

    @classmethod
    def room(cls) -> str:
        """Return the name of the room that owns this table."""
        return cls._meta.app_label

    @classmethod
    def get_or_none(cls, key: UUID) -> Self | None:
        """Return the row with this key, or ``None``."""
        return cls.first_where(id=key, order=())

    @classmethod
    def locked(cls, key: UUID) -> Self | None:
        """Return the row with this key, held against other writers to the end of the act, or ``None``."""
        return cls.first_where(id=key, order=(), lock=True)

    @classmethod
    def where(cls, *, order: tuple[str, ...] = (), lock: bool = False, **equal: Any) -> list[Self]:
        """Return the rows whose columns have these values, by a statement that is built once.

        ``None`` asks for an empty column, a tuple for any of several values; ``order`` names fields, a minus before
        those that go down; ``lock`` holds the rows to the end of the act.
        """
        return cls._found(equal, order=order, most=0, lock=lock)

    @classmethod
    def first_where(cls, *, order: tuple[str, ...] = ("id",), lock: bool = False, **equal: Any) -> Self | None:
        """Return the first of the rows that :meth:`where` would, or ``None``."""
        if "id" in equal:  # of which there is one: in whatever order it was asked for, it is the same question
            order = ()
        return next(iter(cls._found(equal, order=order, most=1, lock=lock)), None)

    @classmethod
    def count_where(cls, **equal: Any) -> int:
        """Return how many rows :meth:`where` would give."""
        known = glance.known((cls, tuple(sorted(equal.items())), (), 0))
        return statements.count(cls, equal) if known is None else len(known)

    @classmethod
    def _found(cls, equal: dict[str, Any], *, order: tuple[str, ...], most: int, lock: bool) -> list[Self]:
        question = (cls, tuple(sorted(equal.items())), order, most)
        if lock and not (database := here()).in_atomic_block:
            message = f"{cls._meta.db_table} locked outside an act: nothing would hold the lock"
            raise OwnershipError(message)
        if lock and database.features.has_select_for_update:
            return glance.held(question, statements.where(cls, equal, order=order, most=most, lock=True), (cls,))
        return glance.once(question, lambda: statements.where(cls, equal, order=order, most=most), (cls,))

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: rows are written with ``put`` and ``change``."""
        if not _open.get():
            _refuse(f"save of {self._meta.db_table}")
        super().save_base(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: rows are removed with ``remove``."""
        if not _open.get():
            _refuse(f"delete from {self._meta.db_table}")
        return super().delete(*args, **kwargs)

    def emptied(self) -> dict[str, Any]:
        """Return what each ``personal`` column holds once it was erased: nothing, in the form that it can hold."""
        return {name: _nothing(self._meta.get_field(name)) for name in self.personal}

    def columns(self) -> dict[str, Any]:
        """Return every stored column by name, as the database gives it back: a row read again has the same hash."""
        return columns.as_read(self)

    def row_hash(self) -> str:
        """Return the SHA-256 of all stored columns in canonical form, but for ``later`` ones that hold nothing."""
        return columns.row_hash(self)
