"""Answers: a shape as JSON, and for public ones an ETag so that what has not changed is not sent again (RFC 9110)."""

import hashlib
from typing import Any, Final

from django.http import HttpResponse
from pydantic import BaseModel
from pydantic_core import to_json

from janaseva.design.headers import KEPT, Kept

MEDIA_TYPE: Final = "application/json"
CREATED: Final = 201
NO_CONTENT: Final = 204


def answer(shape: BaseModel | dict[str, Any], *, status: int = 200, location: str = "") -> HttpResponse:
    """Return a shape as JSON; ``location`` is the address of what was made."""
    content = shape.model_dump_json(by_alias=True) if isinstance(shape, BaseModel) else to_json(shape)
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE)
    if location:
        response["Location"] = location
    return response


def done() -> HttpResponse:
    """Return that it is done, and that there is nothing to say about it."""
    response = HttpResponse(status=NO_CONTENT)
    del response["Content-Type"]
    return response


def fresh(response: HttpResponse, *, seconds: int) -> HttpResponse:
    """Return a public answer with its ETag, kept by anyone for ``seconds``; the door answers 304 to whoever holds it.

    The answer must not depend on who asks.
    """
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    setattr(response, KEPT, Kept(seconds=seconds, asked=None))
    return response
