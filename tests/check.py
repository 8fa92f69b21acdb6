"""Run everything that a change must pass, say how long each part took, and name at the end what did not pass.

``make check`` calls this. All parts run even where one fails. The still parts run two at a time with what the browser
leaves of the machine, which waits for pages half of its time; the tests on PostgreSQL run with what those on SQLite
leave, which wait for the disk and at their end for each other. Both show their output only where they fail; the other
tests show theirs as they go. Names pick parts: ``python tests/check.py lint types``.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS = str(max(2, os.cpu_count() or 2))


@dataclass(frozen=True)
class Part:
    """One thing to pass: its name, what to do where it does not, and its command."""

    name: str
    advice: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a part went."""

    part: Part
    passed: bool
    seconds: float
    output: str


STILL = (
    Part("types", "mend the types; make types", ("mypy",)),
    Part("format", "make fmt", ("ruff", "format", "--check", ".")),
    Part("lint", "make fmt mends most of it", ("ruff", "check", ".")),
    Part("walls", "docs/house.md, section 2", ("lint-imports",)),
    Part(
        "migrations",
        "django-admin makemigrations ROOM --settings janaseva.settings",
        ("django-admin", "makemigrations", "--check", "--dry-run", "--settings", "janaseva.settings"),
    ),
    Part("packs check", "each fault names its file and line", ("janaseva", "packs", "check", "packs")),
    Part("packs test", "an example and its definition disagree", ("janaseva", "packs", "test", "packs")),
)
BY_FILE = ("pytest", "-q", "--dist", "loadfile", "-n", WORKERS, "-m", "not browser")
"""A file's tests stay on one worker: what they stand on is made once."""
ON_SQLITE = Part("tests on SQLite", "make test ARGS=...", BY_FILE)
IN_A_BROWSER = Part(
    "tests in a browser",
    "make test ARGS='-m browser'",
    ("pytest", "-q", "--dist", "loadgroup", "-n", "3", "-m", "browser", "tests/browser"),
)
ON_POSTGRESQL = Part(
    "tests on PostgreSQL",
    "make test-postgres ARGS=...",
    (*BY_FILE, "--db=postgres", "--second"),
)
TESTS = (IN_A_BROWSER, ON_SQLITE, ON_POSTGRESQL)
"""The browser goes before the others: one that waits for a busy machine proves nothing."""
YIELDING = ("nice", "-n", "10") if shutil.which("nice") else ()


def _environment(part: Part) -> dict[str, str]:
    """Return the environment of a part: no administrator's settings, and a data directory that no other tests use."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JANASEVA_")}
    own = part.name.rpartition(" ")[2].lower() if part in TESTS else ""
    kept["JANASEVA_DATA_DIR"] = str(TREE / "build" / "check" / own)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # a dozen processes read the same modules: compiled once is enough
    kept.pop("PYTHONPYCACHEPREFIX", None)  # where `make install` compiled what is installed
    return kept


def run(part: Part, *, shown: bool = False) -> Outcome:
    """Run one part; ``shown`` passes its output on line by line."""
    begun = time.monotonic()
    lines: list[str] = []
    command = [*(() if shown else YIELDING), str(BIN / part.command[0]), *part.command[1:]]
    with subprocess.Popen(
        command,
        cwd=TREE,
        env=_environment(part),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if shown:
                print(line, end="", flush=True)
    return Outcome(part, process.returncode == 0, time.monotonic() - begun, "".join(lines))


def _shown(part: Part) -> Outcome:
    print(f"\n── {part.name} " + "─" * (56 - len(part.name)), flush=True)
    return run(part, shown=True)


def _told(outcome: Outcome) -> Outcome:
    print(heading(outcome), flush=True)
    if not outcome.passed:
        print(outcome.output, flush=True)
    return outcome


def heading(outcome: Outcome) -> str:
    """Return one line that says how a part went."""
    return f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.part.name:<22} {outcome.seconds:6.1f} s"


def closing(outcome: Outcome) -> str:
    """Return the last line that a part printed: for pytest, its count."""
    return next((line for line in reversed(outcome.output.splitlines()) if line.strip()), "")


def report(outcomes: list[Outcome], seconds: float) -> str:
    """Return the last words: every part with its seconds, the tests' closing lines, and what did not pass."""
    lines = ["", "─" * 60]
    lines.extend(
        heading(outcome) + (f"   {closing(outcome)}" if outcome.part not in STILL else "") for outcome in outcomes
    )
    failed = [outcome for outcome in outcomes if not outcome.passed]
    lines.append("─" * 60)
    lines.extend(f"{outcome.part.name} did not pass: {outcome.part.advice}" for outcome in failed)
    lines.append(f"{'Everything passed' if not failed else 'Not passed'} in {seconds:.0f} s")
    return "\n".join(lines)


def main(chosen: Iterable[str] = ()) -> int:
    """Run the chosen parts, or all, and return the exit code."""
    begun = time.monotonic()
    names = set(chosen)
    known = [part.name for part in (*STILL, *TESTS)]
    unknown = names - set(known)
    if unknown:
        print(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    tests = [part for part in TESTS if not names or part.name in names]
    with ThreadPoolExecutor(max_workers=2) as lanes:
        still = lanes.map(run, [part for part in STILL if not names or part.name in names])
        told = [_shown(part) for part in tests[:1]]
        outcomes = [_told(outcome) for outcome in still]
    with ThreadPoolExecutor(max_workers=2) as lanes:
        beside = lanes.map(run, tests[2:])
        told += [_shown(part) for part in tests[1:2]]
        told += [_told(outcome) for outcome in beside]
    outcomes += told
    print(report(outcomes, time.monotonic() - begun))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
