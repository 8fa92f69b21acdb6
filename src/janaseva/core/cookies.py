"""Cookies: all of one form. Scripts do not read them, other sites do not send them, and over HTTPS no other host can.

A name that begins with ``__Host-`` is taken by browsers only over HTTPS, for this host alone and for all of its
addresses; so what a cookie opens is decided by who reads it, and never by a path.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

PREFIX: Final = "__Host-"


def named(name: str) -> str:
    """Return the name under which the browser keeps a cookie."""
    return f"{PREFIX}{name}" if settings.SESSION_COOKIE_SECURE else name


def given(request: HttpRequest, name: str) -> str:
    """Return what the browser sent under a name; empty where it sent nothing."""
    return str(request.COOKIES.get(named(name), ""))


def give(
    response: HttpResponseBase,
    name: str,
    value: str,
    *,
    life: timedelta | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Let the browser keep a cookie, for a while or until a moment."""
    response.set_cookie(
        named(name),
        value,
        max_age=life,
        expires=ends_at,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )


def take(response: HttpResponseBase, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(named(name), path="/", samesite="Lax")
    response.cookies[named(name)]["secure"] = bool(settings.SESSION_COOKIE_SECURE)
    response.cookies[named(name)]["httponly"] = True
