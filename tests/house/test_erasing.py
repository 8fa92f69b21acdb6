"""Erasing forgets no column: what can hold words or bytes is emptied with its matter, or it is said why it stays."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from janaseva.core.row import Row
from tests.house.source import ROOMS, hold

LAW = "what people told, and what was written about them, can be erased (docs/security.md, Retention and erasure)"
DO = "name the column in `personal` of its table, and empty it in the room's `erase`; or say in STAYS why it stays"
LONG = 120
"""A shorter text is a code, a key or a number."""

STAYS: Mapping[str, frozenset[str]] = {
    "hashes, places, signatures and the ledger's own bookkeeping tell of nobody": frozenset({
        "ledger.Event.actor_name", "ledger.Event.numbers", "ledger.Leaf", "ledger.Tile", "ledger.Checkpoint",
        "ledger.Series", "ledger.Delivery", "ledger.Round", "ledger.Key.scope", "ledger.Key.key", "documents.Key",
    }),
    "emptied by ledger.steps.erase with the events of the act that it answered": frozenset({"ledger.Key.answer"}),
    "removed whole by documents.steps.erase": frozenset({"documents.Attachment", "documents.Blob"}),
    "the directory, its orders, and words for everyone": frozenset({
        "people.Area", "people.Department", "people.OfficeKind", "people.Role", "people.Office", "people.Post",
        "people.Charge", "people.Arrangement", "registers.Register", "workflow.WorkCalendar", "workflow.WorkDay",
        "workflow.Closure", "workflow.Outage",
    }),
    "who may sign in, and how: not of one matter; a person is kept as long as any matter of theirs": frozenset({
        "people.Person.names", "people.Credential", "people.Challenge",
    }),
    "the definition, and what was taken from it: titles, steps, limits, keys": frozenset({
        "services.EmptyPack", "services.Definition", "services.Proposal", "workflow.Case.process",
        "workflow.Case.desks", "workflow.Task.title", "workflow.Task.awaits", "workflow.Move.source",
        "workflow.Move.target", "workflow.Move.checked", "workflow.Deadline.limit", "workflow.Notice.title",
        "documents.Document.title", "documents.Document.letter", "documents.Document.languages",
        "services.Application.missing",
    }),
    "ids and numbers of what is itself emptied or removed": frozenset({
        "workflow.Move.documents", "workflow.Objection.documents", "workflow.Hearing.attended",
    }),
    "accounts have laws of their own; lines name fees": frozenset({"payments.Demand.lines"}),
    "why it was erased or held, in words that name nobody, is what auditors must be able to read": frozenset({
        "services.Erasure.words", "services.Hold",
    }),
    "the register of incidents has a law of its own, and names nobody": frozenset({
        "monitor.Incident", "monitor.Report",
    }),
}  # fmt: skip


def wordy(part: Any) -> bool:
    """Return whether a column can hold what somebody wrote or gave."""
    text = isinstance(part, models.CharField) and (part.max_length or 0) >= LONG
    return text or isinstance(part, models.TextField | models.JSONField | models.BinaryField)


def forgotten(tables: Iterable[type[models.Model]], stays: Iterable[str]) -> Iterator[str]:
    """Yield every column that could hold words and is neither emptied nor said to stay."""
    known = set(stays)
    for model in tables:
        personal = model.personal if issubclass(model, Row) else ()
        for part in model._meta.concrete_fields:
            name = f"{model._meta.label}.{part.attname}"
            if wordy(part) and part.attname not in personal and not {name, model._meta.label} & known:
                yield name


def tables() -> list[type[models.Model]]:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def test_no_column_is_forgotten():
    hold(forgotten(tables(), set().union(*STAYS.values())), law=LAW, do=DO)


def test_what_stays_is_there_and_said_with_a_reason():
    names = {f"{one._meta.label}.{part.attname}" for one in tables() for part in one._meta.concrete_fields}
    names |= {one._meta.label for one in tables()}
    gone = sorted(set().union(*STAYS.values()) - names)
    both = [
        f"{one._meta.label}.{name}" for one in tables() if issubclass(one, Row) for name in one.personal
        if {f"{one._meta.label}.{name}", one._meta.label} & set().union(*STAYS.values())
    ]  # fmt: skip
    assert not gone + both
    assert all(len(reason) > 20 for reason in STAYS)


def test_personal_columns_are_there():
    wrong = [
        f"{one._meta.label}.{name}" for one in tables() if issubclass(one, Row) for name in one.personal
        if name not in {part.attname for part in one._meta.concrete_fields}
    ]  # fmt: skip
    hold(wrong, law=LAW, do="personal names columns of the table, foreign keys by their _id")


@isolate_apps("tests.house")
def test_a_forgotten_column_is_seen():
    class Told(Row):
        personal = ("kept",)
        kept = models.TextField()
        slipped = models.TextField()

        class Meta:
            app_label = "house"

    assert list(forgotten([Told], ())) == ["house.Told.slipped"]
    assert not list(forgotten([Told], ("house.Told.slipped",)))


pytestmark = pytest.mark.once
