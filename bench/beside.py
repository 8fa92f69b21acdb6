"""The same flow by other packages, in processes and an environment of their own (bench/others), in turns with ours."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from bench.line import Goal, Line
from bench.measure import Measured

TREE = Path(__file__).resolve().parent.parent
PYTHON = TREE / "build" / "others" / "bin" / "python"
OTHERS = {"fsm": "django-fsm-2 with the ORM", "spiff": "SpiffWorkflow, its state in PostgreSQL"}


@dataclass(slots=True)
class Other:
    """One application of others that runs, and what its flows took so far."""

    name: str
    process: subprocess.Popen[str]
    turns: list[Mapping[str, Any]] = field(default_factory=list)

    def said(self) -> Mapping[str, Any]:
        """Return the next line that it says.

        Raises:
            RuntimeError: where it ended instead.

        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            message = f"bench.others.{self.name} ended with {self.process.wait()}"
            raise RuntimeError(message)
        found: Mapping[str, Any] = json.loads(line)
        return found

    def turn(self, flows: int, *, counts: bool) -> None:
        """Let it do so many flows; the first turn warms its caches and does not count."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{flows}\n")
        self.process.stdin.flush()
        found = self.said()
        if counts:
            self.turns.append(found)

    def line(self) -> Line:
        """Return what its flows took."""
        flows = sum(turn["flows"] for turn in self.turns)
        wall, own, database = (sum(turn[name] for turn in self.turns) for name in ("wall", "own", "database"))
        return Line(
            workload=f"  {OTHERS[self.name]}",
            done=Measured(times=flows, wall=wall, cpu=own + database),
            note=f"{database / (own + database):.0%} db",
            more={"database_cpu_ms": round(1000 * database / flows, 3)},
        )


def missing() -> str:
    """Return why others cannot be measured here; empty where they can be."""
    return "" if PYTHON.exists() else f"{' and '.join(OTHERS.values())}: build/others is not installed (make others)"


@contextmanager
def running(folder: Path, answers: Mapping[str, Any], *, wanted: bool) -> Iterator[list[Other]]:
    """Start the applications of others on databases of their own on our server; none on SQLite, or where missing."""
    if not wanted or connection.vendor != "postgresql" or missing():
        yield []
        return
    given = folder / "answers.json"
    given.write_text(json.dumps(dict(answers), default=str), encoding="utf-8")
    with ExitStack() as stack:
        yield [_started(stack, name, given) for name in OTHERS]


def _started(stack: ExitStack, name: str, answers: Path) -> Other:
    known = connection.get_connection_params()
    kept = {key: value for key, value in known.items() if key in ("host", "port", "user", "password")}
    with psycopg.connect(psycopg.conninfo.make_conninfo(**kept, dbname="template1"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS beside_{name}")  # type: ignore[call-overload]
        server.execute(f"CREATE DATABASE beside_{name}")  # type: ignore[call-overload]
    place = psycopg.conninfo.make_conninfo(**kept, dbname=f"beside_{name}")
    process = stack.enter_context(
        subprocess.Popen(
            [PYTHON, "-m", f"bench.others.{name}", place, str(answers)],
            cwd=TREE,
            env={"PYTHONPATH": str(TREE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    )
    other = Other(name, process)
    other.said()
    return other


def compared(ours: Measured, others: Sequence[Other]) -> Iterator[Line]:
    """Yield a line for each, the last with the goal: at least as many flows a second as the faster of them."""
    lines = [other.line() for other in others]
    if not lines:
        return
    fastest = max(lines, key=lambda line: line.done.per_second)
    goal = Goal(
        what="flows a second, beside the faster of two that others would take",
        wanted=f"at least {fastest.done.per_second:.1f} a second ({fastest.workload.strip()})",
        found=f"{ours.per_second:.1f} a second; CPU a flow {ours.cpu_ms:.1f} ms, theirs {fastest.done.cpu_ms:.1f} ms",
        met=ours.per_second >= fastest.done.per_second,
    )
    for line in lines:
        yield line if line is not fastest else replace(line, goal=goal)
