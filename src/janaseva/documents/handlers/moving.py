"""Moving papers between stores and the database, and removing what no row knows: for the administrator's commands."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from janaseva.core.refusal import Refusal
from janaseva.documents import actions, queries, rules
from janaseva.documents.adapters.storing import ObjectMissingError
from janaseva.documents.handlers.storing import AT_ONCE, AWAY, WORKER, Store, bring, fetch, remove, since_of, store_at
from janaseva.documents.rules import StoreAwayError
from janaseva.settings import OPTIONS

Progress = Callable[[int], None]
"""Called with how many more papers were looked at."""
BACK_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move came to: how many papers are where they were not, and the ids of those that no place has whole."""

    moved: int
    lacking: tuple[UUID, ...]


def move(at: datetime, progress: Progress, *, read: bool = False) -> Moved:
    """Bring every paper to where the settings say: the document store, or the database where there is none.

    It may be ended at any moment and begun again: what is there is not moved again. What is there is known by its
    length; with ``read`` by reading it, so that what is altered is mended from wherever it is whole.

    Raises:
        StoreAwayError: where a store does not do what it is asked.

    """
    if not OPTIONS.document_store:
        return _to_the_database(at, progress)
    target = store_at(OPTIONS.document_store)
    target.here()
    found = _to_the_store(target, progress, read=read)
    moved = found.moved
    while brought := bring(target, at):
        moved += brought
        progress(brought)
    return Moved(moved=moved, lacking=found.lacking)


def _fetched(paper: queries.Paper) -> bytes | None:
    """Return a paper from whichever store has it whole, or ``None``.

    Raises:
        StoreAwayError: where one that may have it does not answer.

    """
    try:
        return fetch(paper.sha256)
    except Refusal as refusal:
        if refusal.code == AWAY:
            message = "a store that papers may lie in does not answer; what was moved so far is moved"
            raise StoreAwayError(message) from refusal
        return None


def _is_there(target: Store, paper: queries.Paper, *, read: bool) -> bool:
    if not read:
        return target.holds(paper.sha256, paper.size_bytes)
    try:
        target.get(paper.sha256)
    except (ObjectMissingError, rules.AlteredError):
        return False
    return True


def _to_the_store(target: Store, progress: Progress, *, read: bool) -> Moved:
    """Copy papers that lie in other stores into the target; no row changes by that."""

    def copied(paper: queries.Paper) -> bool | None:
        if _is_there(target, paper, read=read):
            return False
        content = _fetched(paper)
        if content is not None:
            target.put(paper.sha256, content)
        return None if content is None else True

    moved, lacking = 0, []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for some in _some(queries.all_stored(WORKER), 8 * AT_ONCE):
            for paper, done in zip(some, pool.map(copied, some), strict=True):
                moved += bool(done)
                if done is None:
                    lacking.append(paper.blob_id)
            progress(len(some))
    return Moved(moved=moved, lacking=tuple(lacking))


def _to_the_database(at: datetime, progress: Progress) -> Moved:
    moved, lacking = 0, []
    for some in _some(queries.all_stored(WORKER), BACK_AT_ONCE):
        contents: dict[UUID, bytes] = {}
        for paper in some:
            content = _fetched(paper)
            if content is None:
                lacking.append(paper.blob_id)
            else:
                contents[paper.blob_id] = content
        if contents:
            key = f"fetched:{some[0].blob_id}:{at.isoformat()}"
            moved += actions.bring_back(by=WORKER, at=at, key=key, contents=contents)
        progress(len(some))
    return Moved(moved=moved, lacking=tuple(lacking))


def _some(papers: Iterator[queries.Paper], count: int) -> Iterator[list[queries.Paper]]:
    while some := list(islice(papers, count)):
        yield some


def sweep(at: datetime, *, delete: bool) -> list[str]:
    """Return the objects of the store that belong to no paper, and remove them where ``delete`` says so.

    A crash between putting a paper and noting it leaves none: the same object is put again. They come of papers that
    were erased while the store was away, and of rows that a restored database has not.

    Raises:
        StoreAwayError: where the store does not do what it is asked.

    """
    store = store_at(OPTIONS.document_store)
    store.here()
    there = [name for name in store.objects.names() if rules.is_object_name(name)]
    ours = {bytes.fromhex(store.key.name(sha256)[3:]) for sha256 in queries.all_hashes(WORKER)}
    orphans = [name for name in there if bytes.fromhex(name[3:]) not in ours]
    since = since_of(at)
    for name in orphans if delete else ():
        remove(store, name, since)
    return orphans
