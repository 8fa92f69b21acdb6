"""A browser in the hands of a person: signed in through the same door, at the moment of the story."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.secret import Secret
from janaseva.people import actions as people_actions
from janaseva.people import queries as people
from janaseva.people import rules as people_rules
from tests.given import SYSTEM, Given


def at_the_storys_time(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doors' clock be the story's."""
    monkeypatch.setattr("janaseva.doorway.visitor.now", given.tick)


def signed_in(given: Given, language: str = "en") -> tuple[Client, Actor]:
    """Sign a new person in; return the browser that holds the cookie, and the person."""
    anyone, token = Actor.anyone(), secret_token()
    phone = f"+91{next(given.phones)}"
    asked = people_actions.request_code(
        by=anyone, at=given.tick(), key=given.key(), phone=phone, language=language, region="IN"
    )
    sent = people.code_to_send(SYSTEM, asked.challenge_id, given.at)
    assert sent is not None
    people_actions.confirm_code(
        by=anyone,
        at=given.tick(),
        key=given.key(),
        challenge_id=asked.challenge_id,
        code=Secret(sent.code),
        token_hash=people_rules.token_hash(token),
    )
    found = people.signed_in(token, given.at)
    assert found is not None
    client = Client(headers={"accept-language": language})
    client.cookies["citizen"] = token
    return client, found.actor


def fresh() -> str:
    """Return a key as each form holds one."""
    return str(uuid7())


@contextmanager
def counting() -> Iterator[list[Any]]:
    """Gather the questions put to the database meanwhile."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    gathered: list[Any] = []
    with CaptureQueriesContext(connection) as captured:
        yield gathered
    gathered.extend(captured.captured_queries)
