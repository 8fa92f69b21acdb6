"""The papers of the document store on the shelf: each object once, as it lies there, sealed to the offline keys too.

Backups of the database name papers by their hash; here are the bytes. What no row names any more is set aside under the
moment at which that was seen, and removed when no backup on the shelf is older.
"""

import io
import shutil
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

import pyrage

from janaseva.cli.backup import shelf
from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.documents import queries, rules
from janaseva.documents.handlers import storing
from janaseva.settings import OPTIONS

BY: Final = Actor.system("backup")
FOLDER: Final = "papers"
ASIDE: Final = "aside"
BATCH: Final = 64
AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeping came to: papers new on the shelf, all that are to be there, and those that no store has whole."""

    new: int
    papers: int
    lacking: tuple[UUID, ...]


def _folder() -> Path:
    return shelf.shelf() / FOLDER


def _place(key: rules.StoreKey, sha256: str) -> Path:
    """Return where an object lies below the folder."""
    return Path(key.id) / f"{key.name(sha256)}.age"


def _batches() -> Iterator[list[queries.Paper]]:
    papers = queries.all_stored(BY)
    while some := list(islice(papers, BATCH)):
        yield some


def keep(keys: Sequence[str], progress: shelf.Progress) -> Kept:
    """Copy every paper of the document store to the shelf that is not there.

    Raises:
        StoreAwayError: where a store does not answer; what was copied stays.

    """
    new, papers, lacking = 0, 0, []
    stores = storing.stores()

    def kept(paper: queries.Paper) -> bool | None:
        if any((_folder() / _place(store.key, paper.sha256)).exists() for store in stores):
            return False
        found = storing.whole(paper.sha256)
        if found is None:
            return None
        _write(_folder() / _place(found[0].key, paper.sha256), found[1], keys)
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for some in _batches():
            for paper, done in zip(some, pool.map(kept, some), strict=True):
                new += bool(done)
                if done is None and queries.is_stored(BY, paper.blob_id):
                    lacking.append(paper.blob_id)
            papers += len(some)
            progress("papers", papers, 0)
    return Kept(new=new, papers=papers, lacking=tuple(lacking))


def _write(target: Path, held: bytes, keys: Sequence[str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = target.parent / f".new-{uuid7()}"
    try:
        shelf.seal(io.BytesIO(held), beside, name=FOLDER, keys=keys)
        beside.rename(target)
        shelf.sync(target.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


class _Named:
    """The names of all papers, eight bytes of each: a state has many millions.

    Names are made by HMAC, so that no two begin alike; if two did, one paper too many would stay.
    """

    def __init__(self, keys: Sequence[rules.StoreKey]) -> None:
        self._keys = frozenset(key.id for key in keys)
        names = (key.name(sha256).rpartition("/")[2] for sha256 in queries.all_hashes(BY) for key in keys)
        self._begin = array("Q", sorted(int(name[:16], 16) for name in names))

    def __contains__(self, place: Path) -> bool:
        try:
            begins = int(place.stem[:16], 16)
        except ValueError:
            return False
        at = bisect_left(self._begin, begins)
        return place.parts[0] in self._keys and at < len(self._begin) and self._begin[at] == begins


def tidy(at: datetime, backups: Sequence[shelf.Manifest]) -> None:
    """Set aside what no row names, and remove what was set aside before the oldest backup was taken."""
    keys = [store.key for store in storing.stores()]
    named = _Named(keys)
    aside = _folder() / ASIDE / f"{at:%Y%m%dT%H%M%SZ}"
    for folder in list(_folder().glob("*/*")) if keys else ():
        for path in list(folder.glob("*.age")):
            place = path.relative_to(_folder())
            if place.parts[0] != ASIDE and place not in named:
                (aside / place).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.rename(aside / place)
    oldest = min((one.taken_at for one in backups), default=at)
    for folder in (_folder() / ASIDE).glob("*") if (_folder() / ASIDE).is_dir() else ():
        if folder.name < f"{oldest:%Y%m%dT%H%M%SZ}":
            shutil.rmtree(folder)


class Shelved:
    """The papers on the shelf, opened with an offline key and the stores' keys of a restored copy."""

    def __init__(self, store_keys: Path, identities: Sequence[pyrage.x25519.Identity]) -> None:
        paths = sorted(store_keys.glob("documents-*"))
        self._keys = [rules.StoreKey(bytes.fromhex(path.read_text(encoding="ascii").strip())) for path in paths]
        self._identities = list(identities)
        aside = _folder() / ASIDE
        self._places = [_folder(), *(sorted(aside.iterdir(), reverse=True) if aside.is_dir() else ())]

    def get(self, sha256: str) -> bytes | None:
        """Return a paper, or ``None`` where the shelf has it not, or not whole."""
        for key in self._keys:
            for place in self._places:
                with suppress(FileNotFoundError, pyrage.DecryptError, rules.AlteredError):
                    sealed = (place / _place(key, sha256)).read_bytes()
                    return key.opened(sha256, pyrage.decrypt(sealed, self._identities))
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where the papers of a restored copy were found whole: how many in all, on the shelf, and which nowhere."""

    papers: int = 0
    on_shelf: int = 0
    lacking: tuple[UUID, ...] = ()


def _in_a_store(paper: queries.Paper) -> bool:
    """Return whether a store of the settings has a paper whole; one that is away has none."""
    try:
        return storing.whole(paper.sha256) is not None
    except rules.StoreAwayError:
        return False


def _gone_through(look: Callable[[queries.Paper], tuple[bool, bool]], progress: shelf.Progress) -> Found:
    """Look for every stored paper of the database that is read now; ``look`` answers: on the shelf, in a store."""
    papers, on_shelf, lacking = 0, 0, []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for some in _batches():
            for paper, (shelved, stored) in zip(some, pool.map(look, some), strict=True):
                on_shelf += shelved
                if not shelved and not stored:
                    lacking.append(paper.blob_id)
            papers += len(some)
            progress("papers", papers, 0)
    return Found(papers=papers, on_shelf=on_shelf, lacking=tuple(lacking))


def proven(folder: Path, identities: Sequence[pyrage.x25519.Identity], progress: shelf.Progress) -> Found:
    """Read every paper that a restored copy names: from the shelf, or else from the stores."""
    shelved = Shelved(folder / "keys", identities)

    def look(paper: queries.Paper) -> tuple[bool, bool]:
        there = shelved.get(paper.sha256) is not None
        return there, there or _in_a_store(paper)

    return _gone_through(look, progress)


def put_back(folder: Path, identities: Sequence[pyrage.x25519.Identity], progress: shelf.Progress) -> Found:
    """Lay every paper that a restored copy names and no store has into its folder ``papers``, a store of its own.

    The copy reads it there, until ``janaseva documents move`` brings it to where it belongs.
    """
    shelved = Shelved(folder / "keys", identities)
    address, one = (folder / FOLDER).resolve().as_uri(), Lock()

    def own() -> storing.Store:
        with one:
            storing.prepare(address)
        return storing.store_at(address)

    def look(paper: queries.Paper) -> tuple[bool, bool]:
        if _in_a_store(paper):
            return False, True
        content = shelved.get(paper.sha256)
        if content is not None:
            own().put(paper.sha256, content)
        return content is not None, False

    return _gone_through(look, progress)


def is_wanted() -> bool:
    """Return whether there are papers beside the database that backups are to copy."""
    return OPTIONS.backup_papers and bool(storing.addresses())
