"""Where the transparency log is and how far it has come, by API."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from janaseva.gateway.api.answers import answer, fresh
from janaseva.gateway.api.operation import operation, told
from janaseva.ledger import queries
from janaseva.settings import OPTIONS

router = Router(tags=["Transparency log"])


class Log(BaseModel):
    """The transparency log (c2sp.org/tlog-tiles)."""

    origin: str = Field(description="Its name in checkpoints.")
    verifier: str = Field(description="The public key under which checkpoints are signed; empty before the first.")
    checkpoint: str = Field(description="The newest signed checkpoint; empty before the first.")
    size: int = Field(description="How many entries that checkpoint covers.")
    tiles: str = Field(description="The address below which checkpoint and tiles are.", examples=["/log/"])


@router.get(
    "log",
    response=Log,
    operation_id="log_read",
    summary="Read where the log stands",
    openapi_extra=told(422, etag=True),
)
@operation("anyone", most=120)
def log(request: HttpRequest) -> HttpResponse:
    """Read the log's name, its key and its newest checkpoint. The entries themselves are at `tiles`."""
    note = queries.checkpoint()
    size = int(note.split("\n")[1]) if note else 0
    shape = Log(origin=OPTIONS.log_origin, verifier=queries.verifier(), checkpoint=note, size=size, tiles="/log/")
    return fresh(answer(shape), seconds=1)
