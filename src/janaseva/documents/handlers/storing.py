"""Bringing papers to the document store, reading them from there, and looking whether all are there and whole.

A paper is in the database first, with the act that was acknowledged. Here it is put to the store, read back and
compared, and only then let go of, in an act. A crash at any point leaves it in the database, or in both places; putting
it again makes the same object. While the store is away or full, papers stay in the database and nothing is refused.
"""

import functools
import itertools
import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.ids import earliest
from janaseva.core.news import Heard, NotYet, every, hears
from janaseva.core.outside import way
from janaseva.core.refusal import UNAVAILABLE, Refusal
from janaseva.documents import actions, events, queries, rules
from janaseva.documents.adapters.storing import (
    DirectoryObjects,
    ObjectMissingError,
    Objects,
    make_key,
    objects_at,
    read_key,
)
from janaseva.documents.rules import StoreAwayError
from janaseva.ledger import queries as ledger
from janaseva.settings import OPTIONS

LOG = logging.getLogger(__name__)
WORKER: Final = Actor.system("documents.storing")
AWAY: Final = "document_store_away"
BROKEN: Final = "document_not_whole"
MOST: Final = 64
MOST_BYTES: Final = 32 * 1024 * 1024
AT_ONCE: Final = 8
TURN_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 60.0
"""For so long after a failure this process leaves the store alone, so that other work is not held up."""
LONGEST_ACT: Final = timedelta(minutes=10)
NIGHTS: Final = 30
"""In so many nights the audit reads every stored paper once; ``janaseva documents verify`` reads all at once."""


class Store:
    """One place for papers, with its key, known by its marker."""

    def __init__(self, objects: Objects, keys: Path) -> None:
        self.objects = objects
        self._keys = keys

    @functools.cached_property
    def key(self) -> rules.StoreKey:
        """Return the store's key, found by the marker; what has none is not the store."""
        try:
            return read_key(self._keys, self.objects.get(rules.MARKER))
        except (ObjectMissingError, rules.AlteredError) as error:
            message = "the store was never prepared, or this is another place: janaseva documents prepare"
            raise StoreAwayError(message) from error

    def here(self) -> None:
        """Go on only where the marker is what it was: the place may have gone meanwhile.

        Raises:
            StoreAwayError: where it is not.

        """
        try:
            if self.objects.get(rules.MARKER) == self.key.marker:
                return
        except ObjectMissingError:
            pass
        message = "the store's marker is gone or another: a disk that is not mounted, or another store in its place"
        raise StoreAwayError(message)

    def put(self, sha256: str, content: bytes) -> None:
        """Put a paper, read it back and compare.

        Raises:
            StoreAwayError: where it is not there afterwards as it was put.

        """
        name, held = self.key.name(sha256), self.key.closed(sha256, content)
        self.objects.put(name, held)
        try:
            if self.objects.get(name) == held:
                return
        except ObjectMissingError:
            pass
        message = "the store does not give back what was put"
        raise StoreAwayError(message)

    def get(self, sha256: str) -> bytes:
        """Return a paper as it was put.

        Raises:
            ObjectMissingError: where the store has none.
            rules.AlteredError: where it is not the one that was put.
            StoreAwayError: where the store does not answer, or is another.

        """
        return self.key.opened(sha256, self.held(sha256))

    def held(self, sha256: str) -> bytes:
        """Return the object of a paper as it lies there, encrypted.

        Raises:
            ObjectMissingError: where the store has none.
            StoreAwayError: where the store does not answer, or is another.

        """
        try:
            return self.objects.get(self.key.name(sha256))
        except ObjectMissingError:
            self.here()
            raise

    def holds(self, sha256: str, size_bytes: int) -> bool:
        """Return whether there is an object of the right length; whether it is whole, only reading tells."""
        return self.objects.size(self.key.name(sha256)) == size_bytes + rules.OVERHEAD_BYTES


@functools.lru_cache(maxsize=8)
def _store(address: str, credentials: Path | None, keys: Path) -> Store:
    return Store(objects_at(address, credentials=credentials), keys)


def store_at(address: str) -> Store:
    """Return the store of an address."""
    return _store(address, OPTIONS.document_store_credentials, OPTIONS.data_dir / "keys")


def restored_folder() -> Path:
    """Return the folder in which a restoration leaves papers that the store lacks; it is read after all stores."""
    return OPTIONS.data_dir / "papers"


def addresses() -> list[str]:
    """Return the addresses of all stores that papers may lie in, that of the one that is written to first."""
    found = [address for address in [OPTIONS.document_store, *OPTIONS.document_stores_before] if address]
    if restored_folder().is_dir():
        found.append(restored_folder().resolve().as_uri())
    return list(dict.fromkeys(found))


def stores() -> list[Store]:
    """Return all stores that papers may lie in, the one that is written to first.

    Raises:
        StoreAwayError: where an address names none.

    """
    return [store_at(address) for address in addresses()]


def standing(address: str) -> str:
    """Return what is wrong with a store; empty where it answers and is the one that it should be."""
    try:
        store_at(address).here()
    except StoreAwayError as error:
        return str(error)
    return ""


def whole(sha256: str) -> tuple[Store, bytes] | None:
    """Return the first store that has a paper whole, and its object as it lies there; ``None`` where none has.

    Raises:
        StoreAwayError: where one that may have it does not answer.

    """
    for store in stores():
        try:
            held = store.held(sha256)
            store.key.opened(sha256, held)
        except (ObjectMissingError, rules.AlteredError):
            continue
        return store, held
    return None


def prepare(address: str) -> str:
    """Make a place a store: give it a key and its marker; return the key's id. A store stays what it is.

    Raises:
        StoreAwayError: where the place does not keep things.

    """
    store = store_at(address)
    try:
        store.objects.get(rules.MARKER)
    except ObjectMissingError:
        if isinstance(store.objects, DirectoryObjects):
            store.objects.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = make_key(OPTIONS.data_dir / "keys", secrets.token_bytes(rules.KEY_BYTES))
        store.objects.put(rules.MARKER, made.marker)
    store.here()
    return store.key.id


@way(queries.KIND)
def fetch(sha256: str) -> bytes:
    """Return a paper from whichever store has it whole; what is altered is never handed out.

    Raises:
        Refusal: ``document_store_away`` where one that may have it does not answer; ``document_not_whole`` where all
            answer and none has it whole.

    """
    away = False
    try:
        for store in stores():
            try:
                return store.get(sha256)
            except ObjectMissingError:
                continue
            except rules.AlteredError as error:
                LOG.error("paper %s in the document store: %s", sha256, error)  # noqa: TRY400 - what it says is all
            except StoreAwayError as error:
                LOG.warning("the document store: %s", error)
                away = True
    except StoreAwayError as error:
        LOG.warning("the document store: %s", error)
        away = True
    if away:
        raise Refusal(AWAY, status=UNAVAILABLE)
    LOG.error("paper %s is in no document store whole", sha256)
    raise Refusal(BROKEN, status=UNAVAILABLE)


def bring(store: Store, at: datetime, *, most: int = MOST) -> int:
    """Bring the papers that waited longest to the store, and let go of those that are there; return of how many.

    Raises:
        StoreAwayError: where the store did not keep one; those before it are let go of all the same.

    """
    waiting = queries.to_store(WORKER, most=most, most_bytes=MOST_BYTES)
    if not waiting:
        return 0
    store.here()
    there: list[queries.Paper] = []
    failure: StoreAwayError | None = None
    with ThreadPoolExecutor(AT_ONCE) as pool:
        putting = [pool.submit(store.put, paper.sha256, paper.content) for paper in waiting]
        for paper, one in zip(waiting, putting, strict=True):
            try:
                one.result()
                there.append(paper)
            except StoreAwayError as error:
                failure = error
    if there:
        key = f"stored:{there[0].blob_id}:{at.isoformat()}"
        actions.note_stored(by=WORKER, at=at, key=key, blob_ids=[paper.blob_id for paper in there])
    if failure is not None:
        raise failure
    return len(there)


_until: list[float] = [0.0]
"""Until when this process's worker leaves the store alone, by the clock that only goes on."""


def leave_alone() -> None:
    """Let the worker speak to no store for :data:`PATIENCE_SECONDS`."""
    _until[0] = time.monotonic() + PATIENCE_SECONDS


def is_left_alone() -> bool:
    """Return whether the worker leaves the store alone now, since it did not answer shortly before."""
    return time.monotonic() < _until[0]


@every(seconds=2)
def bring_papers(at: datetime) -> None:
    """Bring papers to the document store for a second or so; what is left is brought next time."""
    if not OPTIONS.document_store or is_left_alone():
        return
    until = time.monotonic() + TURN_SECONDS
    try:
        while bring(store_at(OPTIONS.document_store), at) and time.monotonic() < until:
            pass
    except StoreAwayError as error:
        LOG.warning("papers stay in the database, the document store: %s", error)
        leave_alone()


def since_of(at: datetime) -> UUID:
    """Return the key from which on papers may have come since ``at``, however long their act took."""
    return earliest(at - LONGEST_ACT)


def remove(store: Store, name: str, since: UUID) -> None:
    """Remove an object that belongs to no paper; put it back where its paper was given again in this very moment."""
    try:
        held = store.objects.get(name)
    except ObjectMissingError:
        return
    store.objects.delete(name)
    if any(store.key.name(sha256) == name for sha256 in queries.all_hashes(WORKER, after=since)):
        store.objects.put(name, held)


def forget(sha256: str, at: datetime) -> None:
    """Remove a paper that is known no more from every store, for good when this returns.

    Raises:
        StoreAwayError: where one does not answer: it is to be asked again.

    """
    for store in stores():
        remove(store, store.key.name(sha256), since_of(at))


@hears(events.Discarded)
def forget_discarded(heard: Heard[events.Discarded]) -> None:
    """Let papers go from the stores after the act that erased them from their last matter.

    Raises:
        NotYet: while a store is away.

    """
    if is_left_alone():
        raise NotYet
    key = f"discard:{heard.event_id}"
    try:
        for sha256 in actions.discard(by=WORKER, at=heard.at, key=key, blob_ids=list(heard.news.blob_ids)):
            forget(sha256, heard.at)
    except StoreAwayError as error:
        LOG.warning("erased papers still lie in the document store: %s", error)
        leave_alone()
        raise NotYet from error


def _finding(code: str, paper: queries.Paper) -> ledger.Finding:
    kind: ledger.Kind = "altered" if code == "paper_altered" else "missing"
    return ledger.Finding(kind=kind, code=code, table="documents_blob", key=str(paper.blob_id))


def _fault(places: Sequence[Store], paper: queries.Paper) -> str:
    """Return what is wrong with a stored paper, having read it; empty where one store has it whole."""
    code = "paper_missing"
    for store in places:
        try:
            store.get(paper.sha256)
        except ObjectMissingError:
            continue
        except rules.AlteredError:
            code = "paper_altered"
        else:
            return ""
    return code


@ledger.beyond
def looked_through(night: int | None, progress: ledger.Progress) -> Iterator[ledger.Finding]:
    """Yield every stored paper that is not in a store as it was put, having read it.

    Args:
        night: read the share of this night alone (one of :data:`NIGHTS`); ``None``: read all.
        progress: called with how many more papers were read.

    """
    try:
        places = stores()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for some in _by_the_dozen(queries.all_stored(WORKER)):
                due = [paper for paper in some if night is None or _share(paper) == night % NIGHTS]
                for paper, code in zip(due, pool.map(functools.partial(_fault, places), due), strict=True):
                    if code and queries.is_stored(WORKER, paper.blob_id):  # not brought back or erased meanwhile
                        yield _finding(code, paper)
                if due:
                    progress("papers", len(due))
    except StoreAwayError as error:
        LOG.error("the document store could not be looked through: %s", error)  # noqa: TRY400 - what it says is all
        yield ledger.Finding(kind="missing", code="store_away", table="documents_blob", key=rules.MARKER)


def _share(paper: queries.Paper) -> int:
    return int(paper.sha256[:8], 16) % NIGHTS


def _by_the_dozen(papers: Iterator[queries.Paper]) -> Iterator[list[queries.Paper]]:
    while some := list(itertools.islice(papers, 16 * AT_ONCE)):
        yield some
