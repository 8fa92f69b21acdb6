"""What is wrong with names: of departments, fields, rules, roles and offices that there are not."""

import re
from collections.abc import Iterator
from typing import Final

from janaseva.core.source import Path, Source, SourceFault
from janaseva.forms.rules import Question
from janaseva.services.rules.definition import Definition

_BRACES: Final = re.compile(r"\{([^{}]*)\}")


def names(definition: Definition, service: Source, departments: frozenset[str] | None) -> Iterator[SourceFault]:
    """Yield every name that leads nowhere: departments, fields, roles, offices."""
    fields = definition.form.by_key
    known = f"the fields are: {', '.join(fields)}"
    if departments is not None and definition.what.department not in departments:
        mend = f"pack.yaml knows: {', '.join(sorted(departments))}"
        yield service.fault(("what", "department"), f"there is no department '{definition.what.department}'", mend)
    for number, key in enumerate(definition.who.questions):
        if key not in fields:
            yield service.fault(("who", "questions", number), f"there is no field '{key}'", known)
    for number, rule in enumerate(definition.check):
        for index, place in enumerate(rule.places):
            if place.split(".")[0] not in fields:
                yield service.fault(("check", number, "places", index), f"there is no field '{place}'", known)
    for number, variant in enumerate(definition.variants):
        question = fields.get(variant.officer.place)
        if question is None or question.kind != "area":
            mend = f"name an area field: {', '.join(key for key, q in fields.items() if q.kind == 'area') or 'add one'}"
            message = f"'{variant.officer.place}' is no area field, so no office can be found"
            yield service.fault(("variants", number, "officer", "place"), message, mend)


def grounds(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell each rule that a reason of refusal names, and each telling fact, that nobody wrote."""
    for number, key in enumerate(definition.who.same):
        if key not in definition.form.by_key:
            yield service.fault(("who", "same", number), f"there is no field '{key}'", "name a field of the form")
    if definition.purpose == "duplicate":
        return  # a second copy asks no conditions again; its reasons are those of the service, which were judged there
    rules = [rule.key for rule in (*definition.form.checks, *definition.form.told)]
    yield from _told(definition, service)
    for number, ground in enumerate(definition.out.reasons):
        for index, key in enumerate(ground.rules):
            if key not in rules:
                mend = f"the conditions and checks are: {', '.join(rules)}"
                path: Path = ("out", "reasons", number, "rules", index)
                yield service.fault(path, f"there is no condition or check '{key}'", mend)


def _told(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Tell each condition of which people are only told, without the law or the refusal that they are to be told."""
    refused = {key for ground in definition.out.reasons for key in ground.rules}
    for number, condition in enumerate(definition.who.eligibility):
        path: Path = ("who", "eligibility", number, "told")
        if condition.told and not condition.law:
            message = f"'{condition.key}' is told, but not by which law"
            yield service.fault(path, message, "write law: beside it, or leave told: out")
        if condition.told and condition.key not in refused:
            message = f"'{condition.key}' is told, but no reason of refusal follows from it"
            yield service.fault(path, message, f"write rules: [{condition.key}] at its reason in out.reasons")


def certificate_faults(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield what is wrong with the facts and words of the certificate."""
    certificate = definition.out.certificate
    if certificate is None:
        return
    path: Path = ("out", "certificate")
    if certificate.holder not in certificate.facts:
        yield service.fault(
            (*path, "holder"),
            f"there is no fact '{certificate.holder}'",
            f"the facts are: {', '.join(certificate.facts)}",
        )
    portraits = [group.key for group in definition.form.documents if group.photograph]
    if certificate.photograph is not None and certificate.photograph not in portraits:
        yield service.fault(
            (*path, "photograph"),
            f"'{certificate.photograph}' asks for no photograph",
            f"groups with 'photograph: true' are: {', '.join(portraits) or 'none'}"
            + (f"; the {definition.purpose} asks for it anew under its own documents" if definition.purpose else ""),
        )
    for language, words in certificate.statement.items():
        if set(_BRACES.sub("", words)) & {"{", "}"}:
            message = f"the statement ({language}) has a brace that is not closed, or not opened"
            yield service.fault((*path, "statement"), message, "write each fact as {its_key}")
        for name in _BRACES.findall(words):
            if name not in certificate.facts:
                message = f"the statement ({language}) names '{name}', which is no fact"
                yield service.fault((*path, "statement"), message, f"the facts are: {', '.join(certificate.facts)}")
    for key, fact in certificate.facts.items():
        if fact.shows == "choice" and _shown_field(definition, fact.value) is None:
            yield service.fault(
                (*path, "facts", key, "shows"),
                "'choice' shows the words of a choice field",
                "let 'value' be the field's key alone",
            )


def _shown_field(definition: Definition, value: str) -> Question | None:
    question = definition.out_fields.get(value.strip())
    return question if question is not None and question.kind in ("choice", "choices", "yes_no") else None
