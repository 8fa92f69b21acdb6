"""What is written when an application arrives and when it is granted: acknowledgement, certificate, register entry."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from janaseva.core import dates
from janaseva.core.canonical import plain
from janaseva.core.text import LANGUAGES, Text
from janaseva.core.words import say
from janaseva.forms import rules as forms
from janaseva.forms.rules import Unknown
from janaseva.services.rules import deciding
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant
from janaseva.services.rules.purposed import Earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """In whose name a letter is written. ``officer`` is the name of who holds the post."""

    state: Text
    department: Text
    office: Text
    post: Text
    officer: Text
    demonstration: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to be issued: its title, what it says (the shape that documents take), and its last good day."""

    title: Text
    facts: Mapping[str, Any]
    valid_until: date | None = None


def _in_all(key: str) -> dict[str, str]:
    return {language: say(key, language) for language in LANGUAGES}


def certificate(
    definition: Definition,
    variant: Variant,
    *,
    answers: Mapping[str, Any],
    today: date,
    directory: forms.Directory,
    area_names: deciding.AreaNames,
    issuer: Issuer,
    application_number: str,
    earlier: Earlier | None = None,
    found: Mapping[str, Any] | None = None,
) -> Letter:
    """Return the certificate that an approval brings; it names the ``earlier`` one whose place it takes.

    Raises:
        LookupError: where the definition issues none.
        Refusal: where the day until which it would be good is past, or nothing tells it.

    """
    wanted = definition.out.certificate
    if wanted is None:
        raise LookupError(definition.key)
    applied = forms.apply(definition.form, answers, today=today, directory=directory)
    known = deciding.out_facts(definition, applied, found or {})
    facts = deciding.certificate_facts(definition, known, area_names=area_names)
    if earlier is not None:
        facts = {**facts, **_in_place_of(definition, earlier, facts["notes"])}
    return Letter(
        title=wanted.title,
        facts={
            **facts,
            "validity_known": not isinstance(definition.validity_for(variant), Unknown),
            "issuer": plain(issuer),
            "application_number": application_number,
            "demonstration": issuer.demonstration,
        },
        valid_until=deciding.last_day(definition, variant, today, earlier, facts=known),
    )


def _in_place_of(definition: Definition, earlier: Earlier, notes: list[Text]) -> dict[str, Any]:
    """Return which certificate this one replaces and why: for machines, and as the first of its notes."""
    words = {
        language: say(
            f"afterwards.replaces.{definition.purpose}",
            language,
            number=earlier.number,
            date=dates.long(earlier.issued_on, language),
        )
        for language in LANGUAGES
    }
    replaces = {"number": earlier.number, "issued_on": earlier.issued_on.isoformat(), "purpose": definition.purpose}
    return {"replaces": replaces, "notes": [words, *notes]}


def holder_name(definition: Definition, answers: Mapping[str, Any]) -> str:
    """Return the name that a certificate would be made out to, as it was answered; empty where there is none."""
    certificate = definition.out.certificate
    question = certificate.facts[certificate.holder].value if certificate else ""
    name = answers.get(question.strip(), "")
    return name if isinstance(name, str) else ""


def acknowledgement(
    definition: Definition,
    variant: Variant,
    *,
    number: str,
    received_at: datetime,
    received_on: date,
    due_on: date | None,
    answers: Mapping[str, Any],
    issuer: Issuer,
    missing: Collection[str] = (),
) -> Letter:
    """Return the receipt of an application: its number, when it was received, by when it is decided, and by whom.

    Where papers are ``missing`` (keys of their groups) it lists them and states no date, as the law of Jammu and
    Kashmir has it (Form-1 of the rules under the Public Services Guarantee Act, 2011).
    """
    due: Any = (
        {"date": due_on.isoformat()}
        if due_on
        else _in_all(f"services.acknowledgement.{'not_begun' if missing else 'no_date'}")
    )
    lacking = [one.title for one in definition.form.documents if one.key in missing]
    rows = [
        {"key": "service", "label": _in_all("services.acknowledgement.service"), "value": dict(definition.what.name)},
        {"key": "purpose", "label": _in_all("services.acknowledgement.variant"), "value": dict(variant.title)},
        {
            "key": "received",
            "label": _in_all("services.acknowledgement.received"),
            "value": {"date": received_on.isoformat()},
        },
        {"key": "due", "label": _in_all("services.acknowledgement.due"), "value": due},
        {"key": "office", "label": _in_all("services.acknowledgement.office"), "value": dict(issuer.office)},
        *(
            {"key": f"missing{number}", "label": _in_all("services.acknowledgement.missing"), "value": dict(title)}
            for number, title in enumerate(lacking, start=1)
        ),
    ]
    return Letter(
        title=_in_all("services.acknowledgement.title"),
        facts={
            "issuer": plain(issuer),
            "holder": {"name": holder_name(definition, answers)},
            "statement": _in_all("services.acknowledgement.statement"),
            "rows": rows,
            "values": {"received_at": received_at.isoformat(), "due_on": due_on.isoformat() if due_on else None},
            "application_number": number,
            "demonstration": issuer.demonstration,
        },
    )


def register_facts(
    definition: Definition,
    *,
    answers: Mapping[str, Any],
    today: date,
    directory: forms.Directory,
    found: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what is written into the register; what was not answered is left out.

    Raises:
        LookupError: where the definition writes into none.

    """
    entry = definition.out.register_
    if entry is None:
        raise LookupError(definition.key)
    applied = forms.apply(definition.form, answers, today=today, directory=directory)
    facts = deciding.out_facts(definition, applied, found or {})
    written: dict[str, Any] = {}
    for key, formula in entry.facts.items():
        value = deciding.out_value(definition, formula, facts)
        if value is not None:
            written[key] = plain(value)
    return written
