"""Lists in pages: opaque cursors, and the way on in a ``Link`` header (RFC 8288)."""

import base64
import binascii
from typing import Annotated, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from janaseva.core.refusal import Fault, Invalid

MOST: Final = 100
USUAL: Final = 20

Limit = Annotated[int, Field(ge=1, le=MOST, description="How many at most.", examples=[20])]
After = Annotated[
    str,
    Field(max_length=200, description="The cursor of the page before, as its `next` says. Empty: from the beginning."),
]


def cursor(place: str) -> str:
    """Return a place in a list as a cursor, which clients pass back and do not read."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(after: str) -> str:
    """Return the place that a cursor names.

    Raises:
        Invalid: ``cursor_not_known``.

    """
    try:
        padded = after + "=" * (-len(after) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise not_known() from None


def not_known() -> Invalid:
    """Return the refusal of a cursor that no page of ours gave."""
    return Invalid([Fault(place="after", code="cursor_not_known")])


def link_next(request: HttpRequest, response: HttpResponse, after: str | None) -> None:
    """Say in ``Link`` where the list begins and, where there is more, where it goes on."""
    kept = [(name, value) for name, value in request.GET.items() if name != "after"]
    links = [(kept, "first")] + ([([*kept, ("after", after)], "next")] if after else [])
    response["Link"] = ", ".join(
        f'<{request.path}{"?" if query else ""}{urlencode(query)}>; rel="{relation}"' for query, relation in links
    )
