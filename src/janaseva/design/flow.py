"""Where the boxes and arrows of a process stand: one box below the other, other ways round their outer side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640
BOX_LEFT: Final = 110
BOX_WIDTH: Final = 420
BOX_HEIGHT: Final = 52
GAP: Final = 40
TOP: Final = 8
_LANE: Final = 20
_NEAREST: Final = 22
_LANES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One step: its title, who acts and by when, and its place from above."""

    title: str
    words: str
    kind: str
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One arrow with its number in the list below the drawing: straight down, or round the side."""

    number: int
    path: str
    back: bool
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A process ready to be drawn."""

    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    height: int


def flow(nodes: Sequence[tuple[str, str, str, str]], arrows: Sequence[tuple[str, str]]) -> Flow:
    """Return the drawing.

    Args:
        nodes: key, title, words and kind of each step, in the order of reading.
        arrows: the keys from which and to which each way leads; those that are not among the nodes are left out.

    """
    place = {node[0]: index for index, node in enumerate(nodes)}
    boxes = tuple(
        Box(title=title, words=words, kind=kind, y=TOP + index * (BOX_HEIGHT + GAP))
        for index, (_, title, words, kind) in enumerate(nodes)
    )
    lanes = {True: 0, False: 0}
    ways = []
    for number, (source, target) in enumerate(arrows, start=1):
        if source not in place or target not in place:
            continue
        first, last = place[source], place[target]
        if last == first + 1:
            ways.append(_down(number, boxes[first]))
            continue
        back = last <= first
        ways.append(_round(number, boxes[first], boxes[last], back=back, lane=lanes[back] % _LANES))
        lanes[back] += 1
    return Flow(boxes=boxes, ways=tuple(ways), height=TOP * 2 + len(boxes) * (BOX_HEIGHT + GAP) - GAP)


def _down(number: int, box: Box) -> Way:
    x, y = BOX_LEFT + BOX_WIDTH // 2, box.y + BOX_HEIGHT
    return Way(number=number, path=f"M{x} {y} V{y + GAP - 3}", back=False, x=x, y=y + GAP // 2 - 3)


def _round(number: int, source: Box, target: Box, *, back: bool, lane: int) -> Way:
    """Lead round the left side where the way goes back, else round the right side."""
    shift = 8 + 4 * lane
    begin, end = source.y + BOX_HEIGHT // 2 + shift, target.y + BOX_HEIGHT // 2 - shift
    edge = BOX_LEFT if back else BOX_LEFT + BOX_WIDTH
    out = edge - _NEAREST - lane * _LANE if back else edge + _NEAREST + lane * _LANE
    tip = edge - 3 if back else edge + 3
    return Way(number=number, path=f"M{edge} {begin} H{out} V{end} H{tip}", back=back, x=out, y=(begin + end) // 2)
