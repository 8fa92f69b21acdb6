"""What every request is given (id, language, theme) and what every answer carries (strict headers, compression)."""

import hashlib
import logging
import secrets
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers

from janaseva.core import cookies
from janaseva.core.commit import not_now
from janaseva.core.logs import note_refusal
from janaseva.core.refusal import Refusal
from janaseva.core.text import LANGUAGES, is_reading, own_of
from janaseva.design import errors
from janaseva.design.headers import FORM_KEY, FORM_TARGETS, FRAMEABLE, KEPT, Kept
from janaseva.design.vocabulary import static

Answer = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("janaseva.design")

YEAR: Final = timedelta(days=365)
OK: Final = 200
NOT_MODIFIED: Final = 304
THEMES: Final = ("auto", "light", "dark")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'{forms}; frame-ancestors {ancestors}"
)
_PERMISSIONS: Final = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
_HTTPS_ALONE: Final = "max-age=63072000; includeSubDomains"
_SPOKEN: Final = ("text/html", "text/csv")
"""What is in the reader's language, and so differs by their choices."""
_COMPRESSIBLE: Final = ("text/", "application/json", "application/problem+json", "image/svg+xml")


def accepted(header: str, among: Collection[str] = LANGUAGES) -> str | None:
    """Return the best of ``among`` that an ``Accept-Language`` header asks for (RFC 9110, 12.5.4)."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        code = tag.split("-")[0].lower()
        if code in among:
            try:
                wanted.append((-float(weight or "1"), place, code))
            except ValueError:
                continue
    return min(wanted)[2] if wanted else None


def request_id(answer: Answer) -> Answer:
    """Give each request an id of 80 random bits, said in ``X-Request-Id`` and as the reference on error pages."""

    def identified(request: HttpRequest) -> HttpResponseBase:
        request.request_id = secrets.token_hex(10)  # type: ignore[attr-defined]
        response = answer(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return identified


def choices(answer: Answer) -> Answer:
    """Choose the language (``?lang=``, cookie, Accept-Language, English) and the theme, and keep what was asked for."""

    def guess(request: HttpRequest) -> str | None:
        among = [code for code in settings.OPTIONS.languages if is_reading(code)]
        return accepted(request.headers.get("Accept-Language", ""), among)

    def chosen(request: HttpRequest) -> HttpResponseBase:
        asked_language, asked_theme = request.GET.get("lang"), request.GET.get("theme")
        kept = cookies.given(request, "language")
        language = next((code for code in (asked_language, kept) if is_reading(code)), None)
        request.language = language or guess(request) or "en"  # type: ignore[attr-defined]
        theme = next((name for name in (asked_theme, cookies.given(request, "theme")) if name in THEMES), "auto")
        request.theme = theme  # type: ignore[attr-defined]
        response = answer(request)
        if is_reading(asked_language) and asked_language != kept:
            cookies.give(response, "language", str(asked_language), life=YEAR)
        if asked_theme in THEMES:
            cookies.give(response, "theme", str(asked_theme), life=YEAR)
        kind = response.get("Content-Type", "").partition(";")[0]
        if kind == "text/html":
            response.setdefault("Content-Language", own_of(request.language))  # type: ignore[attr-defined]
        if kind in _SPOKEN:
            patch_vary_headers(response, ("Cookie", "Accept-Language", "Save-Data"))
        return response

    return chosen


def headers(answer: Answer) -> Answer:
    """Keep a page to itself: no foreign content, no framing, nothing kept unless the view says so."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        frameable = getattr(response, FRAMEABLE, False)
        targets = "".join(f" {origin}" for origin in getattr(response, FORM_TARGETS, ()))
        ancestors = "'self'" if frameable else "'none'"
        response.setdefault("Content-Security-Policy", _POLICY.format(forms=targets, ancestors=ancestors))
        response.setdefault("Permissions-Policy", _PERMISSIONS)
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_SECURE:
            response.setdefault("Strict-Transport-Security", _HTTPS_ALONE)
        response["X-Frame-Options"] = "SAMEORIGIN" if frameable else "DENY"
        kept = _kept(request, response)
        if kept is None:
            if request.path.startswith(str(settings.STATIC_URL)):
                _shipped(request, response)
            response.setdefault("Cache-Control", "no-store")
            return response
        response["Cache-Control"] = kept.words
        return _unless_held(request, response)

    return guarded


def _kept(request: HttpRequest, response: HttpResponseBase) -> Kept | None:
    """Return how long an answer may be kept by all, or ``None`` where anything of it may be one reader's own."""
    kept: Kept | None = getattr(response, KEPT, None)
    if kept is None or response.status_code != OK or request.method not in ("GET", "HEAD"):
        return None
    somebody = getattr(request, "signed_in", None) is not None or "Authorization" in request.headers
    own = somebody or bool(response.cookies) or getattr(request, FORM_KEY, False)
    return None if own or not kept.covers(request) else kept


def _unless_held(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give an answer the name of its content, and answer 304 to whoever holds just that already."""
    if not isinstance(response, HttpResponse):
        return response
    if "ETag" not in response:
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    found = get_conditional_response(request, etag=response["ETag"], response=response) or response
    if found is not response:
        for name, value in response.items():
            if not name.startswith("Content-") or name == "Content-Security-Policy":
                found.setdefault(name, value)
    if found.status_code not in (OK, NOT_MODIFIED):
        found["Cache-Control"] = "no-store"
    return found


def _shipped(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let nobody keep a shipped file under the fingerprint of another: of the version that is about to replace us."""
    if not request.META.get("QUERY_STRING", ""):
        return
    try:
        named = static(request.path.removeprefix(str(settings.STATIC_URL)))
    except (FileNotFoundError, SuspiciousFileOperation):
        named = ""
    if request.get_full_path() != named:
        response["Cache-Control"] = "no-store"


class Refusals:
    """Turn a refusal that a view let through into a page in words, with the refusal's own status."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Return the page of a refusal, or of records out of reach; anything else is a fault and stays one."""
        if isinstance(exception, Refusal):
            note_refusal(request, exception.code, exception.status)
            return errors.refused(request, exception)
        code = not_now(exception)
        if code is None:
            return None
        log.error("%s: %s", code, exception)
        return errors.not_now(request, code)


class Compress(GZipMiddleware):
    """Compress what is text, with random padding against guessing by length; leave photos, fonts and PDFs alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the response, compressed where that helps."""
        if not response.get("Content-Type", "").startswith(_COMPRESSIBLE):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
