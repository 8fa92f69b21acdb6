"""From a filled form to what the office gets: which variant it is, which area it belongs to, what it costs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from janaseva.core.refusal import Fault
from janaseva.forms import rules as forms
from janaseva.payments.rules.fees import Bill
from janaseva.services.rules import deciding
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant
from janaseva.workflow.rules import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An application as its definition reads it: the variant, the area that finds the office, and the bill."""

    variant: Variant
    area: str
    bill: Bill


def ready(
    definition: Definition,
    applied: forms.Applied,
    *,
    today: date,
    channel: Literal["online", "counter"],
    pages: int,
    places: forms.Directory,
) -> Ready | Fault:
    """Return what the office gets, or why there is none. The fields themselves are checked by forms."""
    variant = deciding.choose(definition, applied.facts)
    if variant is None:
        return Fault(place="", code="no_variant")
    area = applied.answers.get(variant.officer.place)
    if not isinstance(area, str) or not area:
        return Fault(place=variant.officer.place, code="needed")
    if not any(places.within(area, outer) for outer in definition.who.coverage.areas):
        return Fault(place=variant.officer.place, code="outside_coverage")
    bill = deciding.bill(definition, variant, applied.answers, on=today, channel=channel, pages=pages)
    if bill.missing:
        return Fault(place=bill.missing[0], code="needed")
    if bill.outside:
        return Fault(place="", code="fee_outside", words=bill.outside[0])
    if bill.faults:
        return Fault(place="", code="fee_not_computable")
    return Ready(variant=variant, area=area, bill=bill)


def channel(name: str) -> Literal["online", "counter"]:
    """Return the channel as the rules of fees know it: a person alone is online, whatever the device."""
    return "counter" if name == "counter" else "online"


def objection_number(office_key: str, year: int, value: int) -> str:
    """Return the number of an objection: office, that it is one, year, place in the office's series."""
    return f"{office_key.upper()}-OBJ-{year}-{value:05d}"


def plain_limit(promise: Limit) -> Limit:
    """Return the limit alone, as the clock takes it, without the law that a definition writes beside it."""
    return Limit.model_validate({name: getattr(promise, name) for name in Limit.model_fields})


def missing_papers(definition: Definition, limit: Limit, given: Collection[str]) -> list[str]:
    """Return the groups of papers without which an application is not complete, where the limit runs from completeness.

    They are those that are asked for later: all others were needed before it could be handed in.
    """
    if limit.starts != "completeness":
        return []
    return [one.key for one in definition.form.documents if one.needed == "later" and one.key not in given]


def application_number(office_key: str, year: int, value: int) -> str:
    """Return the number of an application as people write it: office, year, place in the office's series."""
    return f"{office_key.upper()}-{year}-{value:05d}"


def appeal_number(office_key: str, year: int, value: int) -> str:
    """Return the number of an appeal: the authority's office, the year, the place in the office's series of appeals."""
    return f"{office_key.upper()}-APPEAL-{year}-{value:05d}"


def deemed_number(office_key: str, year: int, value: int) -> str:
    """Return the number of a written request for what was not decided in time."""
    return f"{office_key.upper()}-REQUEST-{year}-{value:05d}"


def certificate_number(series: str, office_key: str, year: int, value: int) -> str:
    """Return the number of a certificate: the service's series, the office, the year, the place in that series.

    The state stands in the series and, in the directory, in the office's key as well; it is written once.
    """
    state, _, _ = series.partition("-")
    office = office_key.upper().removeprefix(f"{state}-")
    return f"{series}-{office}-{year}-{value:05d}"
