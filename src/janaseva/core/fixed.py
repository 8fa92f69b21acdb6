"""Rows that no one may alter, held by the database itself: triggers, and on PostgreSQL a role that may only add.

A table says so with ``fixed_but`` (:class:`janaseva.core.row.Row`). ``janaseva setup`` executes what is written here,
as the owner of the tables; the application runs as another role, which owns nothing. What is ``personal`` in such a
table may be emptied, never altered, and only where an erasure names the row (``erased_where``).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

from django.db import models

from janaseva.core.row import Row

FUNCTION: Final = "janaseva_fixed"
RAISE: Final = (
    f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '% of % is not possible: what was recorded stays', TG_OP, TG_TABLE_NAME "
    "USING ERRCODE = 'insufficient_privilege'; END $$"
)


def tables(rows: Iterable[type[models.Model]]) -> list[type[Row]]:
    """Return those tables whose rows are fixed, in the order of their names."""
    found = [one for one in rows if issubclass(one, Row) and one.fixed_but is not None]
    return sorted(found, key=lambda one: one._meta.db_table)


def _erasable(model: type[Row]) -> list[str]:
    """Return the names of the columns that an erasure changes: what it empties, and the revision that counts it."""
    names = (*model.personal, "revision") if model.erased_where else ()
    return [str(part.column) for part in model._meta.concrete_fields if part.attname in names]


def _columns(model: type[Row], *, fixed: bool) -> list[str]:
    """Return the names of the columns that never change, or of those that may be filled in once."""
    later = set(model.fixed_but or ())
    return [str(part.column) for part in model._meta.concrete_fields if (part.attname in later) != fixed]


def _unerased(model: type[Row], unlike: str) -> str:
    """Return the condition under which the erasable columns are altered otherwise than by an erasure."""
    names = _erasable(model)
    differs = " OR ".join(f'OLD."{name}" {unlike} NEW."{name}"' for name in names)
    empty = {str(part.column): _is_empty(part) for part in model._meta.concrete_fields}
    emptied = [f'(NOT OLD."{name}" {unlike} NEW."{name}" OR {empty[name]})' for name in names if name != "revision"]
    allowed = " AND ".join([*emptied, 'NEW."revision" >= OLD."revision"', model.erased_where.format(row="OLD")])
    return f"({differs}) AND NOT ({allowed})"


def _is_empty(part: Any) -> str:
    return f'NEW."{part.column}" IS NULL' if part.null else f"NEW.\"{part.column}\" = ''"


def _differs(model: type[Row], old: str, new: str, unlike: str, *, but: Sequence[str] = ()) -> str:
    """Return the condition under which ``new`` alters ``old``: a fixed column differs, or one that was filled in."""
    parts = [f'{old}."{name}" {unlike} {new}."{name}"' for name in _columns(model, fixed=True) if name not in but]
    parts += [
        f'({old}."{name}" IS NOT NULL AND {old}."{name}" {unlike} {new}."{name}")'
        for name in _columns(model, fixed=False)
    ]
    return " OR ".join(parts)


def _unique(model: type[Row]) -> Sequence[Sequence[str]]:
    """Return the sets of columns by which one row would take another's place."""
    whole = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint) and not one.condition]
    together = [[str(cast("Any", model._meta.get_field(name)).column) for name in one.fields] for one in whole]
    return [[str(one.column)] for one in model._meta.concrete_fields if one.unique] + together


def _on_sqlite(model: type[Row]) -> Iterator[str]:
    """Yield the triggers of one table; the third is for REPLACE, which removes rows and fires no other trigger."""
    table = model._meta.db_table
    stop = f"BEGIN SELECT RAISE(ABORT, 'a change of {table} is not possible: what was recorded stays'); END"
    same = " OR ".join(
        "(" + " AND ".join(f'old_row."{name}" = NEW."{name}"' for name in names) + ")" for names in _unique(model)
    )
    replaces = (
        f'EXISTS (SELECT 1 FROM "{table}" AS old_row WHERE ({same}) '  # noqa: S608 - names of our own tables
        f"AND ({_differs(model, 'old_row', 'NEW', 'IS NOT')}))"
    )
    altered = _differs(model, "OLD", "NEW", "IS NOT", but=_erasable(model))
    if _erasable(model):
        altered = f"{altered} OR ({_unerased(model, 'IS NOT')})"
    whens = {"update": altered, "delete": "", "insert": replaces}
    for event, when in whens.items():
        name = f"{table}_fixed_{event}"
        yield f'DROP TRIGGER IF EXISTS "{name}"'
        condition = f" WHEN {when}" if when else ""
        yield f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" FOR EACH ROW{condition} {stop}'


def _on_postgresql(model: type[Row]) -> Iterator[str]:
    table = model._meta.db_table
    differs = _differs(model, "OLD", "NEW", "IS DISTINCT FROM", but=_erasable(model))
    for event, each, when in (
        ("update", "ROW", f" WHEN ({differs})"),
        ("delete", "ROW", ""),
        ("truncate", "STATEMENT", ""),
    ):
        yield (
            f'CREATE OR REPLACE TRIGGER "{table}_fixed_{event}" BEFORE {event.upper()} ON "{table}" '
            f"FOR EACH {each}{when} EXECUTE FUNCTION {FUNCTION}()"
        )
        yield f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{table}_fixed_{event}"'
    if _erasable(model):
        yield from _erasing_on_postgresql(model)


def _erasing_on_postgresql(model: type[Row]) -> Iterator[str]:
    """Yield the trigger over the erasable columns; whether an erasure names the row, a WHEN could not look up."""
    table, unlike = model._meta.db_table, "IS DISTINCT FROM"
    differs = " OR ".join(f'OLD."{name}" {unlike} NEW."{name}"' for name in _erasable(model))
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_erasing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_unerased(model, unlike)} THEN RAISE EXCEPTION 'UPDATE of {table} is not possible: what was recorded "
        "stays' USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW; END $$"
    )
    yield (
        f'CREATE OR REPLACE TRIGGER "{table}_fixed_erasing" BEFORE UPDATE ON "{table}" '
        f"FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION {table}_erasing()"
    )
    yield f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{table}_fixed_erasing"'


def statements(rows: Iterable[type[models.Model]], *, vendor: str) -> list[str]:
    """Return what makes the rows of these tables fixed; executing it again changes nothing."""
    if vendor == "sqlite":
        return [line for model in tables(rows) for line in _on_sqlite(model)]
    return [RAISE, *(line for model in tables(rows) for line in _on_postgresql(model))]


def rights(rows: Iterable[type[models.Model]], *, role: str, schema: str = "public") -> list[str]:
    """Return what gives a PostgreSQL role the application's rights, and no more.

    It reads and adds; it changes and removes where rows are not fixed; it makes and drops nothing.
    """
    whom = '"' + role.replace('"', '""') + '"'
    lines = [
        f'REVOKE ALL ON SCHEMA "{schema}" FROM {whom}',
        f'GRANT USAGE ON SCHEMA "{schema}" TO {whom}',
        f'REVOKE CREATE ON SCHEMA "{schema}" FROM PUBLIC',
        f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM {whom}',
        f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO {whom}',
    ]
    for model in sorted((one for one in rows if issubclass(one, Row)), key=lambda one: one._meta.db_table):
        table = model._meta.db_table
        later = ", ".join(f'"{name}"' for name in [*_columns(model, fixed=False), *_erasable(model)])
        if model.fixed_but is None:
            lines.append(f'GRANT INSERT, UPDATE, DELETE ON "{table}" TO {whom}')
        else:
            lines.append(f'GRANT INSERT{f", UPDATE ({later})" if later else ""} ON "{table}" TO {whom}')
    return lines


def held(rows: Iterable[type[models.Model]], *, role: str) -> tuple[str, list[Any]]:
    """Return the question, with its values, which tables of fixed rows a PostgreSQL role may alter all the same.

    It may where it is a superuser, has been given the owner's role, or rights over all data.
    """
    names = [one._meta.db_table for one in tables(rows)]
    asked = (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND relname = ANY(%s) AND (pg_has_role(%s, relowner, 'MEMBER') "
        "OR has_table_privilege(%s, oid, 'UPDATE, DELETE, TRUNCATE')) ORDER BY relname"
    )
    return asked, [names, role, role]
