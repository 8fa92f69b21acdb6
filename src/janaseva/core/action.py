"""How anything is done: one use case, one function, one transaction, asked for and recorded.

An ``@action`` opens the one transaction, claims the idempotency key, runs, and refuses to commit unless permission was
asked (``allow``) and, where rows were written, an event was told (``tell``). A ``@step`` is what a room does inside
another room's action. The ledger installs itself as the :class:`Recorder`; core knows nothing of it.
"""

import functools
import inspect
import typing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar, cast
from uuid import UUID

from pydantic import TypeAdapter

from janaseva.core.actor import Actor
from janaseva.core.canonical import sha256_hex
from janaseva.core.commit import certain, settled
from janaseva.core.cursors import OtherRowsError, together
from janaseva.core.glance import acting, written
from janaseva.core.ids import uuid7
from janaseva.core.news import News
from janaseva.core.promises import keep_promises
from janaseva.core.refusal import CONFLICT, FORBIDDEN, Invalid, Refusal, not_found
from janaseva.core.row import OwnershipError, Row, insert, update, writing

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound=Row)


class LawBrokenError(RuntimeError):
    """An action broke a law of the house (did not ask, did not tell, nested). A fault in the program; nothing kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One piece of news of an act, with the story it belongs to and the office that answers for it."""

    news: News
    story: UUID | None
    office_id: UUID | None


@dataclass(frozen=True, slots=True)
class Number:
    """A number given from a gapless series within an act."""

    series: str
    year: int
    value: int


@dataclass(slots=True, kw_only=True)
class Act:
    """What one running action has asked, gathered and told so far."""

    name: str
    by: Actor
    at: datetime
    key: str
    body_hash: str
    id: UUID = field(default_factory=uuid7)
    rooms: list[str] = field(default_factory=list)
    asked: bool = False
    puts: list[Row] = field(default_factory=list)
    changes: dict[tuple[str, UUID], tuple[Row, set[str]]] = field(default_factory=dict)
    removals: list[Row] = field(default_factory=list)
    written: dict[tuple[str, UUID], Row | None] = field(default_factory=dict)
    wrote: bool = False
    told: list[Told] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)


class Recorder(Protocol):
    """What the ledger offers to every action."""

    def claim(self, act: Act) -> str | None:
        """Claim the act's idempotency key; return the stored answer (JSON) if the same was done before.

        Raises:
            Refusal: ``key_reused`` where the same key came with another body.

        """

    def hold(self, act: Act) -> Any:
        """Hold what the act's news will be chained to, against all others; called before anything is written."""

    def keep(self, act: Act, answer: str, held: Any) -> None:
        """Write the act's events, deliveries and answer; called in the act's transaction, last, with what was held."""

    def refused(self, act: Act, refusal: Refusal) -> None:
        """Record a refusal; called after the roll-back, inside a small transaction of its own."""


_act: ContextVar[Act | None] = ContextVar("janaseva_act", default=None)
_recorder: list[Recorder] = []


def use_recorder(recorder: Recorder) -> None:
    """Install the recorder; the ledger calls this once at start."""
    _recorder[:] = [recorder]


def current() -> Act:
    """Return the running act.

    Raises:
        LawBrokenError: outside an action.

    """
    act = _act.get()
    if act is None:
        message = "there is no running action: steps, put, change and tell work inside one"
        raise LawBrokenError(message)
    return act


def allow(permitted: bool, code: str = "not_found") -> None:  # noqa: FBT001 - reads as a sentence: allow(may_x(...))
    """Ask permission: the first thing that every action does.

    What is not yours to see is answered as not found; pass a ``code`` where the thing may be seen but not so used.
    """
    current().asked = True
    if not permitted:
        raise not_found() if code == "not_found" else Refusal(code, status=FORBIDDEN)


def tell(news: News, *, story: UUID | None = None, office_id: UUID | None = None) -> None:
    """Record that something happened. ``story`` is the id under which all events of one matter are read together."""
    act = current()
    room = type(news).name.split(".", 1)[0]
    if room != act.rooms[-1]:
        message = f"{act.rooms[-1]} cannot tell {type(news).name}: news is told by its own room"
        raise LawBrokenError(message)
    act.told.append(Told(news=news, story=story, office_id=office_id or act.by.office_id))


def _own(row: Row) -> Act:
    act = current()
    if row.room() != act.rooms[-1]:
        message = f"{act.rooms[-1]} may not write {row._meta.db_table}: it belongs to {row.room()}"
        raise OwnershipError(message)
    return act


def put(row: T) -> T:
    """Add a new row; it reaches the database at the flush. Return it, so that its id can be used at once."""
    act = _own(row)
    act.puts.append(row)
    act.wrote = True
    return row


@functools.cache
def _names(model: type[Row]) -> frozenset[str]:
    return frozenset(name for part in model._meta.concrete_fields for name in (part.name, part.attname))


def change(row: T, **values: Any) -> T:
    """Set ``values`` on a row that was read (and locked, where two could act at once); written at the flush.

    The update is guarded by the revision that was read: if another act changed the row meanwhile, this one is refused
    with ``changed_meanwhile`` and nothing is kept.
    """
    act = _own(row)
    unknown = values.keys() - _names(type(row))
    if unknown:
        message = f"{row._meta.db_table} has no {', '.join(sorted(unknown))}"
        raise AttributeError(message)
    for name, value in values.items():
        setattr(row, name, value)
    act.wrote = True
    if not any(row is waiting for waiting in act.puts):
        kept, fields = act.changes.setdefault((row._meta.label_lower, row.pk), (row, set()))
        if kept is not row:
            message = f"two copies of one {row._meta.db_table} row are being changed in one action"
            raise LawBrokenError(message)
        fields.update(values)
    return row


def remove(row: Row) -> None:
    """Remove a row at the flush (drafts, sessions, erasure). What was recorded of it stays recorded."""
    act = _own(row)
    act.removals.append(row)
    act.wrote = True


def empty(rows: Iterable[Row]) -> None:
    """Empty what is ``personal`` in these rows, and write nothing where nothing is: what an erasure does to them."""
    for row in rows:
        values = row.emptied()
        if any(getattr(row, name) != value for name, value in values.items()):
            change(row, **values)


def flush() -> None:
    """Write what was gathered. The wrapper calls it at the end; call it earlier only to read back what was put.

    Raises:
        Refusal: ``changed_meanwhile`` where another act wrote what this one read.

    """
    with writing():
        _say_together(lambda: _write(current()))


def _say_together(write: Callable[[], None]) -> None:
    try:
        with together():
            write()
    except OtherRowsError:
        raise Refusal("changed_meanwhile", status=CONFLICT) from None


def _write(act: Act) -> None:
    by_model: dict[type[Row], list[Row]] = {}
    for row in act.puts:
        by_model.setdefault(type(row), []).append(row)
    for model, rows in by_model.items():
        insert(rows)
        act.written.update({(model._meta.label_lower, row.pk): row for row in rows})
    act.puts.clear()
    for (label, key), (row, fields) in act.changes.items():
        update(row, fields)
        act.written[label, key] = row
    act.changes.clear()
    for row in act.removals:
        written(type(row))
        type(row)._base_manager.filter(pk=row.pk).delete()
        act.written[row._meta.label_lower, row.pk] = None
    act.removals.clear()


def _room(function: Callable[..., Any]) -> str:
    return function.__module__.split(".")[1]


@contextmanager
def upkeep() -> Iterator[None]:
    """Open a short transaction for rows that are not ``recorded`` (places in the log, deliveries, rounds).

    For the ledger's handlers alone: what is done here is no act, so nobody is asked and nothing is told.

    Raises:
        LawBrokenError: inside an action, whose own transaction these rows must not join.

    """
    if _act.get() is not None:
        message = "upkeep belongs between actions, not inside one"
        raise LawBrokenError(message)
    with certain(), writing():
        yield


def step(function: Callable[P, R]) -> Callable[P, R]:
    """Mark what a room does inside another room's action; rows it writes must be its own."""
    room = _room(function)

    @functools.wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        rooms = current().rooms
        rooms.append(room)
        try:
            return function(*args, **kwargs)
        finally:
            rooms.pop()

    return inside


def _finish(act: Act, answer: str) -> None:
    if not act.asked:
        message = f"{act.name} never asked permission: call allow first"
        raise LawBrokenError(message)
    if act.wrote and not act.told:
        message = f"{act.name} wrote rows and told nothing: call tell"
        raise LawBrokenError(message)

    def write() -> None:
        _write(act)
        _recorder[0].keep(act, answer, held)

    with writing():
        held = _recorder[0].hold(act)
        _say_together(write)


def _record_refusal(act: Act, refusal: Refusal) -> None:
    with certain(), writing(), together():
        _recorder[0].refused(act, refusal)


@contextmanager
def _running(act: Act) -> Iterator[None]:
    """Let ``act`` be the running one; where it is refused, record that after the roll-back."""
    token = _act.set(act)
    try:
        yield
    except Refusal as refusal:
        _record_refusal(act, refusal)
        raise
    finally:
        _act.reset(token)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a use case of a function with keyword arguments ``by``, ``at`` and ``key`` (the idempotency key).

    The answer must be something pydantic can write as JSON and read back by the function's return annotation, since a
    repeated key is answered with what was answered first.
    """
    name = f"{_room(function)}.{function.__name__}"
    receipt = getattr(function, "is_receipt", False)
    parameters = inspect.signature(function).parameters
    missing = {"by", "at", "key"} - set(parameters)
    if missing:
        message = f"{name}: an action takes {', '.join(sorted(missing))}"
        raise TypeError(message)

    @functools.cache
    def answers() -> TypeAdapter[Any]:
        return TypeAdapter(typing.get_type_hints(function)["return"])

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if args or _act.get() is not None:
            message = f"{name}: actions take keywords only and do not nest; rooms offer steps to each other"
            raise LawBrokenError(message)
        keep_promises(receipt=receipt)
        given = {key: value for key, value in kwargs.items() if key not in ("by", "at", "key")}
        by, at, key = cast("Actor", kwargs["by"]), cast("datetime", kwargs["at"]), cast("str", kwargs["key"])
        body_hash = sha256_hex([name, given])

        def attempt() -> R:
            act = Act(name=name, by=by, at=at, key=key, body_hash=body_hash)
            with _running(act), certain(), acting():
                with writing():
                    before = _recorder[0].claim(act)
                if before is not None:
                    return cast("R", answers().validate_json(before))
                act.rooms.append(_room(function))
                result = function(**kwargs)  # type: ignore[call-arg]
                _finish(act, answers().dump_json(result).decode())
                return result

        return settled(attempt)

    run.is_action = True  # type: ignore[attr-defined]
    return run


__all__ = [
    "Act",
    "Invalid",
    "LawBrokenError",
    "Number",
    "Recorder",
    "Told",
    "action",
    "allow",
    "change",
    "current",
    "empty",
    "flush",
    "put",
    "remove",
    "step",
    "tell",
    "upkeep",
    "use_recorder",
]
