"""Sending many requests at once: by ``wrk`` where there is one, else by Python, which says that it is the slower."""

import http.client
import json
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

WRK = shutil.which("wrk") or ""
READERS = 32
"""So many ask at the same time."""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked again and again, one of the addresses or bodies after the other."""

    name: str
    addresses: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    bodies: tuple[str, ...] = ()
    status: int = 200
    past_nginx: bool = False
    """Asked of the web process itself, so that nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many were answered in how many seconds, half of them and all but one in a hundred within so many ms."""

    times: int
    seconds: float
    p50_ms: float
    p99_ms: float
    wrong: int


def _script(asked: Asked) -> str:
    """Return the Lua by which wrk makes each request: the next address or body, from the next of a million readers."""
    table = "{" + ", ".join(json.dumps(one, ensure_ascii=False) for one in asked.bodies or asked.addresses) + "}"
    headers = "".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}\n" for name, value in asked.headers.items()
    )
    made = (
        f'wrk.format("POST", {json.dumps(asked.addresses[0])}, nil, of[n % #of + 1])'
        if asked.bodies
        else 'wrk.format("GET", of[n % #of + 1])'
    )
    reader = '"10." .. n % 250 .. "." .. math.floor(n / 250) % 250 .. "." .. math.floor(n / 62500) % 250'
    return f"""local of, n = {table}, 0
{headers}
function request()
  n = n + 1
  wrk.headers["X-Reader"] = {reader}
  return {made}
end
function done(summary, latency, requests)
  local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('{{"times": %d, "us": %d, "p50": %f, "p99": %f, "wrong": %d, "status": %d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), wrong, summary.errors.status))
end
"""


def by_wrk(asked: Asked, port: int, folder: Path, seconds: float) -> Sent:
    """Send by wrk, with one thread."""
    script = folder / "ask.lua"
    script.write_text(_script(asked), encoding="utf-8")
    words = [WRK, "-t1", f"-c{READERS}", f"-d{max(1, round(seconds))}s", "-s", str(script), f"http://127.0.0.1:{port}"]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(re.search(r"^\{.*\}$", done.stdout, re.MULTILINE)[0])  # type: ignore[index]
    wrong = told["wrong"] + (told["status"] if asked.status < 400 else 0)  # noqa: PLR2004 - wrk counts these as faults
    return Sent(
        times=told["times"], seconds=told["us"] / 1e6, p50_ms=told["p50"] / 1000, p99_ms=told["p99"] / 1000, wrong=wrong
    )


def by_python(asked: Asked, port: int, folder: Path, seconds: float) -> Sent:
    """Send from four threads of this process, which is itself what holds up: read the processor's time alone."""
    del folder
    walls: list[float] = []
    wrong = [0]
    began = time.perf_counter()

    def reader(first: int) -> None:
        connection, number = http.client.HTTPConnection("127.0.0.1", port, timeout=30), first
        while time.perf_counter() - began < seconds:
            number += 4
            body = asked.bodies[number % len(asked.bodies)] if asked.bodies else None
            headers = {**asked.headers, "X-Reader": f"10.{number % 250}.{number // 250 % 250}.1"}
            asked_at = time.perf_counter()
            address = asked.addresses[number % len(asked.addresses)]
            connection.request("POST" if body else "GET", address, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            walls.append(1000 * (time.perf_counter() - asked_at))
            wrong[0] += answer.status != asked.status
        connection.close()

    threads = [threading.Thread(target=reader, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    walls.sort()
    took = time.perf_counter() - began
    return Sent(
        times=len(walls),
        seconds=took,
        p50_ms=walls[len(walls) // 2],
        p99_ms=walls[len(walls) * 99 // 100],
        wrong=wrong[0],
    )


def send(asked: Asked, port: int, folder: Path, seconds: float) -> Sent:
    """Send by the best that there is."""
    return (by_wrk if WRK else by_python)(asked, port, folder, seconds)
