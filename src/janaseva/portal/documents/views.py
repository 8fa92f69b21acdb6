"""Three ways to verify a paper, the answer to each, and the public keys for doing it without us."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from janaseva.core.audience import audience
from janaseva.core.refusal import Fault
from janaseva.core.text import Text
from janaseva.design import posted
from janaseva.design.headers import public
from janaseva.design.vocabulary import date_long, money, text
from janaseva.documents import queries, rules
from janaseva.doorway.limits import at_most
from janaseva.doorway.visitor import at
from janaseva.ledger import queries as ledger
from janaseva.portal.page import show

MOST_BYTES: Final = 12 * 1024 * 1024
LONGEST_CODE: Final = 8_000
SHOWN: Final = frozenset(
    {"genuine", "expired", "not_yet_valid", "revoked", "surrendered", "superseded", "suspended", "erased"}
)
"""Outcomes in which what the paper says is repeated: it is ours, and whoever asks has shown to hold it."""
GOOD: Final = frozenset({"genuine"})
DOUBTFUL: Final = frozenset({"erased", "expired", "not_yet_valid", "not_sealed", "not_found", "unreadable"})
_CAMERA: Final = (
    "accelerometer=(), autoplay=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()"
)


@audience("anyone")
@require_safe
@public(60)
def ways(request: HttpRequest) -> HttpResponse:
    """Show the three ways to verify a paper."""
    return _ways(request)


def _ways(request: HttpRequest, *faults: Fault, typed: Mapping[str, str] | None = None) -> HttpResponse:
    response = show(
        request,
        "portal/documents/ways.html",
        {"typed": typed or {}},
        here="verify",
        faults=faults,
        status=422 if faults else 200,
    )
    response["Permissions-Policy"] = _CAMERA  # a code may be scanned here, and on no other page
    return response


def _posted(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send whoever opens the address without sending anything to the page with the forms.

    Verifying changes nothing and is for everyone, so it asks for no token against forged forms: the page with the
    forms is then the same for all, and a cache may show it while we are away.
    """

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method == "POST" else HttpResponseRedirect("/verify/")

    return answered


def _answer(request: HttpRequest, verdict: rules.Verdict, way: str) -> HttpResponse:
    ended = dict.fromkeys(("revoked", "surrendered", "superseded", "suspended"), verdict.revoked_at)
    dates = {**ended, "expired": verdict.valid_until, "not_yet_valid": verdict.valid_from, "erased": verdict.erased_at}
    holds = verdict.outcome in SHOWN
    context = {
        "verdict": verdict,
        "way": way,
        "kind": "good" if verdict.outcome in GOOD else "doubtful" if verdict.outcome in DOUBTFUL else "bad",
        "on": dates.get(verdict.outcome) or "",
        "holds": holds,
        "rows": _rows(verdict) if holds else [],
        "checked_at": at(request),
        "as_read": as_read,
    }
    return show(request, "portal/documents/verdict.html", context, here="verify")


def _rows(verdict: rules.Verdict) -> list[tuple[Text | str, object]]:
    """Return what the paper says: with the labels of the record where it is known, else by the names in its code."""
    if verdict.rows:
        return [(row.get("label") or str(row.get("key", "")), row.get("value", "")) for row in verdict.rows]
    return [(name.replace("_", " "), value) for name, value in verdict.facts.items()]


def as_read(value: Any) -> Any:
    """Return a value of a paper as people read it: a day in words, an amount grouped, words in the page's language."""
    if isinstance(value, Mapping) and "date" in value:
        return date_long(date.fromisoformat(str(value["date"])))
    if isinstance(value, Mapping) and "paise" in value:
        return money(int(value["paise"]), value.get("currency", "INR"))
    return text(value if isinstance(value, Mapping) else str(value))


@audience("anyone")
@_posted
@at_most(30, seconds=60, name="verify-file")
def by_file(request: HttpRequest) -> HttpResponse:
    """Verify the file that was chosen; nothing of it is kept."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        return _ways(request, Fault(place="file", code="verify_file_missing"))
    if file.size > MOST_BYTES:
        return _ways(request, Fault(place="file", code="verify_file_large", facts={"megabytes": MOST_BYTES // 2**20}))
    return _answer(request, queries.verify_file(file.read(), at=at(request)), "file")


@audience("anyone")
@_posted
@at_most(60, seconds=60, name="verify-code")
def by_code(request: HttpRequest) -> HttpResponse:
    """Verify the text of a code that was scanned or pasted."""
    code = request.POST.get("code", "").strip()
    if not code:
        return _ways(request, Fault(place="code", code="verify_code_missing"))
    return _answer(request, queries.verify_qr(code[:LONGEST_CODE], at=at(request)), "code")


@audience("anyone")
@_posted
@at_most(10, seconds=60, name="verify-number")
def by_number(request: HttpRequest) -> HttpResponse:
    """Verify by number and code; few tries a minute, so that nobody finds a paper by guessing its code."""
    number, secret = posted.line(request.POST, "number"), posted.line(request.POST, "secret")
    faults = [
        Fault(place=place, code=code)
        for place, code, value in (
            ("number", "verify_number_missing", number),
            ("secret", "verify_secret_missing", secret),
        )
        if not value
    ]
    if faults:
        return _ways(request, *faults, typed={"number": number, "secret": secret})
    return _answer(request, queries.verify_number(number, secret, at=at(request)), "number")


@audience("anyone")
@require_safe
@public(300)
def keys(request: HttpRequest) -> HttpResponse:
    """Show the public keys with their ids and validity, and how to verify without us."""
    ring = sorted(queries.key_ring().keys.values(), key=lambda one: (one.use, one.valid_from), reverse=True)
    return show(request, "portal/documents/keys.html", {"keys": ring, "verifier": ledger.verifier()}, here="verify")


@audience("anyone")
@require_safe
@public(300)
def keys_file(request: HttpRequest) -> HttpResponse:
    """Answer the public keys as the file that an offline verifier is given."""
    del request
    response = HttpResponse(queries.key_ring().to_json(), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="janaseva-keys.json"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
