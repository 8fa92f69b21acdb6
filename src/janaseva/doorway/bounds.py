"""How much: a body larger than anything we take in is refused by its announced size, before a byte of it is read."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
"""Others, such as TRACE, which sends back what was sent, are taken nowhere."""
DRAINED_BYTES: Final = 64 * 1024 * 1024
"""So much of a refused body is read away, so that the browser sees the answer and not a broken connection."""
PIECE_BYTES: Final = 64 * 1024


class Bounded:
    """Middleware: refuse a body of more than ``DATA_UPLOAD_MAX_MEMORY_SIZE``, files included.

    Django's own bound leaves files out, and its check against forged requests reads the whole body before any view.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request.

        Raises:
            RequestDataTooBig: shown as a page of its own (413).

        """
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        announced = str(request.META.get("CONTENT_LENGTH") or "0")
        size = int(announced) if announced.isascii() and announced.isdigit() and len(announced) < len(str(2**63)) else 0
        if size > int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
            _drain(request, min(size, DRAINED_BYTES))
            message = f"{size} bytes were announced"
            raise RequestDataTooBig(message)
        return self.answer(request)


def _drain(request: HttpRequest, left: int) -> None:
    while left > 0:
        piece = request.read(min(left, PIECE_BYTES))
        if not piece:
            return
        left -= len(piece)
