"""The promise of a service as the public reads it: who decides, by when, for how much, on which papers and laws."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from janaseva.core.text import Text
from janaseva.forms.rules import Sourced, Unknown
from janaseva.payments.rules.fees import Fee, Line
from janaseva.services.rules.definition import AppealLevel, Definition, Todo
from janaseva.services.rules.parts import Promise, Validity, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Why something is so: the law's words, addresses of the sources by key, how sure it is, what is doubtful."""

    law: str
    sources: Mapping[str, str]
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """One line of the fee as it stands in the definition; exactly one of the amounts is set, in paise."""

    key: str
    title: Text
    kind: Literal["fixed", "slab", "each", "percentage"]
    amount_paise: int | None
    steps: tuple[tuple[int | None, int], ...]
    rate: str
    channel: Literal["online", "counter", "both"]
    condition: str
    waived: tuple[Text, ...]
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A group of papers of which any one is enough."""

    key: str
    title: Text
    any_of: tuple[Text, ...]
    needed: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """One level of appeal; ``None`` where nobody has found it."""

    authority: Text | None
    file_days: int | None
    decide_days: int | None
    by_itself: bool
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One variant: who decides, the limit, the fee (``None``: not known), how long the paper stays good."""

    key: str
    title: Text
    role: str
    office: str
    officer_basis: Basis
    limit: Promise
    limit_basis: Basis
    fee: tuple[FeeLine, ...] | None
    fee_unknown: str
    validity: Validity | None
    validity_unknown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """A service as the public is promised it."""

    key: str
    version: int
    name: Text
    summary: Text
    department: str
    laws: tuple[tuple[Text, str], ...]
    areas: tuple[str, ...]
    conditions: tuple[Text, ...]
    documents: tuple[DocumentLine, ...] | None
    ways: tuple[Way, ...]
    appeals: tuple[AppealLine | None, AppealLine | None]
    reasons: tuple[Text, ...]
    todo: tuple[Todo, ...]


def charter(definition: Definition) -> Charter:
    """Return the charter of a definition."""
    what, ask = definition.what, definition.ask
    documents = None
    if not isinstance(ask.documents, Unknown):
        documents = tuple(
            DocumentLine(
                key=group.key,
                title=group.title,
                any_of=tuple(group.any_of.values()),
                needed=group.needed,
                basis=basis(definition, group),
            )
            for group in ask.documents
        )
    laws = () if isinstance(what.laws, Unknown) else tuple((law.title, law.section or "") for law in what.laws)
    appeal = definition.appeal
    levels = (None, None) if isinstance(appeal, Unknown) else (appeal.first, appeal.second)
    return Charter(
        key=definition.key,
        version=definition.version,
        name=what.name,
        summary=what.summary,
        department=what.department,
        laws=laws,
        areas=definition.who.coverage.areas,
        conditions=tuple(condition.title for condition in definition.who.eligibility),
        documents=documents,
        ways=tuple(_way(definition, variant) for variant in definition.variants),
        appeals=(_appeal(definition, levels[0]), _appeal(definition, levels[1])),
        reasons=tuple(reason.title for reason in definition.out.reasons),
        todo=definition.todo(),
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
        officer_basis=basis(definition, variant.officer),
        limit=limit,
        limit_basis=basis(definition, limit),
        fee=tuple(_fee_line(definition, line) for line in fee.lines) if isinstance(fee, Fee) else None,
        fee_unknown=fee.unknown if isinstance(fee, Unknown) else "",
        validity=validity if isinstance(validity, Validity) else None,
        validity_unknown=validity.unknown if isinstance(validity, Unknown) else "",
    )


def _fee_line(definition: Definition, line: Line) -> FeeLine:
    kind: Literal["fixed", "slab", "each", "percentage"] = "fixed"
    amount, rate = line.rupees, ""
    steps: tuple[tuple[int | None, int], ...] = ()
    if line.slab is not None:
        kind, steps = "slab", tuple((step.up_to, step.rupees) for step in line.slab.steps)
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
        rate=rate,
        channel=channel,
        condition=condition,
        waived=tuple(waiver.title for waiver in line.waived),
        basis=basis(definition, line),
    )


def _appeal(definition: Definition, level: AppealLevel | Unknown | None) -> AppealLine | None:
    if level is None or isinstance(level, Unknown):
        return None
    return AppealLine(
        authority=None if isinstance(level.authority, Unknown) else level.authority,
        file_days=level.file_days if isinstance(level.file_days, int) else None,
        decide_days=level.decide_days if isinstance(level.decide_days, int) else None,
        by_itself=level.by_itself is True,
        basis=basis(definition, level),
    )
