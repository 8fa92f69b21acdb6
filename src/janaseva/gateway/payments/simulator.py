"""The bank of a demonstration as its customers and the platform see it; mounted only where the demonstration is on."""

import json
from typing import Final
from urllib.parse import urljoin
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from janaseva.core.audience import audience
from janaseva.core.canonical import canonical
from janaseva.core.clock import now
from janaseva.core.refusal import Fault
from janaseva.design.page import render
from janaseva.payments.adapters.bank import LATE_SECONDS, Bank
from janaseva.payments.rules import signing
from janaseva.payments.rules.signing import LONGEST_BODY_BYTES, SIGNATURE_HEADER, Purpose
from janaseva.settings import OPTIONS, PAYMENT_GATEWAY_KEY, PAYMENT_GATEWAY_KEYS

CHOICES: Final = ("succeed", "fail", "close", "late", "lost")
NOT_GENUINE: Final = 403
UNREADABLE: Final = 422
MOST_DIGITS: Final = 15


def bank() -> Bank:
    """Return the demonstration's bank, whose books lie apart from everything else."""
    callback_url = urljoin(str(OPTIONS.public_url), "/gateway/payments/callback")
    return Bank(folder=OPTIONS.data_dir / "simulator", key=PAYMENT_GATEWAY_KEY, callback_url=callback_url)


def _asked(request: HttpRequest, reference: str) -> tuple[int, str]:
    """Return the amount and the way back that the platform signed into the address.

    Raises:
        Http404: where the address was altered.

    """
    amount, return_url = request.GET.get("amount_paise", ""), request.GET.get("return_url", "")
    readable = amount.isascii() and amount.isdigit() and len(amount) <= MOST_DIGITS
    if not readable or not signing.is_request(
        PAYMENT_GATEWAY_KEYS,
        reference=reference,
        amount_paise=int(amount),
        return_url=return_url,
        signature=request.GET.get("sign", ""),
    ):
        raise Http404
    return int(amount), return_url


@require_http_methods(["GET", "HEAD", "POST"])
@audience("anyone")
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what the bank can do with a payment, and do it."""
    amount_paise, return_url = _asked(request, reference)
    chosen = request.POST.get("choice", "")
    if request.method == "POST" and chosen in CHOICES:
        _do(chosen, reference, amount_paise)
        return HttpResponseRedirect(return_url)
    book = bank().book(reference)
    if request.method == "POST" and chosen == "again" and book is not None and book.outcome != "pending":
        bank().call_back(book)
        return HttpResponseRedirect(request.get_full_path())
    context = {
        "reference": reference,
        "amount_paise": amount_paise,
        "return_url": return_url,
        "book": book,
        "choices": CHOICES,
        "late_seconds": LATE_SECONDS,
    }
    faults = [Fault(place="choice", code="simulator_choice_missing")] if request.method == "POST" else []
    return render(request, "simulator/pay.html", context, status=UNREADABLE if faults else 200, faults=faults)


def _do(chosen: str, reference: str, amount_paise: int) -> None:
    ours = bank()
    if chosen == "close":
        return
    if chosen == "fail":
        ours.call_back(ours.fail(reference, amount_paise=amount_paise, at=now()))
        return
    book = ours.debit(reference, amount_paise=amount_paise, at=now())
    if chosen != "lost":
        ours.call_back(book, after_seconds=LATE_SECONDS if chosen == "late" else 0)


def _question(request: HttpRequest, purpose: Purpose) -> dict[str, object] | HttpResponse:
    """Return what the platform asks, or the answer to whom does not hold its key."""
    body, signature = request.body, request.headers.get(SIGNATURE_HEADER, "")
    if len(body) > LONGEST_BODY_BYTES or not signing.genuine(PAYMENT_GATEWAY_KEYS, purpose, body, signature):
        return HttpResponse(status=NOT_GENUINE)
    asked: dict[str, object] = json.loads(body)
    return asked


def _signed(purpose: Purpose, body: bytes) -> HttpResponse:
    headers = {SIGNATURE_HEADER: signing.sign(PAYMENT_GATEWAY_KEY, purpose, body)}
    return HttpResponse(body, content_type="application/json", headers=headers)


@csrf_exempt
@require_POST
@audience("machine")
def status(request: HttpRequest) -> HttpResponse:
    """Say what the bank knows of a payment; 404 where it never heard of it."""
    asked = _question(request, "status")
    if isinstance(asked, HttpResponse):
        return asked
    book = bank().book(str(asked.get("reference", "")))
    return HttpResponse(status=404) if book is None else _signed("status", signing.written(book.report()))


@csrf_exempt
@require_POST
@audience("machine")
def refund(request: HttpRequest) -> HttpResponse:
    """Send money back, once for each refund id."""
    asked = _question(request, "refund")
    if isinstance(asked, HttpResponse):
        return asked
    refund_id, amount_paise = UUID(str(asked["refund_id"])), int(str(asked["amount_paise"]))
    returned = bank().give_back(str(asked["reference"]), refund_id=str(refund_id), amount_paise=amount_paise)
    return HttpResponse(status=404) if returned is None else _signed("refund", canonical(returned))
