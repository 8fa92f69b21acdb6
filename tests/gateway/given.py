"""A client of the API that tests hold, and the country loaded once for a module of tests."""

import io
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from janaseva.cli import loading
from janaseva.cli.papers import sample_paper
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.ledger.handlers import settle
from janaseva.people import actions as people
from janaseva.services.adapters import PackFolder
from janaseva.settings import OPTIONS
from tests.gateway.answers import ANSWERS, PAPERS
from tests.memory import loaded_once

PHONES = itertools.count(9_847_100_000)
KEYS = itertools.count(1)


@contextmanager
def country() -> Iterator[None]:
    """Load the directory, its demonstration people and Kerala's pack; all is undone at the end, once a module."""
    from django.db import transaction

    from tests.conftest import forget_what_was_published

    forget_what_was_published()
    atomic = transaction.atomic()
    atomic._from_testcase = True  # actions open transactions of their own, as in Django's TestCase
    atomic.__enter__()
    try:
        loaded_once("country", _load, OPTIONS.data_dir / "log")
        yield
    finally:
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def _load() -> None:
    loading.load_directory(OPTIONS.packs_dir, at=now(), demonstration=True)
    loading.load_pack(PackFolder(OPTIONS.packs_dir).read("kl-edistrict"), at=now())
    people.enrol_demonstration(by=loading.BY, at=now(), key="enrol")
    settle(now())


@dataclass
class Api:
    """Calls the API as a program would: JSON, a key for each write, a token once signed in."""

    client: Any
    token: str = ""
    language: str = ""
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> Any:
        """Return the response; ``key`` empty sends none."""
        headers = more.pop("headers", {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.language:
            headers["Accept-Language"] = self.language
        if method in ("post", "put", "delete") and key != "":
            headers["Idempotency-Key"] = key or f"test-{next(KEYS)}"
        if body is not None:
            more |= {"data": body if isinstance(body, bytes | str) else json.dumps(body)}
            more.setdefault("content_type", "application/json")
        address = path if path.startswith("/") else f"/api/v1/{path}"
        response = getattr(self.client, method)(address, headers=headers, **more)
        self.asked.append((method, path, response.status_code))
        return response

    def get(self, path: str, **more: Any) -> Any:
        return self.call("get", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("post", path, body, **more)

    def upload(
        self, path: str, content: bytes, *, name: str = "paper.png", key: str | None = None, **fields: str
    ) -> Any:
        file = io.BytesIO(content)
        file.name = name
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key != "":
            headers["Idempotency-Key"] = key or f"test-{next(KEYS)}"
        return self.client.post(f"/api/v1/{path}", {"file": file, **fields}, headers=headers)

    def sign_in(self, at: datetime | None = None) -> "Api":
        """Sign a new person in with the code from the demonstration mailbox."""
        from janaseva.contact import queries as contact

        phone = f"+91{next(PHONES)}"
        asked = self.post("sign-in/codes", {"phone": phone})
        assert asked.status_code == 201, asked.content
        settle(at or now())
        letter = contact.mailbox(Actor.anyone(), phone)[0].text
        code = next(run for run in "".join(c if c.isdigit() else " " for c in letter).split() if len(run) == 6)
        body = {"challenge_id": asked.json()["challenge_id"], "code": code}
        opened = self.post("sign-in/sessions", body)
        assert opened.status_code == 201, opened.content
        self.token = opened.json()["token"]
        return self

    def begin(self, service: str = "kl-income-certificate") -> str:
        made = self.post("applications", {"service": service, "language": "ml"})
        assert made.status_code == 201, made.content
        return made.json()["id"]

    def hand_in(self) -> str:
        """Begin, fill in, give the papers and hand in; return the application's id."""
        made = self.begin()
        saved = self.call("put", f"applications/{made}/answers", {"answers": ANSWERS})
        assert saved.status_code == 200, saved.content
        for group, choice in PAPERS.items():
            given = self.upload(f"applications/{made}/papers", sample_paper(group), group=group, choice=choice)
            assert given.status_code == 201, given.content
        handed = self.post(f"applications/{made}/submission")
        assert handed.status_code == 200, handed.content
        return made
