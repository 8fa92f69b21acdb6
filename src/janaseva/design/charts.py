"""Where the marks of a chart stand: plain geometry, so that the template only draws. No script, no style attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640
HEIGHT: Final = 220
LEFT: Final = 48
TOP: Final = 12
BOTTOM: Final = 28
RIGHT: Final = 12
_STEPS: Final = (1, 2, 5, 10)
_LINES: Final = 4
_TEN: Final = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a chart, where it stands in the drawing."""

    label: str
    value: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the grid with the value that it stands for."""

    value: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart ready to be drawn: marks in order, grid lines, and the points of the line through the marks."""

    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    points: str
    every: int
    """Only each ``every``-th label is written, so that labels do not run into each other."""


def _step(highest: int) -> int:
    """Return a round distance between grid lines, so that at most five of them reach ``highest``."""
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale * _LINES >= highest:
                return step * scale
        scale *= _TEN


def draw(values: Sequence[tuple[str, int]], *, rtl: bool = False) -> Drawing:
    """Return the drawing of non-negative integers by label; time runs with the page's direction of reading."""
    step = _step(max((value for _, value in values), default=1) or 1)
    top = step * _LINES
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    slot = inner_width // max(len(values), 1)
    bar = max(4, slot * 6 // 10)
    start = RIGHT if rtl else LEFT
    marks = []
    for index, (label, value) in enumerate(values):
        place = len(values) - 1 - index if rtl else index
        height = inner_height * value // top
        marks.append(
            Mark(label, value, start + place * slot + (slot - bar) // 2, TOP + inner_height - height, bar, height)
        )
    lines = tuple(
        Line(step * count, TOP + inner_height - inner_height * count // _LINES) for count in range(_LINES + 1)
    )
    points = " ".join(f"{mark.x + mark.width // 2},{mark.y}" for mark in marks)
    return Drawing(tuple(marks), lines, points, every=max(1, -(-len(values) // 12)))
