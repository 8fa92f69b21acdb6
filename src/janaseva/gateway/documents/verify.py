"""Verifying by API: by number and code, by the text of a QR code, by the file; and the keys to do it without us."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from janaseva.core.refusal import Refusal
from janaseva.design.page import sentence
from janaseva.documents import queries, rules
from janaseva.doorway.visitor import at
from janaseva.gateway.api.answers import answer, fresh
from janaseva.gateway.api.operation import multipart, operation, told
from janaseva.gateway.api.problems import language_of
from janaseva.gateway.api.reading import TOO_LARGE, read_file
from janaseva.gateway.services.fees import Words
from janaseva.gateway.services.shapes import Given

router = Router(tags=["Verification"])

KEPT_SECONDS = 300

ENDED: Final = ("revoked", "surrendered", "superseded", "suspended")
"""Outcomes that tell since when a document does not hold."""


class NumberGiven(Given):
    """What is printed on the paper."""

    number: Annotated[str, Field(min_length=1, max_length=80, examples=["KL/INC/2026/000123"])]
    code: Annotated[str, Field(min_length=1, max_length=40, examples=["7K3M-Q9TX"])]


class QrGiven(Given):
    """What the scanner read."""

    text: Annotated[str, Field(min_length=1, max_length=8000, description="The text of the code, unchanged.")]


class Check(BaseModel):
    """One thing that was looked at."""

    name: str
    result: Literal["passed", "failed", "unchecked"]


class Verdict(BaseModel):
    """Whether a document is genuine. What it proves is said only where it was recognised as ours."""

    outcome: str = Field(description="`genuine`, or why it is not to be relied on.", examples=list(rules.OUTCOMES))
    genuine: bool = Field(description="Whether it may be relied on today.")
    words: str = Field(description="The outcome in words of the request's language.")
    number: str
    kind: str
    title: Words
    holder: str
    issuer: str
    facts: dict[str, str]
    issued_at: datetime | None
    valid_from: date | None
    valid_until: date | None
    revoked_at: datetime | None
    revoked_reason: str
    sha256: str
    key_id: str
    checks: list[Check]
    erased_at: datetime | None = Field(description="When what it states was erased; number and validity remain.")


def _verdict(request: HttpRequest, found: rules.Verdict) -> HttpResponse:
    day = {
        **dict.fromkeys(ENDED, found.revoked_at.date() if found.revoked_at else None),
        "expired": found.valid_until,
        "not_yet_valid": found.valid_from,
        "erased": found.erased_at.date() if found.erased_at else None,
    }.get(found.outcome)
    language = language_of(request)
    shape = Verdict.model_validate(
        {
            **{name: getattr(found, name) for name in Verdict.model_fields if hasattr(found, name)},
            "genuine": found.is_valid,
            "title": dict(found.title),
            "facts": dict(found.facts),
            "words": sentence(found.words_key, language, {"date": day} if day else {}),
            "checks": [Check.model_validate({"name": one.name, "result": one.result}) for one in found.checks],
        }
    )
    response = answer(shape)
    response["Content-Language"] = language
    return response


@router.post(
    "verify/number",
    response=Verdict,
    operation_id="verify_number",
    summary="Verify by number and code",
    openapi_extra=told(400, 413, 415, 422),
)
@operation("anyone", most=30)
def number(request: HttpRequest, given: NumberGiven) -> HttpResponse:
    """Verify what is printed. A wrong code and an unknown number are the same answer."""
    return _verdict(request, queries.verify_number(given.number, given.code, at=at(request)))


@router.post(
    "verify/qr",
    response=Verdict,
    operation_id="verify_qr",
    summary="Verify a scanned code",
    openapi_extra=told(400, 413, 415, 422),
)
@operation("anyone", most=120)
def qr(request: HttpRequest, given: QrGiven) -> HttpResponse:
    """Verify the text of a certificate's QR code, which carries signed data, against the keys and the record."""
    return _verdict(request, queries.verify_qr(given.text, at=at(request)))


@router.post(
    "verify/file",
    response=Verdict,
    operation_id="verify_file",
    summary="Verify a file",
    openapi_extra=told(400, 413, 415, 422, body=multipart()),
)
@operation("anyone", most=30)
def file(request: HttpRequest) -> HttpResponse:
    """Verify a certificate's file, to the last byte. Nothing of it is kept."""
    content = read_file(request).content
    if len(content) > rules.MAX_BYTES:
        raise Refusal("file_too_large", status=TOO_LARGE, megabytes=rules.MAX_BYTES // (1024 * 1024))
    return _verdict(request, queries.verify_file(content, at=at(request)))


@router.get(
    "keys",
    response=dict[str, Any],
    operation_id="keys_read",
    summary="Get the public keys",
    openapi_extra=told(422, etag=True),
)
@operation("anyone", most=60)
def keys(request: HttpRequest) -> HttpResponse:
    """Get the keys under which documents and codes are signed, for verifying without us (`janaseva verify --keys`)."""
    response = answer(json.loads(queries.key_ring().to_json()))
    return fresh(response, seconds=KEPT_SECONDS)
