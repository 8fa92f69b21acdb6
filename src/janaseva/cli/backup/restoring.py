"""Putting a backup together again: into an empty folder, to a moment, with the memory of what was published later."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import dj_database_url
import pyrage
from django.conf import settings
from django.db import connection

from janaseva.cli.backup import folders, papers, postgres, shelf, sqlite
from janaseva.cli.backup.shelf import BackupError, Manifest, Progress
from janaseva.core.actor import Actor
from janaseva.core.secret_keys import kept_in
from janaseva.ledger import adapters, handlers, queries, rules
from janaseva.services import queries as services
from janaseva.services.adapters import ErasureFiles, remembered_erasures
from janaseva.settings import OPTIONS

Keys = Sequence[pyrage.x25519.Identity]
SQLITE: Final = "janaseva.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What lies in the folder now, and how far it reaches."""

    backup: str
    chain: tuple[str, ...]
    folder: Path
    asked_for: datetime | None
    reaches: datetime
    wal_segments: int
    wal_missing: tuple[str, ...]
    by_server: bool | None = None
    """Whether the server's own check of the base backup ran as well as ours; ``None`` on SQLite, which has none."""


def restore(
    into: Path, *, to: datetime | None, keys: Keys, progress: Progress, backups: Sequence[Manifest] | None = None
) -> Restored:
    """Restore the newest moment not after ``to`` into the new folder ``into``, which becomes a data directory.

    Raises:
        BackupError: where the folder is not empty, no backup is so old, or a part is missing, altered or sealed to
            other keys. What was begun is removed.

    """
    if into.exists() and any(into.iterdir()):
        message = f"{into} is not empty. Nothing was changed. Name a new folder; the old data stay where they are."
        raise BackupError(message)
    there = shelf.listed() if backups is None else list(backups)
    chain = shelf.chain_to(to, there)
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    by_server: bool | None = None
    try:
        for number, one in enumerate(chain):
            progress("restore", number, len(chain))
            by_server = _put_back(one, into, keys)
        wal, gaps = _wal(chain[-1], into, keys, progress)
        if chain[-1].engine == "postgresql":
            postgres.aim(into / "postgres", into / "wal", to=to)
        else:
            sqlite.check(into / SQLITE)
        _remember(into, there)
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise
    reaches = chain[-1].taken_at if chain[-1].engine == "sqlite" or to is None else to
    return Restored(
        backup=chain[-1].id, chain=tuple(one.id for one in chain), folder=into, asked_for=to, reaches=reaches,
        wal_segments=len(wal), wal_missing=tuple(gaps), by_server=by_server,
    )  # fmt: skip


def _part(one: Manifest, name: str, target: Path, keys: Keys) -> bool:
    part = one.part(name)
    if part is None:
        return False
    with target.open("wb") as file:
        shelf.unseal(shelf.shelf() / one.id / f"{name}.age", part, file, keys=keys)
    return True


def _put_back(one: Manifest, into: Path, keys: Keys) -> bool | None:
    """Lay one backup of the chain over what the ones before it left.

    Return whether the server's own check agreed with ours; ``False`` where it does not run here, ``None`` without one.
    """
    by_server: bool | None = None
    scratch = into / ".parts"
    scratch.mkdir(mode=0o700)
    for name in ("files", "keys"):
        if _part(one, name, scratch / name, keys):
            with (scratch / name).open("rb") as file:
                folders.unpack(file, into)
    if one.kind == "increment":
        _part(one, "increment", scratch / "increment", keys)
        with (scratch / "increment").open("rb") as file:
            sqlite.apply_increment(into / SQLITE, file)
    elif one.engine == "sqlite":
        _part(one, "database", into / SQLITE, keys)
    else:
        for name in postgres.FILES:
            _part(one, name, scratch / name, keys)
        by_server = postgres.lay_out(scratch, into / "postgres")
    shutil.rmtree(scratch)
    return by_server


def _wal(one: Manifest, into: Path, keys: Keys, progress: Progress) -> tuple[list[str], list[str]]:
    """Unpack the WAL that follows a base backup.

    Raises:
        BackupError: where a segment is missing between others: the server would stop there and say nothing.

    """
    if one.engine == "sqlite":
        return [], []
    archive = postgres.Archive.of_shelf()
    names, gaps = archive.needed(one.wal_start)
    if gaps:
        message = (
            f"{len(gaps)} segments of WAL are missing between others, the first is {gaps[0]}: no moment after it can "
            "be restored. Nothing was changed. Look for it on the server (pg_wal) and in copies of the archive."
        )
        raise BackupError(message)
    progress("wal", 0, len(names))
    archive.unpack(names, into / "wal", keys)
    return names, gaps


def _remember(into: Path, backups: Sequence[Manifest]) -> None:
    """Keep the newest checkpoint of all that is known, so that a copy that is behind it knows that it is.

    Known are the memory of the platform that this command runs for, the memory within the backups, and the checkpoints
    that the manifests tell of.
    """
    kept = adapters.DirectoryMemory(into / "published")
    live = handlers.memory()
    notes = [one.checkpoint for one in backups if one.checkpoint and one.origin == OPTIONS.log_origin]
    notes += live.notes()
    for note in sorted(notes, key=lambda one: rules.stated(one).size):
        kept.remember(note, live.ids)
    _remember_erasures(into)


def _remember_erasures(into: Path) -> None:
    """Carry the list of what was erased to the copy, which is older than some of it: line by line, unread."""
    name = ErasureFiles.NAME
    known = [OPTIONS.data_dir / "published" / name, shelf.shelf() / name, into / "published" / name]
    lines = dict.fromkeys(line for file in known if file.exists() for line in file.read_bytes().splitlines())
    if lines:
        (into / "published").mkdir(exist_ok=True, mode=0o700)
        (into / "published" / name).write_bytes(b"".join(line + b"\n" for line in lines))


@contextmanager
def reading(restored: Restored) -> Iterator[adapters.Memory]:
    """Let this process read the copy in place of the served database; yield the copy's own memory.

    The pool of connections is left out, for it would go on handing out connections to the served database.
    """
    served, data_dir = connection.settings_dict, OPTIONS.data_dir
    with ExitStack() as stack:
        if (restored.folder / "postgres").exists():
            url = stack.enter_context(postgres.serving(restored.folder / "postgres", wal=restored.folder / "wal"))
        else:
            url = f"sqlite:///{restored.folder / SQLITE}"
        described: dict[str, Any] = dict(dj_database_url.parse(url))
        options = {key: value for key, value in served["OPTIONS"].items() if key != "pool"}
        connection.close()
        connection.settings_dict = {**served, **described, "OPTIONS": options}
        OPTIONS.data_dir = restored.folder
        try:
            yield adapters.DirectoryMemory(restored.folder / "published")
        finally:
            connection.close()
            connection.settings_dict, OPTIONS.data_dir = served, data_dir


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What recomputing a copy led to: how much was looked at, what was not as recorded, and the log's head."""

    events: int
    log: int
    rows: int
    findings: tuple[queries.Finding, ...]
    log_size: int
    root: str
    papers: papers.Found


def recompute(restored: Restored, *, verifier: str, keys: Keys, progress: Progress) -> Proof:
    """Recompute every row of a copy against its record and its log, as ``janaseva log verify`` does, and its papers."""
    looked: Counter[str] = Counter()

    def advance(what: str, count: int) -> None:
        looked[what] += count

    with reading(restored):
        findings = tuple(handlers.audit(verifier=verifier, files=False, progress=advance))
        found = papers.proven(restored.folder, keys, progress)
        head = queries.head()
    return Proof(
        findings=findings, papers=found, log_size=head.size if head else 0, root=head.root if head else "",
        events=looked["events"], log=looked["log"], rows=looked["rows"],
    )  # fmt: skip


def verify(
    *, to: datetime | None, keys: Keys, verifier: str, progress: Progress, scratch: Path | None = None
) -> tuple[Restored, Proof]:
    """Restore into a scratch place, recompute every row against the record, and remove the place again."""
    with tempfile.TemporaryDirectory(prefix="janaseva-verify-", dir=scratch) as place:
        Path(place).chmod(0o711)  # PostgreSQL's own user must get to its folder within
        restored = restore(Path(place) / "copy", to=to, keys=keys, progress=progress)
        progress("recompute", 0, 0)
        return restored, recompute(restored, verifier=verifier, keys=keys, progress=progress)


def brought_back(restored: Restored) -> tuple[int, int]:
    """Return how many applications a copy holds that were erased since, and how many lines of the list say nothing.

    Its worker erases the former again first. The list is believed under the secret key of the platform that this runs
    for, and under the copy's own; what a line names that neither made cannot be said.
    """
    before = settings.SECRET_KEY_FALLBACKS
    try:
        settings.SECRET_KEY_FALLBACKS = [*before, *kept_in(restored.folder / "keys")]
        with reading(restored):
            found = remembered_erasures()
            known = {one.application_id for one in found.all()}
            return len(services.not_erased(Actor.system("restore"), known)), found.unknown()
    finally:
        settings.SECRET_KEY_FALLBACKS = before


def lacking(restored: Restored) -> tuple[handlers.Standing, list[handlers.Missing]]:
    """Return how a copy stands beside what was published, and each published event that it has not."""
    with reading(restored) as memory:
        return handlers.compared(memory), list(handlers.missing(memory))


def papers_back(restored: Restored, *, keys: Keys, progress: Progress) -> papers.Found:
    """Lay the papers that a copy names and no document store has beside it."""
    with reading(restored):
        return papers.put_back(restored.folder, keys, progress)
