"""A hostile visitor with a good session, before the portal and before the API; the requests' clock is the story's."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

KEYS = itertools.count(1)


@dataclass
class Visitor:
    """One person with a session, a browser and a programme, and a draft of their own."""

    given: Any
    actor: Any
    token: str
    application_id: UUID
    client: Any
    asked: list[str] = field(default_factory=list)

    @property
    def page(self) -> str:
        return f"/apply/{self.application_id}/page/everything/"

    def post(self, path: str, posted: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.client.post(path, {"key": f"hostile-{next(KEYS)}", **(posted or {})}, **more)

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"hostile-{next(KEYS)}"}
        headers |= more.pop("headers", {})
        if body is not None and not isinstance(body, bytes | str):
            body = json.dumps(body)
        more.setdefault("content_type", "application/json")
        return getattr(self.client, method)(f"/api/v1/{path}", data=body or "", headers=headers, **more)

    def answers(self) -> dict[str, Any]:
        from janaseva.services import queries

        return queries.application(self.actor, self.application_id).answers


@pytest.fixture(autouse=True)
def without_limits(monkeypatch):
    """Limits are shown elsewhere; here many things are tried in one minute."""
    from janaseva.doorway import limits

    monkeypatch.setattr(limits.Window, "wait", lambda self, name, moment: 0)


@pytest.fixture
def clock(given, monkeypatch):
    """Requests come in at the story's own time."""
    from janaseva.doorway import visitor

    monkeypatch.setattr(visitor, "now", lambda: given.at)
    return given


@pytest.fixture
def visitor(clock, client):
    from tests.hostile.every_field import draft_of_it

    token, actor = clock.session()
    client.cookies["citizen"] = token
    client.raise_request_exception = False
    return Visitor(clock, actor, token, draft_of_it(clock, actor), client)
