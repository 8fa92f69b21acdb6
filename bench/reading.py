"""``python -m bench.reading``: what the public reads, through nginx and all middleware, on SQLite and PostgreSQL.

    python -m bench.reading [--seconds 4] [--db sqlite,postgres] [--only catalogue,charter]

A scratch installation is set up, with certificates that were applied for, decided, typeset and signed; it is served by
``janaseva web`` with two processes behind nginx with the very files of ``deploy/nginx``. Each kind of page is asked for
by 32 readers at once. The limits on how often one address may ask stand as in earnest: requests come from a million
addresses, which nginx here takes from a header.

What is printed of each: answers a second and how long they took (with everything else that the machine had to do), the
share that came from nginx's cache, the processor's time of one answer in nginx, the web processes and the database, and
how many a second that makes on two cores, the sender not counted. ``nginx`` is found by name, and without it nothing is
measured; so is ``wrk``, and without it Python sends, more slowly than all of this can answer.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.__main__ import database, environment, set_up
from bench.load import WRK, Asked, send
from deploy import nginx

NGINX = shutil.which("nginx") or ""
CORES = 2
PAPERS = 8
CHARTERS = 20
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
_TICK = os.sysconf("SC_CLK_TCK")
_MORE = "set_real_ip_from 127.0.0.1; real_ip_header X-Reader; access_log {folder}/cache.log kept buffer=64k flush=1s;"


def inside() -> int:
    """Set the scratch place of this process up, and print one line of JSON about what lies in it."""
    given = set_up()
    from django.conf import settings

    from janaseva.documents.models import Document
    from janaseva.services import queries

    settings.DEBUG = False
    for _ in range(PAPERS):
        given.decided(given.citizen())
    given.settle()
    rows = Document.objects.filter(state="sealed", kind="income-certificate")
    papers = [{"number": one.number, "code": one.code, "qr": one.qr} for one in rows]
    services = [line.key for line in queries.catalogue(queries.today(given.at))]
    print(json.dumps({"papers": papers, "services": services}))
    return 0


def workloads(there: dict[str, Any]) -> list[Asked]:
    """Return what is asked for."""
    papers, charters = there["papers"], tuple(f"/services/{key}/" for key in there["services"][:CHARTERS])
    numbers = [{"number": one["number"], "secret": one["code"]} for one in papers]
    codes = [{"number": one["number"], "code": one["code"]} for one in papers]
    return [
        Asked(name="catalogue", addresses=("/services/",)),
        Asked(name="catalogue, in Malayalam", addresses=("/services/",), headers={"Accept-Language": "ml-IN,ml"}),
        Asked(name="charter", addresses=charters),
        Asked(name="charter, held already (304)", addresses=charters[:1], headers={"If-None-Match": "*"}, status=304),
        Asked(name="verify: its page", addresses=("/verify/",)),
        Asked(
            name="verify number", addresses=("/verify/number/",), headers=FORM, bodies=tuple(map(urlencode, numbers))
        ),
        Asked(
            name="verify number by API",
            addresses=("/api/v1/verify/number",),
            headers=JSON,
            bodies=tuple(map(json.dumps, codes)),
        ),
        Asked(
            name="verify code",
            addresses=("/verify/code/",),
            headers=FORM,
            bodies=tuple(urlencode({"code": one["qr"]}) for one in papers),
        ),
        Asked(
            name="verify code by API",
            addresses=("/api/v1/verify/qr",),
            headers=JSON,
            bodies=tuple(json.dumps({"text": one["qr"]}) for one in papers),
        ),
        Asked(name="catalogue, made anew", addresses=("/services/",), past_nginx=True),
        Asked(name="charter, made anew", addresses=charters, past_nginx=True),
        Asked(name="help, made anew", addresses=("/help/",), past_nginx=True),
    ]


# --- processes --------------------------------------------------


def descendants(pid: int) -> set[int]:
    """Return a process and all that it started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, open_ = {pid}, [pid]
    while open_:
        more = children.get(open_.pop(), [])
        found.update(more)
        open_ += more
    return found


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and all that it started, those included that have ended."""
    total = 0
    for one in descendants(pid):
        try:
            parts = Path(f"/proc/{one}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(part) for part in parts[11:15])
    return total / _TICK


@contextmanager
def running(words: list[str], **options: Any) -> Iterator[int]:
    """Run a process in a group of its own; end it and all that it started."""
    process = subprocess.Popen(words, start_new_session=True, **options)
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answer(port: int, asked: Asked) -> tuple[int, bytes]:
    """Ask once."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {**asked.headers, "X-Reader": "10.255.0.1"}
        body = asked.bodies[0] if asked.bodies else None
        connection.request("POST" if body else "GET", asked.addresses[0], body=body, headers=headers)
        found = connection.getresponse()
        return found.status, found.read()
    finally:
        connection.close()


def wait_for(port: int) -> None:
    """Wait until something answers."""
    deadline = time.monotonic() + 120
    while True:
        try:
            if answer(port, Asked(name="", addresses=("/health",)))[0] == HTTPStatus.OK:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            message = f"nothing answers on port {port}"
            raise TimeoutError(message)
        time.sleep(0.1)


def free_ports() -> tuple[int, int]:
    """Return two ports that nothing listens on."""
    import socket

    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


# --- measuring --------------------------------------------------


class Stand:
    """The web processes, nginx before them, and the database's: their processor time apart."""

    def __init__(self, folder: Path, front: int, web: int, pids: dict[str, int]) -> None:
        self.folder, self.front, self.web, self.pids = folder, front, web, pids

    def spent(self) -> dict[str, float]:
        """Return the processor seconds of each so far."""
        return {name: processor_seconds(pid) for name, pid in self.pids.items()}

    def kept(self) -> tuple[int, int]:
        """Return how many answers nginx has given so far, and how many of them out of its cache."""
        os.kill(self.pids["nginx"], signal.SIGUSR1)  # what it holds back is written
        time.sleep(1.2)
        words = (self.folder / "cache.log").read_text(encoding="ascii").split()
        return len(words), sum(word in ("HIT", "STALE", "UPDATING", "REVALIDATED") for word in words)

    def measure(self, asked: Asked, seconds: float) -> dict[str, Any]:
        """Ask for about so many seconds; what is asked for was warmed before."""
        port = self.web if asked.past_nginx else self.front
        status, body = answer(port, asked)
        if status != asked.status:
            message = f"{asked.name} answered {status}: {body[:200]!r}"
            raise AssertionError(message)
        send(asked, port, self.folder, 1)
        given, hits = self.kept()
        before = self.spent()
        sent = send(asked, port, self.folder, seconds)
        after = self.spent()
        given_after, hits_after = self.kept()
        cpu = {name: 1000 * (after[name] - before[name]) / sent.times for name in self.pids}
        through = given_after - given
        return {
            "workload": asked.name,
            "per_second": round(sent.times / sent.seconds, 1),
            "p50_ms": round(sent.p50_ms, 2),
            "p99_ms": round(sent.p99_ms, 2),
            "wrong": sent.wrong,
            "hit_rate": round((hits_after - hits) / through, 4) if through else 0.0,
            "bytes": len(body),
            "cpu_ms": {name: round(value, 3) for name, value in cpu.items()},
            "on_two_cores": round(1000 * CORES / max(sum(cpu.values()), 0.001)),
        }


def measured(kind: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure on one database."""
    with tempfile.TemporaryDirectory(prefix="janaseva-reading-") as name, database(kind, Path(name)) as url:
        folder = Path(name)
        (folder / "data").mkdir()
        (folder / "nginx").mkdir()
        front, web = free_ports()
        own = {**environment(folder, url), "JANASEVA_TRUSTED_PROXIES": '["127.0.0.1"]'}
        words = [sys.executable, "-m", "bench.reading", "--inside"]
        done = subprocess.run(words, env=own, check=True, stdout=subprocess.PIPE, text=True)
        there = json.loads(done.stdout.splitlines()[-1])
        more = _MORE.format(folder=folder / "nginx")
        config = nginx.scratch(folder / "nginx", port=front, upstream=web, workers=CORES, more=more)
        serve = [
            sys.executable,
            "-m",
            "janaseva",
            "web",
            "--host",
            "127.0.0.1",
            "--port",
            str(web),
            "--workers",
            str(CORES),
        ]
        before = [NGINX, "-p", str(config.parent), "-e", str(config.parent / "error.log"), "-c", str(config)]
        with running(serve, env=own, cwd=folder) as web_pid, running(before) as nginx_pid:
            wait_for(web)
            wait_for(front)
            pids = {"nginx": nginx_pid, "web": web_pid}
            if kind == "postgres":
                pids["database"] = int((folder / "pg" / "postmaster.pid").read_text(encoding="ascii").split()[0])
            stand = Stand(folder / "nginx", front, web, pids)
            chosen = [one for one in workloads(there) if not options.only or one.name.startswith(options.only)]
            return [{"database": kind, **stand.measure(one, options.seconds)} for one in chosen]


def show(lines: list[dict[str, Any]]) -> None:
    """Print the table for people."""
    from rich.console import Console
    from rich.table import Table

    by = "by wrk, one thread" if WRK else "by Python, which is itself the slowest part: read the processor's time"
    table = Table(title=f"32 readers at once, {by}. CPU without the sender's; on two cores: 2,000 ms / CPU ms")
    for heading in ("workload", "database"):
        table.add_column(heading)
    for heading in (
        "a second",
        "p50 ms",
        "p99 ms",
        "kept",
        "bytes",
        "CPU ms: nginx",
        "web",
        "database",
        "on two cores",
    ):
        table.add_column(heading, justify="right")
    for line in lines:
        cpu = [
            f"{line['cpu_ms'][name]:.3f}" if name in line["cpu_ms"] else "in web"
            for name in ("nginx", "web", "database")
        ]
        took = [
            f"{line['per_second']:,.0f}",
            f"{line['p50_ms']:.1f}",
            f"{line['p99_ms']:.1f}",
            f"{line['hit_rate']:.1%}",
        ]
        wrong = f" ({line['wrong']} wrong)" if line["wrong"] else ""
        table.add_row(
            line["workload"] + wrong, line["database"], *took, str(line["bytes"]), *cpu, f"{line['on_two_cores']:,}"
        )
    Console(width=170 if not sys.stdout.isatty() else None).print(table)


def main() -> int:
    """Measure on both databases and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description="What the public reads, by nginx.")
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), default=(), help="how names begin")
    parser.add_argument("--seconds", type=float, default=4.0, help="about how long each lasts (4)")
    parser.add_argument("--db", type=lambda text: tuple(text.split(",")), default=("sqlite", "postgres"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whatever was started is ended, too
    if not NGINX:
        print("skipped: nginx is not on this machine (Debian: nginx-light)")
        print(json.dumps({"reading": [], "skipped": "nginx"}))
        return 0
    lines = [line for kind in options.db for line in measured(kind, options)]
    show(lines)
    print(json.dumps({"reading": lines, "sender": "wrk" if WRK else "python"}))
    return 1 if any(line["wrong"] for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
