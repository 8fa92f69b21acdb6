"""What lies in the data directory beside the database: keys, papers, the log's files, what was published."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from janaseva.cli.backup.shelf import shelf
from janaseva.settings import OPTIONS

LEFT_OUT: Final = frozenset(
    {"backups", "cache", "log_files", "run", "simulator", "setup.stamp", "backup_pages", "papers"}
)
"""What is made anew, belongs to one running process, is the shelf itself, or is kept paper by paper."""
KEYS: Final = "keys"


def kept(*, keys: bool) -> Iterator[Path]:
    """Yield the files to keep: those of ``keys/``, or all others but the database."""
    base = OPTIONS.data_dir.resolve()
    for top in sorted(base.iterdir()):
        if (top.name == KEYS) is not keys or top == shelf() or _is_left_out(top):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith(".new-"):
                yield path


def _is_left_out(path: Path) -> bool:
    is_database = path.is_file() and ".sqlite3" in path.name
    return is_database or path.name in LEFT_OUT or path.name.startswith(".")


def pack(files: Iterator[Path], target: IO[bytes], *, since: float = 0.0) -> int:
    """Write files that changed after ``since`` as a tar; one that vanishes meanwhile is left out; return how many."""
    base, count = OPTIONS.data_dir.resolve(), 0
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for path in files:
            try:
                if path.stat().st_mtime < since:
                    continue
                archive.add(path, arcname=str(path.relative_to(base)), recursive=False)
            except FileNotFoundError:
                continue
            count += 1
    return count


def unpack(source: IO[bytes], into: Path) -> None:
    """Write the files of a tar below ``into``; nothing leaves it, and links and devices are refused.

    Raises:
        TarError: for what is no file of ours; what came before it has been written.

    """
    with tarfile.open(fileobj=source, mode="r:") as archive:
        take_out(archive, into)
    for path in (into / KEYS).glob("*"):
        path.chmod(0o600)


def take_out(archive: tarfile.TarFile, into: Path) -> None:
    """Write the files and folders of an opened tar below ``into``, each with the moment at which it was changed.

    The filters of :mod:`tarfile` do likewise, but came only with Python 3.11.4, and Debian 12 has 3.11.2.

    Raises:
        ExtractError: for a link, a device, or a name that leads out of ``into``.

    """
    base = into.resolve()
    for member in archive:
        path = (base / member.name).resolve()
        if not path.is_relative_to(base) or not (member.isreg() or member.isdir()):
            message = f"{member.name!r} is no plain file or folder within {base.name}"
            raise tarfile.ExtractError(message)
        if member.isdir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = archive.extractfile(member)
        if content is None:
            message = f"{member.name!r} holds nothing that can be read"
            raise tarfile.ExtractError(message)
        path.unlink(missing_ok=True)
        with content, path.open("xb") as target:
            shutil.copyfileobj(content, target)
        path.chmod(0o600 | (member.mode & 0o755))
        os.utime(path, (member.mtime, member.mtime))
