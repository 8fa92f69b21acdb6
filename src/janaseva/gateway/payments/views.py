"""The callback of a payment gateway: signed, bounded, and answered the same however often it comes."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from janaseva.core.actor import Actor
from janaseva.core.audience import audience
from janaseva.core.canonical import canonical
from janaseva.core.clock import now
from janaseva.core.refusal import Refusal
from janaseva.payments import actions
from janaseva.payments.rules.signing import LONGEST_BODY_BYTES, SIGNATURE_HEADER

GATEWAY = Actor(kind="machine", name="payment-gateway")
TOO_LARGE = 413


def _answer(facts: object, status: int = 200) -> HttpResponse:
    return HttpResponse(canonical(facts), status=status, content_type="application/json")


@csrf_exempt
@require_POST
@audience("machine")
def callback(request: HttpRequest) -> HttpResponse:
    """Take a gateway's report of one payment. What it is refused for is said as a code."""
    body = request.body
    if len(body) > LONGEST_BODY_BYTES:
        return _answer({"code": "callback_unreadable"}, TOO_LARGE)
    signature = request.headers.get(SIGNATURE_HEADER, "")
    key = hashlib.sha256(body + b"\n" + signature.encode(errors="replace")).hexdigest()
    try:
        standing = actions.hear_gateway(by=GATEWAY, at=now(), key=key, body=body, signature=signature)
    except Refusal as refusal:
        return _answer({"code": refusal.code}, refusal.status)
    return _answer(standing)
