"""From a request to an action: on whose word, at which moment, under which idempotency key."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.http import HttpRequest

from janaseva.core import glance
from janaseva.core.ids import secret_token
from janaseva.core.refusal import Refusal
from janaseva.doorway.visitor import actor, at

R = TypeVar("R")
LONGEST_KEY: Final = 100
FIELD: Final = "key"
HEADER: Final = "Idempotency-Key"


def given_key(request: HttpRequest) -> str:
    """Return the idempotency key that came with the request: the form's hidden field, or the API's header.

    Raises:
        Refusal: ``key_missing`` where there is none, or one that no form of ours makes.

    """
    key = str(request.POST.get(FIELD, "")) or request.headers.get(HEADER, "")
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refusal("key_missing")
    return key


def perform(request: HttpRequest, action: Callable[..., R], **facts: Any) -> R:
    """Do ``action`` on the word of whoever sent the request; sending the same form twice does it once."""
    return action(by=actor(request), at=at(request), key=given_key(request), **facts)


def perform_once(request: HttpRequest, action: Callable[..., R], **facts: Any) -> R:
    """Do an ``action`` that the door itself causes, such as recording that a page was opened; no form holds its key."""
    try:
        return action(by=actor(request), at=at(request), key=f"door:{secret_token()}", **facts)
    finally:
        glance.again()
