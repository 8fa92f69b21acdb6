"""Pages for when it does not go on: what happened, what is safe, what to do next, and a reference to quote."""

import logging
import sys
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

from janaseva.core.commit import AGAIN_SECONDS, UNAVAILABLE
from janaseva.core.commit import not_now as not_now_code
from janaseva.core.logs import note_refusal
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
    seconds = refusal.facts.get("seconds")
    again = refusal.status in (TOO_MANY, UNAVAILABLE) and isinstance(seconds, int)
    kind = "soon" if again and refusal.status == UNAVAILABLE else ""  # what is there in a moment
    response = page(request, refusal.status, words=words, kind=kind)
    if again:
        response["Retry-After"] = str(seconds)
    return response


def not_now(request: HttpRequest, code: str) -> HttpResponse:
    """Return the page for when the records cannot be reached: 503, and when to send the same again."""
    words = fault_words(Fault(place="", code=code), getattr(request, "language", "en"))
    response = page(request, UNAVAILABLE, words=words, kind="broken")
    response["Retry-After"] = str(AGAIN_SECONDS)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that could not be read (400), or that was larger than we take in (413)."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    note_refusal(request, "unreadable", status)
    return page(request, status)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that may not be made (403)."""
    return page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request for an address that is not there (404)."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours (500) or without the records (503); where even the page fails, in bare words."""
    raised = sys.exc_info()[1]
    code = not_now_code(raised) if isinstance(raised, Exception) else None
    try:
        return page(request, 500) if code is None else not_now(request, code)
    except Exception:
        log.exception("the error page itself failed")
        return HttpResponse(_LAST_RESORT.format(reference=escape(_reference(request))), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page had grown too old, or that came from elsewhere (403)."""
    note_refusal(request, "form_not_ours", 403)
    return page(request, 403, kind="stale")
