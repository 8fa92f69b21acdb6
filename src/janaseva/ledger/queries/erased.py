"""What is left of what was erased: rows of an erased story that still hold what an erasure empties."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.row import Row
from janaseva.ledger import rules
from janaseva.ledger.models import Erasure, Event, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One column that still holds something: in which table, in which row, of which erased story."""

    story: UUID
    table: str
    key: str
    column: str


def _rows_of(story: UUID) -> set[tuple[str, UUID]]:
    """Return every row that the erasing act wrote, and every one that it carried on."""
    told = Event.objects.filter(story=story, name=rules.ERASED).order_by("ordinal").first()
    if told is None:
        return set()
    acts: Any = Event.objects.filter(act_id=told.act_id).values_list("name", "rows", "facts")
    return {(str(row[0]), UUID(row[1])) for name, rows, facts in acts for row in rules.rows_told(name, rows, facts)}


def _left(story: UUID) -> Iterator[Left]:
    by_table: dict[str, set[UUID]] = {}
    for label, key in _rows_of(story):
        by_table.setdefault(label, set()).add(key)
    for label, keys in sorted(by_table.items()):
        model = apps.get_model(label)
        if not (issubclass(model, Row) and model.personal):
            continue
        for row in model.where(id=tuple(sorted(keys)), order=("id",)):
            for name, value in row.emptied().items():
                held = getattr(row, name)
                if held != value and not (label == "documents.document" and name == "facts"):
                    yield Left(story=story, table=model._meta.db_table, key=str(row.pk), column=name)


def left_of_erased(by: Actor) -> Iterator[Left]:
    """Yield what is left of every erased story: in rows, in its events, and in what was answered to those who acted.

    Raises:
        Refusal: ``not_found`` for who may not search the record.

    """
    if not rules.may_search(by):
        raise not_found()
    for erasure in Erasure.objects.order_by("pk").iterator(chunk_size=500):
        yield from _left(erasure.story)
        told = Event.objects.filter(story=erasure.story, ordinal__lte=erasure.through)
        for key in told.exclude(salt=None, facts=None, rows=None).values_list("pk", flat=True):
            yield Left(story=erasure.story, table="ledger_event", key=str(key), column="facts")
        answered = Key.objects.filter(pk__in=told.values("act_id")).exclude(answer=None, body_hash="")
        for key in answered.values_list("pk", flat=True):
            yield Left(story=erasure.story, table="ledger_key", key=str(key), column="answer")


def erasures_known(by: Actor) -> int:
    """Return how many stories were erased.

    Raises:
        Refusal: ``not_found`` for who may not search the record.

    """
    if not rules.may_search(by):
        raise not_found()
    return Erasure.objects.count()
