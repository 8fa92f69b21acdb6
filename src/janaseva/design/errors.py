"""Pages for when it does not go on: what happened, what is safe, what to do next, and a reference to quote."""

import logging
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

from janaseva.core.refusal import TOO_MANY, Fault, Refusal
from janaseva.design.page import fault_words, render

log = logging.getLogger("janaseva.design")

_KINDS: Final = {400: "bad", 403: "forbidden", 404: "missing", 413: "large", 429: "many", 500: "broken", 503: "paused"}
_LAST_RESORT: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Something went wrong - Janaseva</title><h1>Something went wrong on our side</h1>"
    "<p>What you had already sent and seen confirmed is safe. Wait a few minutes and try again."
    "<p>If it happens again, tell the office this reference: <b>{reference}</b>"
)


def _reference(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))[:10]


def page(request: HttpRequest, status: int, *, words: str = "", kind: str = "") -> HttpResponse:
    """Return the error page of ``status``; ``words`` replaces the sentence that says what happened."""
    context = {
        "kind": kind or _KINDS.get(status, "refused"),
        "words": words,
        "status": status,
        "reference": _reference(request),
    }
    return render(request, "errors/error.html", context, status=status)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page of a refusal that no view turned into one of its own."""
    language = getattr(request, "language", "en")
    words = fault_words(Fault(place="", code=refusal.code, facts=refusal.facts), language)
    response = page(request, refusal.status, words=words)
    if refusal.status == TOO_MANY and isinstance(refusal.facts.get("seconds"), int):
        response["Retry-After"] = str(refusal.facts["seconds"])
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that could not be read (400), or that was larger than we take in (413)."""
    return page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that may not be made (403)."""
    return page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request for an address that is not there (404)."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours (500); where even the page fails, with words that need nothing."""
    try:
        return page(request, 500)
    except Exception:
        log.exception("the error page itself failed")
        return HttpResponse(_LAST_RESORT.format(reference=escape(_reference(request))), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page had grown too old, or that came from elsewhere (403)."""
    log.info("form refused: %s", reason)
    return page(request, 403, kind="stale")
