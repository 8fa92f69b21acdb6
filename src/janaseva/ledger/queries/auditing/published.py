"""The audit of the log: leaves against events, tiles and files against leaves, the root against the signature."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef

from janaseva.ledger import rules
from janaseva.ledger.models import Checkpoint, Event, Leaf
from janaseva.ledger.queries.auditing.finding import Finding, Kind, Progress
from janaseva.ledger.queries.recorded import head as present_head
from janaseva.ledger.queries.recorded import tile_hashes

ReadFile = Callable[[str], bytes | None]
_TABLE = "ledger.leaf"


def _leaf(kind: Kind, code: str, key: UUID | str, *, name: str = "", index: int | None = None) -> Finding:
    event = key if isinstance(key, UUID) else None
    facts: dict[str, str | int] = {"name": name, "index": -1 if index is None else index}
    return Finding(kind=kind, code=code, table=_TABLE, key=str(key), event_id=event, facts=facts)


def _against_events(leaves: list[tuple[UUID, str, int | None]]) -> Iterator[Finding]:
    """Return each leaf that has no event, or whose entry is not that of its event."""
    events = Event.objects.filter(pk__in=[key for key, _, _ in leaves]).values_list("pk", "hash", "name")
    expected = {key: rules.leaf_data(hash_hex=digest, name=name).decode() for key, digest, name in events}
    for key, data, index in leaves:
        name = data.partition(" ")[2]
        if key not in expected:
            yield _leaf("missing", "event_of_leaf_missing", key, name=name, index=index)
        elif expected[key] != data:
            yield _leaf("altered", "leaf_altered", key, name=name, index=index)


def _published_now() -> int:
    """Return up to where the rows say that the log is signed: more than when the audit began, where work goes on."""
    present = present_head()
    return present.size if present is not None else 0


@dataclass(slots=True)
class _Rebuilt:
    """The tree as it grows again from the leaves, compared tile by tile with what is kept and what is published."""

    size: int
    files: ReadFile | None
    edge: list[bytes] = field(default_factory=lambda: [b""] * (rules.HIGHEST_LEVEL + 1))
    grown: int = 0

    def add(self, hashes: list[bytes]) -> Iterator[Finding]:
        """Let up to 256 leaves follow, and return each tile and file that is not as they make it."""
        for level, number, content in rules.grown(size=self.grown, edge=self.edge, leaves=hashes):
            place = rules.Place(level, number, len(content) // rules.HASH_BYTES)
            self.edge[level] = b"" if place.full else content
            if place.width == rules.width_at(size=self.size, level=level, number=number):
                yield from self._tile(place, content)
        self.grown += len(hashes)

    def _tile(self, place: rules.Place, content: bytes) -> Iterator[Finding]:
        path = rules.tile_path(place)
        if tile_hashes(place.level or 0, place.number)[: len(content)] != content:
            yield Finding(kind="altered", code="tile_altered", table="ledger.tile", key=path)
        yield from self.file(place, content)

    def file(self, place: rules.Place, content: bytes) -> Iterator[Finding]:
        """Compare one published file; that of a tile which has grown meanwhile may be gone."""
        if self.files is None:
            return
        path = rules.tile_path(place)
        held = self.files(path)
        if held is None and place.width < rules.width_at(
            size=_published_now(), level=place.level or 0, number=place.number
        ):
            return
        if held is None:
            yield Finding(kind="missing", code="file_missing", table="file", key=path)
        elif held != content:
            yield Finding(kind="altered", code="file_altered", table="file", key=path)

    def root(self) -> bytes:
        """Return the root of the leaves added so far."""
        return rules.Tree(self.grown, lambda level, _: self.edge[level]).root()


def _bundle(rebuilt: _Rebuilt, first: int, last: int) -> Iterator[Finding]:
    """Audit the leaves from ``first`` up to ``last``, at most one tile of them."""
    rows = Leaf.objects.filter(index__gte=first, index__lt=last).order_by("index")
    leaves = {row[2]: row for row in rows.values_list("pk", "data", "index")}
    yield from _against_events(list(leaves.values()))
    number = first // rules.TILE_WIDTH
    kept = rules.split(tile_hashes(0, number))
    hashes: list[bytes] = []
    for index in range(first, last):
        recorded = kept[index - first] if index - first < len(kept) else b"\0" * rules.HASH_BYTES
        if index not in leaves:
            yield _leaf("missing", "leaf_missing", str(index), index=index)
            hashes.append(recorded)
            continue
        key, data, _ = leaves[index]
        hashes.append(rules.leaf_hash(data.encode()))
        if hashes[-1] != recorded:
            yield _leaf("altered", "leaf_not_in_tile", key, name=data.partition(" ")[2], index=index)
    if len(leaves) == last - first:
        place = rules.Place(None, number, last - first)
        yield from rebuilt.file(place, rules.bundle([row[1].encode() for row in leaves.values()]))
    yield from rebuilt.add(hashes)


def _opened(note: str, lines: list[str]) -> tuple[rules.Verifier, rules.Head]:
    """Return what a checkpoint states, with the first of these keys that signed it.

    Raises:
        NoteError: where none did.

    """
    failed = rules.NoteError("no key to check it by")
    for line in lines:
        try:
            key = rules.Verifier.parse(line)
            return key, rules.open_checkpoint(note, key)
        except rules.NoteError as error:
            failed = error
    raise failed


def _checkpoint(head: Checkpoint, root: bytes, verifier: str, files: ReadFile | None) -> Iterator[Finding]:
    """Compare what was signed with what the leaves lead to, and the published checkpoint with both."""
    table, place = "ledger.checkpoint", str(head.pk)
    facts: dict[str, str | int] = {"size": head.size}
    try:
        key, signed = _opened(head.note, (verifier or head.verifier).splitlines())
    except rules.NoteError:
        yield Finding(kind="unsigned", code="checkpoint_unsigned", table=table, key=place, facts=facts)
        return
    if (signed.size, signed.root, head.root) != (head.size, root, root.hex()):
        yield Finding(kind="altered", code="checkpoint_wrong", table=table, key=place, facts=facts)
    if files is None:
        return
    try:
        published = rules.open_checkpoint((files(rules.CHECKPOINT_PATH) or b"").decode(errors="replace"), key)
    except rules.NoteError:
        yield Finding(kind="unsigned", code="checkpoint_unsigned", table="file", key=rules.CHECKPOINT_PATH, facts=facts)
        return
    if published.size > max(head.size, _published_now()):
        yield Finding(kind="missing", code="log_rolled_back", table="file", key=rules.CHECKPOINT_PATH, facts=facts)


def _unpublished(head: Checkpoint | None) -> Iterator[Finding]:
    """Audit what no checkpoint covers yet: leaves against events, events without a leaf, indexes out of order."""
    size, sequenced = (head.size, head.sequenced) if head else (0, 0)
    later = Leaf.objects.exclude(index__lt=size).order_by("pk").values_list("pk", "data", "index")
    chunk: list[tuple[UUID, str, int | None]] = []
    for row in later.iterator(chunk_size=1_000):
        chunk.append(row)
        if len(chunk) == rules.TILE_WIDTH:
            yield from _against_events(chunk)
            chunk = []
    yield from _against_events(chunk)
    placed = dict(Leaf.objects.filter(index__gte=size, index__lt=sequenced).values_list("index", "pk"))
    for index in range(size, sequenced):
        if index not in placed:
            yield _leaf("missing", "leaf_missing", str(index), index=index)
    bare = (
        Event.objects.filter(~Exists(Leaf.objects.filter(pk=OuterRef("pk")))).order_by("pk").values_list("pk", "name")
    )
    for key, name in bare.iterator(chunk_size=1_000):
        if not Leaf.objects.filter(pk=key).exists():
            yield _leaf("missing", "leaf_of_event_missing", key, name=name)


def audit_log(
    head: Checkpoint | None, *, files: ReadFile | None, verifier: str, progress: Progress
) -> Iterator[Finding]:
    """Return every finding about the log up to ``head``, and about the leaves that wait behind it."""
    if head is not None and head.size:
        rebuilt = _Rebuilt(size=head.size, files=files)
        for first in range(0, head.size, rules.TILE_WIDTH):
            last = min(first + rules.TILE_WIDTH, head.size)
            yield from _bundle(rebuilt, first, last)
            progress("log", last - first)
        yield from _checkpoint(head, rebuilt.root(), verifier, files)
    elif files is not None and files(rules.CHECKPOINT_PATH) is not None and not _published_now():
        facts: dict[str, str | int] = {"size": 0}
        yield Finding(kind="missing", code="log_rolled_back", table="file", key=rules.CHECKPOINT_PATH, facts=facts)
    yield from _unpublished(head)
