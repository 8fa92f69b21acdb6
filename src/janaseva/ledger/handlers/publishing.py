"""Giving leaves their index, and publishing the log as files under a signed checkpoint.

Two short transactions with the disk between them, so that no lock is held while files are written:

1. *sequence*: under the lock of the head row, leaves that are committed and have no index get the next ones, and the
   right-most tiles grow by them. Tiles and indexes are one transaction, so they never disagree.
2. *publish*: what the last checkpoint did not cover is written as files; the files are read again; only if they lead
   to the same root as the rows, and the old root is a beginning of the new tree, is the new head signed. The head row
   is then swapped from the old size to the new, which only one of two publishers can do.

A worker that is killed between any two of these steps leaves nothing to mend by hand: the next round does the rest.
"""

import logging
from datetime import datetime

from janaseva.core.action import upkeep
from janaseva.core.actor import Actor
from janaseva.ledger import actions, queries, rules
from janaseva.ledger.adapters import DirectoryTiles, FileKey, KeyStore, Memory, TileStore
from janaseva.ledger.handlers.standing import compared, memory
from janaseva.ledger.models import Checkpoint, Leaf, Tile
from janaseva.ledger.queries.recorded import HEAD_ID
from janaseva.settings import OPTIONS

LEAVES_A_ROUND = 1024
"""How many leaves one transaction sequences: some 30 ms, short enough for writers to wait behind."""

_log = logging.getLogger("janaseva.ledger")


class LogBrokenError(RuntimeError):
    """The log's rows and files do not agree, or the key is lost: nothing is signed until someone has looked."""


def tile_store() -> TileStore:
    """Return where the log's files are kept."""
    return DirectoryTiles(OPTIONS.data_dir / "log")


def key_store() -> KeyStore:
    """Return where the log's signing key is kept."""
    return FileKey(OPTIONS.data_dir / "keys" / "log_key.pem")


def _locked_head() -> Checkpoint:
    held = Checkpoint.locked(HEAD_ID)
    if held is None:
        Checkpoint.objects.bulk_create([Checkpoint(id=HEAD_ID)], ignore_conflicts=True)
        held = Checkpoint.locked(HEAD_ID)
    if held is None:
        message = "the head of the log vanished while it was being made"
        raise LogBrokenError(message)
    return held


def _edge(size: int) -> list[bytes]:
    edge = [b""] * (rules.HIGHEST_LEVEL + 1)
    for place in rules.edge_places(size):
        edge[place.level or 0] = queries.tile_hashes(place.level or 0, place.number)
    return edge


def sequence() -> int:
    """Give up to a round's leaves the next indexes, by event id among those committed; return how many."""
    if not Leaf.objects.filter(index__isnull=True).exists():
        return 0
    with upkeep():
        held = _locked_head()
        waiting = Leaf.objects.filter(index__isnull=True).order_by("pk")[:LEAVES_A_ROUND]
        leaves = [
            Leaf(id=key, data=data, index=held.sequenced + place)
            for place, (key, data) in enumerate(waiting.values_list("pk", "data"))
        ]
        hashes = [rules.leaf_hash(leaf.data.encode()) for leaf in leaves]
        grown = rules.grown(size=held.sequenced, edge=_edge(held.sequenced), leaves=hashes)
        tiles = [Tile(level=level, number=number, hashes=content) for level, number, content in grown]
        Leaf.objects.bulk_create(leaves, update_conflicts=True, update_fields=["index"], unique_fields=["id"])
        Tile.objects.bulk_create(
            tiles, update_conflicts=True, update_fields=["hashes"], unique_fields=["level", "number"]
        )
        Checkpoint.objects.filter(pk=held.pk).update(sequenced=held.sequenced + len(leaves))
    return len(leaves)


def _files(*, old: int, new: int) -> dict[str, bytes]:
    """Return the files that a log of ``new`` leaves has and one of ``old`` had not, from the rows.

    Raises:
        LogBrokenError: where the entries in the rows do not hash to the tiles in the rows.

    """
    files: dict[str, bytes] = {}
    for place in rules.changed_places(old=old, new=new):
        hashes = queries.tile_hashes(place.level or 0, place.number)[: place.width * rules.HASH_BYTES]
        files[rules.tile_path(place)] = hashes
        if place.level == 0:
            first = place.number * rules.TILE_WIDTH
            entries = queries.entries(first=first, last=first + place.width)
            if b"".join(rules.leaf_hash(entry) for entry in entries) != hashes:
                message = f"the entries from {first} on do not hash to their tile"
                raise LogBrokenError(message)
            files[rules.tile_path(rules.Place(None, place.number, place.width))] = rules.bundle(entries)
    return files


def _read_back(store: TileStore, *, size: int, head: Checkpoint, files: dict[str, bytes]) -> bytes:
    """Return the root of the tree as the files on the disk have it.

    Raises:
        LogBrokenError: where they are not what was written, or do not continue the last signed tree.
        TileError: where an older file is missing.

    """
    for path, content in files.items():
        if store.read(path) != content:
            message = f"{path} does not read as it was written"
            raise LogBrokenError(message)

    def read(level: int, number: int) -> bytes:
        width = rules.width_at(size=size, level=level, number=number)
        return store.read(rules.tile_path(rules.Place(level, number, width))) or b""

    root = rules.Tree(size, read).root()
    if root != rules.Tree(size, queries.tile_hashes).root():
        message = f"the files of {size} leaves lead to another root than the rows"
        raise LogBrokenError(message)
    if head.size and rules.Tree(head.size, read).root().hex() != head.root:
        message = f"the tree of {size} leaves does not begin with the {head.size} that were signed"
        raise LogBrokenError(message)
    return root


def _kept_size(store: TileStore, head: Checkpoint) -> int:
    """Return up to which size these files are complete: what their own checkpoint says, for others may publish too."""
    lines = (store.read(rules.CHECKPOINT_PATH) or b"").split(b"\n")
    own = int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 0
    return min(own, head.size)


def _written(store: TileStore, *, size: int, head: Checkpoint) -> bytes:
    """Write what is new and return the root; write all anew where older files turn out to be missing."""
    try:
        files = _files(old=_kept_size(store, head), new=size)
        store.write(files)
        return _read_back(store, size=size, head=head, files=files)
    except rules.TileError:
        _log.warning("files of the log are missing: all are written anew from the rows")
        files = _files(old=0, new=size)
        store.write(files)
        return _read_back(store, size=size, head=head, files=files)


def _signing_key(keys: KeyStore, head: Checkpoint) -> rules.PrivateKey:
    """Return the key; the first log makes it, and a log that was signed before never makes another."""
    key = keys.key()
    if key is not None:
        return key
    if head.note:
        message = "the log's signing key is gone: restore data_dir/keys/log_key.pem from its copy"
        raise LogBrokenError(message)
    return keys.make()


def _mirror_head(store: TileStore, head: Checkpoint) -> None:
    """Make the checkpoint file say what the head row says, where a crash or a lost disk left it behind.

    The row may be seen here and be on one server alone, where the wait of its commit was cut short: what leaves the
    database would then be ahead of it after a change of leader. So it is written once more, and that commit waits.
    """
    if head.note and store.read(rules.CHECKPOINT_PATH) != head.note.encode():
        with upkeep():
            Checkpoint.objects.filter(pk=head.pk, note=head.note).update(note=head.note)
        _log.warning("the checkpoint file was not the last one signed: the log is written anew from the rows")
        _written(store, size=head.size, head=head)
        store.write({rules.CHECKPOINT_PATH: head.note.encode()})


def _refuse_an_older_database(kept: Memory) -> None:
    """Compare the rows with what is remembered of the last checkpoint.

    Raises:
        LogBrokenError: where the database is behind it or has another history: signing would make two logs of one.

    """
    found = compared(kept)
    if found.code:
        message = f"{found.published} leaves were published and the database has {found.sequenced}: {found.code}"
        raise LogBrokenError(message)


def _remember(kept: Memory, note: str) -> None:
    """Keep the newest checkpoint apart from the database, with the ids of its leaves."""
    if note:
        kept.remember(note, lambda first, last: queries.leaf_ids(first=first, last=last))


def publish(at: datetime, *, store: TileStore | None = None, keys: KeyStore | None = None) -> int:
    """Sequence what is committed and publish it under a checkpoint signed at ``at``; return the leaves published.

    Raises:
        LogBrokenError: where rows and files disagree, the key is lost, or more was published before than the database
            has; nothing was signed.

    """
    store, keys, kept = store or tile_store(), keys or key_store(), memory()
    _refuse_an_older_database(kept)
    while sequence() == LEAVES_A_ROUND:
        pass
    held = queries.head()
    if held is None:
        return 0
    if held.sequenced == held.size:
        _mirror_head(store, held)
        _remember(kept, held.note)
        return 0
    size, key = held.sequenced, _signing_key(keys, held)
    root = _written(store, size=size, head=held)
    old = keys.retiring()
    both = (key,) if old is None else (key, old)
    note = rules.sign_checkpoint(rules.Head(origin=OPTIONS.log_origin, size=size, root=root), *both)
    verifier = rules.verifier_of(OPTIONS.log_origin, key).text()
    with upkeep():
        swapped = Checkpoint.objects.filter(pk=held.pk, size=held.size, note=held.note).update(
            size=size, root=root.hex(), note=note, verifier=verifier, signed_at=at
        )
    if not swapped:
        return 0
    _remember(kept, note)
    store.write({rules.CHECKPOINT_PATH: note.encode()})
    for place in rules.changed_places(old=held.size, new=size):
        if place.full:
            store.forget_partial(rules.tile_path(place))
            if place.level == 0:
                store.forget_partial(rules.tile_path(rules.Place(None, place.number)))
    return size - held.size


def rotate_key(at: datetime, *, keys: KeyStore | None = None) -> str:
    """Let a new key sign the log, and the old one beside it until the overlap is ended; return the new public key.

    The change is an event, so that it stands in the log itself, signed by both. Where this is cut short it is done
    again from where it stood: the next key is made once, told once, and takes over once.

    Raises:
        LogBrokenError: where the log was never signed, or its key is gone.

    """
    keys, head = keys or key_store(), queries.head()
    present = keys.key()
    if head is None or not head.note or present is None:
        message = "the log has no key yet, or it is gone: there is nothing that another could take over from"
        raise LogBrokenError(message)
    before = rules.verifier_of(OPTIONS.log_origin, present).text()
    new = rules.verifier_of(OPTIONS.log_origin, keys.next()).text()
    actions.note_log_key(by=Actor.system("keys"), at=at, key=f"log-key:{new[-44:]}", verifier=new, before=before)
    keys.take_over()
    return new


def own_verifiers(keys: KeyStore | None = None) -> str:
    """Return the public halves of the keys that sign here now, a line each; empty before the first."""
    keys = keys or key_store()
    held = [key for key in (keys.key(), keys.retiring()) if key is not None]
    return "\n".join(rules.verifier_of(OPTIONS.log_origin, key).text() for key in held)
