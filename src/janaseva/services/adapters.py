"""Places outside: the folder of packs, read with bounds, and the list of what was erased, kept beside the backups."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from janaseva.core.secret import is_lasting_hash, lasting_hash
from janaseva.core.source import LARGEST_BYTES, SourceError, decode
from janaseva.services.rules.pack import PackText
from janaseva.settings import OPTIONS

MOST_FILES: Final = 2_000
_PACK_FILES: Final = ("pack.yaml", "sources.yaml", "rights.yaml")


class Packs(Protocol):
    """Where packs come from."""

    def keys(self) -> list[str]:
        """Return the names of all packs, in order."""

    def read(self, key: str) -> PackText:
        """Return the files of one pack.

        Raises:
            SourceError: for a file that is too large, not UTF-8, or leads out of the pack.
            LookupError: where there is no such pack.

        """


class PackFolder:
    """Packs as sub-folders of one folder: those that hold a ``pack.yaml`` or services."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keys(self) -> list[str]:
        """Return the names of all packs, in order."""
        if not self.folder.is_dir():
            return []
        return sorted(one.name for one in self.folder.iterdir() if is_pack(one))

    def read(self, key: str) -> PackText:
        """Return the files of one pack."""
        folder = self.folder / key
        if "/" in key or not is_pack(folder):
            raise LookupError(key)
        files = {name: _text(folder / name, folder) for name in _PACK_FILES if (folder / name).exists()}
        for path in sorted([*folder.glob("glossary.*.yaml"), *folder.glob("calendars/*.yaml")]):
            files[path.relative_to(folder).as_posix()] = _text(path, folder)
        services = {
            one.name: service_files(one)
            for one in sorted((folder / "services").glob("*"))
            if (one / "service.yaml").exists()
        }
        return PackText(key=key, folder=_told(folder), files=files, services=services)


class Fake:
    """Packs held in memory, for tests."""

    def __init__(self, packs: Mapping[str, PackText]) -> None:
        self.packs = packs

    def keys(self) -> list[str]:
        """Return the names of all packs, in order."""
        return sorted(self.packs)

    def read(self, key: str) -> PackText:
        """Return the files of one pack."""
        return self.packs[key]


def is_pack(folder: Path) -> bool:
    """Return whether a folder is a pack of services, if only of those that are still to be written."""
    return (folder / "services").is_dir() or (folder / "pack.yaml").is_file()


def service_files(folder: Path) -> dict[str, str]:
    """Return the files of one service by name: YAML, and its letter."""
    paths = sorted([*folder.glob("*.yaml"), *folder.glob("letter*.typ")])
    return {path.name: _text(path, folder) for path in paths[:MOST_FILES]}


def _told(path: Path) -> str:
    """Return a path as people find it from where they stand."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _text(path: Path, folder: Path) -> str:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise LookupError(path.name)
    with path.open("rb") as file:
        return decode(file.read(LARGEST_BYTES + 1), _told(path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """That an application was erased, and when."""

    application_id: UUID
    erased_at: datetime


class Erasures(Protocol):
    """What was erased, as it is known outside of the database: a restored backup is older than some of it."""

    def add(self, one: Remembered) -> None:
        """Remember an erasure; twice does no harm."""

    def all(self) -> Iterator[Remembered]:
        """Yield every erasure that was remembered by whoever knows the platform's secret key."""

    def unknown(self) -> int:
        """Return how many lines are not believed: a secret key that is not known any more, or somebody's own words."""

    def stamp(self) -> tuple[int, ...]:
        """Return something that changes whenever one is added."""


class ErasureFiles:
    """The same list in several folders, a line for each erasure: ids, moments and nothing else.

    Whoever can write there could otherwise have anything erased, so a line counts only under the platform's own hash.
    """

    NAME: Final = "erasures"

    def __init__(self, folders: Sequence[Path]) -> None:
        self.files = tuple(dict.fromkeys(folder / self.NAME for folder in folders))

    def add(self, one: Remembered) -> None:
        """Add a line to each file and have it on the disk on return."""
        parts = (str(one.application_id), one.erased_at.isoformat())
        line = f"{' '.join(parts)} {lasting_hash('erasures', *parts)}\n".encode("ascii")
        for file in self.files:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                length = os.fstat(descriptor).st_size
                is_cut = length > 0 and os.pread(descriptor, 1, length - 1) != b"\n"  # a power cut left half a line
                os.write(descriptor, b"\n" + line if is_cut else line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def all(self) -> Iterator[Remembered]:
        """Yield each erasure once, in no order."""
        for parts in self._lines():
            if _is_believed(parts):
                yield Remembered(application_id=UUID(parts[0]), erased_at=datetime.fromisoformat(parts[1]))

    def unknown(self) -> int:
        """Return how many lines there are beside these, each counted once."""
        return sum(not _is_believed(parts) for parts in self._lines())

    def _lines(self) -> Iterator[tuple[str, ...]]:
        """Yield the words of each line once, whichever files it stands in."""
        known: set[tuple[str, ...]] = set()
        for file in self.files:
            if not file.exists():
                continue
            with file.open(encoding="ascii", errors="replace") as lines:
                for line in lines:
                    parts = tuple(line.split())
                    if parts and parts not in known:
                        known.add(parts)
                        yield parts

    def stamp(self) -> tuple[int, ...]:
        """Return the lengths of the files."""
        return tuple(file.stat().st_size if file.exists() else 0 for file in self.files)


def _is_believed(parts: Sequence[str]) -> bool:
    """Return whether a line has an id, a moment and the platform's own hash of both."""
    return len(parts) == 3 and is_lasting_hash(parts[2], "erasures", *parts[:2])  # noqa: PLR2004 - these three


def remembered_erasures() -> Erasures:
    """Return the list of what was erased: beside what is remembered of the log, and beside the backups."""
    shelf = OPTIONS.backup_dir or OPTIONS.data_dir / "backups"
    return ErasureFiles([OPTIONS.data_dir / "published", *([shelf] if shelf.is_dir() else [])])


class FakeErasures:
    """A list in memory, for tests."""

    def __init__(self) -> None:
        self.kept: list[Remembered] = []

    def add(self, one: Remembered) -> None:
        """Remember it."""
        self.kept.append(one)

    def all(self) -> Iterator[Remembered]:
        """Yield what was remembered."""
        yield from self.kept

    def unknown(self) -> int:
        """Return 0: only this test knows the list."""
        return 0

    def stamp(self) -> tuple[int, ...]:
        """Return how many were remembered."""
        return (len(self.kept),)


__all__ = [
    "ErasureFiles",
    "Erasures",
    "Fake",
    "FakeErasures",
    "PackFolder",
    "Packs",
    "Remembered",
    "SourceError",
    "is_pack",
    "remembered_erasures",
    "service_files",
]
