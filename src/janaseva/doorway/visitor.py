"""Who comes in: the session behind the door's cookie, as ``request.signed_in`` and ``request.actor``.

The portal and the desk keep separate cookies and each reads its own alone, so that an officer who is also a citizen is
one or the other at a time.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from janaseva.core import cookies
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.glance import glance
from janaseva.core.ids import secret_token
from janaseva.core.refusal import UNAVAILABLE, Refusal
from janaseva.people import actions, queries
from janaseva.people.queries import SignedIn

CITIZEN_COOKIE: Final = "citizen"
OFFICER_COOKIE: Final = "officer"
DESK: Final = "/desk/"


def cookie_name(path: str) -> str:
    """Return the cookie that holds the session for this address."""
    return OFFICER_COOKIE if path.startswith(DESK) else CITIZEN_COOKIE


def signed_in(request: HttpRequest) -> SignedIn | None:
    """Return who is signed in at this door, or ``None``."""
    found: SignedIn | None = getattr(request, "signed_in", None)
    return found


def actor(request: HttpRequest) -> Actor:
    """Return on whose word the request acts; a visitor of whom nothing is known is anyone."""
    found = signed_in(request)
    return found.actor if found is not None else Actor.anyone()


def at(request: HttpRequest) -> datetime:
    """Return the moment at which the request came in, the same throughout."""
    moment: datetime = getattr(request, "at", None) or now()
    return moment


def client_address(request: HttpRequest) -> str:
    """Return the address that the request came from, for limits alone; it is neither kept nor logged.

    Behind a proxy that the settings name, it is the last address that this proxy wrote: what came before it, the sender
    may have made up.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if address in settings.OPTIONS.trusted_proxies:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    return address


class Visitor:
    """Middleware: find the session, keep it alive where it is due, and set ``request.signed_in`` and ``request.at``."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        visitor: Any = request
        visitor.at = now()
        visitor.signed_in = None
        token = cookies.given(request, cookie_name(request.path))
        if token:
            visitor.signed_in = queries.signed_in(token, visitor.at)
        found = signed_in(request)
        if found is not None and found.keep_due:
            key = f"keep:{secret_token()}"
            try:
                actions.keep_session(by=found.actor, at=visitor.at, key=key, session_id=found.session_id)
            except Refusal as refusal:
                if refusal.status != UNAVAILABLE:  # it ended between the look and the act, elsewhere
                    visitor.signed_in = None
        if request.method not in ("GET", "HEAD"):
            return self.answer(request)
        with glance():
            return self.answer(request)


def give_cookie(response: HttpResponseBase, *, path: str, token: str, ends_at: datetime) -> None:
    """Put a session's token into the door's cookie; scripts cannot read it, other sites cannot send it."""
    cookies.give(response, cookie_name(path), token, ends_at=ends_at)


def take_cookie(response: HttpResponseBase, *, path: str) -> None:
    """Take the door's cookie away, and with it what the browser still keeps of pages that were shown."""
    cookies.take(response, cookie_name(path))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
