"""The Merkle tree of RFC 6962 §2.1: hashes, inclusion and consistency proofs, made from tiles and checked without."""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()

ReadTile = Callable[[int, int], bytes]
"""Return the hashes of the tile at (level, number), at least as wide as the tree at hand needs."""


class TileError(Exception):
    """A tile that the tree needs is missing or too short."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a log entry: SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(hashes: bytes) -> list[bytes]:
    """Return the single hashes of a run of hashes."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over ``hashes``, whose number is a power of two."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _largest_power_below(size: int) -> int:
    """Return the largest power of two smaller than ``size`` (>= 2)."""
    return 1 << (size - 1).bit_length() - 1


class Tree:
    """A tree of ``size`` leaves whose hashes are read from tiles; each tile is read at most once."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    @property
    def tiles_read(self) -> int:
        """Return how many tiles it has read and keeps."""
        return len(self._tiles)

    def _run(self, level: int, first: int, count: int) -> list[bytes]:
        """Return ``count`` neighbouring hashes of one tile, beginning at hash ``first`` of the level."""
        number, offset = divmod(first, TILE_WIDTH)
        tile = self._tiles.get((level, number)) or self._read(level, number)
        run = tile[offset * HASH_BYTES : (offset + count) * HASH_BYTES]
        if len(run) != count * HASH_BYTES:
            message = f"tile {level}/{number} does not reach hash {offset + count}"
            raise TileError(message)
        self._tiles[level, number] = tile
        return split(run)

    def _range(self, begin: int, end: int) -> bytes:
        """Return MTH(D[begin:end]) for a range that occurs in the tree."""
        size = end - begin
        if size & (size - 1) == 0:
            height = size.bit_length() - 1
            level, rest = divmod(height, TILE_HEIGHT)
            return perfect_root(self._run(level, (begin >> height) << rest, 1 << rest))
        middle = begin + _largest_power_below(size)
        return node_hash(self._range(begin, middle), self._range(middle, end))

    def root(self) -> bytes:
        """Return the root hash.

        Raises:
            TileError: where a tile is missing or short; so do the proofs below.

        """
        return self._range(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """Return PATH(index, D[size]), from the leaf's sibling up to the root's child."""
        if not 0 <= index < self.size:
            message = f"a tree of {self.size} has no leaf {index}"
            raise IndexError(message)
        path: list[bytes] = []
        begin, end = 0, self.size
        while end - begin > 1:
            middle = begin + _largest_power_below(end - begin)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(begin, middle))
                begin = middle
        return path[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """Return PROOF(old, D[size]): that the tree of ``old`` leaves is a beginning of this one."""
        if not 0 < old <= self.size:
            message = f"a tree of {old} cannot come before one of {self.size}"
            raise IndexError(message)
        path: list[bytes] = []
        begin, end, whole = 0, self.size, True
        while old != end:
            middle = begin + _largest_power_below(end - begin)
            if old <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(begin, middle))
                begin, whole = middle, False
        if not whole:
            path.append(self._range(begin, end))
        return path[::-1]


def grown(*, size: int, edge: Sequence[bytes], leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
    """Return the tiles (level, number, hashes) that change when ``leaves`` (hashes) follow a tree of ``size``.

    ``edge`` holds the right-most partial tile of each level from 0 up, empty where there is none; so the cost is that
    of the new leaves alone.

    Raises:
        TileError: where an edge tile is too short for ``size``.

    """
    changed: list[tuple[int, int, bytes]] = []
    level, coming = 0, b"".join(leaves)
    full = TILE_WIDTH * HASH_BYTES
    while coming:
        number, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
        held = edge[level][: width * HASH_BYTES] if level < len(edge) else b""
        if len(held) != width * HASH_BYTES:
            message = f"the edge tile of level {level} is shorter than a tree of {size} has it"
            raise TileError(message)
        run = held + coming
        above: list[bytes] = []
        for place, start in enumerate(range(0, len(run), full)):
            hashes = run[start : start + full]
            changed.append((level, number + place, hashes))
            if len(hashes) == full:
                above.append(perfect_root(split(hashes)))
        level, coming = level + 1, b"".join(above)
    return changed


def includes(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether ``path`` proves that the leaf hash is at ``index`` under ``root`` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, held = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            held = node_hash(sibling, held)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            held = node_hash(held, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and held == root


def _climb(place: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the old and the new root that a consistency path leads to, or ``None`` where it is too long or short."""
    while place & 1:
        place >>= 1
        last >>= 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            after = node_hash(after, sibling)
        place >>= 1
        last >>= 1
    return (before, after) if last == 0 else None


def follows(*, old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether ``path`` proves that the old tree is a beginning of the new (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    if old & (old - 1) == 0:
        path = [old_root, *path]
    return bool(path) and _climb(old - 1, size - 1, path) == (old_root, root)
