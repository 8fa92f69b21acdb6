"""Areas of the directory, to be chosen in forms."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from janaseva.core.refusal import not_found
from janaseva.gateway.api.answers import answer, fresh
from janaseva.gateway.api.operation import operation, told
from janaseva.gateway.services.fees import Words
from janaseva.people import queries

router = Router(tags=["Areas"])

KEPT_SECONDS = 3600


class AreaQuery(BaseModel):
    """Of which area."""

    parent: Annotated[
        str,
        Field(
            pattern=r"^([a-z]+(-[a-z]+)*:[0-9A-Za-z_-]{1,40})?$",
            max_length=80,
            description="The area whose parts are listed, as `scheme:code`; empty: the topmost ones.",
            examples=["lgd-state:32"],
        ),
    ] = ""


class Area(BaseModel):
    """An area; `reference` is how answers of forms name it."""

    reference: str = Field(examples=["lgd-subdistrict:5683"])
    scheme: str
    code: str
    level: str
    names: Words


class Areas(BaseModel):
    """The areas directly within another, by English name."""

    items: list[Area]


@router.get(
    "areas",
    response=Areas,
    operation_id="areas_list",
    summary="List areas",
    openapi_extra=told(404, 422, etag=True),
)
@operation("anyone", most=240)
def areas(request: HttpRequest, asked: Query[AreaQuery]) -> HttpResponse:
    """List the areas directly within another, with the codes of the Local Government Directory or of their country."""
    parent = queries.area_by_reference(asked.parent) if asked.parent else None
    if asked.parent and parent is None:
        raise not_found()
    found = [
        Area(reference=one.reference, scheme=one.scheme, code=one.code, level=one.level, names=dict(one.names))
        for one in queries.areas(parent.id if parent else None)
    ]
    return fresh(answer(Areas(items=found)), seconds=KEPT_SECONDS)
