"""Steps of a story that were walked once are remembered, and copied into later tests that begin with the same.

Hundreds of tests begin with a citizen who applies, pays and waits. What such a step wrote, into tables and into the
log's files, is kept as the difference that it made; a test that does the same steps from the same beginning gets that
difference instead of the walk. A test that did anything else in between walks: the number of events, of deliveries made
and the clock say so. A test that looks on while the steps are walked (its own arguments are ``monkeypatch``, ``caplog``
and the like) walks too.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import wraps
from operator import length_hint
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from janaseva.core.row import Row

WATCHING = frozenset({"monkeypatch", "caplog", "capsys", "capfd", "django_assert_num_queries", "fresh"})
"""A test with one of these arguments may see, or change, how a step is walked."""

Rows = dict[Any, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """What was written: rows by table, and the log's files."""

    gone: Mapping[str, tuple[Any, ...]]
    made: Mapping[str, tuple[tuple[Any, ...], ...]]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Step:
    """What one step changed: the records, the clock, the officers, and what it answered."""

    change: Change
    key: Any
    at: Any
    citizens: int
    officers: Mapping[Any, Any]
    shape: tuple[str, str]
    answer: Any


@dataclass(slots=True)
class Memory:
    """What one test has done so far of steps that may be remembered, and where its log lies."""

    folder: Path
    keys: Any
    on: bool
    path: tuple[Any, ...] = ()
    answers: list[Any] = field(default_factory=list)
    last: tuple[Any, ...] | None = None
    inside: bool = False

    def named(self, value: Any) -> Any:
        """Return how a remembered step names an argument; ``LookupError`` where it cannot."""
        for number, answer in enumerate(self.answers):
            if answer is value or (isinstance(value, UUID) and answer == value):
                return ("answer", number)
        if value is None or isinstance(value, str | int | UUID | date):
            return value
        if isinstance(value, tuple | list):
            return tuple(self.named(one) for one in value)
        if isinstance(value, dict):
            return tuple((key, self.named(one)) for key, one in value.items())
        raise LookupError(type(value))


_kept: dict[tuple[Any, ...], Step] = {}
_loaded: dict[tuple[Any, ...], Change] = {}


def loaded_once(name: str, load: Callable[[], object], folder: Path) -> None:
    """Load what many modules stand on: earnestly the first time, from then on by the rows and files that it made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM ledger_event")
        key = (name, *cursor.fetchone())
    shutil.rmtree(folder, ignore_errors=True)
    if key in _loaded:
        _write(_loaded[key], folder)
    else:
        before = _rows()
        load()
        _loaded[key] = _change(before, folder)


def remembered(method: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what a step of ``Given`` does when it is the next of a story that was told before."""

    @wraps(method)
    def walk(given: Any, *args: Any, **options: Any) -> Any:
        memory: Memory | None = given.memory
        if memory is None or not memory.on or memory.inside:
            return method(given, *args, **options)
        before = mark(given)
        try:
            name = (method.__name__, given.at, given.pack, given.service, frozenset(given.officers), memory.named(args))
            name += tuple((key, memory.named(value)) for key, value in sorted(options.items()))
        except LookupError:
            memory.on = False
        if memory.last != before:
            memory.on = False
        if not memory.on:
            return method(given, *args, **options)
        memory.path = (*memory.path, name)
        memory.inside = True
        try:
            answer = _again(given, memory) if memory.path in _kept else _first(given, memory, method, args, options)
        finally:
            memory.inside = False
        memory.answers += answer if isinstance(answer, tuple) else [answer]
        memory.last = mark(given)
        return answer

    return walk


def mark(given: Any) -> tuple[Any, ...]:
    """Return what would differ had anything else been done."""
    head = given.memory.folder / "checkpoint"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COUNT(*) FROM ledger_event), (SELECT COUNT(*) FROM ledger_delivery WHERE state = 'done'),"
            " (SELECT COUNT(*) FROM people_session)"
        )
        return (length_hint(given.phones), head.exists() and head.stat().st_mtime_ns, *cursor.fetchone())


def _first(given: Any, memory: Memory, method: Any, args: Any, options: Any) -> Any:
    before, phones = _rows(), length_hint(given.phones)
    answer = method(given, *args, **options)
    _kept[memory.path] = Step(
        change=_change(before, memory.folder),
        key=memory.keys.held,
        at=given.at,
        citizens=phones - length_hint(given.phones),
        officers=dict(given.officers),
        shape=(given.pack, given.service),
        answer=answer,
    )
    return answer


def _again(given: Any, memory: Memory) -> Any:
    step = _kept[memory.path]
    _write(step.change, memory.folder)
    memory.keys.held, given.at = step.key, step.at
    given.officers.update(step.officers)
    given.pack, given.service = step.shape
    for _ in range(step.citizens):
        next(given.phones)
    return step.answer


def _change(before: dict[str, Rows], folder: Path) -> Change:
    """Return what differs now, in the database and in the log's folder."""
    gone, made = {}, {}
    for table, rows in _rows().items():
        old = before[table]
        changed = [key for key, row in rows.items() if old.get(key) != row]
        lost = [key for key in old if key not in rows or old[key] != rows[key]]
        if changed:
            made[table] = tuple(rows[key] for key in changed)
        if lost:
            gone[table] = tuple(lost)
    return Change(
        gone=gone, made=made, files={str(file.relative_to(folder)): file.read_bytes() for file in _files(folder)}
    )


def _write(change: Change, folder: Path) -> None:
    with connection.cursor() as cursor:
        for table, keys in change.gone.items():
            cursor.execute(f'DELETE FROM "{table}" WHERE {_key(table)} IN ({", ".join(["%s"] * len(keys))})', keys)
        for table, rows in change.made.items():
            places = f"({', '.join(['%s'] * len(rows[0]))})"
            for some in batched(rows, 500):
                values = [_written(value) for row in some for value in row]
                cursor.execute(f'INSERT INTO "{table}" VALUES {", ".join([places] * len(some))}', values)
    for name, content in change.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _written(value: Any) -> Any:
    """Return what SQLite keeps of a moment that its driver made of text; other values as they are."""
    return str(value) if isinstance(value, date | time) and connection.vendor == "sqlite" else value


def batched(rows: tuple[Any, ...], size: int) -> Iterator[tuple[Any, ...]]:
    """Return rows in parts that one statement bears."""
    return (rows[at : at + size] for at in range(0, len(rows), size))


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _key(table: str) -> str:
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    return str(model._meta.pk.column)


def _rows() -> dict[str, Rows]:
    """Return all rows of all tables of all rooms as the database gives them, by their primary key."""
    found: dict[str, Rows] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, Row):
                table = model._meta.db_table
                cursor.execute(f'SELECT * FROM "{table}"')
                place = [column[0] for column in cursor.description].index(model._meta.pk.column)
                found[table] = {row[place]: tuple(row) for row in cursor.fetchall()}
    return found
