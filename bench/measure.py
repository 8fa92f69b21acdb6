"""Clocks: wall time, and the processor time of everything that works for us (children, and the database's backend)."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How often something was done, and how long that took in all, in seconds."""

    times: int
    wall: float
    cpu: float

    @property
    def per_second(self) -> float:
        """Return how many were done in a second of wall time."""
        return self.times / self.wall

    @property
    def wall_ms(self) -> float:
        """Return the wall time of one, in milliseconds."""
        return 1000 * self.wall / self.times

    @property
    def cpu_ms(self) -> float:
        """Return the processor time of one, in milliseconds."""
        return 1000 * self.cpu / self.times


def _ticks(pid: int) -> float:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / _TICK


def _children() -> list[int]:
    mine = str(os.getpid())
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1] == mine:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def processor_seconds(others: Iterable[int]) -> float:
    """Return the processor time used so far by this process, its children, and ``others`` (the backend's pid)."""
    return time.process_time() + sum(_ticks(pid) for pid in {*_children(), *others})


def measured(work: Callable[[Any], object], items: Iterable[Any], *, others: Iterable[int] = ()) -> Measured:
    """Do ``work`` on each item and measure all of it together."""
    rest = list(items)
    others = list(others)
    cpu, began = processor_seconds(others), time.perf_counter()
    for item in rest:
        work(item)
    wall = time.perf_counter() - began
    return Measured(times=len(rest), wall=wall, cpu=processor_seconds(others) - cpu)


def repeated(work: Callable[[int], object], *, seconds: float, others: Iterable[int] = ()) -> Measured:
    """Do ``work`` again and again for about ``seconds``; the first, which fills caches, is not counted."""
    work(0)
    others = list(others)
    cpu, began, times = processor_seconds(others), time.perf_counter(), 0
    while (wall := time.perf_counter() - began) < seconds or not times:
        times += 1
        work(times)
    return Measured(times=times, wall=wall, cpu=processor_seconds(others) - cpu)
