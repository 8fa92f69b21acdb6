"""The folder of packs, as a place outside: read with bounds, never written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from janaseva.core.source import LARGEST_BYTES, SourceError, decode
from janaseva.services.rules.pack import PackText

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


__all__ = ["Fake", "PackFolder", "Packs", "SourceError", "is_pack", "service_files"]
