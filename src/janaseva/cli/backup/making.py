"""Making a backup: the database as it is at one moment, what lies beside it, sealed, told, and noted in the record."""

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from janaseva.cli.backup import folders, postgres, shelf, sqlite
from janaseva.cli.backup.shelf import Manifest, Part, Progress
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.promises import broken
from janaseva.ledger import actions, queries
from janaseva.settings import DATABASES, OPTIONS

ENGINE: Final = "sqlite" if DATABASES["default"]["ENGINE"].endswith("sqlite3") else "postgresql"
OVERLAP: Final = timedelta(minutes=1)
"""Files that changed so shortly before the last backup are taken again: clocks and copies are not exact."""


def _pages() -> sqlite.Pages:
    return sqlite.Pages(OPTIONS.data_dir / "backup_pages")


def _database() -> Path:
    return Path(str(DATABASES["default"]["NAME"]))


def _last(kind: str) -> Manifest | None:
    """Return the backup that an increment can go on from: the newest, if its page hashes are here."""
    there = shelf.listed()
    fits = kind == "increment" and ENGINE == "sqlite" and there and _pages().of(there[-1].id)
    return there[-1] if fits else None


def create(kind: str, *, at: datetime, progress: Progress) -> Manifest:
    """Make a backup; an increment is a full one where there is nothing to go on from.

    Args:
        kind: ``full`` or ``increment``.
        at: the moment from which on it is made.
        progress: see :data:`shelf.Progress`.

    Raises:
        BackupError: where it could not be made; nothing was left on the shelf.

    """
    keys, before = shelf.recipients(), _last(kind)
    real = "increment" if before else "full"
    identity = f"{at:%Y%m%dT%H%M%SZ}-{at.microsecond:06d}-{real}"
    OPTIONS.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=OPTIONS.data_dir) as scratch, shelf.new(identity) as folder:
        if ENGINE == "sqlite":
            made = _of_sqlite(Path(scratch), folder, identity, before=before, keys=keys, progress=progress)
        else:
            made = _of_postgres(Path(scratch), folder, identity, keys=keys, progress=progress)
        parts = [*made.parts, *_beside(Path(scratch), folder, keys, before, progress)]
        made = made.model_copy(update={"parts": tuple(parts)})
        told = shelf.write_manifest(folder, made)
    size = sum(part.bytes for part in made.parts)
    if not broken():  # the shelf is good also where the record cannot be added to
        actions.note_backup(
            by=Actor.system("backup"), at=now(), key=f"backup:{identity}", backup=identity, kind=real,
            manifest=told, log_size=made.log_size, size_bytes=size,
        )  # fmt: skip
    return made


def _of_sqlite(
    scratch: Path, folder: Path, identity: str, *, before: Manifest | None, keys: Sequence[str], progress: Progress
) -> Manifest:
    copy = scratch / "database"
    taken_at = now()
    sqlite.snapshot(_database(), copy, progress)
    size, note = sqlite.head(copy)
    after = sqlite.digests(copy)
    source = copy
    if before is not None:
        source = scratch / "increment"
        with source.open("wb") as file:
            sqlite.write_increment(copy, _pages().of(before.id), after, file)
    progress("seal", 0, 0)
    with source.open("rb") as file:
        part = shelf.seal(file, folder / f"{source.name}.age", name=source.name, keys=keys)
    _pages().keep(identity, after)
    return Manifest(
        id=identity, kind="increment" if before else "full", engine="sqlite", taken_at=taken_at,
        after=before.id if before else "", origin=OPTIONS.log_origin, log_size=size, checkpoint=note,
        keys=tuple(keys), parts=(part,),
    )  # fmt: skip


def _of_postgres(scratch: Path, folder: Path, identity: str, *, keys: Sequence[str], progress: Progress) -> Manifest:
    head = queries.head()
    into = scratch / "base"
    start = postgres.base_backup(into, progress)
    taken_at = now()
    progress("seal", 0, 0)
    parts: list[Part] = []
    for name in postgres.FILES:
        with (into / name).open("rb") as file:
            parts.append(shelf.seal(file, folder / f"{name}.age", name=name, keys=keys))
        (into / name).unlink()
    return Manifest(
        id=identity, kind="full", engine="postgresql", taken_at=taken_at, origin=OPTIONS.log_origin,
        log_size=head.size if head else 0, checkpoint=head.note if head else "", wal_start=start,
        keys=tuple(keys), parts=tuple(parts),
    )  # fmt: skip


def _beside(
    scratch: Path, folder: Path, keys: Sequence[str], before: Manifest | None, progress: Progress
) -> list[Part]:
    """Seal the keys, and the other files; those alone that changed since ``before``, in an increment."""
    since = (before.taken_at - OVERLAP).timestamp() if before else 0.0
    parts: list[Part] = []
    for name, of_keys in (("files", False), ("keys", True)):
        progress(name, 0, 0)
        packed = scratch / name
        with packed.open("wb") as file:
            folders.pack(folders.kept(keys=of_keys), file, since=0.0 if of_keys else since)
        with packed.open("rb") as file:
            parts.append(shelf.seal(file, folder / f"{name}.age", name=name, keys=keys))
        packed.unlink()
    return parts
