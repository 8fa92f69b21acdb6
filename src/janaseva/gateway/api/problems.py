"""Refusals as problems (RFC 9457): one shape for everything that the API answers with 4xx or 5xx."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from janaseva.core.commit import AGAIN_SECONDS, UNAVAILABLE
from janaseva.core.logs import note_refusal
from janaseva.core.refusal import TOO_MANY, Fault, Invalid, Refusal
from janaseva.core.words import find
from janaseva.design.page import fault_words, sentence

log = logging.getLogger("janaseva.gateway")

MEDIA_TYPE: Final = "application/problem+json"
UNAUTHORIZED: Final = 401
PROBLEMS: Final = "/api/problems/"


class FaultShape(BaseModel):
    """One thing wrong with what was sent."""

    place: str = Field(description="Where: a dotted path of names, as `answers.members.2.income`.")
    code: str = Field(description="What, as a code that never changes its meaning.")
    message: str = Field(description="What, in words of the request's language.")


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="The address of a page about this problem, below `/api/problems/`.")
    title: str = Field(description="What happened, what is safe and what to do next, in the request's language.")
    status: int = Field(description="The HTTP status, again.")
    code: str = Field(description="The problem as a code that never changes its meaning.")
    faults: list[FaultShape] | None = Field(default=None, description="Everything wrong at once, for code `invalid`.")
    request_id: str = Field(description="To be quoted to the office that runs this platform.")
    detail: str | None = Field(default=None, description="For the developer, in English.")


def language_of(request: HttpRequest) -> str:
    """Return the language in which the request wants its words."""
    return str(getattr(request, "language", "en"))


def words_of(code: str, language: str, facts: Mapping[str, Any]) -> str:
    """Return the words of a problem: those for machines' clients where there are some, else those that people read."""
    key = f"api.problem.{code}"
    return (
        sentence(key, language, facts)
        if find(key, language)
        else fault_words(Fault(place="", code=code, facts=facts), language)
    )


def problem(
    request: HttpRequest,
    code: str,
    status: int,
    *,
    facts: Mapping[str, Any] | None = None,
    faults: Iterable[Fault] | None = None,
) -> HttpResponse:
    """Return the response that says a problem."""
    language = language_of(request)
    told = None
    if faults is not None:
        told = [FaultShape(place=one.place, code=one.code, message=fault_words(one, language)) for one in faults]
    body = Problem(
        type=f"{PROBLEMS}{code}",
        title=words_of(code, language, facts or {}),
        status=status,
        code=code,
        faults=told,
        request_id=str(getattr(request, "request_id", "")),
        detail=str(facts["why"]) if facts and "why" in facts else None,
    )
    response = HttpResponse(body.model_dump_json(exclude_none=True), status=status, content_type=MEDIA_TYPE)
    response["Content-Language"] = language
    patch_vary_headers(response, ("Accept-Language",))
    if status == TOO_MANY or (status == UNAVAILABLE and facts and "seconds" in facts):
        response["Retry-After"] = str((facts or {}).get("seconds", 60))
    if status == UNAUTHORIZED:
        error = ', error="invalid_token"' if code == "token_not_known" else ""
        response["WWW-Authenticate"] = f'Bearer realm="janaseva"{error}'
    return response


def of_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return a refusal as a problem."""
    note_refusal(request, refusal.code, refusal.status)
    faults = refusal.faults if isinstance(refusal, Invalid) else None
    return problem(request, refusal.code, refusal.status, facts=refusal.facts, faults=faults)


def of_not_now(request: HttpRequest, code: str, error: Exception) -> HttpResponse:
    """Return as a problem that the records cannot be reached: 503, and when to send the same again."""
    log.error("%s: %s", code, error)
    response = problem(request, code, UNAVAILABLE)
    response["Retry-After"] = str(AGAIN_SECONDS)
    return response


def of_status(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """Return a problem in the place of an error page that Django or the server's own parts made; its headers stay."""
    code = {400: "body_unreadable", 403: "not_permitted", 404: "not_found", 405: "method_not_taken"}.get(
        response.status_code,
        "body_too_large" if response.status_code == 413 else "server_fault",  # noqa: PLR2004
    )
    facts = {"why": "the request could not be read"} if code == "body_unreadable" else {}
    if code == "body_too_large":
        facts = {"kilobytes": "12288"}
    answer = problem(request, code, response.status_code, facts=facts)
    for name in ("Allow", "X-Request-Id"):
        if name in response:
            answer[name] = response[name]
    return answer


def _place(location: Iterable[Any]) -> str:
    """Return where a value is, without the part of the request and the parameter that django-ninja puts in front."""
    source, *parts = location
    parts = parts[1:] if source == "body" and parts else parts
    return ".".join(str(part)[:60] for part in parts if part != "[key]") or str(source)


def _fault(error: Mapping[str, Any]) -> Fault:
    place = _place(error["loc"])
    match error["type"]:
        case "missing":
            return Fault(place=place, code="needed")
        case "extra_forbidden":
            return Fault(place=place, code="field_not_known")
    return Fault(place=place, code="field_not_taken", facts={"why": str(error["msg"])[:200]})


def of_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Return what does not fit the description: 404 where the address itself does not, else every fault (422)."""
    if any(one["loc"][0] == "path" for one in error.errors):
        return problem(request, "not_found", 404)
    faults = [_fault(one) for one in error.errors[:100]]
    return of_refusal(request, Invalid(faults))


def of_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Return an error that django-ninja raised itself; a refusal of our parser comes as its cause."""
    if isinstance(error.__cause__, Refusal):
        return of_refusal(request, error.__cause__)
    if isinstance(error, AuthenticationError):
        sent = request.headers.get("Authorization", "")
        note_refusal(request, "token", UNAUTHORIZED)
        return problem(request, "token_not_known" if sent else "token_missing", UNAUTHORIZED)
    return problem(request, "body_unreadable", error.status_code, facts={"why": error.message})
