"""Papers in a store beside the database: brought there after the act, read back, looked through, moved and swept."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from janaseva.cli.documents import command
from janaseva.core.action import allow
from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.news import Heard, NotYet
from janaseva.core.outside import InsideError
from janaseva.core.refusal import Refusal
from janaseva.documents import actions, events, handlers, queries, rules, steps
from janaseva.documents.adapters import storing as places
from janaseva.documents.handlers import storing
from janaseva.documents.models import Blob
from janaseva.gateway.health.looking import looked_at
from janaseva.ledger import handlers as ledger
from janaseva.ledger.models import Event
from janaseva.settings import OPTIONS
from tests.documents.acts import AT, SYSTEM, acting, key, photo, upload


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "kept"
    place.mkdir()
    return place


@pytest.fixture
def store(tmp_path, folder, monkeypatch):
    """A prepared directory as the document store, and a data directory of the test's own."""
    monkeypatch.setattr(OPTIONS, "data_dir", tmp_path / "data")
    monkeypatch.setattr(OPTIONS, "document_store", folder.as_uri())
    monkeypatch.setattr(storing, "_until", [0.0])
    storing.prepare(OPTIONS.document_store)
    return folder


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A prepared store in memory that can be made to fail."""
    held = places.FakeObjects()
    monkeypatch.setattr(OPTIONS, "data_dir", tmp_path / "data")
    monkeypatch.setattr(OPTIONS, "document_store", f"s3://{tmp_path.name}")
    monkeypatch.setattr(storing, "objects_at", lambda _address, **_options: held)
    monkeypatch.setattr(storing, "_until", [0.0])
    storing.prepare(OPTIONS.document_store)
    return held


PERSON = Actor.person(uuid7())
PHOTOS = [photo(64, height) for height in (40, 41, 42)]


def _given(number=0):
    return upload(by=PERSON, at=AT, key=key(), story=uuid7(), filename="card.jpg", content=PHOTOS[number])


def _objects(folder):
    return {path.name: path for path in folder.rglob("*") if path.is_file() and rules.is_object_name(_name(path))}


def _name(path):
    return f"{path.parent.name}/{path.name}"


def _told(*words):
    done = CliRunner().invoke(command, [*words, "--json"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])


def _findings():
    return sorted(one.code for one in ledger.audit(files=True) if one.table == "documents_blob")


@pytest.mark.django_db(transaction=True)
class TestStore:
    def test_a_paper_goes_to_the_store_after_the_act_and_is_read_from_there(self, store):
        attachment = _given()
        before = queries.content(PERSON, attachment)
        assert not _objects(store), "the act itself speaks to no store"
        storing.bring_papers(AT)
        blob = Blob.objects.get()
        assert (blob.content, blob.stored_at) == (None, AT)
        ((name, path),) = _objects(store).items()
        assert before.content not in path.read_bytes()
        assert before.sha256 not in name
        assert queries.content(PERSON, attachment) == before
        with pytest.raises(Refusal, match="not_found"):
            queries.content(Actor.person(uuid7()), attachment)
        assert _findings() == [], "the record knows of the move, and the paper is whole"
        written = path.stat().st_mtime_ns
        again = _given()
        storing.bring_papers(AT)
        assert queries.content(PERSON, again).content == before.content
        assert Blob.objects.count() == 1
        assert path.stat().st_mtime_ns == written

    def test_nothing_is_read_from_outside_inside_a_transaction(self, store):
        _given()
        storing.bring_papers(AT)
        with transaction.atomic(), pytest.raises(InsideError):
            queries.content(SYSTEM, queries.attachments_of(SYSTEM, _story())[0].attachment_id)

    def test_killed_between_the_store_and_the_row_it_is_brought_again_once(self, store, monkeypatch):
        attachment = _given()

        class Killed(BaseException):
            pass

        def kill(**_given):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(actions, "note_stored", kill)
            with pytest.raises(Killed):
                storing.bring_papers(AT)
        assert len(_objects(store)) == 1
        assert Blob.objects.get().content is not None
        assert queries.content(PERSON, attachment).content
        assert _told("sweep", "--delete")[1]["orphans"] == 0, "it is on its way and no orphan"
        storing.bring_papers(AT)
        storing.bring_papers(AT)
        assert len(_objects(store)) == 1
        assert Blob.objects.get().revision == 2
        assert queries.content(PERSON, attachment).content

    def test_two_workers_bring_the_same_paper_once(self, store):
        _given()
        blob = Blob.objects.get().id
        assert actions.note_stored(by=SYSTEM, at=AT, key=key(), blob_ids=[blob]) == 1
        assert actions.note_stored(by=SYSTEM, at=AT, key=key(), blob_ids=[blob]) == 0
        with pytest.raises(Refusal, match="document_not_whole"):
            actions.bring_back(by=SYSTEM, at=AT, key=key(), contents={blob: b"another"})
        for act, more in ((actions.note_stored, {"blob_ids": [blob]}), (actions.bring_back, {"contents": {}})):
            with pytest.raises(Refusal, match="not_found"):
                act(by=PERSON, at=AT, key=key(), **more)
        assert Blob.objects.get().stored_at == AT

    def test_while_the_store_is_full_or_away_papers_stay_and_it_is_told(self, fake, client, monkeypatch):
        first = _given()
        storing.bring_papers(AT)
        second = _given(1)
        fake.full = True
        storing.bring_papers(AT)
        assert queries.content(PERSON, second).content
        assert queries.waiting(AT)[0] == 1
        fake.full, fake.away = False, True
        assert _told("status")[0] == 1
        with pytest.raises(Refusal, match="document_store_away") as refused:
            queries.content(PERSON, first)
        assert refused.value.status == 503
        assert _findings() == ["store_away"]
        part = next(part for part in looked_at(_born() + timedelta(minutes=6)) if part.name == "papers")
        assert "wait" in part.wrong
        assert part.serves
        fake.away = False
        storing.bring_papers(AT)
        assert queries.waiting(AT)[0] == 1, "it was left alone for a minute"
        storing._until[0] = 0.0
        storing.bring_papers(AT)
        assert queries.waiting(AT) == (0, timedelta(0))
        assert queries.content(PERSON, first).content
        assert not next(part for part in looked_at(AT) if part.name == "papers").wrong

    def test_a_store_that_says_it_kept_and_did_not_is_not_believed(self, fake, monkeypatch):
        attachment = _given()
        with monkeypatch.context() as patch:
            patch.setattr(fake, "put", lambda name, content: fake.held.update({name: content[:-1]}))
            storing.bring_papers(AT)
        assert Blob.objects.get().content is not None
        assert queries.content(PERSON, attachment).content
        storing._until[0] = 0.0
        storing.bring_papers(AT)
        assert Blob.objects.get().content is None

    def test_a_lost_or_altered_paper_is_found_and_never_served(self, store):
        attachments = [_given(0), _given(1), _given(2)]
        storing.bring_papers(AT)
        key_here = storing.store_at(OPTIONS.document_store).key
        paths = [store / key_here.name(queries.content(PERSON, one).sha256) for one in attachments]
        paths[0].write_bytes(paths[0].read_bytes()[:-100])
        paths[1].unlink()
        assert _findings() == ["paper_altered", "paper_missing"]
        code, told = _told("verify")
        assert (code, len(told["findings"])) == (1, 2)
        for one in attachments[:2]:
            with pytest.raises(Refusal, match="document_not_whole"):
                queries.content(PERSON, one)
        assert queries.content(PERSON, attachments[2]).content
        paths[0].write_bytes(paths[2].read_bytes())
        assert _findings() == ["paper_altered", "paper_missing"], "another paper in its place"
        assert _told("move", "--read")[1]["moved"] == 0
        storing.prepare(storing.restored_folder().as_uri())
        saved = storing.store_at(storing.restored_folder().as_uri())
        for content in PHOTOS:
            kept = rules.receive(filename="card.jpg", content=content)
            saved.put(kept.sha256, kept.content)
        assert queries.content(PERSON, attachments[0]).content, "from what a restoration left"
        paths[0].write_bytes(paths[2].read_bytes()[: paths[0].stat().st_size])
        assert _told("move", "--read")[1]["moved"] == 2
        shutil.rmtree(storing.restored_folder())
        assert _findings() == []

    def test_a_disk_that_is_not_mounted_is_not_taken_for_the_store(self, store, tmp_path):
        first = _given()
        storing.bring_papers(AT)
        store.rename(tmp_path / "elsewhere")
        store.mkdir()
        second = _given(1)
        storing.bring_papers(AT)
        assert list(store.iterdir()) == []
        assert queries.content(PERSON, second).content
        with pytest.raises(Refusal, match="document_store_away"):
            queries.content(PERSON, first)
        assert _told("move")[0] == 2

    def test_papers_move_to_another_store_and_back_to_the_database(self, store, tmp_path, monkeypatch):
        attachments = [_given(0), _given(1)]
        before = [queries.content(PERSON, one).content for one in attachments]
        storing.bring_papers(AT)
        other = (tmp_path / "other").as_uri()
        monkeypatch.setattr(OPTIONS, "document_stores_before", [store.as_uri()])
        monkeypatch.setattr(OPTIONS, "document_store", other)
        assert _told("move")[0] == 2, "it is not prepared"
        assert _told("prepare")[0] == 0
        third = _given(2)
        assert _told("move") == (0, {"good": True, "moved": 3, "lacking": []})
        assert _told("move")[1]["moved"] == 0
        assert not set(_objects(store)) & set(_objects(tmp_path / "other")), "each store has a key of its own"
        monkeypatch.setattr(OPTIONS, "document_stores_before", [])
        assert [queries.content(PERSON, one).content for one in attachments] == before
        assert _findings() == []
        monkeypatch.setattr(OPTIONS, "document_stores_before", [other])
        monkeypatch.setattr(OPTIONS, "document_store", "")
        assert _told("move")[1]["moved"] == 3
        assert queries.content(PERSON, third).content
        assert Blob.objects.filter(stored_at__isnull=False).count() == 0
        assert _findings() == []

    def test_what_belongs_to_no_paper_is_swept_and_what_is_erased_is_forgotten(self, store):
        attachment = _given()
        storing.bring_papers(AT)
        here = storing.store_at(OPTIONS.document_store)
        here.put("ab" * 32, b"of a row that is gone")
        assert _told("sweep")[1] == {"good": True, "orphans": 1, "removed": 0}
        assert _told("sweep", "--delete")[1]["removed"] == 1
        assert len(_objects(store)) == 1
        long_after = datetime.now(UTC) + timedelta(days=1)  # rows bear the real time: this one is not given just now
        storing.forget(queries.content(PERSON, attachment).sha256, long_after)
        assert _objects(store) == {}

    def test_an_erased_paper_goes_from_the_store_when_that_answers(self, fake):
        _given()
        shared = _given(1)
        story = _story()
        upload(by=PERSON, at=AT, key=key(), story=uuid7(), filename="same.jpg", content=PHOTOS[0])
        upload(by=PERSON, at=AT, key=key(), story=story, filename="alone.jpg", content=PHOTOS[2])
        storing.bring_papers(AT)
        assert len(fake.held) == 4
        _erase(by=SYSTEM, at=AT, key=key(), story=story)
        assert Blob.objects.count() == 3, "it is known until it is gone from the store"
        fake.away = True
        with pytest.raises(NotYet):
            storing.forget_discarded(_heard())
        fake.away = False
        with pytest.raises(NotYet):
            storing.forget_discarded(_heard())
        storing._until[0] = 0.0
        for _ in range(2):
            storing.forget_discarded(_heard())
        assert (Blob.objects.count(), len(fake.held)) == (2, 3), "what another matter holds too stays"
        assert queries.content(PERSON, shared).content
        assert _findings() == []
        again = upload(by=PERSON, at=AT, key=key(), story=uuid7(), filename="again.jpg", content=PHOTOS[2])
        storing.bring_papers(AT)
        assert queries.content(PERSON, again).content

    def test_a_seal_waits_for_a_photograph_in_a_store_that_is_away(self, fake):
        attachment = _given()
        story = _story()
        sha256 = queries.content(PERSON, attachment).sha256
        storing.bring_papers(AT)
        from tests.documents.acts import facts, issue

        issued = issue(
            by=SYSTEM, at=AT, key=key(), story=story, facts={**facts(), "photograph": sha256}, number="P-1",
            letter="certificate", languages=["en"], until=None,
        )  # fmt: skip
        assert (
            handlers._waiting(issued.document_id).photograph
            == rules.receive(filename="card.jpg", content=PHOTOS[0]).content
        )
        fake.away = True
        with pytest.raises(NotYet):
            handlers._waiting(issued.document_id)


@acting
def _erase(*, by, at, key, story) -> None:
    allow(rules.may_store(by))
    steps.erase(by=by, at=at, story=story)


def _heard():
    """The news of what was erased, as the worker hears it."""
    event = Event.objects.get(name="documents.discarded")
    news = events.Discarded(blob_ids=tuple(UUID(one) for one in event.facts["blob_ids"]))
    return Heard(event_id=event.id, story=event.story, happened_at=AT, at=AT, news=news)


def _story():
    with connection.cursor() as cursor:
        cursor.execute("SELECT story FROM documents_attachment ORDER BY id")
        return UUID(str(cursor.fetchone()[0]))


def _born():
    """When the oldest waiting paper was kept, by this machine's clock."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp((Blob.objects.filter(stored_at=None).order_by("pk")[0].id.int >> 80) / 1000, tz=UTC)


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_keeps_contents_as_they_are():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attrelid = 'documents_blob'::regclass AND attname = 'content'"
        )
        assert cursor.fetchone()[0] in ("e", b"e"), (
            "papers are compressed in themselves: to try again costs, and saves nothing"
        )
