"""Faults of one machine: processes killed, the disk full, the clock set back; on SQLite and on PostgreSQL."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.faults import site as sites
from tests.faults.load import Ack, Crowd
from tests.faults.outside import Outside
from tests.faults.postgres import Postgres
from tests.faults.report import Row

PEOPLE = 6
SOURCES = [f"127.7.0.{number}" for number in range(1, 33)]
FIRST_ACKS = 12


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(environment: dict[str, str], acks: Sequence[Ack], *, prefix: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """Ask the oracle, in a process with the site's settings."""
    question = json.dumps({"acks": [asdict(ack) for ack in acks], **more})
    command = [*prefix, sys.executable, "-m", "tests.faults.oracle"]
    own = {**environment, "DJANGO_SETTINGS_MODULE": "janaseva.settings"}
    done = subprocess.run(command, env=own, input=question, capture_output=True, text=True, check=False, cwd=sites.TREE)
    if done.returncode:
        raise RuntimeError(f"the oracle failed: {done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


@dataclass(slots=True)
class Running:
    """A site under load, with all that stands around it."""

    site: sites.Site
    crowd: Crowd
    outside: Outside
    environment: dict[str, str]
    database: Postgres | None
    folder: Path
    chance: random.Random


@contextmanager
def running(
    kind: str,
    *,
    seed: int,
    data: Path | None = None,
    prefix: Sequence[str] = (),
    people: int = PEOPLE,
    signed_out: bool = False,
) -> Iterator[Running]:
    """Bring a site up in a scratch folder (or over ``data``), let people apply, and take everything down at the end."""
    folder = Path(tempfile.mkdtemp(prefix="janaseva-faults-"))
    folder.chmod(0o755)
    own = data or folder / "data"
    own.mkdir(parents=True, exist_ok=True)
    port = free_port()
    outside = Outside(seed=seed, platform=f"http://127.0.0.1:{port}")
    database = None
    if kind == "postgres":
        database = Postgres(own / "pg", sockets=folder / "sockets").make().start()
    environment = sites.environment(
        data=own / "site",
        packs=sites.small_packs(folder / "packs"),
        port=port,
        outside=outside.url,
        database=database.url if database else "",
    )
    site = sites.Site(environment, folder=folder, port=port, prefix=prefix)
    here = ("127.0.0.1", port)
    crowd = Crowd(people, address=here, outside=outside, seed=seed, signed_out=signed_out, sources=SOURCES)
    try:
        sites.set_up(environment)
        site.start()
        crowd.begin().wait_for(FIRST_ACKS, seconds=60)
        yield Running(site, crowd, outside, environment, database, folder, random.Random(seed))
    finally:
        crowd.stop()
        site.stop(signal.SIGKILL)
        if database is not None:
            with suppress(RuntimeError, OSError):
                database.stop()
        outside.close()
        kept = sites.TREE / "build" / "faults"
        kept.mkdir(parents=True, exist_ok=True)
        for log in (*folder.glob("*.log"), *folder.glob("sockets/*.log")):
            shutil.copy(log, kept / f"{kind}-{log.name}")
        shutil.rmtree(folder, ignore_errors=True)


def judged(row: Row, at: Running, began: float) -> Row:
    """Let everything end, and count what is there of what was acknowledged."""
    kept = at.crowd.stop()
    at.site.stop()
    row.gap = kept.longest_gap(began, max((ack.at for ack in kept.acks), default=began))
    row.acks, row.refused = len(kept.acks), kept.refused
    row.verdict = ask(at.environment, kept.acks, sent=kept.sent, outside=at.outside.url)
    return row


def _kill_database(at: Running) -> None:
    if at.database is None:
        return
    at.database.kill()
    at.database.start()


def _kill_backend(at: Running) -> None:
    """Kill one process of the server: it ends all others and recovers by itself."""
    if at.database is None:
        return
    backends = at.database.backends()
    with suppress(ProcessLookupError):
        if backends:
            os.kill(at.chance.choice(backends), signal.SIGKILL)


def kills(kind: str, *, seed: int, count: int) -> Row:
    """Kill web, worker and database without a word, again and again, while people apply."""
    victims: list[Callable[[Running], None]] = [
        lambda at: at.site.web.kill(),
        lambda at: at.site.web.kill_one(at.chance),
        lambda at: at.site.worker.kill(),
    ]
    if kind == "postgres":
        victims += [_kill_database, _kill_backend]
    row = Row(f"kill -9, {kind}", count=count)
    with running(kind, seed=seed) as at:
        began = time.monotonic()
        for _ in range(count):
            before = len(at.crowd.kept.acks)
            at.chance.choice(victims)(at)
            at.crowd.wait_for(before + at.chance.randrange(3, 12), seconds=60)
        row.most_again = count
        return judged(row, at, began)


FAKETIME = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime")
BACK = "-1d"


def no_faketime() -> str:
    """Return why the clock cannot be set back here; empty where it can."""
    return "" if _faketime() else "needs Debian's package libfaketime"


def _faketime() -> Path | None:
    return next((path for folder in FAKETIME if (path := Path(folder) / "libfaketimeMT.so.1").exists()), None)


def clock_back(kind: str, *, seed: int) -> Row:
    """Set the clock a day back for web and worker, and forward again: nothing is dated before what is on record.

    Whoever signed in while the clock was wrong has been idle for a day when it is right again, and signs in anew.
    """
    row = Row(f"clock set back, {kind}", count=1)
    with running(kind, seed=seed, signed_out=True) as at:
        began = time.monotonic()
        right = dict(at.site.web.environment)
        wrong = {**right, "LD_PRELOAD": str(_faketime()), "FAKETIME": BACK, "DONT_FAKE_MONOTONIC": "1"}
        for environment in (wrong, right):
            for process in (at.site.web, at.site.worker):
                process.environment = environment
                process.kill()
            if environment is wrong:
                time.sleep(15)
        at.crowd.wait_for(len(at.crowd.kept.acks) + 12, seconds=90)
        row.most_again = 2
        return judged(row, at, began)
