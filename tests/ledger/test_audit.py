"""The audit: silent where all is as recorded, and naming each thing that was altered behind the application's back."""

from uuid import UUID, uuid4

import pytest
from django.db import connection

from janaseva.core.action import allow, change, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.text import LANGUAGES
from janaseva.core.words import say
from janaseva.ledger import handlers, queries, rules, steps
from janaseva.ledger.models import Checkpoint, Event, Leaf, Series, Story, Tile
from janaseva.ledger.rules import Verifier
from tests.ledger.acts import Tried, acting
from tests.ledger.paper import Paper, paper_table, papers  # noqa: F401 - fixtures

BY = Actor.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers")]


@acting
def write(*, by, at, key: str, story: UUID) -> UUID:
    allow(True)
    paper = put(Paper(words="a"))
    steps.number(series="KL/INC", year=2026)
    tell(Tried(count=1), story=story)
    tell(Tried(count=2), story=story)
    return paper.id


@acting
def rewrite(*, by, at, key: str, paper_id: UUID, gone: bool = False) -> None:
    allow(True)
    paper = Paper.locked(paper_id)
    remove(paper) if gone else change(paper, words="b")
    tell(Tried(count=3))


@pytest.fixture
def written(at):
    """Two stories of three acts each, one row changed since and one removed, all published; a leaf waits."""
    stories = [uuid4(), uuid4()]
    ids = [write(by=BY, at=at, key=str(number), story=stories[number % 2]) for number in range(6)]
    rewrite(by=BY, at=at, key="change", paper_id=ids[0])
    rewrite(by=BY, at=at, key="remove", paper_id=ids[1], gone=True)
    handlers.publish(at)
    rewrite(by=BY, at=at, key="again", paper_id=ids[0])
    return [ids[0], *ids[2:]]


def _findings():
    return list(handlers.audit())


def _codes():
    findings = _findings()
    for finding in findings:
        for language in LANGUAGES:
            assert say(f"finding.{finding.code}", language, **finding.words_facts())
    return sorted({finding.code for finding in findings})


def _behind(table, set_clause, key=None):
    """Do in the database what the application would not."""
    where = f" WHERE id = '{key.hex if connection.vendor == 'sqlite' else key}'" if key else ""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {set_clause}{where}")


def test_what_is_as_recorded_has_no_findings(written):
    assert _findings() == []


def test_an_empty_house_has_no_findings(db):
    assert _findings() == []


def test_an_altered_row_is_named_with_the_event_that_recorded_it(written):
    _behind("ledger_paper", "words = 'forged'", written[0])
    (finding,) = _findings()
    assert (finding.kind, finding.code, finding.key) == ("altered", "row_altered", str(written[0]))
    assert finding.table == "ledger_paper"
    assert finding.event_id == Event.objects.order_by("-pk").first().pk
    assert _codes() == ["row_altered"]


def test_a_row_that_was_removed_and_one_that_was_inserted_are_named(written):
    Paper._base_manager.filter(pk=written[1]).delete()
    stranger = Paper(words="never told")
    Paper._base_manager.bulk_create([stranger])
    found = {(finding.code, finding.key) for finding in _findings()}
    assert found == {("row_missing", str(written[1])), ("row_inserted", str(stranger.pk))}
    assert _codes() == ["row_inserted", "row_missing"]


def test_an_altered_event_is_named_also_where_its_hash_was_altered_to_fit(written):
    event = Event.objects.order_by("pk")[2]
    Event._base_manager.filter(pk=event.pk).update(person_id=uuid4())
    assert _codes() == ["event_altered"]
    altered = Event.objects.get(pk=event.pk)
    digest = rules.event_hash(salt=bytes(altered.salt), record=rules.record_bytes(queries.record_of(altered)))
    Event._base_manager.filter(pk=event.pk).update(hash=digest)
    assert _codes() == ["chain_broken", "leaf_altered"]
    Leaf._base_manager.filter(pk=event.pk).update(data=f"{digest} {event.name}")
    assert {"chain_broken", "leaf_not_in_tile", "tile_altered", "file_altered", "checkpoint_wrong"} == set(_codes())


def test_a_whole_history_rewritten_to_fit_is_betrayed_by_the_files_and_the_signature(written):
    event = Event.objects.order_by("pk").first()
    Leaf._base_manager.filter(pk=event.pk).update(data="0" * 64 + " ledger.tried")
    leaves = Leaf.objects.filter(index__isnull=False).order_by("index").values_list("data", flat=True)
    hashes = b"".join(rules.leaf_hash(data.encode()) for data in leaves)
    Tile._base_manager.filter(level=0).update(hashes=hashes)
    assert _codes() == ["checkpoint_wrong", "file_altered", "leaf_altered"]


def test_events_leaves_and_stories_that_are_gone_are_missed(written):
    event = Event.objects.order_by("pk")[2]
    Event._base_manager.filter(pk=event.pk).delete()
    assert "event_missing" in _codes()
    assert "event_of_leaf_missing" in _codes()
    last = Event.objects.order_by("-pk").first()
    Leaf._base_manager.filter(pk=last.pk).delete()
    assert "leaf_of_event_missing" in _codes()
    Leaf._base_manager.filter(index=1).delete()
    assert "leaf_missing" in _codes()
    Story._base_manager.filter(pk=event.story).delete()
    assert "event_inserted" in _codes()


def test_the_last_event_of_a_story_cannot_be_cut_off(written):
    last = Event.objects.filter(ordinal__gt=1).order_by("story", "-ordinal").first()
    Leaf._base_manager.filter(pk=last.pk).delete()
    Event._base_manager.filter(pk=last.pk).delete()
    assert {"story_head_wrong", "leaf_missing"} <= set(_codes())


def test_files_that_were_altered_or_lost_are_named(written, tiles):
    path = tiles.folder / "tile/0/000.p/14"
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    assert _codes() == ["file_altered"]
    path.unlink()
    assert _codes() == ["file_missing"]
    path.write_bytes(content)
    (tiles.folder / "checkpoint").unlink()
    assert _codes() == ["checkpoint_unsigned"]


def test_a_checkpoint_by_another_key_or_of_a_longer_log_is_named(written, tiles, log_key, at):
    before = tiles.read("checkpoint")
    handlers.publish(at)
    longer = tiles.read("checkpoint")
    head = Checkpoint.objects.get()
    assert Verifier.parse(head.verifier)
    key = log_key.held
    log_key.make()
    assert _codes() == ["checkpoint_unsigned"]
    log_key.held = key
    assert _codes() == []
    Checkpoint._base_manager.update(size=14, note=before.decode())
    assert tiles.read("checkpoint") == longer
    assert "log_rolled_back" in _codes()


def test_a_database_put_back_to_nothing_is_betrayed_by_the_files(written):
    for table in (Leaf, Event, Story, Tile, Checkpoint, Series, Paper):
        table._base_manager.all().delete()
    assert _codes() == ["log_rolled_back"]


def test_numbers_missing_doubled_and_beyond_their_counter_are_named(written):
    Series._base_manager.update(last=8)
    assert [finding.facts["number"] for finding in _findings()] == [7, 8]
    assert _codes() == ["number_missing"]
    Series._base_manager.update(last=5)
    assert _codes() == ["number_beyond"]
    Series._base_manager.update(last=6)
    event = next(event for event in Event.objects.all() if event.numbers == [["KL/INC", 2026, 6]])
    Event._base_manager.filter(pk=event.pk).update(numbers=[["KL/INC", 2026, 5]])
    codes = {finding.code: finding for finding in _findings()}
    assert {"number_missing", "number_doubled", "event_altered"} == set(codes)
    assert codes["number_doubled"].event_id == event.pk
    assert _codes()


def test_work_that_goes_on_meanwhile_is_no_finding(written, at, monkeypatch):
    from janaseva.ledger.queries.auditing import rows

    real = rows._table

    def meanwhile(model, memory, progress):
        rewrite(by=BY, at=at, key="meanwhile", paper_id=written[2])
        write(by=BY, at=at, key="meanwhile too", story=uuid4())
        yield from real(model, memory, progress)

    monkeypatch.setattr(rows, "_table", meanwhile)
    assert _findings() == []


@acting
def tell_much(*, by, at, key: str) -> None:
    del by, at, key
    allow(True)
    for number in range(256):
        tell(Tried(count=number))


@pytest.mark.parametrize("begins", ["from nothing", "on a log"])
def test_a_log_that_grows_meanwhile_is_no_finding(request, begins, db, at, monkeypatch):
    """Neither is a checkpoint that was signed since then, nor the file of a tile that is full by now and so gone."""
    from janaseva.ledger.queries.auditing import published

    if begins == "on a log":
        request.getfixturevalue("written")
    real = published.audit_log

    def meanwhile(head, **given):
        tell_much(by=BY, at=at, key="meanwhile")
        handlers.publish(at)
        yield from real(head, **given)

    monkeypatch.setattr("janaseva.ledger.queries.auditing.audit_log", meanwhile)
    assert _findings() == []


def test_the_audit_of_the_database_alone_reads_no_files(written):
    assert list(queries.audit()) == []
