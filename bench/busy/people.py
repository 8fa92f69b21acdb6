"""A locust file of mixed roles: citizens apply with papers, pay and track; officers take and decide; the public reads.

Each citizen begins an application every so many seconds; as many as that takes make the rate asked for. All are
signed in before the clock begins. The driver (``python -m bench.busy``) says the rest in a file.
"""

import base64
import hmac
import json
import os
import random
import struct
import time
import urllib.request
from itertools import count
from pathlib import Path
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore
from locust import User, events, task

from bench.busy.line import Book, Line

GIVEN: dict[str, Any] = json.loads(Path(os.environ["BUSY_GIVEN"]).read_text(encoding="utf-8"))
OFFICERS = len(GIVEN["officers"])
PAYS = 0.8

book = Book(Path(GIVEN["book"]))
begin = Event()
signing_in = BoundedSemaphore(8)
ready = count(1)
phones = count(GIVEN["first_phone"])
sources = count()
officers = iter(GIVEN["officers"])
certificates: list[dict[str, str]] = []


def line(role: str) -> Line:
    """Return a connection from the next of the village's addresses."""
    return Line(GIVEN["host"], GIVEN["sources"][next(sources) % len(GIVEN["sources"])], book, role)


def is_ready() -> None:
    """Note that one more is signed in; the last one starts the clock."""
    if next(ready) == GIVEN["citizens"] + OFFICERS:
        gevent.spawn(_run)
    begin.wait()


def _run() -> None:
    book.write(began=time.time())
    begin.set()
    gevent.sleep(GIVEN["seconds"])
    book.write(ended=time.time())
    runner = environment[0].runner
    if runner is not None:
        runner.quit()


class Paced(User):
    """Who has a turn every so many seconds on the average, now sooner, now later.

    Were all turns equally far apart, people who were held up together would come together ever after, in waves.
    """

    abstract = True
    pace = 0.0
    turn = 0.0

    def spread(self) -> None:
        """Wait for the first turn, anywhere within one pace."""
        gevent.sleep(random.random() * self.pace)
        self.turn = time.monotonic()

    def wait_time(self) -> float:
        """Return how long it is to the next turn."""
        took = time.monotonic() - self.turn
        pause = max(0.0, self.pace * random.uniform(0.5, 1.5) - took)
        self.turn += took + pause
        return pause


environment: list[Any] = []


@events.init.add_listener
def _started(environment: Any, **_: Any) -> None:
    globals()["environment"].append(environment)


class Citizen(Paced):
    """Applies with papers, pays, and looks how it stands."""

    fixed_count = GIVEN["citizens"]
    pace = GIVEN["pace"]

    def on_start(self) -> None:
        """Sign in by text message."""
        self.line = line("citizen")
        with signing_in:
            while not self.line.token:
                phone = str(next(phones))
                asked = self.line.call("POST", "sign-in/codes", {"phone": f"+91{phone}"}, kind="code")
                code = _code(phone) if asked else ""
                body = {"challenge_id": asked["challenge_id"], "code": code} if code else None
                opened = self.line.call("POST", "sign-in/sessions", body, kind="session") if body else None
                self.line.token = opened["token"] if opened else ""
        is_ready()
        self.spread()

    @task
    def apply(self) -> None:
        """One application, from its beginning to its payment."""
        made = self.line.call("POST", "applications", {"service": GIVEN["service"]}, kind="begin")
        if made is None:
            return
        where = f"applications/{made['id']}"
        answers = {**GIVEN["answers"], "taluk": random.choice(GIVEN["taluks"])}
        if self.line.call("PUT", f"{where}/answers", {"answers": answers}, kind="save") is None:
            return
        for (group, choice), (file, media) in zip(GIVEN["groups"].items(), GIVEN["papers"], strict=False):
            if not self.line.upload(f"{where}/papers", Path(file), media, group=group, choice=choice):
                return
        if self.line.call("POST", f"{where}/submission", kind="submit") is None:
            return
        if random.random() < PAYS:
            paid = self.line.call("POST", f"{where}/payment", kind="pay")
            if paid is not None:
                _outside("/debit", paid["redirect"].encode())
        seen = self.line.call("GET", where, kind="track")
        issued = (seen or {}).get("documents", [])
        certificates.extend({"number": one["number"], "code": one["code"]} for one in issued if one["code"])


def _outside(path: str, body: bytes | None = None) -> Any:
    with urllib.request.urlopen(GIVEN["outside"] + path, data=body, timeout=30) as answer:
        return json.load(answer)


def _code(phone: str) -> str:
    for _ in range(200):
        found = _outside(f"/codes/{phone}")
        if found:
            return str(found[-1])
        gevent.sleep(0.2)
    return ""


def _totp(seed: str) -> str:
    """Return the authenticator's code of this half minute (RFC 6238)."""
    secret = base64.b32decode(seed + "=" * (-len(seed) % 8))
    digest = hmac.new(secret, struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Officer(Paced):
    """Takes the case that came first, reads it, and decides."""

    fixed_count = OFFICERS
    pace = GIVEN["officer_pace"]

    def on_start(self) -> None:
        """Sign in with password and authenticator."""
        self.line, own, self.handed = line("officer"), next(officers), ""
        form = self.line.page("/desk/sign-in", kind="desk").form("/desk/sign-in")
        self.line.submit(form, kind="desk", login=own["login"], password=own["password"])
        form = self.line.page("/desk/sign-in/code", kind="desk").form("/desk/sign-in/code")
        self.line.submit(form, kind="desk", code=_totp(own["totp_seed"]))
        is_ready()
        self.spread()

    @task
    def decide(self) -> None:
        """One decision, by the button that hands out the next case with it."""
        place, self.handed = self.handed or self._handed(), ""
        form = self.line.page(place, kind="case").form("/move") if place else None
        if form is None:
            return
        checked = {name: "yes" for name in form.boxes if name.startswith("checked.")}
        done = self.line.submit(form, kind="decide", move="approve", then="next", **checked)
        self.handed = done.place if "/case/" in done.place else ""

    def _handed(self) -> str:
        """Ask the desk for the next case; return where it is, or nothing where none waits."""
        form = self.line.page("/desk/", kind="desk").form("/desk/next")
        taken = self.line.submit(form, kind="next") if form is not None else None
        return taken.place if taken is not None and "/case/" in taken.place else ""


class Reader(Paced):
    """Reads what is public, and verifies."""

    fixed_count = GIVEN["readers"]
    pace = GIVEN["reader_pace"]

    def on_start(self) -> None:
        """Wait for the clock."""
        self.line = line("reader")
        begin.wait()
        self.spread()

    @task(2)
    def read(self) -> None:
        """Read a public page."""
        self.line.send("GET", random.choice(GIVEN["pages"]), kind="read", again=False)

    @task(1)
    def verify(self) -> None:
        """Verify what was issued."""
        if not certificates:
            self.read()
            return
        body = json.dumps(random.choice(certificates)).encode()
        self.line.send("POST", "/api/v1/verify/number", body, kind="verify", media="application/json", again=False)
