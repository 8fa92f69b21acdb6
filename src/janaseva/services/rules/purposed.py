"""A service for another purpose: the definition as it holds for a renewal, an amendment, a correction, a copy."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from janaseva.core.source import Path, Source, SourceFault
from janaseva.core.text import LANGUAGES, Text, in_language
from janaseva.core.words import say
from janaseva.forms.rules import Page, Question, Unknown
from janaseva.forms.rules.checking import with_computed
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Officer, Variant
from janaseva.services.rules.purposes import PURPOSES, Again, Duplicate, Purpose, Renewal, may_change

ISSUED_NUMBER, ISSUED_ON, ISSUED_UNTIL = ISSUED_FIELDS = ("issued_number", "issued_on", "issued_until")
"""What is known of the earlier certificate, as answers of the form: rules and fees of a purpose may name them."""
BEFORE: Final = "before_"
"""Before the key of a field: what was answered for the earlier certificate, where a rule or fee names that."""
_BEFORE: Final = re.compile(rf"\b{BEFORE}([a-z0-9_]+)")
_NEVER_BEFORE: Final = frozenset({"declaration", "aadhaar", "table"})
ANEW: Final = frozenset({"declaration", "aadhaar"})
"""Kinds that are asked for anew each time: declared by the person, or kept masked."""
_ISSUED_KINDS: Final = {ISSUED_NUMBER: "text", ISSUED_ON: "date", ISSUED_UNTIL: "date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The certificate on which a renewal, an amendment, a correction or a second copy rests."""

    number: str
    issued_on: date
    valid_until: date | None


def for_purpose(definition: Definition, purpose: str) -> Definition:
    """Return the definition as it holds for a purpose; itself for none, which is the first application.

    Raises:
        LookupError: where the definition knows nothing of the purpose.

    """
    if not purpose:
        return definition
    text = definition.afterwards.text(purpose) if definition.afterwards is not None else None
    if text is None or purpose not in PURPOSES:
        message = f"{definition.key} has no {purpose}"
        raise LookupError(message)
    same = isinstance(text, Duplicate)
    who = definition.who.model_copy(
        update={"same": (), "once": False, "questions": (), "eligibility": () if same else definition.who.eligibility}
    )
    pages = (issued_page(_before(definition, text)), *definition.ask.pages, *text.pages)
    copy = definition.model_copy(
        update={
            "purpose": purpose,
            "who": who,
            "ask": definition.ask.model_copy(update={"pages": pages, "documents": text.documents}),
            "check": (*(() if same else definition.check), *text.check),
            "variants": _variants(definition, purpose, text),
            "fee": text.fee,
            "limit": text.limit or definition.limit,
            "happens": text.happens or definition.happens,
            "found_before": tuple(definition.found_fields.values()),
            "deemed": None,
        }
    )
    for name in set(copy.__dict__) - set(Definition.model_fields):
        del copy.__dict__[name]  # what the first purpose worked out and kept: its form, its scope
    return copy


def _variants(definition: Definition, purpose: Purpose, text: Again) -> tuple[Variant, ...]:
    officer = text.officer or common_officer(definition)
    if text.variants or officer is None:
        return text.variants or definition.variants[:1]
    desks = definition.variants[0].desks
    return (Variant(key=purpose, title=text.title, officer=officer, desks=dict(desks)),)


def common_officer(definition: Definition) -> Officer | None:
    """Return who decides in every variant of a service, or ``None`` where that differs."""
    first = definition.variants[0].officer
    seats = {(one.officer.role, one.officer.office, one.officer.place) for one in definition.variants}
    return first if len(seats) == 1 else None


def _before(definition: Definition, text: Again) -> tuple[Question, ...]:
    """Return the fields of the earlier answers that a rule or a fee of the purpose compares with."""
    named = dict.fromkeys(_BEFORE.findall(text.model_dump_json()))
    fields = (definition.form.by_key.get(key) for key in named)
    bare = {"needed": False, "when": None, "computed": None, "at_least": None, "at_most": None, "hint": None}
    return tuple(
        question.model_copy(update={**bare, "key": BEFORE + question.key, "from_": None, "label": _was(question.label)})
        for question in fields
        if question is not None and question.kind not in _NEVER_BEFORE
    )


def _was(label: Text) -> Text:
    return {
        language: say("afterwards.issued.before", language, label=in_language(label, language))
        for language in LANGUAGES
    }


def earlier_keys(definition: Definition) -> frozenset[str]:
    """Return the keys of the answers that the platform states of the earlier certificate; none for a first purpose."""
    issued = definition.ask.pages[0] if definition.purpose else None
    return frozenset(question.key for question in issued.fields) if issued is not None else frozenset()


def issued_page(before: tuple[Question, ...] = ()) -> Page:
    """Return the page that states the earlier certificate: the platform fills it in, and nobody changes it."""
    fields = tuple(
        Question.model_validate(
            {"key": key, "kind": kind, "label": _in_all(f"afterwards.issued.{key}"), "needed": False}
        )
        for key, kind in _ISSUED_KINDS.items()
    )
    return Page(key="issued", title=_in_all("afterwards.issued.title"), fields=(*fields, *before))


def _in_all(key: str) -> dict[str, str]:
    return {language: say(key, language) for language in LANGUAGES}


def text_of(definition: Definition) -> Again | None:
    """Return what is written for the purpose of a definition; ``None`` for a first application."""
    return definition.afterwards.text(definition.purpose) if definition.afterwards is not None else None


def title_of(definition: Definition) -> Text:
    """Return what an application is called by its purpose: the title of the renewal; nothing for a first one."""
    text = text_of(definition)
    return text.title if text is not None else {}


def taken_over(definition: Definition, answers: Mapping[str, Any], earlier: Earlier) -> dict[str, Any]:
    """Return the answers with which somebody begins: those given before, and what is known of the certificate.

    Declarations and masked numbers are asked for anew, and what is computed is computed anew.
    """
    stated = earlier_keys(definition)
    keep = {
        key
        for key, question in definition.form.by_key.items()
        if question.kind not in ANEW and question.computed is None and key not in stated
    }
    return {**{key: value for key, value in answers.items() if key in keep}, **stated_of(definition, answers, earlier)}


def stated_of(definition: Definition, answers: Mapping[str, Any], earlier: Earlier) -> dict[str, Any]:
    """Return what the platform states of the earlier certificate, and what was answered for it as far as rules ask."""
    found: dict[str, Any] = {ISSUED_NUMBER: earlier.number, ISSUED_ON: earlier.issued_on.isoformat()}
    if earlier.valid_until is not None:
        found[ISSUED_UNTIL] = earlier.valid_until.isoformat()
    asked = [key for key in sorted(earlier_keys(definition)) if key not in ISSUED_FIELDS]
    was = with_computed(definition.form, answers, today=earlier.issued_on) if asked else {}
    values = {key: was.get(key.removeprefix(BEFORE)) for key in asked}
    return {**found, **{key: value for key, value in values.items() if value is not None}}


def fixed_of(definition: Definition, answers: Mapping[str, Any], earlier: Earlier) -> dict[str, Any]:
    """Return the answers that must stay as they were given before; empty for a first application."""
    text = text_of(definition)
    if text is None:
        return {}
    begun, stated = taken_over(definition, answers, earlier), earlier_keys(definition)
    return {key: value for key, value in begun.items() if key in stated or not may_change(text, key)}


# --- faults of what is written under ``afterwards:``


def misplaced(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield what is wrong under ``afterwards:`` besides the faults that a service of its own would have."""
    yield from _wrong_kind(definition, service)
    validity = None if definition.out.certificate is None else definition.out.certificate.validity
    for purpose in PURPOSES if definition.afterwards is not None else ():
        text = definition.afterwards.text(purpose) if definition.afterwards is not None else None
        if text is None:
            continue
        here: Path = ("afterwards", purpose)
        if validity is None:
            yield service.fault(here, "nothing is issued that could be asked for again", "add out.certificate")
        if isinstance(text, Renewal) and not isinstance(validity, Unknown) and getattr(validity, "lifetime", False):
            yield service.fault(here, "what is good for life needs no renewal", "remove it, or give a validity")
        if text.officer is None and not text.variants and common_officer(definition) is None:
            message = "the variants of the service name several officers, so nobody knows who decides this"
            yield service.fault(here, message, "add officer:, or variants:")
        changes = getattr(text, "changes", ())
        for number, key in enumerate(() if changes == "all" else changes):
            if key not in definition.form.by_key:
                known = f"the fields are: {', '.join(definition.form.by_key)}"
                yield service.fault((*here, "changes", number), f"there is no field '{key}'", known)


def _wrong_kind(definition: Definition, service: Source) -> Iterator[SourceFault]:
    out, here = definition.out, ("out", "kind")
    if out.kind != "licence" and out.conditions:
        yield service.fault(("out", "conditions"), "conditions belong to a licence", "write kind: licence, or notes")
    if out.kind == "entry" and out.register_ is None:
        yield service.fault(here, "an entry needs its register", "add out.register")
    if out.kind != "licence":
        return
    if out.certificate is None or getattr(out.certificate.validity, "lifetime", False):
        yield service.fault(here, "a licence is a paper that is good for a time", "add out.certificate with a validity")
    if definition.afterwards is None or definition.afterwards.renewal is None:
        mend = "add afterwards.renewal, or what is unknown: of it"
        yield service.fault(here, "nothing says how this licence is renewed", mend)


def placed(definition: Definition, service: Source) -> Iterator[tuple[Definition, Source]]:
    """Yield the definition for each purpose that is written, with a source in which its parts have their marks."""
    for purpose in PURPOSES if definition.afterwards is not None else ():
        text = definition.afterwards.text(purpose) if definition.afterwards is not None else None
        if text is not None:
            checks = 0 if isinstance(text, Duplicate) else len(definition.check)
            moved = {
                _place(path, pages=len(definition.ask.pages), checks=checks): mark
                for path, mark in service.marks.items()
                if path[:2] == ("afterwards", purpose) or path[:2] == ("ask", "pages")
            }
            yield for_purpose(definition, purpose), Source(service.file, {}, moved)


def _place(path: Path, *, pages: int, checks: int) -> Path:
    """Return where a part of the file stands in the definition for a purpose."""
    match path:
        case ("ask", "pages", int(number), *rest):
            return ("ask", "pages", number + 1, *rest)
        case ("afterwards", _, "pages", int(number), *rest):
            return ("ask", "pages", number + 1 + pages, *rest)
        case ("afterwards", _, "check", int(number), *rest):
            return ("check", number + checks, *rest)
        case ("afterwards", _, "documents", *rest):
            return ("ask", "documents", *rest)
        case ("afterwards", _, *rest):
            return tuple(rest)
    return path
