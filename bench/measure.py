"""Clocks: wall time, and the processor time of everything that works for us: children, the database's processes."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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


def used_by(pid: int) -> float | None:
    """Return the processor time that a process has used, by its own clock; ``None`` where it has gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) answers
    except OSError:
        return None


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1] == str(parent):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def siblings(pid: int) -> list[int]:
    """Return a process, the one that started it, and all that the latter started: the whole of a PostgreSQL."""
    parent = int((Path("/proc") / str(pid) / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
    return [parent, *children_of(parent)]


class Meter:
    """Takes the time between its two looks: of the wall, of this process, and of others.

    The others are this process's children, where those are asked for, and ``others`` (the database's processes).
    """

    def __init__(self, others: Iterable[int] = (), *, children: bool = False) -> None:
        self.others, self.children = list(others), children
        before = self._theirs()
        self._before = (time.perf_counter(), time.process_time(), before)

    def _theirs(self) -> dict[int, float]:
        pids = {*self.others, *(children_of(os.getpid()) if self.children else ())}
        return {pid: used for pid in pids if (used := used_by(pid)) is not None}

    def look(self) -> tuple[float, float, float]:
        """Return the seconds of the wall, of this process and of the others since the beginning.

        What an ended process had used is not known; one that began since counts from its beginning.
        """
        own, wall = time.process_time(), time.perf_counter()
        began, used, theirs = self._before
        now = self._theirs()
        return wall - began, own - used, sum(seconds - theirs.get(pid, 0.0) for pid, seconds in now.items())


def measured(work: Callable[[Any], object], items: Iterable[Any], *, others: Iterable[int] = ()) -> Measured:
    """Do ``work`` on each item and measure all of it together."""
    rest = list(items)
    meter = Meter(others, children=True)
    for item in rest:
        work(item)
    wall, own, theirs = meter.look()
    return Measured(times=len(rest), wall=wall, cpu=own + theirs)


def repeated(work: Callable[[int], object], *, seconds: float, others: Iterable[int] = ()) -> Measured:
    """Do ``work`` again and again for about ``seconds``; the first, which fills caches, is not counted."""
    work(0)
    meter, began, times = Meter(others, children=True), time.perf_counter(), 0
    while time.perf_counter() - began < seconds or not times:
        times += 1
        work(times)
    wall, own, theirs = meter.look()
    return Measured(times=times, wall=wall, cpu=own + theirs)
