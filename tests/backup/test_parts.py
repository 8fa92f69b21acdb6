"""The parts of backups without the platform: sealing, snapshots while work goes on, increments, WAL without gaps."""

import io
import sqlite3
import tarfile
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.cli.backup import folders, postgres, restoring, shelf, sqlite
from janaseva.services.adapters import ErasureFiles, Remembered, remembered_erasures
from janaseva.settings import OPTIONS

pytestmark = pytest.mark.once


def _silent(*_):
    pass


def _manifest(identity, at, *, after="", **more):
    kind = "increment" if after else "full"
    values = {"origin": "o/log", "log_size": 0, "checkpoint": "", "keys": (), "parts": (), "engine": "sqlite"}
    return shelf.Manifest(id=identity, kind=kind, taken_at=at, after=after, **{**values, **more})


# --- sealing -------------------------------------------------------------------------------------------------------


def test_each_offline_key_opens_what_was_sealed_and_no_other_does(tmp_path, shelf_of_backups):
    import pyrage

    part = shelf.seal(io.BytesIO(b"papers"), tmp_path / "x.age", name="x", keys=shelf.recipients())
    assert b"papers" not in (tmp_path / "x.age").read_bytes()
    opened = io.BytesIO()
    shelf.unseal(tmp_path / "x.age", part, opened, keys=shelf.identities(shelf_of_backups))
    assert opened.getvalue() == b"papers"
    with pytest.raises(shelf.BackupError, match="other keys"):
        shelf.unseal(tmp_path / "x.age", part, io.BytesIO(), keys=[pyrage.x25519.Identity.generate()])


@pytest.mark.parametrize("harm", ["flip", "cut", "exchange", "remove"])
def test_what_was_harmed_on_the_shelf_is_refused(tmp_path, shelf_of_backups, harm):
    path, keys = tmp_path / "x.age", shelf.recipients()
    part = shelf.seal(io.BytesIO(b"papers" * 100), path, name="x", keys=keys)
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    if harm == "flip":
        path.write_bytes(content)
    elif harm == "cut":
        path.write_bytes(content[:-30])
    else:
        path.unlink()
    if harm == "exchange":  # rightly sealed by whoever knows the public keys, and not what the manifest tells
        shelf.seal(io.BytesIO(b"forged"), path, name="x", keys=keys)
    with pytest.raises(shelf.BackupError):
        shelf.unseal(path, part, io.BytesIO(), keys=shelf.identities(shelf_of_backups))


@pytest.mark.parametrize("keys", [[], ["age1x"], "one", "same"])
def test_fewer_than_two_keys_are_refused(shelf_of_backups, monkeypatch, keys):
    good = OPTIONS.backup_keys[0]
    monkeypatch.setattr(OPTIONS, "backup_keys", {"one": [good], "same": [good, good]}.get(str(keys), keys))
    with pytest.raises(shelf.BackupError, match="Nothing was written"):
        shelf.recipients()


def test_a_backup_that_fails_leaves_nothing(shelf_of_backups):
    with pytest.raises(FileNotFoundError), shelf.new("a-full") as folder:
        (folder / "part").write_bytes((folder / "not there").read_bytes())
    assert list(shelf.shelf().iterdir()) == []
    assert shelf.listed() == []


# --- which backups -------------------------------------------------------------------------------------------------


def test_the_chain_leads_to_the_newest_moment_not_after_the_one_asked_for(at):
    moments = [at + timedelta(minutes=minute) for minute in range(4)]
    there = [
        _manifest("a", moments[0]), _manifest("b", moments[1], after="a"),
        _manifest("c", moments[2]), _manifest("d", moments[3], after="c"),
    ]  # fmt: skip
    assert [one.id for one in shelf.chain_to(None, there)] == ["c", "d"]
    assert [one.id for one in shelf.chain_to(moments[2] - timedelta(seconds=1), there)] == ["a", "b"]
    assert [one.id for one in shelf.chain_to(moments[2], there)] == ["c"]
    with pytest.raises(shelf.BackupError, match="so old"):
        shelf.chain_to(at - timedelta(seconds=1), there)
    with pytest.raises(shelf.BackupError, match="not on the shelf"):
        shelf.chain_to(None, [there[3]])


def test_nothing_is_restored_over_what_is_there(tmp_path, shelf_of_backups):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "janaseva.sqlite3").write_text("papers")
    with pytest.raises(shelf.BackupError, match="not empty"):
        restoring.restore(tmp_path / "old", to=None, keys=[], progress=_silent)
    assert (tmp_path / "old" / "janaseva.sqlite3").read_text() == "papers"


# --- SQLite --------------------------------------------------------------------------------------------------------


def _database(path):
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY, words BLOB)")
    return connection


def test_a_snapshot_is_of_one_moment_whoever_writes_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "PAGES_A_STEP", 20)
    with closing(_database(tmp_path / "db")) as writer:
        writer.executemany("INSERT INTO a (words) VALUES (?)", [(b"x" * 3_000,)] * 400)
        stop, steps = threading.Event(), []

        def write():
            while not stop.is_set():
                writer.execute("BEGIN")
                writer.execute("INSERT INTO a (words) VALUES (?)", (b"y" * 3_000,))
                writer.execute("INSERT INTO a (words) VALUES (?)", (b"y" * 3_000,))
                writer.execute("COMMIT")

        thread = threading.Thread(target=write)
        thread.start()
        try:
            sqlite.snapshot(tmp_path / "db", tmp_path / "copy", lambda *step: steps.append(step))
        finally:
            stop.set()
            thread.join()
        assert writer.execute("SELECT count(*) FROM a").fetchone()[0] > 400
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT count(*) FROM a").fetchone()[0] % 2 == 0
    assert len(steps) > 10
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps), "the copy began again"


@settings(max_examples=6, deadline=None)
@given(
    rounds=st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6_000)), max_size=6), min_size=1, max_size=4)
)
def test_increments_lead_to_the_same_bytes_as_the_snapshot(tmp_path_factory, rounds):
    folder = tmp_path_factory.mktemp("increments")
    with closing(_database(folder / "db")) as writer:
        sqlite.snapshot(folder / "db", folder / "restored", _silent)
        before = sqlite.digests(folder / "restored")
        for number, changes in enumerate(rounds):
            for key, size in changes:
                if size:
                    writer.execute("INSERT OR REPLACE INTO a VALUES (?, ?)", (key, bytes([key]) * size))
                else:
                    writer.execute("DELETE FROM a WHERE id = ?", (key,))
            if number == 2:
                writer.execute("VACUUM")
            copy = folder / f"copy{number}"
            sqlite.snapshot(folder / "db", copy, _silent)
            after, increment = sqlite.digests(copy), io.BytesIO()
            sqlite.write_increment(copy, before, after, increment)
            increment.seek(0)
            sqlite.apply_increment(folder / "restored", increment)
            assert (folder / "restored").read_bytes() == copy.read_bytes()
            before = after


def test_an_increment_that_is_cut_off_is_refused(tmp_path):
    with closing(_database(tmp_path / "db")) as writer:
        writer.execute("INSERT INTO a VALUES (1, 'x')")
        sqlite.snapshot(tmp_path / "db", tmp_path / "copy", _silent)
    increment = io.BytesIO()
    sqlite.write_increment(tmp_path / "copy", b"", sqlite.digests(tmp_path / "copy"), increment)
    with pytest.raises(shelf.BackupError, match="cut off"):
        sqlite.apply_increment(tmp_path / "copy", io.BytesIO(increment.getvalue()[:-5]))


def test_a_damaged_copy_is_refused(tmp_path):
    with closing(_database(tmp_path / "db")) as writer:
        writer.executemany("INSERT INTO a (words) VALUES (?)", [(b"x" * 3_000,)] * 50)
        sqlite.snapshot(tmp_path / "db", tmp_path / "copy", _silent)
    content = bytearray((tmp_path / "copy").read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    (tmp_path / "copy").write_bytes(content)
    with pytest.raises(shelf.BackupError, match="damaged"):
        sqlite.check(tmp_path / "copy")


# --- WAL -----------------------------------------------------------------------------------------------------------


def test_segments_follow_each_other_over_the_edge_of_a_file():
    assert postgres.segment(1, "0/2000028") == "000000010000000000000002"
    assert postgres.following("0000000100000000000000FF") == "000000010000000100000000"


def test_missing_wal_is_named(tmp_path, shelf_of_backups):
    archive, name, names = postgres.Archive(tmp_path / "wal"), "0000000100000000000000FD", []
    for number in range(5):
        names.append(name)
        segment = tmp_path / name
        segment.write_bytes(b"%d" % number)
        if number != 2:
            assert archive.keep(segment, shelf.recipients()) is True
        name = postgres.following(name)
    assert archive.keep(tmp_path / names[0], shelf.recipients()) is False
    assert archive.needed(names[3]) == (names[3:], [])
    assert archive.needed(names[1])[1] == [names[2]]
    (tmp_path / names[0]).write_bytes(b"another server's")
    with pytest.raises(shelf.BackupError, match="two servers"):
        archive.keep(tmp_path / names[0], shelf.recipients())
    (tmp_path / "passwd").touch()
    with pytest.raises(shelf.BackupError, match="no name of WAL"):
        archive.keep(tmp_path / "passwd", shelf.recipients())


# --- what lies beside the database ---------------------------------------------------------------------------------


def test_keys_and_other_files_are_packed_apart_and_nothing_else_is(tmp_path, monkeypatch, shelf_of_backups):
    base = tmp_path / "data"
    for name in (
        "keys/seal",
        "log/checkpoint",
        "janaseva.sqlite3-wal",
        "run/web.pid",
        ".backup-1/database",
        "papers/a",
        "published/note",
    ):
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(name)
    monkeypatch.setattr(OPTIONS, "data_dir", base)
    for keys, expected in ((False, {"log/checkpoint", "published/note"}), (True, {"keys/seal"})):
        packed = io.BytesIO()
        folders.pack(folders.kept(keys=keys), packed)
        packed.seek(0)
        folders.unpack(packed, tmp_path / f"out{keys}")
        out = tmp_path / f"out{keys}"
        assert {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} == expected
    assert (tmp_path / "outTrue/keys/seal").stat().st_mode & 0o777 == 0o600
    later = datetime.now(UTC).timestamp() + 60
    assert folders.pack(folders.kept(keys=False), io.BytesIO(), since=later) == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../out", tarfile.REGTYPE),
        ("/etc/out", tarfile.REGTYPE),
        ("a", tarfile.SYMTYPE),
        ("a", tarfile.LNKTYPE),
        ("a", tarfile.FIFOTYPE),
    ],
)
def test_what_is_no_plain_file_is_not_taken_out(tmp_path, name, kind):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "b"
        archive.addfile(member)
    packed.seek(0)
    (tmp_path / "into").mkdir()
    with pytest.raises(tarfile.ExtractError, match="no plain file"):
        folders.unpack(packed, tmp_path / "into")
    assert not list((tmp_path / "into").iterdir())
    assert not (tmp_path / "out").exists()


def test_what_is_taken_out_keeps_its_moment_and_nobody_else_may_write_it(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, kind, content in (("empty", tarfile.DIRTYPE, b""), ("a/b", tarfile.REGTYPE, b"words")):
            member = tarfile.TarInfo(name)
            member.type, member.size, member.mtime, member.mode = kind, len(content), 1_700_000_000, 0o666
            archive.addfile(member, io.BytesIO(content))
    for _ in range(2):  # what is there already is replaced
        packed.seek(0)
        folders.unpack(packed, tmp_path)
    found = tmp_path / "a" / "b"
    assert (found.read_bytes(), found.stat().st_mtime, found.stat().st_mode & 0o777) == (b"words", 1_700_000_000, 0o644)
    assert (tmp_path / "empty").is_dir()


# --- what was erased ------------------------------------------------------------------------------------------------


def test_a_copy_knows_what_was_erased_after_it_was_made(tmp_path, monkeypatch):
    monkeypatch.setattr(OPTIONS, "data_dir", tmp_path / "live")
    monkeypatch.setattr(OPTIONS, "backup_dir", tmp_path / "shelf")
    (tmp_path / "shelf").mkdir()
    both, late = (Remembered(application_id=uuid4(), erased_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (2, 3))
    into = tmp_path / "copy"
    ErasureFiles([tmp_path / "shelf", into / "published"]).add(both)
    remembered_erasures().add(late)
    restoring._remember_erasures(into)
    assert sorted(ErasureFiles([into / "published"]).all(), key=lambda one: one.erased_at) == [both, late]
    assert list(ErasureFiles([tmp_path / "elsewhere"]).all()) == []
