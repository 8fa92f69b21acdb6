"""The schedule of a fee by size as people read it: every band with both of its ends, every amount in its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from janaseva.core.formula import Scope
from janaseva.core.text import Text
from janaseva.payments.rules.bands import Band, Name, spans
from janaseva.payments.rules.fees import Line, measured

FeeKind = Literal["fixed", "slab", "matrix", "each", "percentage"]
Parts = Literal["", "up", "down", "nearest", "exact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandLine:
    """One band as it reads: the sentence (``portal.services.band.<name>``) and its numbers; as written beside it."""

    name: Name
    low: str
    high: str
    written: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Amounts by two sizes: ``amounts[row][column]``, in paise."""

    down: Text
    across: Text
    rows: tuple[BandLine, ...]
    columns: tuple[BandLine, ...]
    amounts: tuple[tuple[int, ...], ...]


def band_lines(bands: Sequence[Band], of: str, scope: Scope) -> tuple[BandLine, ...]:
    """Return these bands of the size that a formula measures."""
    worked = spans(bands, counted=measured(of, scope) == "integer")
    return tuple(
        BandLine(name=name, low=low, high=high, written=band)
        for band, (name, low, high) in zip(bands, (span.words() for span in worked), strict=True)
    )


def schedule(line: Line, scope: Scope) -> Schedule | None:
    """Return the schedule of a line by two sizes; ``None`` where it is none."""
    matrix = line.matrix
    if matrix is None:
        return None
    return Schedule(
        down=matrix.down.title,
        across=matrix.across.title,
        rows=band_lines(matrix.rows, matrix.down.of, scope),
        columns=band_lines(matrix.across.bands, matrix.across.of, scope),
        amounts=tuple(row.rupees for row in matrix.rows),
    )
