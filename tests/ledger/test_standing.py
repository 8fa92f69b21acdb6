"""What was published is remembered apart from the database: an older database is seen, named, and not written to."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from janaseva.cli.log import command
from janaseva.core import promises
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.core.row import writing
from janaseva.ledger import adapters, handlers, rules
from janaseva.ledger.handlers import promises as watching
from janaseva.ledger.handlers import publishing, standing
from janaseva.ledger.models import Checkpoint, Event, Leaf, Tile
from tests.ledger.acts import attempt

BY = Actor.system("test")

pytestmark = pytest.mark.django_db


@pytest.fixture
def memory(tmp_path, monkeypatch):
    held = adapters.DirectoryMemory(tmp_path / "one", tmp_path / "two")
    for part in (publishing, standing, watching):
        monkeypatch.setattr(part, "memory", lambda: held)
    return held


def _act(at, count=3):
    return attempt(by=BY, at=at, key=str(uuid4()), count=count)


def _put_back(size):
    """Make the database what it was when ``size`` leaves had been published."""
    first = Leaf.objects.filter(index__gte=size)
    with writing():
        Event.objects.filter(pk__in=first.values("pk")).delete()
        hashes = [
            rules.leaf_hash(data.encode())
            for data in first.model.objects.filter(index__lt=size).order_by("index").values_list("data", flat=True)
        ]
        first.delete()
        Tile.objects.update(hashes=b"".join(hashes))
        Checkpoint.objects.update(sequenced=size, size=size)


@pytest.mark.parametrize("at_once", [1, 2, 5, 100_000])
def test_the_newest_checkpoint_and_all_ids_are_remembered_in_every_folder(at, memory, monkeypatch, at_once):
    monkeypatch.setattr(memory, "MOST_AT_ONCE", at_once)
    _act(at)
    publishing.publish(at)
    memory.folders[1].joinpath("checkpoint").unlink()
    memory.folders[1].joinpath("ids").unlink()
    _act(at, 2)
    publishing.publish(at)
    assert [head.size for head in memory.heads()] == [5, 5]
    ids = list(Leaf.objects.order_by("index").values_list("pk", flat=True))
    assert all(adapters.DirectoryMemory(folder).ids(0, 9) == ids for folder in memory.folders)
    assert standing.compared() == standing.Standing(code="", sequenced=5, published=5)


def test_a_crash_before_it_was_remembered_is_made_good_at_the_next_turn(at, memory, monkeypatch):
    _act(at)
    monkeypatch.setattr(memory, "remember", lambda *_: (_ for _ in ()).throw(OSError("gone")))
    with pytest.raises(OSError, match="gone"):
        publishing.publish(at)
    monkeypatch.undo()
    monkeypatch.setattr(publishing, "memory", lambda: memory)
    assert memory.heads() == []
    publishing._remember(memory, Checkpoint.objects.get().note)
    assert memory.heads()[0].size == 3


def test_an_older_database_is_refused_and_what_it_lacks_is_named(at, memory):
    _act(at)
    publishing.publish(at)
    _act(at, 2)
    publishing.publish(at)
    lost = list(Leaf.objects.filter(index__gte=3).order_by("index").values_list("pk", flat=True))
    _put_back(3)
    assert standing.compared().code == standing.BEHIND
    assert [(event.index, event.event_id, event.name) for event in handlers.missing()] == [
        (3, lost[0], "ledger.tried"), (4, lost[1], "ledger.tried"),
    ]  # fmt: skip
    with pytest.raises(handlers.LogBrokenError, match="5 leaves were published"):
        publishing.publish(at)
    assert [head.size for head in memory.heads()] == [5, 5]
    told = CliRunner().invoke(command, ["missing", "--json"])
    assert told.exit_code == 1
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line.get("event_id") for line in lines[:-1]] == [str(one) for one in lost]
    assert lines[-1] == {"code": "record_behind", "sequenced": 3, "published": 5}


def test_another_history_of_the_same_length_is_refused(at, memory):
    _act(at)
    publishing.publish(at)
    with writing():
        Tile.objects.update(hashes=b"\1" * 96)
    assert standing.compared().code == standing.FORKED
    memory.folders[0].joinpath("checkpoint").write_text("no checkpoint")
    assert standing.compared().code == standing.FORKED


def test_a_log_of_another_origin_is_another_log(at, memory, monkeypatch):
    _act(at)
    publishing.publish(at)
    _put_back(0)
    monkeypatch.setattr(standing.OPTIONS, "log_origin", "elsewhere.example/log")
    assert standing.compared().code == ""


def test_while_a_promise_is_broken_every_act_is_refused_and_nothing_is_written(at, monkeypatch):
    monkeypatch.setattr(promises, "_looks", [lambda: "record_behind"])
    with pytest.raises(Refusal) as refused:
        _act(at)
    assert (refused.value.code, refused.value.status) == ("record_behind", 503)
    assert not Event.objects.exists()


def test_the_watch_looks_again_only_after_a_while(monkeypatch):
    seen = iter(["disk_full", ""])
    moment = [100.0]
    monkeypatch.setattr(watching, "looked", lambda: next(seen))
    monkeypatch.setattr(watching.time, "monotonic", lambda: moment[0])
    watch = watching.Watch()
    assert [watch(), watch()] == ["disk_full", "disk_full"]
    moment[0] += watching.LOOK_SECONDS
    assert watch() == ""


@pytest.mark.parametrize("code", ["database_down", "disk_full", "disk_low", "log_late", "record_forked", ""])
def test_each_promise_can_break(code, monkeypatch, remembered, at):
    if code == "database_down":
        monkeypatch.setattr(watching, "compared", _no_database)
    if code in ("disk_full", "disk_low"):
        monkeypatch.setattr(watching, "LEAST_DISK_BYTES", 2**80)
    if code == "disk_full":
        monkeypatch.setattr(watching, "LEAST_RECEIPT_BYTES", 2**80)
    if code == "log_late":
        _act(at)
        monkeypatch.setattr(watching, "LATEST_LOG", timedelta(seconds=-1))
    if code == "record_forked":
        monkeypatch.setattr(watching, "compared", lambda: standing.Standing(code=code, sequenced=1, published=1))
    assert watching.looked() == code


def _no_database():
    from django.db import OperationalError

    raise OperationalError
