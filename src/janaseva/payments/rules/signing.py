"""What passes between the platform and a payment gateway: canonical JSON under HMAC-SHA256 (RFC 2104, FIPS 198-1).

The signature covers the bytes as sent. A purpose is signed along, so that no message can be passed off as another kind.
"""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast, get_args
from urllib.parse import urlencode, urljoin

from janaseva.core.canonical import canonical
from janaseva.core.refusal import Refusal
from janaseva.payments.rules.lines import HIGHEST_PAISE
from janaseva.payments.rules.states import Report, Reported

Purpose = Literal["request", "callback", "status", "refund"]

SIGNATURE_HEADER: Final = "X-Payment-Signature"
LONGEST_BODY_BYTES: Final = 4096
LONGEST_TEXT: Final = 64


def sign(key: str, purpose: Purpose, body: bytes) -> str:
    """Return the signature of ``body`` as 64 hexadecimal digits."""
    return hmac.new(key.encode(), f"janaseva/payments/{purpose}/v1\n".encode() + body, "sha256").hexdigest()


def genuine(keys: tuple[str, ...], purpose: Purpose, body: bytes, signature: str) -> bool:
    """Return whether ``signature`` is, for this purpose and body, of a holder of one of these keys.

    Each is compared, in constant time. An empty key is nobody's.
    """
    said = signature.encode(errors="replace")
    found = [hmac.compare_digest(sign(key, purpose, body).encode(), said) for key in keys if key]
    return any(found)


def written(report: Report) -> bytes:
    """Return a report as the canonical body of a callback or of a status answer."""
    return canonical(report)


def read(body: bytes) -> Report:
    """Return the report in a body whose signature has been checked.

    Raises:
        Refusal: ``callback_unreadable`` where it is not one, or not in canonical form.

    """
    try:
        report = _report(json.loads(body))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refusal("callback_unreadable") from error
    if written(report) != body:
        raise Refusal("callback_unreadable")
    return report


def _report(given: Mapping[str, Any]) -> Report:
    amount_paise, outcome, debited = given["amount_paise"], given["outcome"], given["debited_at"]
    texts = (given["reference"], given["gateway_number"])
    if type(amount_paise) is not int or not 0 <= amount_paise <= HIGHEST_PAISE or outcome not in get_args(Reported):
        raise ValueError
    if not all(isinstance(text, str) and len(text) <= LONGEST_TEXT and text.isprintable() for text in texts):
        raise ValueError
    debited_at = None if debited is None else datetime.fromisoformat(debited)
    if debited_at is not None and debited_at.tzinfo is None:
        raise ValueError
    return Report(
        reference=texts[0],
        outcome=cast("Reported", outcome),
        amount_paise=amount_paise,
        debited_at=debited_at and debited_at.astimezone(UTC),
        gateway_number=texts[1],
    )


def base_url(configured: str, *, demonstration: bool, public_url: str) -> str:
    """Return the connected gateway's address: the configured one, or in a demonstration the simulator's, or nothing."""
    return configured or (urljoin(public_url, "/simulator") if demonstration else "")


def _asked(reference: str, amount_paise: int, return_url: str) -> bytes:
    return canonical({"amount_paise": amount_paise, "reference": reference, "return_url": return_url})


def redirect(*, base: str, key: str, reference: str, amount_paise: int, return_url: str, language: str) -> str:
    """Return the address of the gateway's page for one payment; the payment was recorded before anyone goes there."""
    signature = sign(key, "request", _asked(reference, amount_paise, return_url))
    query = {"amount_paise": amount_paise, "lang": language, "return_url": return_url, "sign": signature}
    return f"{base.rstrip('/')}/pay/{reference}?{urlencode(query)}"


def is_request(keys: tuple[str, ...], *, reference: str, amount_paise: int, return_url: str, signature: str) -> bool:
    """Return whether an address made by :func:`redirect` is unaltered; the gateway's side of it."""
    return genuine(keys, "request", _asked(reference, amount_paise, return_url), signature)
