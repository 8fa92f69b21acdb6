"""Which secret keys the platform goes by: one that seals and hashes, and others that are believed while it changes.

A key that the settings name changes there, and with it the others (``secret_key_fallbacks``); processes learn of it
when they are started. Otherwise the keys are files of ``keys/`` in the data directory, read again whenever one changed,
so that nothing is stopped for a new key:

* ``secret_key`` seals and hashes;
* ``secret_key_next`` is to take over, and is believed already: so machines can be told one after the other;
* ``secret_key_before`` was relieved, and is believed until everything at rest is sealed anew and an hour has passed;
* ``secret_key_first`` was the first of all: what must be known by backups of any age is hashed with it.
"""

import os
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

OWN: Final = "secret_key"
NEXT: Final = "secret_key_next"
BEFORE: Final = "secret_key_before"
FIRST: Final = "secret_key_first"

_Stamp = tuple[tuple[int, int, int] | None, ...]
_held: dict[Path, tuple[_Stamp, dict[str, str]]] = {}


class KeySettledError(RuntimeError):
    """The keys are not files, or the overlap of the last change is not over yet."""


def believed() -> tuple[str, ...]:
    """Return the secret keys that are believed, first that which seals and hashes."""
    others = map(str, settings.SECRET_KEY_FALLBACKS)
    if settings.SECRET_KEY_FOLDER is None:
        return (str(settings.SECRET_KEY), *others)
    kept = _kept(Path(settings.SECRET_KEY_FOLDER))
    return (*(kept[name] for name in (OWN, NEXT, BEFORE) if name in kept), *others)


def lasting() -> str:
    """Return the key of what backups of any age must know: the first of all, or that of the settings."""
    if settings.SECRET_KEY_FOLDER is None:
        return str(settings.SECRET_KEY)
    kept = _kept(Path(settings.SECRET_KEY_FOLDER))
    return kept.get(FIRST, kept[OWN])


def kept_in(folder: Path) -> tuple[str, ...]:
    """Return every secret key that is kept in a folder of keys, also of a copy; empty where there is none."""
    return tuple(_read(folder).values())


def announce() -> None:
    """Make the key that is to take over, if there is none: believed from now on, and not used yet.

    Raises:
        KeySettledError: where the keys are not files, or the former one is believed still.

    """
    folder = _folder()
    if (folder / BEFORE).exists():
        raise KeySettledError("overlap")
    _make_next(folder)


def take_over() -> None:
    """Let the next key seal and hash from now on; the former is believed still. A change that was cut short goes on.

    Raises:
        KeySettledError: where the keys are not files, or the former one is believed still.

    """
    folder = _folder()
    own, following, before, first = (folder / name for name in (OWN, NEXT, BEFORE, FIRST))
    if not (before.exists() and before.samefile(own)):
        announce()
        if not first.exists():
            os.link(own, first)
        os.link(own, before)
        _settle(folder)
    _make_next(folder)
    following.replace(own)
    _settle(folder)


def relieved_at() -> datetime | None:
    """Return since when a former key is believed beside that which took over; ``None`` where none is."""
    folder = settings.SECRET_KEY_FOLDER
    path = Path(folder) / BEFORE if folder is not None else None
    if path is None or not path.exists():
        return None
    return datetime.fromtimestamp((path.parent / OWN).stat().st_ctime, UTC)


def end_overlap() -> None:
    """Destroy the former key: what it sealed opens no more."""
    folder = _folder()
    (folder / BEFORE).unlink(missing_ok=True)
    _settle(folder)


def _folder() -> Path:
    if settings.SECRET_KEY_FOLDER is None:
        raise KeySettledError("settings")
    return Path(settings.SECRET_KEY_FOLDER)


def _make_next(folder: Path) -> None:
    """Make the key that is to take over, where there is none: whole and on the disk, readable by its owner alone."""
    if (folder / NEXT).exists():
        return
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=folder, prefix=f"{NEXT}.") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
        os.link(file.name, folder / NEXT)
    _settle(folder)


def _settle(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stamp(folder: Path) -> _Stamp:
    def of(name: str) -> tuple[int, int, int] | None:
        try:
            found = (folder / name).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    return tuple(of(name) for name in (OWN, NEXT, BEFORE, FIRST))


def _read(folder: Path) -> dict[str, str]:
    found = {}
    for name in (OWN, NEXT, BEFORE, FIRST):
        try:
            found[name] = (folder / name).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            continue
    return found


def _kept(folder: Path) -> dict[str, str]:
    """Return the keys by their names, as they stood together at one moment."""
    stamp, held = _stamp(folder), _held.get(folder)
    if held is not None and held[0] == stamp:
        return held[1]
    while True:
        found, after = _read(folder), _stamp(folder)
        if after == stamp:
            break
        stamp = after
    _held[folder] = (stamp, found)
    return found
