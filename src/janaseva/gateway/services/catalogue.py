"""The catalogue, the charter, the form and eligibility: public, the same for everyone, and kept by whoever likes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from janaseva.core.refusal import Fault, Invalid
from janaseva.doorway.visitor import at
from janaseva.forms import rules as forms
from janaseva.forms.rules import Unknown
from janaseva.gateway.api.answers import answer, fresh
from janaseva.gateway.api.operation import operation, told
from janaseva.gateway.api.paging import USUAL, After, Limit, cursor, link_next, not_known, place_of
from janaseva.gateway.services import fees, shapes, showing
from janaseva.services import queries
from janaseva.services.rules import charter as charter_rules
from janaseva.services.rules import deciding, rooted, schedules
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Validity
from janaseva.services.rules.purposed import for_purpose

router = Router(tags=["Services"])

KEPT_SECONDS: Final = 300
STILL_OPEN: Final = frozenset({"needed", "must_be_declared", "too_few_rows", "rule"})
"""Faults of a form that is not filled in yet, and of the very rules that eligibility asks about."""

ServiceKey = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80, example="kl-income-certificate")
]


class CatalogueQuery(BaseModel):
    """What is sought."""

    q: Annotated[str, Field(max_length=200, description="Words in any language.", examples=["വരുമാനം"])] = ""
    pack: Annotated[str, Field(max_length=60, description="Of this pack alone.", examples=["kl-edistrict"])] = ""
    after: After = ""
    limit: Limit = USUAL


class FormQuery(BaseModel):
    """In which language the form's titles are."""

    lang: Annotated[Literal["en", "ml", "hi", "ur", "sd"], Field(description="The language of titles.")] = "en"


def _line(line: queries.CatalogueLine) -> shapes.ServiceLine:
    return shapes.ServiceLine(
        key=line.key,
        name=dict(line.name),
        summary=dict(line.summary),
        pack=line.pack,
        state=dict(line.state),
        department=dict(line.department),
        days=line.days,
        days_counted=line.counts,
        fee_paise=line.fee_paise,
    )


@router.get(
    "services",
    response=shapes.Services,
    operation_id="services_find",
    summary="Find services",
    openapi_extra=told(422, etag=True, link=True),
)
@operation("anyone", most=240)
def services(request: HttpRequest, sought: Query[CatalogueQuery]) -> HttpResponse:
    """Find services by words in any of their languages, the best first; without words, all of them by pack and name."""
    lines = queries.catalogue(queries.today(at(request)), search=sought.q, pack=sought.pack)
    start = 0
    if sought.after:
        place = place_of(sought.after)
        start = next((number for number, line in enumerate(lines, 1) if line.key == place), 0)
        if not start:
            raise not_known()
    page = lines[start : start + sought.limit]
    more = cursor(page[-1].key) if page and start + len(page) < len(lines) else None
    response = answer(shapes.Services(items=[_line(line) for line in page], next=more))
    link_next(request, response, more)
    return fresh(response, seconds=KEPT_SECONDS)


@router.get(
    "services/{key}",
    response=shapes.Charter,
    operation_id="services_charter",
    summary="Read a service's charter",
    openapi_extra=told(404, 422, etag=True),
)
@operation("anyone", most=240)
def charter(request: HttpRequest, key: ServiceKey) -> HttpResponse:
    """Read what is promised: who decides, by when, for how much under which order, on which papers and laws."""
    promise = queries.charter(key, queries.today(at(request)))
    return fresh(answer(_charter(promise)), seconds=KEPT_SECONDS)


def _charter(promise: queries.Promise) -> shapes.Charter:
    charter, definition = promise.charter, promise.published.definition
    words = queries.charter_words(charter)
    return shapes.Charter(
        key=charter.key,
        version=charter.version,
        name=dict(charter.name),
        summary=dict(charter.summary),
        state=dict(promise.state),
        department=dict(promise.department),
        laws=[(dict(title), section) for title, section in charter.laws],
        areas=list(charter.areas),
        conditions=[dict(one) for one in charter.conditions],
        papers=_papers(definition),
        ways=[_way(way) for way in charter.ways],
        appeals=[_appeal(level) for level in charter.appeals],
        reasons=[dict(one) for one in charter.reasons],
        lapses=[_lapse(line) for line in charter.lapses],
        kind=charter.kind,
        terms=[dict(one) for one in charter.terms],
        again=[_again(definition, line) for line in charter.again],
        offices=dict(promise.offices),
        role_names={role: dict(names) for role, names in words.roles.items()},
        office_names={kind: dict(names) for kind, names in words.kinds.items()},
        todo=[shapes.Unfound(place=one.place, what=one.what, kind=one.kind) for one in charter.todo],
    )


def _papers(definition: Definition) -> list[shapes.PaperGroup] | None:
    if isinstance(definition.ask.documents, Unknown):
        return None
    return [
        shapes.PaperGroup(
            key=one.key,
            title=one.title,
            any_of=one.any_of,
            issued=list(one.issued),
            photograph=one.photograph,
            needed=one.needed,
        )
        for one in definition.ask.documents
    ]


def _again(definition: Definition, line: charter_rules.AgainLine) -> shapes.AgainLine:
    return shapes.AgainLine.model_validate(
        {
            "purpose": line.purpose,
            "title": dict(line.title),
            "unknown": line.unknown,
            "ways": [_way(way) for way in line.ways],
            "papers": [] if line.unknown else _papers(for_purpose(definition, line.purpose)),
            "from_days": line.from_days,
            "by_days": line.by_days,
            "late_days": line.late_days,
        }
    )


def _lapse(line: charter_rules.LapseLine) -> shapes.LapseLine:
    return shapes.LapseLine(
        key=line.key,
        title=dict(line.title),
        means=dict(line.means),
        counts_from=line.counts_from,
        since=dict(line.since),
        days=line.days,
        months=line.months,
        basis=_basis(line.basis),
    )


def _basis(basis: charter_rules.Basis) -> fees.Basis:
    return fees.Basis(law=basis.law, sources=dict(basis.sources), confidence=basis.confidence, note=basis.note)


def _way(way: charter_rules.Way) -> shapes.Way:
    return shapes.Way(
        key=way.key,
        title=dict(way.title),
        role=way.role,
        office=way.office,
        together=[shapes.Desk(role=role, office=office) for role, office in way.together],
        days=way.limit.days,
        days_counted=way.limit.counts,
        limit_basis=_basis(way.limit_basis),
        officer_basis=_basis(way.officer_basis),
        fee=None if way.fee is None else [_fee(line) for line in way.fee],
        later_fees=[
            fees.LaterFee(
                step=one.key,
                title=dict(one.title),
                fee=None if one.fee is None else [_fee(line) for line in one.fee],
                days=one.limit.days if one.limit else None,
                days_counted=one.limit.counts if one.limit else "",
                clock="stands" if one.stands else "runs",
                basis=_basis(one.basis),
            )
            for one in way.later
        ],
        valid_for=_duration(way.validity),
        valid_until=dict(way.validity.says or {}) if way.validity else {},
        valid_ends=(way.validity.ends or "") if way.validity else "",
    )


def _duration(validity: Validity | None) -> str:
    if validity is None:
        return ""
    if validity.lifetime:
        return "lifetime"
    if validity.until is not None:
        return "until"
    parts = ((validity.years, "Y"), (validity.months, "M"), (validity.days, "D"))
    return "P" + "".join(f"{number}{unit}" for number, unit in parts if number)


def _band(band: schedules.BandLine) -> fees.Band:
    ends = {name: None if one is None else str(one) for name, one in band.written.model_dump(by_alias=True).items()}
    return fees.Band.model_validate({name: ends[name] for name in ("from", "above", "up_to", "below")})


def _schedule(schedule: schedules.Schedule) -> fees.Schedule:
    return fees.Schedule(
        down=fees.Axis(title=dict(schedule.down), bands=[_band(band) for band in schedule.rows]),
        across=fees.Axis(title=dict(schedule.across), bands=[_band(band) for band in schedule.columns]),
        amounts_paise=[list(row) for row in schedule.amounts],
    )


def _fee(line: charter_rules.FeeLine) -> fees.FeeLine:
    return fees.FeeLine(
        key=line.key,
        title=dict(line.title),
        kind=line.kind,
        amount_paise=line.amount_paise,
        steps=[(band.written.model_dump()["up_to"], paise) for band, paise in line.steps],
        bands=[_band(band) for band, _ in line.steps],
        schedule=None if line.schedule is None else _schedule(line.schedule),
        rate=line.rate,
        parts=line.parts,
        rounding=None if line.rounding is None else fees.Rounding(to_paise=line.rounding[0], way=line.rounding[1]),
        outside=dict(line.outside),
        difference=line.difference,
        channel=line.channel,
        waived=[dict(one) for one in line.waived],
        basis=_basis(line.basis),
    )


def _appeal(level: charter_rules.AppealLine | None) -> shapes.Appeal | None:
    if level is None:
        return None
    return shapes.Appeal(
        authority=None if level.authority is None else dict(level.authority),
        seats=[
            shapes.Seat(against=one.against, role=one.role, office=one.office, basis=_basis(one.basis))
            for one in level.seats
        ],
        file_days=level.file_days,
        decide_days=level.decide_days,
        by_itself=level.by_itself,
        basis=_basis(level.basis),
    )


@router.get(
    "services/{key}/form",
    response=dict[str, Any],
    operation_id="services_form",
    summary="Get a service's form as JSON Schema",
    openapi_extra=told(404, 422, etag=True),
)
@operation("anyone", most=240)
def form(request: HttpRequest, key: ServiceKey, asked: Query[FormQuery]) -> HttpResponse:
    """Get the shape of the answers (JSON Schema, draft 2020-12), titled in one language.

    `x-pages` names the pages with their fields, for saving page by page. What depends on other answers is told in
    `x-when`, `x-needed`, `x-at-least` and `x-at-most`; the check at submission is what counts.
    """
    published = queries.in_force(key, queries.today(at(request)))
    own = published.definition.form
    schema = forms.json_schema(own, asked.lang)
    pages = [{"key": page.key, "fields": [name for part in page.fields for name in part.keys]} for page in own.pages]
    response = answer({**schema, "x-pages": pages})
    response["Content-Language"] = asked.lang
    return fresh(response, seconds=KEPT_SECONDS)


@router.post(
    "services/{key}/eligibility",
    response=shapes.Eligibility,
    operation_id="services_eligibility",
    summary="Ask whether somebody may apply",
    openapi_extra=told(400, 404, 413, 415, 422),
)
@operation("anyone", most=120)
def eligibility(request: HttpRequest, key: ServiceKey, given: shapes.Answers) -> HttpResponse:
    """Ask with as many answers as are known. Nothing of them is kept, so there is no key."""
    today = queries.today(at(request))
    definition = queries.in_force(key, today).definition
    settled = forms.settle_shape(definition.form, given.answers)
    found = _sound(definition.form, settled, today)
    known = forms.with_computed(definition.form, settled, today=today)
    judged = deciding.eligibility(definition, known, today=today, incomplete=rooted.incomplete(definition, found))
    conditions = [showing.judged(one) for one in judged.conditions]
    return answer(shapes.Eligibility(outcome=judged.outcome, conditions=conditions))


def _sound(form: forms.Form, answers: Mapping[str, Any], today: date) -> Sequence[Fault]:
    """Refuse answers that are not of their field's kind or that the form does not ask; return what is only missing.

    Raises:
        Invalid: with every fault.

    """
    found = forms.check(form, answers, today, directory=queries.PLACES)
    faults = [fault for fault in found if fault.code not in STILL_OPEN]
    if faults:
        raise Invalid(faults)
    return found
