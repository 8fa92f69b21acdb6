"""The audit of rows: what every room's tables hold now against the last event that recorded each row."""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.apps import apps

from janaseva.core.row import Row
from janaseva.ledger import rules
from janaseva.ledger.models import Event
from janaseva.ledger.queries.auditing.finding import Finding, Kind, Progress
from janaseva.ledger.queries.auditing.memory import Memory, Seen

_CHUNK = 2_000
_LOOKS = 3
_LONGEST_ACT_MILLISECONDS = 10 * 60 * 1000


def recorded_models() -> list[type[Row]]:
    """Return the models of all rooms whose rows are recorded."""
    return [model for model in apps.get_models() if issubclass(model, Row) and model.recorded]


def _hash(row: Row) -> bytes:
    try:
        return bytes.fromhex(row.row_hash())
    except TypeError:
        return b"no canonical form"


def _judge(row: Row | None, seen: Seen | None) -> tuple[Kind, str] | None:
    """Return what is wrong with one row, which may be gone, or ``None`` where it is as recorded."""
    recorded = seen.hash if seen else None
    if row is None:
        return ("missing", "row_missing") if recorded else None
    if recorded is None:
        return ("inserted", "row_inserted")
    return None if _hash(row) == recorded else ("altered", "row_altered")


def _late(memory: Memory, since: UUID) -> None:
    """Remember what acts recorded that were committed while the audit was reading."""
    told = Event.objects.filter(pk__gte=since).values_list("pk", "name", "rows", "facts")
    for key, name, rows, facts in told.iterator(chunk_size=_CHUNK):
        memory.keep_rows(key, rules.rows_told(name, rows, facts))


def _second_look(model: type[Row], keys: list[UUID], memory: Memory, since: UUID) -> Iterator[Finding]:
    """Judge rows again with what was recorded meanwhile, all of them at once, so that work going on is no finding."""
    label = model._meta.label_lower
    wrong: dict[UUID, tuple[Kind, str]] = dict.fromkeys(keys, ("altered", "row_altered"))
    for _ in range(_LOOKS if keys else 0):
        looked: dict[UUID, tuple[Kind, str]] = {}
        rows = [(key, model.get_or_none(key)) for key in wrong]
        _late(memory, since)
        for key, row in rows:
            verdict = _judge(row, memory.seen(label, key))
            if verdict is not None:
                looked[key] = verdict
        wrong = looked
    for key, (kind, code) in wrong.items():
        seen = memory.seen(label, key)
        event = seen.event_id if seen else None
        yield Finding(kind=kind, code=code, table=model._meta.db_table, key=str(key), event_id=event)


def _table(model: type[Row], memory: Memory, progress: Progress) -> Iterator[UUID]:
    """Yield the keys of one table that are not as recorded at first sight: both are read in the order of their keys."""
    rows: Any = model._default_manager.order_by("pk").iterator(chunk_size=_CHUNK)
    present = ((row.pk.bytes, row) for row in rows)
    both = merge(present, memory.recorded(model._meta.label_lower), key=itemgetter(0))
    counted = 0
    for key, pairs in groupby(both, key=itemgetter(0)):
        found = [one for _, one in pairs]
        row = next((one for one in found if not isinstance(one, Seen)), None)
        if _judge(row, next((one for one in found if isinstance(one, Seen)), None)) is not None:
            yield UUID(bytes=key)
        counted += row is not None
        if row is not None and counted % _CHUNK == 0:
            progress("rows", _CHUNK)
    progress("rows", counted % _CHUNK)


def since_of(newest: UUID | None) -> UUID:
    """Return the key from which on events may have been committed after one with key ``newest`` was seen."""
    milliseconds = (newest.int >> 80 if newest else 0) - _LONGEST_ACT_MILLISECONDS
    return UUID(int=max(0, milliseconds) << 80)


def audit_rows(memory: Memory, *, newest: UUID | None, progress: Progress) -> Iterator[Finding]:
    """Return every row that was altered, removed or inserted behind the application's back.

    Args:
        memory: what the events recorded.
        newest: the newest event when the audit began; ``None`` where there was none.
        progress: see :data:`Progress`.

    """
    since = since_of(newest)
    for model in recorded_models():
        yield from _second_look(model, list(_table(model, memory, progress)), memory, since)
