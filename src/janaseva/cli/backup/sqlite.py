"""SQLite: a snapshot while work goes on, the pages that changed since the last one, and both put together again."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from janaseva.cli.backup.shelf import BackupError, Progress
from janaseva.core.secret import derive

PAGES_A_STEP: Final = 2_000
DIGEST_BYTES: Final = 16
_NUMBER_BYTES: Final = 8


def snapshot(source: Path, target: Path, progress: Progress) -> None:
    """Copy the database as it is at one moment, whoever writes meanwhile, and check the copy."""
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source, isolation_level=None)) as read, closing(sqlite3.connect(target)) as write:
        # A read transaction held open pins the moment: in WAL mode writers go on, and the copy never begins again.
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()
        read.backup(write, pages=PAGES_A_STEP, progress=lambda _, left, total: progress("copy", total - left, total))
        write.execute("PRAGMA journal_mode=DELETE")
    check(target)


def check(database: Path) -> None:
    """Let SQLite check a copy.

    Raises:
        BackupError: where it is damaged.

    """
    with closing(sqlite3.connect(database)) as connection:
        try:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
    if found != ["ok"]:
        message = f"The copy of the database is damaged: {'; '.join(found)}. Check the disk; the original is untouched."
        raise BackupError(message)


def head(database: Path) -> tuple[int, str]:
    """Return the size and the signed checkpoint of the log in a copy."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT size, note FROM ledger_checkpoint").fetchone()
    return (int(found[0]), str(found[1])) if found else (0, "")


def _pages(database: Path) -> Iterator[bytes]:
    with database.open("rb") as file:
        header = file.read(100)
        size = int.from_bytes(header[16:18], "big")
        size = 65_536 if size == 1 else size
        file.seek(0)
        while page := file.read(size):
            yield page


def digests(database: Path) -> bytes:
    """Return a keyed hash of each page, so that the next increment knows what changed; without key it tells nothing."""
    key = derive("backup/pages")
    return b"".join(hashlib.blake2b(page, digest_size=DIGEST_BYTES, key=key).digest() for page in _pages(database))


def write_increment(database: Path, before: bytes, after: bytes, target: IO[bytes]) -> int:
    """Write the pages whose digests differ; return how many."""
    written = 0
    for number, page in enumerate(_pages(database)):
        place = slice(number * DIGEST_BYTES, (number + 1) * DIGEST_BYTES)
        if number == 0:
            header = {"page_bytes": len(page), "pages": len(after) // DIGEST_BYTES}
            target.write(json.dumps(header).encode() + b"\n")
        if before[place] != after[place]:
            target.write(number.to_bytes(_NUMBER_BYTES, "big") + page)
            written += 1
    return written


def apply_increment(database: Path, source: IO[bytes]) -> None:
    """Put the pages of an increment over the copy that it goes on from.

    Raises:
        BackupError: where the increment is cut off.

    """
    header = json.loads(source.readline())
    size = int(header["page_bytes"])
    with database.open("r+b") as file:
        while number := source.read(_NUMBER_BYTES):
            page = source.read(size)
            if len(page) != size:
                message = "An increment is cut off in the middle of a page. Restore to an earlier moment."
                raise BackupError(message)
            file.seek(int.from_bytes(number, "big") * size)
            file.write(page)
        file.truncate(int(header["pages"]) * size)
        file.flush()
        os.fsync(file.fileno())


class Pages:
    """The page hashes of the newest backup, kept by its id beside the database: what an increment is made from."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, identity: str) -> bytes:
        """Return the hashes if they are those of backup ``identity``, else nothing: then a full one is due."""
        try:
            name, _, hashes = self._path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return b""
        return hashes if name.decode() == identity else b""

    def keep(self, identity: str, hashes: bytes) -> None:
        """Keep the hashes of a backup that is on the shelf now."""
        beside = self._path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(identity.encode() + b"\n" + hashes)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
