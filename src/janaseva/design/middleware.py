"""What every request is given (id, language, theme) and what every answer carries (strict headers, compression)."""

import logging
import secrets
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from janaseva.core import cookies
from janaseva.core.commit import not_now
from janaseva.core.logs import note_refusal
from janaseva.core.refusal import Refusal
from janaseva.core.text import LANGUAGES, is_reading, own_of
from janaseva.design import errors
from janaseva.design.headers import FORM_TARGETS, FRAMEABLE, PUBLIC_SECONDS

Answer = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("janaseva.design")

YEAR: Final = timedelta(days=365)
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
        if response.get("Content-Type", "").startswith("text/html"):
            response.setdefault("Content-Language", own_of(request.language))  # type: ignore[attr-defined]
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
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
        seconds = getattr(response, PUBLIC_SECONDS, 0)
        keepable = seconds and response.status_code == 200 and getattr(request, "signed_in", None) is None  # noqa: PLR2004
        if keepable and "Set-Cookie" not in response and not response.cookies:
            response["Cache-Control"] = f"public, max-age={seconds}"
        response.setdefault("Cache-Control", "no-store")
        return response

    return guarded


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
