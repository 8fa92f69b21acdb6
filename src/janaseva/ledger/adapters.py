"""Where the log's files, its key and the memory of what was published are kept, each with a fake beside it."""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from janaseva.ledger import rules


class TileStore(Protocol):
    """Files by path, as any web server may hand them out."""

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, or ``None`` where there is none."""

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files so that each is whole or absent, and on the disk when this returns."""

    def forget_partial(self, path: str) -> None:
        """Remove the partial tiles of a tile that is now full."""


class DirectoryTiles:
    """Tiles in a directory: written beside, fsynced, renamed into place, the directories fsynced last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, or ``None`` where there is none."""
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files so that each is whole or absent, and on the disk when this returns."""
        touched: set[Path] = set()
        for path, content in files.items():
            target = self.folder / path
            touched.update(self._made(target.parent))
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(target)
        for folder in sorted(touched):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _made(self, folder: Path) -> list[Path]:
        """Make ``folder`` and return the directories whose entries changed or will."""
        new: list[Path] = []
        at = folder
        while not at.exists():
            new.append(at)
            at = at.parent
        folder.mkdir(parents=True, exist_ok=True)
        return [folder, *new, at] if new else [folder]

    def forget_partial(self, path: str) -> None:
        """Remove the partial tiles of a tile that is now full."""
        folder = self.folder / f"{path}.p"
        if folder.is_dir():
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()


class FakeTiles:
    """Tiles in memory, for tests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes, or ``None`` where there is none."""
        return self.files.get(path)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Keep the files."""
        self.files.update(files)

    def forget_partial(self, path: str) -> None:
        """Remove the partial tiles of a tile that is now full."""
        for name in [name for name in self.files if name.startswith(f"{path}.p/")]:
            del self.files[name]


class KeyStore(Protocol):
    """Where the log's signing key is."""

    def key(self) -> Ed25519PrivateKey | None:
        """Return the key, or ``None`` where none was made yet."""

    def make(self) -> Ed25519PrivateKey:
        """Make the key, once.

        Raises:
            FileExistsError: where there is one already.

        """

    def next(self) -> Ed25519PrivateKey:
        """Return the key that is to take over, made once; it signs nothing before :meth:`take_over`."""

    def take_over(self) -> None:
        """Let the next key sign, and the present one beside it until :meth:`end_overlap`; safe to repeat."""

    def retiring(self) -> Ed25519PrivateKey | None:
        """Return the key that still signs beside its successor, where one does."""

    def end_overlap(self) -> None:
        """Let the old key sign no more."""


class FileKey:
    """A key in a PEM file that its owner alone may read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def key(self) -> Ed25519PrivateKey | None:
        """Return the key, or ``None`` where none was made yet.

        Raises:
            TypeError: where the file holds a key of another kind.

        """
        if not self.path.exists():
            return None
        held = load_pem_private_key(self.path.read_bytes(), password=None)
        if not isinstance(held, Ed25519PrivateKey):
            message = f"{self.path} is not an Ed25519 key"
            raise TypeError(message)
        return held

    def make(self) -> Ed25519PrivateKey:
        """Make the key, once.

        Raises:
            FileExistsError: where there is one already.

        """
        return self._make(self.path)

    def next(self) -> Ed25519PrivateKey:
        """Return the key that is to take over, made once."""
        return FileKey(self._beside("next")).key() or self._make(self._beside("next"))

    def take_over(self) -> None:
        """Let the next key sign; at no moment is there none in its place."""
        if self._beside("next").exists():
            kept = self._beside("taking")
            kept.unlink(missing_ok=True)
            os.link(self.path, kept)
            kept.replace(self._beside("retiring"))
            self._beside("next").replace(self.path)

    def retiring(self) -> Ed25519PrivateKey | None:
        """Return the key that still signs beside its successor, where one does."""
        return FileKey(self._beside("retiring")).key()

    def end_overlap(self) -> None:
        """Let the old key sign no more; it is destroyed, for nothing needs it again."""
        self._beside("retiring").unlink(missing_ok=True)

    def _beside(self, what: str) -> Path:
        return self.path.with_name(f"{self.path.stem}.{what}{self.path.suffix}")

    def _make(self, path: Path) -> Ed25519PrivateKey:
        made = Ed25519PrivateKey.generate()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        return made


class FakeKey:
    """A key in memory, for tests."""

    def __init__(self) -> None:
        self.held: Ed25519PrivateKey | None = None
        self.coming: Ed25519PrivateKey | None = None
        self.going: Ed25519PrivateKey | None = None

    def next(self) -> Ed25519PrivateKey:
        """Return the key that is to take over."""
        self.coming = self.coming or Ed25519PrivateKey.generate()
        return self.coming

    def take_over(self) -> None:
        """Let the next key sign."""
        if self.coming is not None:
            self.going, self.held, self.coming = self.held, self.coming, None

    def retiring(self) -> Ed25519PrivateKey | None:
        """Return the key that still signs beside its successor."""
        return self.going

    def end_overlap(self) -> None:
        """Let the old key sign no more."""
        self.going = None

    def key(self) -> Ed25519PrivateKey | None:
        """Return the key, or ``None`` where none was made yet."""
        return self.held

    def make(self) -> Ed25519PrivateKey:
        """Make the key."""
        self.held = Ed25519PrivateKey.generate()
        return self.held


Ids = Callable[[int, int], Iterable[UUID]]
"""The ids of the events whose leaves have the indexes from the first up to but without the last."""


class Memory(Protocol):
    """What was published, remembered apart from the database: the newest checkpoint and the id of each leaf's event.

    A database that is put back to an earlier moment does not put this back, so that what it lost can be named.
    """

    def heads(self) -> list[rules.Head]:
        """Return the newest checkpoint of each place where one is remembered, unverified."""

    def notes(self) -> list[str]:
        """Return the newest checkpoint of each place as it was signed."""

    def ids(self, first: int, last: int) -> list[UUID]:
        """Return the ids of the leaves from ``first`` up to but without ``last``, as far as any place has them."""

    def remember(self, note: str, ids: Ids) -> None:
        """Keep ``note`` as the newest in each place whose own is smaller, with the ids that it does not have."""


class DirectoryMemory:
    """The memory in one or more folders, best on disks of their own: ``checkpoint``, and 16 bytes a leaf in ``ids``."""

    ID_BYTES: Final = 16
    MOST_AT_ONCE: int = 100_000

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    def _note(self, folder: Path) -> str:
        try:
            return (folder / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _head(self, folder: Path) -> rules.Head | None:
        note = self._note(folder)
        return rules.stated(note) if note else None

    def notes(self) -> list[str]:
        """Return the newest checkpoint of each folder that has one, as it was signed."""
        return [note for folder in self.folders if (note := self._note(folder))]

    def heads(self) -> list[rules.Head]:
        """Return the newest checkpoint of each folder that has one, unverified.

        Raises:
            NoteError: where a folder holds something else under that name.

        """
        return [head for folder in self.folders if (head := self._head(folder)) is not None]

    def ids(self, first: int, last: int) -> list[UUID]:
        """Return the ids from ``first`` up to but without ``last``, as far as the best folder has them."""
        best = b""
        for folder in self.folders:
            try:
                with (folder / "ids").open("rb") as file:
                    file.seek(first * self.ID_BYTES)
                    held = file.read((last - first) * self.ID_BYTES)
            except FileNotFoundError:
                continue
            best = max(best, held, key=len)
        ends = range(self.ID_BYTES, len(best) + 1, self.ID_BYTES)
        return [UUID(bytes=best[end - self.ID_BYTES : end]) for end in ends]

    def remember(self, note: str, ids: Ids) -> None:
        """Keep ``note`` in each folder whose own is smaller: the ids first, on the disk, and then the checkpoint."""
        new = rules.stated(note)
        for folder in self.folders:
            held = self._head(folder)
            known = held.size if held and held.origin == new.origin else 0
            if held and held.origin == new.origin and known >= new.size:
                continue
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(folder / "ids", os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.seek(known * self.ID_BYTES)
                for first in range(known, new.size, self.MOST_AT_ONCE):  # a new folder takes all, which may be much
                    some = ids(first, min(first + self.MOST_AT_ONCE, new.size))
                    file.write(b"".join(one.bytes for one in some))
                file.flush()
                os.fsync(file.fileno())
            DirectoryTiles(folder).write({"checkpoint": note.encode()})


class FakeMemory:
    """A memory in memory, for tests."""

    def __init__(self) -> None:
        self.note = ""
        self.held: list[UUID] = []

    def heads(self) -> list[rules.Head]:
        """Return the newest checkpoint, where one is remembered."""
        return [rules.stated(self.note)] if self.note else []

    def notes(self) -> list[str]:
        """Return the newest checkpoint, where one is remembered."""
        return [self.note] if self.note else []

    def ids(self, first: int, last: int) -> list[UUID]:
        """Return the ids from ``first`` up to but without ``last``."""
        return self.held[first:last]

    def remember(self, note: str, ids: Ids) -> None:
        """Keep ``note`` as the newest where the held one is smaller."""
        new = rules.stated(note)
        if not self.note or rules.stated(self.note).size < new.size:
            self.held = [*self.held, *ids(len(self.held), new.size)][: new.size]
            self.note = note
