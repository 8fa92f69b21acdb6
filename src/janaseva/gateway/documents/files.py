"""The bytes of documents and papers, to whom they belong."""

from base64 import b64encode
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janaseva.documents import queries
from janaseva.doorway.visitor import actor
from janaseva.gateway.api.bearer import BEARER
from janaseva.gateway.api.operation import operation, told

router = Router(tags=["Documents"], auth=BEARER)

KINDS = {
    "application/pdf": "A document that was issued, or a paper that was given as PDF.",
    "image/jpeg": "A photo.",
}


@router.get(
    "documents/{uuid:document_id}",
    operation_id="documents_read",
    summary="Get a document's file",
    openapi_extra=told(401, 404, 409, 422, files=KINDS),
)
@operation("person", most=120)
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Get the bytes of a document that you hold, or of a paper that you gave."""
    file = queries.content(actor(request), document_id)
    response = HttpResponse(file.content, content_type=file.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.filename)}"
    response["Repr-Digest"] = f"sha-256=:{_base64(file.sha256)}:"
    return response


def _base64(hexadecimal: str) -> str:
    return b64encode(bytes.fromhex(hexadecimal)).decode()
