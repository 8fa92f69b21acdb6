"""People who apply: real HTTP to the API, every act under its own key, sent again until it is answered.

What the platform acknowledged is kept here, outside of it. Now and then a client sends the same request twice at once,
as an impatient browser does. One in a few applies to the end, with papers and a payment; the others fill in page by
page, go back and change what they wrote. A thread stands for several people, each signed in once.
"""

import http.client
import io
import itertools
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.faults.outside import Outside
from tests.gateway.answers import ANSWERS, PAPERS

SECONDS_AN_ANSWER = 20.0
PAUSE_SECONDS = 0.2
TWICE_AT_ONCE = 0.05
SERVICE = "kl-income-certificate"
PEOPLE_A_THREAD = 8
TO_THE_END = 0.2
"""Of all who begin, so many hand in."""
CHANGES = 30
"""So often the others save a page."""
WITH_FACTS = frozenset({"submit"})
"""What was answered to these is held against what is there; of the others, that they are there."""
_phones = itertools.count(9_400_000_000)


@dataclass(frozen=True, slots=True)
class Ack:
    """One act that the platform said is done."""

    kind: str
    key: str
    at: float
    facts: dict[str, Any]


@dataclass
class Kept:
    """What all clients together were told."""

    acks: list[Ack] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    failed: list[tuple[float, str]] = field(default_factory=list)
    """Each request that a client got no answer to, or that of a server in trouble; it was sent again."""
    two_versions: bool = False
    """Whether an older and a newer version answer side by side: one of them may name facts that the other does not."""

    def longest_gap(self, since: float, until: float) -> float:
        """Return the longest time in which nothing was acknowledged, in seconds."""
        moments = [since, *(ack.at for ack in list(self.acks) if since <= ack.at <= until), until]
        return max(later - earlier for earlier, later in itertools.pairwise(sorted(moments)))


def facts_changed(first: dict[str, Any], second: dict[str, Any], *, two_versions: bool = False) -> list[str]:
    """Return the names of the facts that two answers to one key do not tell alike; all of them must be told alike.

    Where ``two_versions`` answer side by side a newer one may tell more; what both tell must be the same all the same.
    """
    names = first.keys() & second.keys() if two_versions else first.keys() | second.keys()
    return sorted(name for name in names if name not in first or name not in second or first[name] != second[name])


class GivenUpError(Exception):
    """The run is over; what was under way stays unknown."""


class SignedOutError(Exception):
    """The sign-in has ended by the platform's clock; whoever it was signs in again."""


def _paper(words: str) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (64, 48), (hash(words) & 255, 200, 220)).save(output, format="PNG")
    return output.getvalue()


IMAGES = {group: _paper(group) for group in PAPERS}
HOUSE = "Puthenpurayil"
RESIDENCE = {name: ANSWERS[name] for name in ("house", "house_ml", "district", "taluk", "village", "pin")}


@dataclass(slots=True)
class Person:
    """Somebody with a phone, signed in or not."""

    phone: str = field(default_factory=lambda: str(next(_phones)))
    token: str = ""


class Citizen(threading.Thread):
    """Some people on one connection, who apply in turn, again and again, until told to stop."""

    def __init__(
        self,
        *,
        address: tuple[str, int],
        source: str,
        outside: Outside,
        kept: Kept,
        stop: threading.Event,
        seed: int,
        signed_out: bool,
    ) -> None:
        super().__init__(daemon=True, name=f"citizen-{seed}")
        self.address, self.outside, self.kept, self.stop = address, outside, kept, stop
        self.chance, self.signed_out = random.Random(seed), signed_out
        self.people = [Person()]
        self.person = self.people[0]
        self.source = (source, 0) if source else None
        self.line: http.client.HTTPConnection | None = None

    # --- one request ------------------------------------------------------------------------------------------------

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, str]:
        if self.line is None:
            host, port = self.address
            self.line = http.client.HTTPConnection(host, port, timeout=SECONDS_AN_ANSWER, source_address=self.source)
        try:
            self.line.request(method, f"/api/v1/{path}", body, headers)
            answer = self.line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            self.line = None
            raise
        return answer.status, content, answer.headers.get("Retry-After", "")

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        kind: str,
        media: str = "application/json",
        facts: dict[str, Any] | None = None,
    ) -> Any:
        """Send one act until it is answered, under one key; return its answer, and keep it, or ``facts`` instead."""
        key = str(uuid.UUID(int=self.chance.getrandbits(128)))
        headers = {"Idempotency-Key": key, "Content-Type": media, "Content-Length": str(len(body))}
        if self.person.token:
            headers["Authorization"] = f"Bearer {self.person.token}"
        self.kept.sent[key] = kind
        for tries in itertools.count():
            if self.stop.is_set():
                raise GivenUpError
            self.kept.retries += bool(tries)
            try:
                status, content, wait = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self.kept.failed.append((time.monotonic(), f"{kind}: {type(error).__name__}"))
                time.sleep(PAUSE_SECONDS)
                continue
            waited_too_long = status == 409 and b'"clock_behind"' in content  # refused, not done: it is sent anew
            if waited_too_long or status == 429 or status >= 500:
                if status >= 500:
                    self.kept.failed.append((time.monotonic(), f"{kind}: {status}"))
                if status == 500:
                    self.kept.refused.append(f"{kind}: 500")
                time.sleep(min(float(wait or PAUSE_SECONDS), 1.0))
                continue
            break
        answer = json.loads(content) if content else {}
        if self.signed_out and answer.get("code") == "token_not_known":
            raise SignedOutError
        if self.signed_out and kind == "session" and status == 422:
            return None  # the code was sent a day ago, as the clock has it by now: another is asked for
        if status >= 400:
            at = time.strftime("%H:%M:%S", time.gmtime())
            self.kept.refused.append(f"{at} {kind}: {status} {answer.get('code')}")
            return None
        kept = facts if facts is not None else answer if kind in WITH_FACTS else {}
        self.kept.acks.append(Ack(kind, key, time.monotonic(), kept))
        if self.chance.random() < TWICE_AT_ONCE:
            self._again(lambda: self._once(method, path, body, headers), answer, kind)
        return answer

    def _again(self, send: Callable[[], tuple[int, bytes, str]], first: Any, kind: str) -> None:
        """Send what was answered once more: the answer must be the first one's."""
        try:
            status, content, _ = send()
        except (OSError, http.client.HTTPException):
            return
        second = json.loads(content) if content else {}
        if status < 400 and (other := facts_changed(first, second, two_versions=self.kept.two_versions)):
            self.kept.refused.append(f"{kind}: another answer to the same key: {', '.join(other)}")

    def json(self, method: str, path: str, body: Any, *, kind: str, facts: dict[str, Any] | None = None) -> Any:
        return self.call(method, path, json.dumps(body).encode(), kind=kind, facts=facts)

    def upload(self, path: str, image: bytes, **fields: str) -> Any:
        line = "janaseva-boundary"
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="paper.png"\r\n'
        parts += [f"{head}Content-Type: image/png\r\n\r\n".encode(), image, f"\r\n--{line}--\r\n".encode()]
        return self.call("POST", path, b"".join(parts), kind="paper", media=f"multipart/form-data; boundary={line}")

    # --- a life -----------------------------------------------------------------------------------------------------

    def sign_in(self) -> None:
        person = self.person
        person.token = ""
        while not person.token:
            before = len(self.outside.texts.codes[person.phone])
            asked = self.json("POST", "sign-in/codes", {"phone": f"+91{person.phone}"}, kind="code")
            code = self.outside.texts.code(person.phone, after=before, seconds=40) if asked else None
            if code is None:
                person.phone = str(next(_phones))  # this number's allowance is used up, or its text came too late
                continue
            body = {"challenge_id": asked["challenge_id"], "code": code}
            opened = self.json("POST", "sign-in/sessions", body, kind="session")
            person.token = opened["token"] if opened else ""

    def begin(self) -> str:
        made = self.json("POST", "applications", {"service": SERVICE, "language": "en"}, kind="begin")
        return str(made["id"]) if made else ""

    def apply(self) -> None:
        """Apply to the end, with papers, and pay or put it off."""
        where = f"applications/{self.begin()}"
        if self.json("PUT", f"{where}/answers", {"answers": ANSWERS}, kind="save") is None:
            return
        for group, choice in PAPERS.items():
            if self.upload(f"{where}/papers", IMAGES[group], group=group, choice=choice) is None:
                return
        handed = self.call("POST", f"{where}/submission", kind="submit")
        if handed is None or self.chance.random() < 0.3:
            return
        paid = self.call("POST", f"{where}/payment", kind="pay")
        if paid is not None:
            self.outside.bank.debit(paid["redirect"])

    def fill_in(self) -> None:
        """Begin, and save a page again and again; what is there at the end may not be older than what was answered."""
        begun = self.begin()
        for number in range(CHANGES if begun else 0):
            page = {"page": "residence", "answers": {**RESIDENCE, "house": f"{HOUSE} {number}"}}
            facts = {"id": begun, "number": number}
            if self.json("PUT", f"applications/{begun}/answers", page, kind="page", facts=facts) is None:
                return

    def run(self) -> None:
        with suppress(GivenUpError):
            while not self.stop.is_set():
                if len(self.people) < PEOPLE_A_THREAD and self.person.token:
                    self.people.append(Person())  # the first ones are at work before the last ones are signed in
                self.person = self.people[-1] if not self.people[-1].token else self.chance.choice(self.people)
                with suppress(SignedOutError):
                    if not self.person.token:
                        self.sign_in()
                    (self.apply if self.chance.random() < TO_THE_END else self.fill_in)()
                    continue
                self.person.token = ""


class Crowd:
    """So many citizens at once. Where they may be ``signed_out``, as when clocks jump, they sign in again."""

    def __init__(
        self,
        count: int,
        *,
        address: tuple[str, int],
        outside: Outside,
        seed: int,
        signed_out: bool = False,
        sources: Sequence[str] = ("",),
    ) -> None:
        self.kept, self.ended = Kept(), threading.Event()
        self.people = [
            Citizen(
                address=address,
                outside=outside,
                kept=self.kept,
                stop=self.ended,
                seed=seed * 1000 + number,
                signed_out=signed_out,
                source=sources[number % len(sources)],
            )
            for number in range(count)
        ]

    def begin(self) -> "Crowd":
        for person in self.people:
            person.start()
        return self

    def wait_for(self, acks: int, *, seconds: float, ended: threading.Event | None = None) -> None:
        """Wait until so many acts were acknowledged, or ``ended`` is set.

        Raises:
            TimeoutError: where they were not.

        """
        limit = time.monotonic() + seconds
        while len(self.kept.acks) < acks and not (ended and ended.is_set()):
            if time.monotonic() > limit:
                raise TimeoutError(f"{len(self.kept.acks)} of {acks} acknowledged; {self.kept.refused[-5:]}")
            time.sleep(0.05)

    def stop(self) -> Kept:
        self.ended.set()
        for person in self.people:
            person.join(timeout=SECONDS_AN_ANSWER + 5)
        return self.kept
