"""The log's checkpoint, tiles and entries, as witnesses and monitors fetch them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.core.audience import audience
from janaseva.ledger import queries

_FEW_SECONDS = "public, max-age=1"
_FOR_EVER = "public, max-age=31536000, immutable"


def _text(content: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = _FEW_SECONDS
    response["Access-Control-Allow-Origin"] = "*"
    return response


@audience("anyone")
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Answer the newest signed checkpoint; not found before the first."""
    note = queries.checkpoint()
    if not note:
        raise Http404
    return _text(note)


@audience("anyone")
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """Answer the public key of the log as one line, for comparison with the one that was published elsewhere."""
    line = queries.verifier()
    if not line:
        raise Http404
    return _text(f"{line}\n")


@audience("anyone")
@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """Answer a tile of hashes or a bundle of entries that a signed checkpoint covers; it never changes."""
    content = queries.tile(f"tile/{path}")
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Cache-Control"] = _FOR_EVER
    response["Access-Control-Allow-Origin"] = "*"
    return response
