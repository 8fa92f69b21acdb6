"""A browser in the hands of a person: signed in through the same door, at the moment of the story."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from tests.given import Given


def at_the_storys_time(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doors' clock be the story's."""
    monkeypatch.setattr("janaseva.doorway.visitor.now", given.tick)


def signed_in(given: Given, language: str = "en") -> tuple[Client, Actor]:
    """Sign a new person in; return the browser that holds the cookie, and the person."""
    token, actor = given.session(language)
    client = Client(headers={"accept-language": language})
    client.cookies["citizen"] = token
    return client, actor


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
