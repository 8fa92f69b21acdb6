"""The promise of a service as the public reads it: who decides, by when, for how much, on which papers and laws."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from janaseva.core import decimals
from janaseva.core.formula import Scope
from janaseva.core.text import Text
from janaseva.forms.rules import Sourced, Unknown
from janaseva.payments.rules.fees import Fee, Line
from janaseva.services.rules.appealing import level_law
from janaseva.services.rules.definition import AppealLevel, Definition, Todo, todo_in
from janaseva.services.rules.parts import Promise, Validity, Variant
from janaseva.services.rules.purposed import for_purpose
from janaseva.services.rules.purposes import PURPOSES
from janaseva.services.rules.rights import LevelLaw, Seat
from janaseva.services.rules.schedules import BandLine, FeeKind, Parts, Schedule, band_lines, schedule
from janaseva.workflow.rules import QUESTION, RECEIPT, Limit

NAMES: Final = {1: "first", 2: "second"}
"""The levels of appeal, as definitions and acts call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Why something is so: the law's words, addresses of the sources by key, how sure it is, what is doubtful."""

    law: str
    sources: Mapping[str, str]
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """One line of the fee as it stands in the definition; exactly one of the amounts is set, in paise.

    ``rounding``: to how many paise, which way. ``difference``: less what the earlier size costs.
    """

    key: str
    title: Text
    kind: FeeKind
    amount_paise: int | None
    steps: tuple[tuple[BandLine, int], ...]
    schedule: Schedule | None
    rate: str
    parts: Parts
    rounding: tuple[int, decimals.Way] | None
    outside: Text
    difference: bool
    channel: Literal["online", "counter", "both"]
    condition: str
    waived: tuple[Text, ...]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A group of papers of which any one is enough; ``issued`` are services whose certificates stand for them."""

    key: str
    title: Text
    any_of: tuple[Text, ...]
    issued: tuple[str, ...]
    needed: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """Before whom an appeal against an officer is laid: a post in a kind of office."""

    against: str
    role: str
    office: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """One level of appeal; ``None`` where nobody has found it.

    ``authority`` are the service's own words; ``seats`` the posts that its state's act names for those who decide.
    """

    authority: Text | None
    seats: tuple[SeatLine, ...]
    file_days: int | None
    decide_days: int | None
    by_itself: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterFee:
    """A fee that falls due at a step: its lines (``None``: not known), within how long, and whether the time stands."""

    key: str
    title: Text
    limit: Limit | None
    stands: bool
    fee: tuple[FeeLine, ...] | None
    fee_unknown: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One variant: who decides, the limit, the fee (``None``: not known), how long the paper stays good.

    ``later``: the fees on the way. ``together``: role and office of each who decides jointly; empty where one does.
    """

    key: str
    title: Text
    role: str
    office: str
    together: tuple[tuple[str, str], ...]
    officer_basis: Basis
    limit: Promise
    limit_basis: Basis
    fee: tuple[FeeLine, ...] | None
    fee_unknown: str
    later: tuple[LaterFee, ...]
    validity: Validity | None
    validity_unknown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainLine:
    """What may be asked for once it was granted; ``unknown`` says what nobody has found of it: all else is empty then.

    The days are those of a renewal, counted from the last day: from when, by when, how long after it.
    """

    purpose: str
    title: Text
    summary: Text
    unknown: str
    ways: tuple[Way, ...]
    documents: tuple[DocumentLine, ...] | None
    from_days: int | None
    by_days: int | None
    late_days: int | None
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseLine:
    """A time after which an application ends by itself; ``since`` names a step, or is empty for what has own words."""

    key: str
    title: Text
    means: Text
    counts_from: Literal["receipt", "question", "step"]
    since: Text
    days: int | None
    months: int | None
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """A service as the public is promised it. ``kind`` is what it is in law: a certificate, a licence, an entry."""

    key: str
    version: int
    name: Text
    summary: Text
    department: str
    laws: tuple[tuple[Text, str], ...]
    law_bases: tuple[Basis, ...]
    areas: tuple[str, ...]
    conditions: tuple[Text, ...]
    documents: tuple[DocumentLine, ...] | None
    ways: tuple[Way, ...]
    appeals: tuple[AppealLine | None, AppealLine | None]
    reasons: tuple[Text, ...]
    lapses: tuple[LapseLine, ...]
    kind: Literal["certificate", "licence", "entry"]
    terms: tuple[Text, ...]
    again: tuple[AgainLine, ...]
    todo: tuple[Todo, ...]


def charter(definition: Definition) -> Charter:
    """Return the charter of a definition."""
    what = definition.what
    laws = () if isinstance(what.laws, Unknown) else what.laws
    return Charter(
        key=definition.key,
        version=definition.version,
        name=what.name,
        summary=what.summary,
        department=what.department,
        laws=tuple((law.title, law.section or "") for law in laws),
        law_bases=tuple(basis(definition, law) for law in laws),
        areas=definition.who.coverage.areas,
        conditions=tuple(condition.title for condition in definition.who.eligibility),
        documents=_documents(definition),
        ways=tuple(_way(definition, variant) for variant in definition.variants),
        appeals=(_appeal(definition, 1), _appeal(definition, 2)),
        reasons=tuple(reason.title for reason in definition.out.reasons),
        lapses=tuple(_lapses(definition)),
        kind=definition.out.sort,
        terms=tuple(term.title for term in definition.out.conditions),
        again=tuple(_again(definition)),
        todo=(*definition.todo(), *_todo_of_the_act(definition)),
    )


def _documents(definition: Definition) -> tuple[DocumentLine, ...] | None:
    if isinstance(definition.ask.documents, Unknown):
        return None
    return tuple(
        DocumentLine(
            key=group.key,
            title=group.title,
            any_of=tuple(group.any_of.values()),
            issued=group.issued,
            needed=group.needed,
            basis=basis(definition, group),
        )
        for group in definition.ask.documents
    )


def _again(definition: Definition) -> Iterator[AgainLine]:
    for purpose in PURPOSES if definition.afterwards is not None else ():
        text = getattr(definition.afterwards, purpose)
        if text is None:
            continue
        unknown = text.unknown if isinstance(text, Unknown) else ""
        own = definition if unknown else for_purpose(definition, purpose)
        days = {name: getattr(text, name, None) for name in ("from_days", "by_days", "late_days")}
        yield AgainLine(
            purpose=purpose,
            title=getattr(text, "title", {}),
            summary=getattr(text, "summary", None) or {},
            unknown=unknown,
            ways=() if unknown else tuple(_way(own, variant) for variant in own.variants),
            documents=() if unknown else _documents(own),
            basis=basis(definition, text),
            **{name: value if isinstance(value, int) else None for name, value in days.items()},
        )


def _lapses(definition: Definition) -> Iterator[LapseLine]:
    for lapse in definition.happens.lapses:
        step = definition.happens.step(lapse.since)
        yield LapseLine(
            key=lapse.key,
            title=lapse.title,
            means=lapse.message or {},
            counts_from="receipt" if lapse.since == RECEIPT else "question" if lapse.since == QUESTION else "step",
            since=step.title if step is not None else {},
            days=lapse.days,
            months=lapse.months,
            basis=basis(definition, lapse),
        )


def basis(definition: Definition, part: Sourced | Promise) -> Basis:
    """Return why a part is so, with the addresses of its sources."""
    return Basis(
        law=part.law or "",
        sources=definition.source_addresses(tuple(part.source)),
        confidence=part.confidence or "",
        note=part.note or "",
    )


def _way(definition: Definition, variant: Variant) -> Way:
    fee, validity = definition.fee_for(variant), definition.validity_for(variant)
    limit = definition.limit_for(variant)
    return Way(
        key=variant.key,
        title=variant.title,
        role=variant.officer.role,
        office=variant.officer.office,
        together=_together(definition, variant),
        officer_basis=basis(definition, variant.officer),
        limit=limit,
        limit_basis=basis(definition, limit),
        fee=_fee_lines(definition, fee, definition.fee_scope),
        fee_unknown=fee.unknown if isinstance(fee, Unknown) else "",
        later=tuple(_later(definition)),
        validity=validity if isinstance(validity, Validity) else None,
        validity_unknown=validity.unknown if isinstance(validity, Unknown) else "",
    )


def _later(definition: Definition) -> Iterator[LaterFee]:
    for step in definition.happens.demands:
        fee = step.fee
        yield LaterFee(
            key=step.key,
            title=step.title,
            limit=step.limit,
            stands=step.clock == "stands",
            fee=_fee_lines(definition, fee, definition.demand_scope),
            fee_unknown=fee.unknown if isinstance(fee, Unknown) else "",
            basis=basis(definition, fee or Sourced()),
        )


def _together(definition: Definition, variant: Variant) -> tuple[tuple[str, str], ...]:
    """Return those who decide jointly, where no approval comes without them all."""
    steps = definition.process_for(variant).steps
    granting = [step for step in steps if any(move.to == "approved" for move in step.moves)]
    if not granting or not all(step.joint for step in granting):
        return ()
    return tuple(dict.fromkeys((seat.role, seat.office) for step in granting for seat in step.joint))


def _fee_lines(definition: Definition, fee: Fee | Unknown | None, scope: Scope) -> tuple[FeeLine, ...] | None:
    return tuple(_fee_line(definition, line, scope) for line in fee.lines) if isinstance(fee, Fee) else None


def _fee_line(definition: Definition, line: Line, scope: Scope) -> FeeLine:
    kind: FeeKind = "fixed"
    amount, rate = line.rupees, ""
    steps: tuple[tuple[BandLine, int], ...] = ()
    if line.slab is not None:
        bands = band_lines(line.slab.steps, line.slab.of, scope)
        kind, steps = "slab", tuple(zip(bands, (step.rupees for step in line.slab.steps), strict=True))
    elif line.matrix is not None:
        kind = "matrix"
    elif line.each is not None:
        kind, amount = "each", line.each.rupees
    elif line.percentage is not None:
        kind, rate = "percentage", str(line.percentage.rate)
    condition = line.when or ""
    channel: Literal["online", "counter", "both"] = "both"
    if "channel" in condition:
        channel = "online" if "'online'" in condition else "counter"
    return FeeLine(
        key=line.key,
        title=line.title,
        kind=kind,
        amount_paise=amount,
        steps=steps,
        schedule=schedule(line, scope),
        rate=rate,
        parts=(line.each.parts or "") if line.each is not None else "",
        rounding=None if line.rounding is None else (line.rounding.to, line.rounding.way),
        outside=line.outside or {},
        difference=line.difference,
        channel=channel,
        condition=condition,
        waived=tuple(waiver.title for waiver in line.waived),
        basis=basis(definition, line),
    )


def _appeal(definition: Definition, level: int) -> AppealLine | None:
    law = level_law(definition, level)
    if law is None:
        return None
    own = None if isinstance(definition.appeal, Unknown) else getattr(definition.appeal, NAMES[level])
    act = getattr(definition.rights, NAMES[level]) if definition.rights is not None else None
    part: Sourced | None = own if isinstance(own, AppealLevel) else act
    return AppealLine(
        authority=law.authority or None,
        seats=tuple(
            SeatLine(against=role, role=seat.role, office=seat.office, basis=basis(definition, seat))
            for role, seat in _seats(definition, law).items()
        ),
        file_days=law.file_days,
        decide_days=law.decide_days,
        by_itself=bool(law.triggers),
        basis=basis(definition, part) if part is not None else Basis(law="", sources={}, confidence="", note=""),
    )


def _seats(definition: Definition, law: LevelLaw) -> dict[str, Seat]:
    """Return the seat for each post that decides in some variant."""
    roles = dict.fromkeys(variant.officer.role for variant in definition.variants)
    found = {role: law.seat(role) for role in roles}
    return {role: seat for role, seat in found.items() if seat is not None}


def _todo_of_the_act(definition: Definition) -> Iterator[Todo]:
    """Yield what of the state's act is unknown or assumed, as far as it concerns this service."""
    rights = definition.rights
    if rights is None:
        return
    whole = rights.model_dump()
    for level, name in NAMES.items():
        own = None if isinstance(definition.appeal, Unknown) else getattr(definition.appeal, name)
        law = level_law(definition, level)
        used = list(_seats(definition, law).values()) if law is not None else []
        seats = getattr(rights, name).seats
        whole[name]["seats"] = {role: seats[role].model_dump() for role in seats if seats[role] in used}
        for days in ("file_days", "decide_days"):
            if isinstance(own, AppealLevel) and isinstance(getattr(own, days), int):
                whole[name][days] = None
    yield from todo_in("rights", whole)
