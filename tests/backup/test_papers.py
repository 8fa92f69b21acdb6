"""Backups of papers that lie in a document store: each once, proven by reading, put back where the store lost them."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from janaseva.cli.backup import command, papers, shelf
from janaseva.cli.documents import command as documents
from janaseva.cli.restore import command as restore
from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.documents import queries
from janaseva.documents.handlers import storing
from janaseva.settings import OPTIONS
from tests.backup.test_whole import _act, own_log
from tests.documents.acts import AT, key, photo, upload

__all__ = ["own_log"]

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = Actor.person(uuid7())


def _given(height):
    content = photo(64, height)
    return upload(by=PERSON, at=datetime.now(UTC), key=key(), story=uuid7(), filename="card.jpg", content=content)


@pytest.fixture
def store(own_log, tmp_path, monkeypatch):
    """A prepared directory as the document store."""
    folder = tmp_path / "kept"
    monkeypatch.setattr(OPTIONS, "document_store", folder.as_uri())
    monkeypatch.setattr(storing, "_until", [0.0])
    storing.prepare(OPTIONS.document_store)
    return folder


def _sealed(tmp_path):
    return sorted(path for path in (tmp_path / "shelf" / "papers").rglob("*.age") if "aside" not in path.parts)


def test_papers_are_kept_once_proven_and_put_back(store, shelf_of_backups, told, tmp_path, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("what is kept beside the database is the same: shown on SQLite")
    first = _given(40)
    before = queries.content(PERSON, first)
    storing.bring_papers(AT)
    _act()
    code, made = told(command, "create")
    assert (code, made["papers"], made["papers_new"]) == (0, 1, 1)
    (path,) = _sealed(tmp_path)
    assert before.content not in path.read_bytes()
    second = _given(41)
    storing.bring_papers(AT)
    code, found = told(command, "papers")
    assert (code, found["papers"], found["papers_new"]) == (0, 2, 1), "each is copied once"
    _act()
    assert told(command, "create", "--increment")[0] == 0

    code, found = told(command, "verify", "--identity", shelf_of_backups)
    assert (code, found["papers"], found["papers_on_shelf"]) == (0, 2, 2)
    path.write_bytes(path.read_bytes()[:-10])
    code, found = told(command, "verify", "--identity", shelf_of_backups)
    assert (code, found["papers_on_shelf"]) == (0, 1), "the store has it still"

    shutil.rmtree(store)
    code, found = told(command, "verify", "--identity", shelf_of_backups)
    assert (code, len(found["papers_lacking"])) == (1, 1)
    code, found = told(restore, "--identity", shelf_of_backups, "--into", tmp_path / "back")
    assert (code, found["papers"], found["papers_back"], len(found["papers_lacking"])) == (1, 2, 1, 1)

    monkeypatch.setattr(OPTIONS, "data_dir", tmp_path / "back")
    monkeypatch.setattr(OPTIONS, "document_store", (tmp_path / "new").as_uri())
    with pytest.raises(Exception, match="document_store_away"):
        queries.content(PERSON, first)
    assert told(documents, "prepare")[0] == 0
    code, moved = told(documents, "move")
    assert (code, moved["moved"], len(moved["lacking"])) == (1, 1, 1)
    shutil.rmtree(tmp_path / "back" / "papers")
    assert queries.content(PERSON, second).content


def test_what_no_row_names_stays_on_the_shelf_as_long_as_a_backup_may_need_it(store, shelf_of_backups, told, tmp_path):
    _given(40)
    storing.bring_papers(AT)
    assert told(command, "papers")[1]["papers_new"] == 1
    (path,) = _sealed(tmp_path)
    other = path.parent.parent / "00" / f"{'0' * 64}.age"
    unlike = path.parents[2] / "another-key" / path.parent.name / path.name
    for strange in (other, path.with_name("no-name.age"), path.with_name(f"{path.stem[:15]}g.age"), unlike):
        strange.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, strange)
    old = shelf.Manifest(id="old", kind="full", engine="sqlite", taken_at=AT, origin="x", log_size=0, checkpoint="",
                         keys=(), parts=())  # fmt: skip
    papers.tidy(AT + timedelta(days=1), [old])
    assert _sealed(tmp_path) == [path]
    aside = tmp_path / "shelf" / "papers" / "aside"
    assert len(list(aside.rglob("*.age"))) == 4, "the old backup may name them"
    papers.tidy(AT + timedelta(days=2), [old.model_copy(update={"taken_at": AT + timedelta(days=1, seconds=5)})])
    assert list(aside.rglob("*.age")) == []
    assert _sealed(tmp_path) == [path]
