"""How an operation is declared: for whom, how often, which query parameters it knows, which statuses it may answer."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from django.http import HttpRequest
from ninja.params.models import Query

from janaseva.core.audience import Audience, audience
from janaseva.core.refusal import Fault, Invalid, Refusal
from janaseva.doorway.acts import HEADER, LONGEST_KEY, given_key
from janaseva.doorway.limits import at_most
from janaseva.gateway.api.problems import MEDIA_TYPE

V = TypeVar("V", bound=Callable[..., Any])
R = TypeVar("R")

PREFIX: Final = "/api/v1/"

_WHY: Final = {
    400: "The body or a header cannot be read.",
    401: "No token, or one that opens no session (any more).",
    403: "Not permitted.",
    404: "There is no such thing, or it is not yours to see.",
    409: "It does not agree with how things stand now.",
    413: "The body is too large.",
    415: "The body has another content type than the one described.",
    422: "Something given is wrong or missing (`faults` says all of it), or the key was used with another request.",
    429: "Too often; `Retry-After` says how many seconds to wait.",
    503: "Not possible now: send the same again, under the same key, after `Retry-After` seconds; it is done once.",
}
_TEXT_HEADER: Final[dict[str, Any]] = {"schema": {"type": "string"}}
_KEY: Final[dict[str, Any]] = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "description": "Your own name for this request, such as a UUID. The same key with the same request is done once, "
    "and answered as it was answered first.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "example": "5b1f6f3e-6c43-4f0e-9d31-0f2c5d1c9a77",
}
_LANGUAGE: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "description": "The language of words in the answer: en, ml, hi, ur, sd. English where none of them is wanted.",
    "schema": {"type": "string"},
    "example": "ml, en;q=0.5",
}


def _asked(view: Callable[..., Any]) -> set[str]:
    """Return the names of the query parameters that a view takes."""
    names: set[str] = set()
    for parameter in inspect.signature(view).parameters.values():
        kind = parameter.annotation
        if get_origin(kind) is Annotated and any(isinstance(mark, Query) for mark in get_args(kind)[1:]):
            names |= set(get_args(kind)[0].model_fields)
    return names


def operation(who: Audience, *, most: int, seconds: int = 60) -> Callable[[V], V]:
    """Declare an operation: for whom it is, and how often one caller may ask it.

    Query parameters that it does not know are faults and not overlooked: a misspelt filter must not answer everything.
    """

    def declare(view: V) -> V:
        known = _asked(view)
        name = f"api.{view.__module__.rsplit('.', 1)[-1]}.{view.__name__}"

        @functools.wraps(view)
        def strict(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            unknown = sorted(set(request.GET) - known)
            if unknown:
                raise Invalid([Fault(place=one[:60], code="field_not_known") for one in unknown[:20]])
            return view(request, *args, **kwargs)

        return audience(who)(at_most(most, seconds=seconds, name=name)(strict))  # type: ignore[return-value]

    return declare


def key_of(request: HttpRequest) -> str:
    """Return the idempotency key of a writing request.

    Raises:
        Refusal: ``key_missing``.

    """
    if not request.headers.get(HEADER, "").strip():
        raise Refusal("key_missing")
    return given_key(request)


def told(
    *statuses: int,
    key: bool = False,
    etag: bool = False,
    link: bool = False,
    location: bool = False,
    body: dict[str, Any] | None = None,
    files: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the description says of an operation beyond what its function says.

    Args:
        statuses: every status of a problem that it may answer.
        key: it writes, so it needs an idempotency key.
        etag: its answer has an ETag, and 304 is answered to whoever holds it.
        link: its answer has a ``Link`` header.
        location: its answer names the address of what was made.
        body: the body where it is not JSON, as OpenAPI says it.
        files: the media types that it answers with instead of JSON, each with what it is.

    """
    responses: dict[int, Any] = {}
    for status in sorted({*statuses, 429, *((409, 422) if key else ())}):
        headers = {429: "Retry-After", 401: "WWW-Authenticate"}.get(status)
        responses[status] = {
            "description": _WHY[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            **({"headers": {headers: _TEXT_HEADER}} if headers else {}),
        }
    given = {"ETag": etag, "Link": link}
    headers_given = {name: _TEXT_HEADER for name, there in given.items() if there}
    if headers_given:
        responses[200] = {"headers": headers_given}
    if location:
        responses[201] = {"headers": {"Location": _TEXT_HEADER}}
    if etag:
        responses[304] = {"description": "It has not changed.", "headers": {"ETag": _TEXT_HEADER}}
    if files:
        kept = {
            kind: {"schema": {"type": "string", "format": "binary", "description": why}} for kind, why in files.items()
        }
        responses[200] = {"description": "The bytes.", "content": kept}
    parameters = [_LANGUAGE, *([_KEY] if key else [])]
    return {"parameters": parameters, "responses": responses, **({"requestBody": body} if body else {})}


def multipart(**fields: str) -> dict[str, Any]:
    """Return the description of a body with one ``file`` and these text fields, each with what it is."""
    texts = {name: {"type": "string", "minLength": 1, "description": why} for name, why in fields.items()}
    file = {"type": "string", "format": "binary", "description": "The bytes of the file."}
    schema = {
        "type": "object",
        "properties": {"file": file, **texts},
        "required": ["file", *fields],
        "additionalProperties": False,
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
