"""The log as machines fetch it, and as an administrator works with it."""

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import include, path

from janaseva.cli import log, worker
from janaseva.core.actor import Actor
from janaseva.gateway.ledger import urls, views
from janaseva.ledger import handlers, queries, rules
from janaseva.ledger.queries import log as log_queries
from tests.ledger.acts import attempt
from tests.ledger.paper import paper_table, papers  # noqa: F401 - fixtures

BY = Actor.system("test")

urlpatterns = [path("log/", include(urls.urlpatterns))]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__), pytest.mark.usefixtures("papers")]


@pytest.fixture(autouse=True)
def _bare(settings):
    """The log stands on no middleware: it is the same for everyone."""
    settings.MIDDLEWARE = []


@pytest.fixture
def published(at):
    story = uuid4()
    attempt(by=BY, at=at, key="1", story=story, count=300, series="s")
    handlers.publish(at)
    return story


def test_the_checkpoint_is_plain_text_and_hardly_cached(published):
    answer = Client().get("/log/checkpoint")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=1"
    assert answer.content.decode() == queries.checkpoint()
    assert Client().get("/log/verifier").content.decode().strip() == queries.verifier()


@pytest.mark.parametrize("place", ["tile/0/000", "tile/0/001.p/44", "tile/entries/000", "tile/entries/001.p/44"])
def test_tiles_are_what_lies_on_the_disk_and_never_change(published, tiles, place):
    answer = Client().get(f"/log/{place}")
    assert answer.content == tiles.read(place)
    assert answer["Content-Type"] == "application/octet-stream"
    assert "immutable" in answer["Cache-Control"]


def test_proofs_under_one_head_read_each_tile_once_and_under_another_anew(published, at, monkeypatch):
    read = []
    monkeypatch.setattr(log_queries, "_trees", [])
    real = log_queries.tile_hashes
    monkeypatch.setattr(log_queries, "tile_hashes", lambda *place: read.append(place) or real(*place))
    first = [queries.proof_at(index) for index in (0, 1, 255, 299)]
    assert len(read) == len(set(read)) > 0
    attempt(by=BY, at=at, key="2", story=published, count=30)
    handlers.publish(at)
    count = len(read)
    for index in (0, 1, 255, 299):
        leaf = rules.leaf_hash(queries.entries(first=index, last=index + 1)[0])
        proof, root = queries.proof_at(index), bytes.fromhex(queries.head().root)
        assert rules.includes(leaf=leaf, index=index, size=330, path=proof.path, root=root)
    assert len(read) > count
    assert first[0].checkpoint != queries.checkpoint()


def test_a_tile_that_is_too_short_is_not_kept(published, monkeypatch):
    monkeypatch.setattr(log_queries, "_trees", [])
    real, away = log_queries.tile_hashes, ["away"]
    monkeypatch.setattr(log_queries, "tile_hashes", lambda *place: b"" if away else real(*place))
    with pytest.raises(rules.TileError):
        queries.proof_at(0)
    away.clear()
    assert queries.proof_at(0) is not None


@pytest.mark.parametrize(
    "place",
    ["tile/0/001", "tile/0/001.p/45", "tile/9/000", "tile/0/../../keys/log_key.pem", "tile/0/%2e%2e/000", "tile/"],
)
def test_nothing_else_is_found(published, place):
    assert Client().get(f"/log/{place}").status_code == 404


def test_before_the_first_checkpoint_there_is_nothing_and_nothing_may_be_posted(db):
    assert Client().get("/log/checkpoint").status_code == 404
    assert Client().get("/log/verifier").status_code == 404
    assert Client().post("/log/checkpoint").status_code == 405


def test_every_view_is_for_anyone():
    assert {view.audience for view in (views.checkpoint, views.tile, views.verifier)} == {"anyone"}


def _run(command, *arguments):
    return CliRunner().invoke(command, arguments)


def test_verify_ends_with_0_where_all_is_as_recorded(published):
    result = _run(log.command, "verify", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said | {"genuine": True, "findings": 0, "events": 300, "log": 300, "rows": 0, "log_size": 300} == said
    assert "Everything is as it was recorded. 300 events" in _run(log.command, "verify").stdout


def test_verify_names_what_was_altered_and_ends_with_1(published):
    from janaseva.ledger.models import Series

    Series._base_manager.update(last=2)
    result = _run(log.command, "verify", "--json")
    finding, total = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 1
    assert (finding["code"], finding["facts"]["number"]) == ("number_missing", 2)
    assert (total["genuine"], total["findings"]) == (False, 1)
    words = _run(log.command, "verify", "--language", "ur").stdout
    assert "سلسلہ s" in words


def test_a_story_and_the_checkpoint_are_shown(published):
    lines = _run(log.command, "show", str(published)).stdout.splitlines()
    assert len(lines) == 300
    assert "ledger.tried  by test  (log 0)" in lines[0]
    assert json.loads(_run(log.command, "show", str(published), "--json").stdout.splitlines()[9])["ordinal"] == 10
    assert _run(log.command, "checkpoint").stdout.startswith(queries.checkpoint())
    assert _run(log.command, "show", str(uuid4())).exit_code == 1


def test_an_empty_log_has_no_checkpoint_to_print(db):
    assert _run(log.command, "checkpoint").exit_code == 1


def test_the_worker_tells_how_it_is_doing(published, at):
    result = _run(worker.command, "--status", "--json")
    assert result.exit_code == 0
    status = json.loads(result.stdout)
    assert (status["log_size"], status["waiting"], status["dead"], status["healthy"]) == (300, 0, 0, True)
    assert "300 entries published" in " ".join(_run(worker.command, "--status").stdout.split())
    assert "0 deliveries will be tried again" in _run(worker.command, "--retry").stdout
