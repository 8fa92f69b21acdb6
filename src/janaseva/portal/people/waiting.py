"""A sign-in half done, kept by the browser itself: sealed, for ten minutes, for the pages of the sign-in alone."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from janaseva.core import cookies
from janaseva.core.secret import UnsealError, seal, unseal

COOKIE: Final = "sign_in"
LIFE: Final = timedelta(minutes=10)
YEAR: Final = timedelta(days=365)
_PURPOSE: Final = "sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Which code is awaited, to which number it went, and where the person wanted to go."""

    challenge_id: UUID
    phone: str
    masked: str
    onward: str


def keep(response: HttpResponseBase, wait: Waiting, at: datetime) -> None:
    """Keep it in a cookie that nobody but us can read, not even its owner."""
    until = int((at + LIFE).timestamp())
    text = json.dumps([until, str(wait.challenge_id), wait.phone, wait.masked, wait.onward])
    cookies.give(response, COOKIE, seal(_PURPOSE, text, bound_to=COOKIE), life=LIFE)


def kept(request: HttpRequest, at: datetime) -> Waiting | None:
    """Return the sign-in that is half done, or ``None``, also where a browser kept it beyond its time."""
    try:
        sealed = unseal(_PURPOSE, cookies.given(request, COOKIE), bound_to=COOKIE)
    except (UnsealError, ValueError):
        return None
    until, challenge_id, phone, masked, onward = json.loads(sealed)
    if at.timestamp() >= until:
        return None
    return Waiting(challenge_id=UUID(challenge_id), phone=phone, masked=masked, onward=onward)


def forget(response: HttpResponseBase) -> None:
    """Take it away."""
    cookies.take(response, COOKIE)


def keep_language(response: HttpResponseBase, language: str) -> None:
    """Show pages in the language that a person chose before, on this device too."""
    cookies.give(response, "language", language, life=YEAR)
