"""What people of the busiest day speak through: one connection, sent again until answered, every answer written down.

Runs in locust's own environment: nothing of the platform is imported here.
"""

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SECONDS_AN_ANSWER = 20.0
PAUSE_SECONDS = 0.2
TROUBLE = 500
TOO_MANY = 429
REFUSED = 400


class Book:
    """What was sent and answered, one JSON object a line, for the driver and its oracle."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, **facts: Any) -> None:
        """Add one line."""
        with self._lock:
            self._file.write(json.dumps(facts) + "\n")
            self._file.flush()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    place: str

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body) if self.body else {}


@dataclass(slots=True)
class Line:
    """One person's connection to the platform, from an address of their own, with cookies as a browser keeps them."""

    host: str
    source: str
    book: Book
    role: str
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    _open: http.client.HTTPConnection | None = None

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._open is None:
            source = (self.source, 0) if self.source else None
            self._open = http.client.HTTPConnection(self.host, timeout=SECONDS_AN_ANSWER, source_address=source)
        try:
            self._open.request(method, path, body, headers)
            answer = self._open.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._open.close()
            self._open = None
            raise
        for said in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = said.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return Answer(answer.status, content, answer.headers.get("Location", ""))

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        kind: str,
        media: str = "",
        key: str = "",
        again: bool = True,
    ) -> Answer:
        """Send until answered, under one key; the time is that from the first sending to the answer."""
        headers = {"Content-Length": str(len(body))}
        headers |= {"Content-Type": media} if media else {}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        if kind == "begin":
            self.book.write(sent=key, kind=kind)
        began, tries = time.time(), 0
        while True:
            tries += 1
            try:
                answer = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                answer = Answer(0, b"", "")
            if 0 < answer.status < TROUBLE and answer.status != TOO_MANY:
                break
            if not again:
                break
            time.sleep(PAUSE_SECONDS * (1 + random.random()))
        self.book.write(
            role=self.role, kind=kind, key=key, at=round(time.time(), 3), seconds=round(time.time() - began, 4),
            tries=tries, status=answer.status, facts=self._facts(kind, answer),
        )  # fmt: skip
        return answer

    @staticmethod
    def _facts(kind: str, answer: Answer) -> dict[str, Any]:
        return answer.json() if kind == "submit" and answer.status < REFUSED else {}

    def call(self, method: str, path: str, body: Any = None, *, kind: str) -> Any:
        """Ask the API; return what it answered, or ``None`` where it refused."""
        content = json.dumps(body).encode() if body is not None else b""
        media = "application/json" if body is not None else ""
        key = str(uuid.uuid4()) if method != "GET" else ""
        answer = self.send(method, f"/api/v1/{path}", content, kind=kind, media=media, key=key)
        return answer.json() if answer.status < REFUSED else None

    def upload(self, path: str, file: Path, media: str, **fields: str) -> bool:
        """Give a paper."""
        line = "janaseva-boundary"
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        parts += [f"{head}Content-Type: {media}\r\n\r\n".encode(), file.read_bytes(), f"\r\n--{line}--\r\n".encode()]
        key, kind = str(uuid.uuid4()), f"multipart/form-data; boundary={line}"
        return self.send("POST", f"/api/v1/{path}", b"".join(parts), kind="paper", media=kind, key=key).status < REFUSED

    # --- pages ------------------------------------------------------------------------------------------------------

    def page(self, path: str, *, kind: str) -> "Page":
        """Open a page, and where it sends one on, the one behind it."""
        answer = self.send("GET", path, kind=kind)
        while answer.place:
            path = answer.place
            answer = self.send("GET", path, kind=kind)
        return Page(answer, path)

    def submit(self, form: "Form", *, kind: str, **values: str) -> Answer:
        """Send a form as a browser does; its hidden key is the act's."""
        fields = {**form.fields, **values}
        body = urlencode(fields).encode()
        media = "application/x-www-form-urlencoded"
        return self.send("POST", form.action, body, kind=kind, media=media, key=fields.get("key", ""))


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and what it carries already."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The forms of a page."""

    def __init__(self, answer: Answer, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, list[Form]()
        self.feed(answer.body.decode(errors="replace"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take forms and their inputs."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action") or self.path))
        elif tag == "input" and self.forms and said.get("name"):
            if said.get("type") == "checkbox":
                self.forms[-1].boxes.append(said["name"])
            elif said.get("type") == "hidden":
                self.forms[-1].fields[said["name"]] = said.get("value", "")

    def form(self, end: str) -> Form | None:
        """Return the form whose address ends so."""
        return next((one for one in self.forms if one.action.partition("?")[0].endswith(end)), None)
