"""How services and offices go, for machines: the same numbers as on the public pages, hidden in the same places."""

from typing import Annotated, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from janaseva.doorway.visitor import at
from janaseva.gateway.api.answers import answer, fresh
from janaseva.gateway.api.operation import operation, told
from janaseva.gateway.services.catalogue import ServiceKey
from janaseva.gateway.services.fees import Words
from janaseva.services import queries
from janaseva.services.rules.disclosure import Count
from janaseva.services.rules.performance import Period

router = Router(tags=["Services"])

KEPT_SECONDS: Final = 300

OfficeKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80, example="kl-village-adoor")]


class PeriodQuery(BaseModel):
    """Which period is counted."""

    days: Annotated[Literal["30", "90", "365"], Field(description="Of the last so many days.", examples=["90"])] = "90"


class Number(BaseModel):
    """A count. Small ones are hidden, and with them what would tell them."""

    value: int | None = Field(ge=0, description="The number; null where it is hidden.")
    shown: Literal["exact", "under_5", "withheld"] = Field(description="Whether it is hidden, and why.")


class Figures(BaseModel):
    """One service, one office in a service, or all."""

    key: str = Field(description="Of the service or the office; empty for all together.")
    name: Words
    waiting: Number = Field(description="With the office at this moment.")
    waiting_late: Number = Field(description="Of these, past the promised day.")
    decided: Number = Field(description="Decided in the period.")
    dated: Number = Field(description="Of these, to which a day was promised.")
    late: Number = Field(description="Of those, decided after the promised day.")
    refused: Number = Field(description="Of those decided, refused.")
    lapsed: Number = Field(
        description="Ended by themselves in the period, since a time given by law was over; not among the decided."
    )
    taken: Number = Field(description="Taken in hand by officers in the period.")
    out_of_turn: Number = Field(description="Of these, before older ones.")
    median_days: int | None = Field(description="Calendar days in which half were decided; null where too few were.")
    ninetieth_days: int | None = Field(description="Calendar days in which nine in ten were decided.")
    promised_days: int | None = Field(description="The limit; null where it depends or nobody has found it.")
    promised_counts: str = Field(description="Which days the limit counts: `working` or `calendar`; empty for none.")


class Band(BaseModel):
    """What waits, against the promised day."""

    band: Literal["ahead", "soon", "late_7", "late_30", "late_more", "undated"] = Field(
        description="More than 7 days left; up to 7 left; late by up to 7, by up to 30, by more; no day promised now."
    )
    waiting: Number


class Refused(BaseModel):
    """How many were refused for one coded reason."""

    reason: Words
    refused: Number


class Performance(BaseModel):
    """The figures of a period."""

    days: int
    as_of: str = Field(description="The moment of counting (RFC 3339).", examples=["2026-03-02T04:30:00+00:00"])
    total: Figures | None = Field(description="All together; null for an office, where it would tell hidden numbers.")
    items: list[Figures] = Field(description="By service; of one service by office.")
    bands: list[Band]
    reasons: list[Refused]


@router.get(
    "performance",
    response=Performance,
    operation_id="performance_all",
    summary="Read how all services go",
    openapi_extra=told(422, 503, etag=True),
)
@operation("anyone", most=120)
def everything(request: HttpRequest, asked: Query[PeriodQuery]) -> HttpResponse:
    """Read what waits, how long decisions took, and what was late, refused or out of turn, by service."""
    return _fresh(queries.performance(at(request), _period(asked)))


@router.get(
    "services/{key}/performance",
    response=Performance,
    operation_id="performance_service",
    summary="Read how one service goes",
    openapi_extra=told(404, 422, 503, etag=True),
)
@operation("anyone", most=120)
def service(request: HttpRequest, key: ServiceKey, asked: Query[PeriodQuery]) -> HttpResponse:
    """Read the figures of one service: against its promise, by coded reason of refusal, and by office."""
    return _fresh(queries.service_performance(at(request), _period(asked), key))


@router.get(
    "offices/{key}/performance",
    response=Performance,
    operation_id="performance_office",
    summary="Read how one office goes",
    openapi_extra=told(404, 422, 503, etag=True),
)
@operation("anyone", most=120)
def office(request: HttpRequest, key: OfficeKey, asked: Query[PeriodQuery]) -> HttpResponse:
    """Read the figures of one office, by service."""
    return _fresh(queries.office_performance(at(request), _period(asked), key))


def _period(asked: PeriodQuery) -> Period:
    periods: dict[str, Period] = {"30": 30, "90": 90, "365": 365}
    return periods[asked.days]


def _fresh(found: queries.Performance) -> HttpResponse:
    shape = Performance(
        days=found.period,
        as_of=found.at.isoformat(),
        total=_figures(found.total) if found.total else None,
        items=[_figures(line) for line in found.lines],
        bands=[Band.model_validate({"band": name, "waiting": _number(count)}) for name, count in found.bands],
        reasons=[Refused(reason=dict(title), refused=_number(count)) for title, count in found.reasons],
    )
    return fresh(answer(shape), seconds=KEPT_SECONDS)


def _figures(line: queries.Line) -> Figures:
    return Figures(
        key=line.key,
        name=dict(line.names),
        median_days=line.median_days,
        ninetieth_days=line.ninetieth_days,
        promised_days=line.promised_days,
        promised_counts=line.promised_counts,
        **{name: _number(count) for name, count in line.counts.items()},
    )


def _number(count: Count) -> Number:
    return Number(value=count.value, shown=count.shown)
