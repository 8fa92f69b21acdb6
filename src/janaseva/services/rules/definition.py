"""A service as its owner writes it: what, who, ask, check, variants, fee, limit, appeal, happens, out, messages.

These models are the shape of ``service.yaml``; each part names its law and sources, and whatever nobody has found is
``unknown:`` and appears in :meth:`Definition.todo`. Words are one English string in the file and gain their other
languages from the words files before they come here. How the file is read and every fault found:
:mod:`janaseva.services.rules.compiling`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from janaseva.core.formula import Scope
from janaseva.core.text import Text
from janaseva.forms.rules import Check, DocumentGroup, Form, Formula, Key, Page, Part, Question, Sourced, Unknown, Words
from janaseva.payments.rules.fees import Fee, fee_scope
from janaseva.services.rules.happens import Happens
from janaseva.services.rules.keeping import Keeps
from janaseva.services.rules.parts import Code, Promise, Validity, Variant
from janaseva.services.rules.purposes import Afterwards, Purpose
from janaseva.services.rules.rights import Compliance, Rights, Seat
from janaseva.workflow.rules import Desk, Item, Process

ServiceKey = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z0-9]+)+$", max_length=60)]
"""The service's name in addresses: its state's code, then words joined by ``-``; the folder is named so."""

AreaCode = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*:[0-9A-Za-z_-]{1,40}$")]
"""An area as ``scheme:code``, for example ``lgd-state:32``."""


class LawText(Sourced):
    """A law under which the service is given: its title, and where in it."""

    title: Words
    section: str | None = None


class What(Sourced):
    """What the service is. ``keywords`` are words by which people look for it, by language."""

    name: Words
    summary: Words
    department: Code
    keywords: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    laws: tuple[LawText, ...] | Unknown = ()
    digilocker: str | None = None


class Coverage(Sourced):
    """Where the service is given; whoever names a place outside these areas cannot apply."""

    areas: tuple[AreaCode, ...] = Field(min_length=1)


class Condition(Sourced):
    """One condition of eligibility: a rule over the form's fields that must hold, and the words if it does not.

    Where it is ``told``, who fails it is told so, with its law, and may hand in all the same: the refusal that follows
    gives its reasons and can be appealed against.
    """

    key: Key
    title: Words
    rule: Formula
    message: Words
    told: bool = False


class Who(Sourced):
    """Who may apply. ``questions`` are the form's fields that are asked before sign-in to check ``eligibility``.

    ``same`` are the fields that tell one application from another of the same person; where it is given only ``once``,
    a second one for the same is refused while the first is under way. Else it is warned of.
    """

    coverage: Coverage
    questions: tuple[Key, ...] = ()
    eligibility: tuple[Condition, ...] = ()
    same: tuple[Key, ...] = ()
    once: bool = False


class Ask(Part):
    """What is asked: pages of fields, and groups of documents."""

    pages: tuple[Page, ...] = Field(min_length=1)
    documents: tuple[DocumentGroup, ...] | Unknown = ()


class AppealLevel(Sourced):
    """One level of appeal: to whom, within how many days, and in how many days it is decided."""

    authority: Annotated[Unknown | Words, Field(union_mode="left_to_right")]  # else {unknown: ...} is read as words
    role: Code | None = None
    office: Code | None = None
    file_days: Annotated[int, Field(ge=1, le=3660)] | Unknown | None = None
    decide_days: Annotated[int, Field(ge=1, le=3660)] | Unknown | None = None
    by_itself: bool | None = None


class Appeal(Part):
    """The two levels of appeal; ``by_itself`` where the law opens the appeal without an act of the citizen.

    What a level leaves out is the state's act (``rights.yaml``). ``comply``: by when an order in appeal is obeyed.
    """

    first: AppealLevel | Unknown
    second: AppealLevel | Unknown
    comply: Compliance | None = None


class Deemed(Sourced):
    """Approval by the passing of time, as far as the law allows it: never by itself, but on the applicant's request.

    After the service's own limit has passed, the applicant asks ``seat`` in writing; if it has not answered within
    ``answer_months`` (or ``answer_days``), the application is deemed granted. ``message`` says what that means.
    """

    seat: Seat
    answer_months: Annotated[int, Field(ge=1, le=24)] | None = None
    answer_days: Annotated[int, Field(ge=1, le=366)] | None = None
    message: Words

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.answer_months is None) == (self.answer_days is None):
            message = "the answer to the request is due in answer_months: or in answer_days:, one of both"
            raise ValueError(message)
        return self


class CertificateFact(Part):
    """One fact that the certificate states: its label and the formula that gives it.

    ``shows`` tells how it is written: as text, as money (from paise), as a date, or as the name of an area. ``in_code``
    puts it into the signed code on paper too (at most five; where none is marked, the first three).
    """

    label: Words
    value: Formula
    shows: Literal["text", "number", "money", "date", "area", "choice"] = "text"
    also: dict[str, Formula] = Field(default_factory=dict)
    in_code: bool = False


class Certificate(Part):
    """What is issued: title, series of numbers, the sentence it states, its facts, how long it is good.

    ``statement`` may name facts in braces (``{applicant_name}``); ``holder`` is the fact that names its holder.
    ``photograph`` is the group of ``ask.documents`` whose photograph is printed on it.
    """

    title: Words
    kind: Code
    series: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,30}$")]
    statement: Words
    holder: Key
    facts: dict[Key, CertificateFact] = Field(min_length=1)
    validity: Validity | Unknown
    letter: str | None = None
    photograph: Key | None = None
    notes: tuple[Words, ...] = ()


class RegisterEntry(Part):
    """What is written into a register when the service is granted."""

    register_: Code = Field(alias="register")
    facts: dict[Key, Formula]


class Term(Sourced):
    """One condition under which a licence is held; it is printed on it."""

    key: Key
    title: Words


class Ground(Sourced):
    """A coded reason for which an application may be refused, with its law.

    ``rules`` are keys of conditions and checks: where one of them does not hold, this is the reason to be given.
    """

    key: Code
    title: Words
    rules: tuple[Key, ...] = ()


class Out(Part):
    """What comes out: a certificate, an entry in a register, or a refusal on one of the coded reasons.

    ``kind`` says what it is in law. A ``licence`` holds for a time, under the ``conditions`` printed on it, and may be
    renewed; an ``entry`` is what a register then says, of which a certificate is only the proof.
    """

    kind: Literal["certificate", "licence", "entry"] | None = None
    conditions: tuple[Term, ...] = ()
    certificate: Certificate | None = None
    register_: RegisterEntry | None = Field(default=None, alias="register")
    reasons: tuple[Ground, ...] = Field(min_length=1)

    @property
    def sort(self) -> Literal["certificate", "licence", "entry"]:
        """Return what it is in law, also where the text leaves that to be seen from what is issued."""
        return self.kind or ("entry" if self.certificate is None and self.register_ is not None else "certificate")


MessageKey = Literal["submitted", "question", "approved", "refused", "issued", "late"]


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that is still to be found out or confirmed, with its place in the definition."""

    place: str
    what: str
    kind: Literal["unknown", "assumed", "conflicting"]


class Definition(Part):
    """One version of one service. It never changes; a running case keeps the version that it began with.

    ``gaps`` are facts still to be found that have no place of their own. ``pack_country``, ``sources`` and ``rights``
    come from the pack, ``purpose`` and ``found_before`` (what officers are asked for the earlier certificate) from what
    is asked for (:mod:`janaseva.services.rules.purposed`); everything else is the file.
    """

    key: ServiceKey
    version: Annotated[int, Field(ge=1, le=9999)]
    from_: date = Field(alias="from")
    what: What
    who: Who
    ask: Ask
    check: tuple[Check, ...] = ()
    variants: tuple[Variant, ...] = Field(min_length=1)
    fee: Fee | Unknown
    limit: Promise
    appeal: Appeal | Unknown
    deemed: Deemed | None = None
    happens: Happens
    out: Out
    afterwards: Afterwards | None = None
    keeps: Keeps | None = None
    messages: dict[MessageKey, Words] = Field(default_factory=dict)
    gaps: tuple[Unknown, ...] = ()
    pack_country: Literal["IN", "PK"] = "IN"
    sources: dict[str, str] = Field(default_factory=dict)
    rights: Rights | None = None
    purpose: Purpose | Literal[""] = ""
    found_before: tuple[Question, ...] = ()

    @cached_property
    def form(self) -> Form:
        """Return the form. The conditions of eligibility are checked with it, like every other rule, or only told."""
        conditions = {
            one.key: Check(key=one.key, rule=one.rule, message=one.message, law=one.law, source=one.source)
            for one in self.who.eligibility
        }
        told = tuple(conditions[one.key] for one in self.who.eligibility if one.told)
        binding = tuple(conditions[one.key] for one in self.who.eligibility if not one.told)
        documents = () if isinstance(self.ask.documents, Unknown) else self.ask.documents
        return Form(
            key=self.key,
            version=self.version,
            pages=self.ask.pages,
            documents=documents,
            checks=(*binding, *self.check),
            told=told,
            region=self.pack_country,
        )

    @cached_property
    def scope(self) -> Scope:
        """Return what this definition's formulas may name."""
        return self.form.scope

    @cached_property
    def found_fields(self) -> Mapping[str, Question]:
        """Return every field that an officer answers on the way, here or for the earlier certificate, by its key."""
        return {**{one.key: one for one in self.found_before}, **self.happens.finds}

    @cached_property
    def out_fields(self) -> Mapping[str, Question]:
        """Return what comes out may rest on: every field of the form, and as ``found.key`` what officers find."""
        return {**self.form.by_key, **{f"found.{key}": one for key, one in self.found_fields.items()}}

    @cached_property
    def out_scope(self) -> Scope:
        """Return what the formulas of what comes out may name: the form's fields, and ``found.key``."""
        kinds = {f"found.{key}": one.formula_kind for key, one in self.found_fields.items()}
        return self.scope.having(**kinds) if kinds else self.scope

    @cached_property
    def fee_scope(self) -> Scope:
        """Return what the formulas of its fees may name: the form's fields, ``channel`` and ``pages``."""
        return fee_scope(self.scope)

    @cached_property
    def demand_scope(self) -> Scope:
        """Return what the formulas of later fees may name: what those of the first may, and ``found.key``."""
        return fee_scope(self.out_scope)

    @cached_property
    def outcome(self) -> Out:
        """Return what comes out."""
        return self.out

    def process_for(self, variant: Variant) -> Process:
        """Return what happens in this variant: its officer at every ``@officer``, its limit, the coded reasons."""
        known = self._processes.get(variant.key)
        if known is not None and known[0] is self and known[1] is variant:  # a copy of a definition copies this, too
            return known[2]
        reasons = tuple(Item(key=one.key, title=one.title, source=one.source) for one in self.out.reasons)
        whole = self.happens.plain.model_copy(update={"reasons": reasons, "limit": self.limit_for(variant)})
        desk = Desk(role=variant.officer.role, office=variant.officer.office)
        made = whole.assigned({**dict.fromkeys(whole.open_names(), desk), **variant.desks})
        self._processes[variant.key] = self, variant, made
        return made

    @cached_property
    def _processes(self) -> dict[str, tuple["Definition", Variant, Process]]:
        return {}

    @property
    def process(self) -> Process:
        """Return what happens in the first variant."""
        return self.process_for(self.variants[0])

    def limit_for(self, variant: Variant) -> Promise:
        """Return the time limit of a variant."""
        return variant.limit or self.limit

    def fee_for(self, variant: Variant) -> Fee | Unknown:
        """Return the fee of a variant."""
        return self.fee if variant.fee is None else variant.fee

    def validity_for(self, variant: Variant) -> Validity | Unknown | None:
        """Return how long the certificate of a variant stays good; ``None`` where there is no certificate."""
        if self.out.certificate is None:
            return None
        return self.out.certificate.validity if variant.validity is None else variant.validity

    def variant(self, key: str) -> Variant | None:
        """Return the variant with this key, or ``None``."""
        return next((one for one in self.variants if one.key == key), None)

    def todo(self) -> tuple[Todo, ...]:
        """Return everything unknown, assumed or conflicting, in the order of the file."""
        return tuple(
            todo_in("", self.model_dump(by_alias=True, exclude={"sources", "rights", "purpose", "found_before"}))
        )

    def source_addresses(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        """Return the addresses of these source keys; a key that is itself an address stands for itself."""
        return {key: self.sources.get(key, key) for key in keys}


def todo_in(place: str, part: Any) -> Iterator[Todo]:
    """Yield everything unknown, assumed or conflicting in a part of a definition, or of its state's act."""
    if isinstance(part, Mapping):
        unknown = part.get("unknown")
        if isinstance(unknown, str):
            yield Todo(place, unknown, "unknown")
        confidence = part.get("confidence")
        if confidence in ("assumed", "conflicting"):
            yield Todo(place, part.get("note") or "", confidence)
        for key, value in part.items():
            yield from todo_in(f"{place}.{key}" if place else str(key), value)
    elif isinstance(part, list | tuple):
        for number, value in enumerate(part):
            name = value.get("key", number) if isinstance(value, Mapping) else number
            yield from todo_in(f"{place}.{name}", value)


@dataclass(frozen=True, slots=True)
class PublishedText:
    """A definition as it is kept: every file that makes it, by name.

    ``service.yaml`` is always there; ``words.<lang>.yaml``, ``glossary.<lang>.yaml``, ``examples.yaml``,
    ``sources.yaml``, ``pack.yaml`` and ``letter.typ`` where the pack has them.
    """

    files: Mapping[str, str]


NO_WORDS: Text = {}
