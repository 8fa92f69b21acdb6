"""Try every attack, on SQLite and then on PostgreSQL; print a table for people and one line of JSON at the end.

``make attacks`` calls this. Arguments are passed on to pytest: ``make attacks ARGS="-k A3"``.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.attacks.register import ATTACKS, WITHOUT_SURFACE

TREE = Path(__file__).resolve().parent.parent.parent
RUNS = (("on SQLite", "attack and not postgres", ()), ("on PostgreSQL", "attack and postgres", ("--db=postgres",)))


@dataclass
class Tried:
    """What became of one attack over all its tests and runs."""

    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    stopped: int = 0
    removed: int = 0
    tries: int = 0
    seconds: float = 0

    @property
    def answer(self) -> str:
        if self.failed:
            return "FAILED"
        return "stopped" if self.stopped else "skipped"


def run(heading: str, chosen: str, more: tuple[str, ...], told: Path) -> int:
    """Run pytest on one database and return its exit code; an empty choice is no fault."""
    print(f"\n── attacks {heading} " + "─" * 40, flush=True)
    workers = str(max(2, os.cpu_count() or 2))
    command = [
        sys.executable, "-m", "pytest", "-v", "--no-header", "-n", workers, "--dist", "loadgroup", "-p", "no:randomly",
        "-p", "tests.attacks.table", "-m", chosen, *more, "tests/attacks", *sys.argv[1:],
    ]  # fmt: skip
    environment = {**os.environ, "ATTACKS": "whole", "ATTACKS_TOLD": str(told)}
    code = subprocess.run(command, cwd=TREE, env=environment, check=False).returncode
    return 0 if code == 5 else code


def gathered(lines: list[dict[str, Any]]) -> dict[str, Tried]:
    """Return what became of each attack, by its number."""
    all_of_them: dict[str, Tried] = defaultdict(Tried)
    for line in lines:
        for number, _ in line["attacks"]:
            tried = all_of_them[number]
            tried.tries += line["tries"]
            tried.seconds += line["seconds"]
            if line["outcome"] == "failed":
                tried.failed.append(line["test"])
            elif line["outcome"] == "skipped":
                tried.skipped.append(f"{line['test']}: {line['why']}")
            elif line["outcome"] == "passed":
                tried.removed += "[without " in line["test"]
                tried.stopped += "[without " not in line["test"]
    return dict(all_of_them)


def table(attacks: dict[str, Tried]) -> str:
    """Return the table for people: every attack of the list, tried or not."""
    lines = ["", "attack  answer    tests  guards removed     tries  seconds  what"]
    for number, what in ATTACKS.items():
        tried = attacks.get(number)
        if tried is None:
            lines.append(f"{number:<7} not here  {WITHOUT_SURFACE.get(number, 'NOT TRIED')}")
            continue
        lines.append(
            f"{number:<7} {tried.answer:<9} {tried.stopped:>5}  {tried.removed:>14}  {tried.tries:>8}"
            f"  {tried.seconds:>7.1f}  {what}"
        )
        lines.extend(f"        failed: {one}" for one in tried.failed)
        lines.extend(f"        skipped: {one}" for one in dict.fromkeys(tried.skipped))
    return "\n".join(lines)


def main() -> int:
    """Try everything and return the exit code."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.jsonl"
        codes = [run(*one, told) for one in RUNS]
        lines = [json.loads(line) for line in told.read_text("utf-8").splitlines()] if told.exists() else []
    attacks = gathered(lines)
    print(table(attacks))
    answers = [tried.answer for tried in attacks.values()]
    summary = {
        "attacks": len(ATTACKS),
        "stopped": answers.count("stopped"),
        "not_tried": sorted(set(ATTACKS) - set(attacks) - set(WITHOUT_SURFACE)),
        "guard_not_shown": sorted(number for number, tried in attacks.items() if not tried.removed),
        "failed": sorted(number for number, tried in attacks.items() if tried.failed),
        "skipped": sorted(number for number, tried in attacks.items() if tried.answer == "skipped"),
        "without_surface": sorted(WITHOUT_SURFACE),
        "tests": sum(line["outcome"] == "passed" for line in lines),
        "guards_removed": sum(tried.removed for tried in attacks.values()),
        "tries": sum(tried.tries for tried in attacks.values()),
        "seconds": round(time.monotonic() - begun),
    }
    print(json.dumps(summary))
    return max(codes) or int(not sys.argv[1:] and bool(summary["not_tried"]))


if __name__ == "__main__":
    sys.exit(main())
