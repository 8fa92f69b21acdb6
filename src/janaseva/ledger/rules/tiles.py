"""The files of a tiled log: their paths and bytes (c2sp.org/tlog-tiles)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from janaseva.ledger.rules.merkle import TILE_HEIGHT, TILE_WIDTH

CHECKPOINT_PATH = "checkpoint"
HIGHEST_LEVEL = 7
"""2**63 leaves fill no tile above this level."""

_PATH = re.compile(
    r"tile/(?P<level>entries|[0-7])/(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which tile a path names: a level (``None`` for a bundle of entries), a number in it, and its width in hashes."""

    level: int | None
    number: int
    width: int = TILE_WIDTH

    @property
    def full(self) -> bool:
        """Return whether the tile can never change again."""
        return self.width == TILE_WIDTH


def tile_path(place: Place) -> str:
    """Return the path of a tile or bundle, such as ``tile/0/x001/x234/067.p/5``."""
    groups, rest = [f"{place.number % 1000:03d}"], place.number // 1000
    while rest:
        groups.append(f"x{rest % 1000:03d}")
        rest //= 1000
    level = "entries" if place.level is None else str(place.level)
    path = f"tile/{level}/{'/'.join(reversed(groups))}"
    return path if place.full else f"{path}.p/{place.width}"


def parse_path(path: str) -> Place | None:
    """Return what ``path`` names, or ``None`` for anything that is not the one spelling of a tile's path."""
    matched = _PATH.fullmatch(path)
    if matched is None:
        return None
    level = None if matched["level"] == "entries" else int(matched["level"])
    number = int(matched["number"].replace("x", "").replace("/", ""))
    place = Place(level, number, int(matched["width"] or TILE_WIDTH))
    return place if tile_path(place) == path else None


def width_at(*, size: int, level: int, number: int) -> int:
    """Return how many hashes the tile holds in a tree of ``size``: 0 where there is none, 256 where it is full."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - number * TILE_WIDTH))


def changed_places(*, old: int, new: int) -> Iterator[Place]:
    """Return the places of the hash tiles that a tree of ``new`` leaves has and one of ``old`` had not."""
    level = 0
    while new >> TILE_HEIGHT * level:
        before, after = old >> TILE_HEIGHT * level, new >> TILE_HEIGHT * level
        if after > before:
            for number in range(before // TILE_WIDTH, -(-after // TILE_WIDTH)):
                yield Place(level, number, width_at(size=new, level=level, number=number))
        level += 1


def edge_places(size: int) -> list[Place]:
    """Return the right-most partial tile of each level that has one."""
    counts = [(level, size >> TILE_HEIGHT * level) for level in range(HIGHEST_LEVEL + 1)]
    return [Place(level, count // TILE_WIDTH, count % TILE_WIDTH) for level, count in counts if count % TILE_WIDTH]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return the bytes of an entry bundle: each entry behind its length as a big-endian 16-bit number."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(content: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        ValueError: where a length points past the end.

    """
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        entry = content[at + 2 : at + 2 + length]
        if at + 2 + length > len(content):
            message = f"the entry at byte {at} is cut off"
            raise ValueError(message)
        entries.append(entry)
        at += 2 + length
    return entries
