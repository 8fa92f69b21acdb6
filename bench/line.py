"""What a bench says: a line a workload, and for some the goal that was set beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.measure import Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What was wanted and what was found, in words, and whether the one is met by the other."""

    what: str
    wanted: str
    found: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One workload's figures; ``floor`` is the raw SQL of the same rows, where rows were written."""

    workload: str
    done: Measured
    floor: Measured | None = None
    writes: float = 0
    queries: float = 0
    note: str = ""
    goal: Goal | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def figures(line: Line) -> Mapping[str, Any]:
    """Return one line as JSON holds it."""
    found: dict[str, Any] = {
        "workload": line.workload,
        "times": line.done.times,
        "per_second": round(line.done.per_second, 1),
        "wall_ms": round(line.done.wall_ms, 3),
        "cpu_ms": round(line.done.cpu_ms, 3),
        "note": line.note,
        **line.more,
    }
    if line.floor is not None:
        found |= {
            "floor_wall_ms": round(line.floor.wall_ms, 3),
            "floor_cpu_ms": round(line.floor.cpu_ms, 3),
            "ratio_wall": round(line.done.wall_ms / line.floor.wall_ms, 1),
            "ratio_cpu": round(line.done.cpu_ms / line.floor.cpu_ms, 1),
            "writes": round(line.writes, 1),
            "queries": round(line.queries, 1),
        }
    if line.goal is not None:
        found["goal"] = {name: getattr(line.goal, name) for name in Goal.__dataclass_fields__}
    return found
