"""What benches share in their scratch places: the database's processes, letters that cost nothing, doors."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from django.db import connection

from bench.measure import siblings
from janaseva.cli import journey
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.waiting import was_read
from janaseva.documents import handlers as sealing
from janaseva.documents.adapters.typesetting import FakeTypesetter
from janaseva.doorway import visitor
from janaseva.wsgi import application

_ENVIRON = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def backend() -> list[int]:
    """Return the processes of the database where it has its own: that which works for us, and all the others."""
    if connection.vendor == "sqlite":
        return []
    connection.ensure_connection()
    return siblings(connection.connection.info.backend_pid)


@contextmanager
def plain_letters() -> Iterator[None]:
    """Set letters as lines of text, in what is only prepared and not measured."""
    signer = sealing.signer()

    class Plain:
        seal_key, qr_key, sign_code = signer.seal_key, signer.qr_key, signer.sign_code

        def seal(self, pdf: bytes, **_: Any) -> bytes:
            return pdf

    with mock.patch.object(sealing, "typesetter", FakeTypesetter), mock.patch.object(sealing, "signer", Plain):
        yield


@contextmanager
def tokens() -> Iterator[list[str]]:
    """Keep the tokens of sessions that are begun meanwhile: else only the browser would know them."""
    made: list[str] = []

    def remembered() -> str:
        made.append(secret_token())
        return made[-1]

    with mock.patch.object(journey, "secret_token", remembered):
        yield made


@contextmanager
def clock(at: datetime) -> Iterator[None]:
    """Let it be ``at`` for whatever comes in at a door meanwhile."""

    def now() -> datetime:
        was_read(at)
        return at

    with mock.patch.object(visitor, "now", now):
        yield


class Browser:
    """One who sends forms to the real WSGI application, in this process, at moments of the bench's own clock."""

    forged = "bench" * 6 + "ok"
    """The value by which a form shows that it comes from our own page: 32 letters, the same in cookie and form."""

    def __init__(self, *, officer: str = "", bearer: str = "") -> None:
        cookies = {"officer": officer, "csrftoken": self.forged} if officer else {}
        self.headers = {"HTTP_HOST": "localhost", "HTTP_ACCEPT": "*/*"}
        if cookies:
            self.headers["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if bearer:
            self.headers["HTTP_AUTHORIZATION"] = f"Bearer {bearer}"

    def post(self, path: str, at: datetime, form: Mapping[str, str] | None = None) -> str:
        """Send a form, or nothing where ``form`` is ``None`` and headers say all; return where the answer leads.

        Raises:
            AssertionError: where it was not done.

        """
        key, body = str(uuid7()), b""
        environ: dict[str, Any] = {**_ENVIRON, **self.headers, "PATH_INFO": path, "HTTP_IDEMPOTENCY_KEY": key}
        if "HTTP_COOKIE" in self.headers:
            body = urlencode({"csrfmiddlewaretoken": self.forged, "key": key, **(form or {})}).encode()
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        said: list[Any] = []
        with clock(at):
            answer = application(environ, lambda status, headers, *_: said.extend((status, dict(headers))))
            content = b"".join(answer)
            answer.close()
        assert said[0][:3] in ("200", "302"), (path, said[0], content[:2000])
        return str(said[1].get("Location", ""))
