"""The shelf of backups: one folder a backup, told by its manifest, whole or not there; and the archived WAL."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Literal

import pyrage
from pydantic import BaseModel, ConfigDict, ValidationError

from janaseva.settings import OPTIONS

MANIFEST: Final = "manifest.json"
LEAST_KEYS: Final = 2
PIECE_BYTES: Final = 1 << 20
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: not known)."""


class BackupError(Exception):
    """What cannot be done, said for the administrator: what happened, what is safe, what to do."""


class Part(BaseModel):
    """One encrypted file of a backup, with the hashes of what is on the shelf and of what is inside."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    bytes: int
    sha256: str
    plain_bytes: int
    plain_sha256: str


class Manifest(BaseModel):
    """What a backup is. It is not encrypted and holds no personal data; its hash is told to the log."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Literal[1] = 1
    id: str
    kind: Literal["full", "increment"]
    engine: Literal["sqlite", "postgresql"]
    taken_at: datetime
    after: str = ""
    """Of an increment: the backup that it goes on from."""
    origin: str
    log_size: int
    checkpoint: str
    wal_start: str = ""
    """Of PostgreSQL: the first segment of WAL that is needed to use it."""
    keys: tuple[str, ...]
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """Return the part of that name, where there is one."""
        return next((part for part in self.parts if part.name == name), None)


def shelf() -> Path:
    """Return the folder of all backups."""
    return (OPTIONS.backup_dir or OPTIONS.data_dir / "backups").resolve()


def recipients() -> tuple[str, ...]:
    """Return the offline keys that backups are encrypted to.

    Raises:
        BackupError: where there are fewer than two, or one of them is no key: one lost key would lose everything.

    """
    keys = tuple(dict.fromkeys(OPTIONS.backup_keys))
    for key in keys:
        try:
            pyrage.x25519.Recipient.from_str(key)
        except pyrage.RecipientError as error:
            message = f"JANASEVA_BACKUP_KEYS holds {key!r}, which is no age key (age1...). Nothing was written."
            raise BackupError(message) from error
    if len(keys) < LEAST_KEYS:
        message = (
            f"JANASEVA_BACKUP_KEYS names {len(keys)} keys, and two or more are needed, so that one lost key does not "
            "lose every backup. Nothing was written. Make each on an offline machine with: janaseva backup key FILE"
        )
        raise BackupError(message)
    return keys


class Counting:
    """A file that is written through, with its length and SHA-256 known at the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, piece: bytes) -> int:
        """Write a piece."""
        self._digest.update(piece)
        self.bytes += len(piece)
        return self._file.write(piece)

    def read(self, size: int = -1) -> bytes:
        """Read a piece."""
        piece = self._file.read(size)
        self._digest.update(piece)
        self.bytes += len(piece)
        return piece

    def flush(self) -> None:
        """Pass on what waits."""
        self._file.flush()

    @property
    def sha256(self) -> str:
        """Return the hash of what went through so far."""
        return self._digest.hexdigest()


def seal(source: IO[bytes], target: Path, *, name: str, keys: Sequence[str]) -> Part:
    """Encrypt ``source`` into ``target`` for each of ``keys`` (age, X25519), and have it on the disk on return."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        inside, outside = Counting(source), Counting(file)
        pyrage.encrypt_io(inside, outside, [pyrage.x25519.Recipient.from_str(key) for key in keys])
        file.flush()
        os.fsync(file.fileno())
    return Part(
        name=name, bytes=outside.bytes, sha256=outside.sha256, plain_bytes=inside.bytes, plain_sha256=inside.sha256
    )


def identities(path: Path) -> list[pyrage.x25519.Identity]:
    """Return the secret keys in an age key file.

    Raises:
        BackupError: where it cannot be read or holds none.

    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.strip() and line[0] != "#"]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        message = f"{path} is no age key file that can be read ({type(error).__name__}). Nothing was changed."
        raise BackupError(message) from error


def unseal(source: Path, part: Part, target: IO[bytes], *, keys: Sequence[pyrage.x25519.Identity]) -> None:
    """Decrypt ``source`` into ``target``, and compare both hashes with the manifest's.

    Raises:
        BackupError: where the file is missing, altered, or for other keys.

    """
    try:
        with source.open("rb") as file:
            outside, inside = Counting(file), Counting(target)
            pyrage.decrypt_io(outside, inside, list(keys))
            while outside.read(PIECE_BYTES):
                pass
    except FileNotFoundError as error:
        message = f"{source} is missing: the backup is not whole. Use an older one (janaseva backup list)."
        raise BackupError(message) from error
    except (pyrage.DecryptError, OSError) as error:
        message = f"{source} could not be decrypted: it is damaged, or encrypted to other keys than those given."
        raise BackupError(message) from error
    if (outside.sha256, inside.sha256) != (part.sha256, part.plain_sha256):
        message = f"{source} is not what its manifest tells: it was altered or damaged. Use another backup."
        raise BackupError(message)


@contextmanager
def new(identity: str) -> Iterator[Path]:
    """Open a folder for a new backup; it gets its name when all went well, and is removed where not."""
    folder = shelf() / f".new-{identity}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
        sync(folder)
        folder.rename(shelf() / identity)
        sync(shelf())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def sync(folder: Path) -> None:
    """Have the folder's own entries on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Write the manifest as the last file of a backup; return its SHA-256."""
    content = manifest.model_dump_json(indent=1).encode() + b"\n"
    with (folder / MANIFEST).open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(content).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the backup in ``folder``.

    Raises:
        BackupError: where there is none that can be read.

    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        message = f"{folder / MANIFEST} cannot be read as a manifest ({type(error).__name__}): not a whole backup."
        raise BackupError(message) from error


def manifest_hash(identity: str) -> str:
    """Return the SHA-256 of a backup's manifest as it lies on the shelf."""
    return hashlib.sha256((shelf() / identity / MANIFEST).read_bytes()).hexdigest()


def listed() -> list[Manifest]:
    """Return all backups on the shelf, oldest first."""
    if not shelf().is_dir():
        return []
    folders = [path for path in shelf().iterdir() if path.is_dir() and (path / MANIFEST).exists()]
    return sorted((read_manifest(path) for path in folders), key=lambda found: (found.taken_at, found.id))


def chain_to(wanted: datetime | None, backups: Sequence[Manifest]) -> list[Manifest]:
    """Return the full backup and the increments that lead to the newest moment not after ``wanted``.

    Raises:
        BackupError: where there is none so old, or an increment between is gone.

    """
    fitting = [one for one in backups if wanted is None or one.taken_at <= wanted]
    if not fitting:
        oldest = f"the oldest is of {backups[0].taken_at.isoformat()}" if backups else "there is none at all"
        message = f"No backup is so old: {oldest}. Nothing was changed. See: janaseva backup list"
        raise BackupError(message)
    known = {one.id: one for one in backups}
    chain = [fitting[-1]]
    while chain[0].kind == "increment":
        before = known.get(chain[0].after)
        if before is None:
            message = f"Backup {chain[0].id} goes on from {chain[0].after}, which is not on the shelf. Nothing changed."
            raise BackupError(message)
        chain.insert(0, before)
    return chain
