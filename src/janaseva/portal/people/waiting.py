"""A sign-in half done, kept by the browser itself: sealed, for ten minutes, for the pages of the sign-in alone."""

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from janaseva.core.secret import UnsealError, seal, unseal

COOKIE: Final = "sign_in"
PATH: Final = "/sign-in/"
SECONDS: Final = 600
YEAR_SECONDS: Final = 31_536_000
_PURPOSE: Final = "sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Which code is awaited, to which number it went, and where the person wanted to go."""

    challenge_id: UUID
    phone: str
    masked: str
    onward: str


def keep(response: HttpResponseBase, wait: Waiting) -> None:
    """Keep it in a cookie that nobody but us can read, not even its owner."""
    text = json.dumps([str(wait.challenge_id), wait.phone, wait.masked, wait.onward])
    response.set_cookie(
        COOKIE,
        seal(_PURPOSE, text, bound_to=COOKIE),
        max_age=SECONDS,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def kept(request: HttpRequest) -> Waiting | None:
    """Return the sign-in that is half done, or ``None``."""
    try:
        sealed = unseal(_PURPOSE, request.COOKIES.get(COOKIE, ""), bound_to=COOKIE)
    except (UnsealError, ValueError):
        return None
    challenge_id, phone, masked, onward = json.loads(sealed)
    return Waiting(challenge_id=UUID(challenge_id), phone=phone, masked=masked, onward=onward)


def forget(response: HttpResponseBase) -> None:
    """Take it away."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def keep_language(response: HttpResponseBase, language: str) -> None:
    """Show pages in the language that a person chose before, on this device too."""
    response.set_cookie(
        "language",
        language,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
