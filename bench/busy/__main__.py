"""``python -m bench.busy``: the busiest day on the cluster, with a fault a minute; a table, and one line of JSON.

    python -m bench.busy --rate 5 --minutes 10     5 applications with papers handed in a second, for ten minutes
    python -m bench.busy --find --minutes 1        the largest rate at which receipts come in time, step by step
    python -m bench.busy --calm ...                without faults

Citizens apply with four papers, pay and track; officers take and decide; the public reads and verifies. The time of a
receipt is that from the first sending to the answer, however often it had to be sent. Locust comes from PyPI, as
``requirements.lock`` here locks it, into ``build/busy``; the cluster needs what docs/operations/cluster.md says.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.busy.given import given_for, locust, papers
from bench.busy.report import Day, read, show
from deploy.cluster import nodes
from tests.faults import together
from tests.faults.outside import Outside
from tests.faults.site import TREE

PEOPLE = Path(__file__).with_name("people.py")
GOAL = 25.0
FIRST_RATE = 1.0
LIMIT_SECONDS = 2.0
REACHED = 0.9
"""A rate is held where so much of it was reached."""
STEP = 1.5
SAMPLE_SECONDS = 2.0
FIRST_SECONDS = 20.0
BETWEEN_SECONDS = 60.0
DAYS_FAULTS = (
    "replica's machine killed", "web machine's processes killed", "planned switchover", "leader's machine killed",
    "rolling upgrade", "leader cut off from all",
)  # fmt: skip


@dataclass
class Processors:
    """What each part used while it was watched; what was killed meanwhile counts up to its last sample."""

    used: dict[str, float] = field(default_factory=dict)
    people: int = 0
    _last: dict[str, float] = field(default_factory=dict)
    _busy: tuple[float, float] = (0.0, 0.0)

    def begin(self) -> None:
        """Count from now."""
        self.used.clear()
        self._last, self._busy = self._now(), _machine()

    def sample(self) -> None:
        """Add what was used since the last sample."""
        now = self._now()
        for what, seconds in now.items():
            self.used[what] = self.used.get(what, 0.0) + max(0.0, seconds - self._last.get(what, 0.0))
        self._last = now

    def share(self) -> float:
        """Return how much of all processors was in use, by whomever."""
        busy, whole = (now - before for now, before in zip(_machine(), self._busy, strict=True))
        return busy / whole if whole else 0.0

    def _now(self) -> dict[str, float]:
        found = {**nodes.processor_seconds(), "bank and texts": time.process_time()}
        with suppress(OSError):
            words = Path(f"/proc/{self.people}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            found["people"] = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
        return found


def _machine() -> tuple[float, float]:
    words = [int(word) for word in Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]]
    return float(sum(words) - words[3] - words[4]), float(sum(words))


def _faults(day: Day, stop: threading.Event, seed: int) -> None:
    """Do a fault a minute until the day is over."""
    chance = random.Random(seed)
    for number in range(10_000):
        if stop.wait(FIRST_SECONDS if number == 0 else max(1.0, BETWEEN_SECONDS - (time.time() - day.faults[-1][1]))):
            return
        name, began = DAYS_FAULTS[number % len(DAYS_FAULTS)], time.time()
        day.faults.append((name, began, began))
        try:
            together.FAULTS[name][0](chance)
            nodes.wait("the replicas", lambda: len(nodes.replicas()) == len(nodes.DATABASES) - 1)
        except nodes.ClusterError as error:
            day.said.append(f"{name}: {error}")
        day.faults[-1] = (name, began, time.time())


def _watch(day: Day, crowd: "subprocess.Popen[bytes]", asked: argparse.Namespace, *, calm: bool) -> None:
    """Follow one day: wait until all are signed in, measure, and do faults beside it."""
    watched, stop = Processors(people=crowd.pid), threading.Event()
    while not (day.began or read(day).began) and crowd.poll() is None:
        time.sleep(0.5)
    watched.begin()
    thread = threading.Thread(target=_faults, args=(day, stop, asked.seed), daemon=True)
    if not calm:
        thread.start()
    while not read(day).ended and crowd.poll() is None:
        time.sleep(SAMPLE_SECONDS)
        watched.sample()
    day.share, day.used = watched.share(), dict(watched.used)
    stop.set()
    if thread.is_alive():
        thread.join(timeout=240)
    crowd.wait(timeout=180)


def day_of(
    rate: float, seconds: float, outside: Outside, folder: Path, asked: argparse.Namespace, *, calm: bool
) -> Day:
    """Let people do what they do at ``rate`` for so many seconds; return what was written down."""
    number = len(list(folder.glob("book-*")))
    day = Day(rate=rate, book=folder / f"book-{number}.jsonl")
    given = folder / f"given-{number}.json"
    facts = given_for(rate, seconds, outside=outside.url, book=day.book, papers=papers(folder), number=number)
    given.write_text(json.dumps(facts), encoding="utf-8")
    log = folder / f"locust-{number}.log"
    crowd = subprocess.Popen(
        [str(locust()), "-f", str(PEOPLE), "--headless", "--only-summary",
         "--users", str(facts["users"]), "--spawn-rate", "50", "--stop-timeout", "60", "--loglevel", "WARNING"],
        cwd=TREE, env={**os.environ, "BUSY_GIVEN": str(given), "PYTHONPATH": str(TREE)},
        stdout=subprocess.DEVNULL, stderr=log.open("ab"),
    )  # fmt: skip
    try:
        _watch(day, crowd, asked, calm=calm)
    finally:
        if crowd.poll() is None:
            crowd.kill()
    if not read(day).ended:
        message = f"locust did not come to its end: {log.read_text(errors='replace')[-2000:]}"
        raise nodes.ClusterError(message)
    return day


def _found(outside: Outside, folder: Path, asked: argparse.Namespace, tell: Callable[[Day], None]) -> list[Day]:
    """Raise the rate until receipts come too late or the rate is not reached; return all that was tried."""
    days, rate = list[Day](), asked.rate or FIRST_RATE
    while True:
        day = day_of(rate, asked.minutes * 60, outside, folder, asked, calm=True)
        days.append(day)
        tell(day)
        if day.receipts(0.95) > LIMIT_SECONDS or day.rate_reached < REACHED * rate:
            return days
        rate = round(rate * STEP, 2)


def main() -> int:
    """Live the day, or look for the rate; 0 only where nothing was lost and receipts came in time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rate", type=float, help=f"applications handed in a second ({GOAL:g}; to find: from {FIRST_RATE:g} on)"
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, or how long each step (10)")
    parser.add_argument("--find", action="store_true", help="raise the rate from --rate on until it does not hold")
    parser.add_argument("--calm", action="store_true", help="no faults")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    why_not = nodes.missing()
    if why_not:
        print(f"skipped: the cluster {why_not}")
        print(json.dumps({"bench": "busy", "skipped": why_not}))
        return 1
    with tempfile.TemporaryDirectory(prefix="janaseva-busy-") as name:
        folder = Path(name)
        with together.standing(asked.seed, DEMONSTRATION="true") as outside:
            if asked.find:
                days = _found(outside, folder, asked, lambda day: print(f"  {day.line()}", flush=True))
            else:
                days = [day_of(asked.rate or GOAL, asked.minutes * 60, outside, folder, asked, calm=asked.calm)]
            acks = [ack for day in days for ack in day.acks]
            sent = {key: kind for day in days for key, kind in day.sent.items()}
            verdict: dict[str, Any] = together.judge(acks, sent, outside)
    return show(days, verdict, limit=LIMIT_SECONDS, find=asked.find)


if __name__ == "__main__":
    sys.exit(main())
