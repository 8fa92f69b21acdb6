"""What the state knows already of who is asked: certificates issued here and entries in registers, only one's own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.documents import queries as documents
from janaseva.documents.queries import Stated
from janaseva.forms import queries as forms
from janaseva.forms.rules import Question
from janaseva.forms.rules.values import value_fault
from janaseva.registers import queries as registers
from janaseva.registers.queries import EntryView
from janaseva.services.models import Application
from janaseva.services.queries.again import earlier_of
from janaseva.services.queries.definitions import compiled
from janaseva.services.queries.packs import today
from janaseva.services.rules import purposed
from janaseva.services.rules.definition import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate of the applicant that was issued here: by which service, and whether it is good today."""

    document_id: UUID
    service: str
    number: str
    title: Text
    issued_on: date
    valid_until: date | None
    is_revoked: bool
    is_expired: bool
    is_sealed: bool
    facts: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Return whether it may stand for a paper today."""
        return self.is_sealed and not self.is_revoked and not self.is_expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an answer is known to be, and from where: the title and number of a certificate or of a register's entry."""

    value: Any
    title: Text
    number: str
    on: date
    fixed: bool


def certificates_held(by: Actor, services: Collection[str], at: datetime) -> list[Held]:
    """Return the certificates that these services issued on one's own applications, the latest first."""
    if by.person_id is None or by.kind != "person" or not services:
        return []
    rows = Application.objects.filter(applicant_id=by.person_id, service_key__in=services, outcome="approved")
    found = {row.id: row for row in rows}
    held = documents.stated(by, stories=list(found)) if found else []
    return [_held(one, found[one.story], at) for one in held if _is_certificate(one, found[one.story])]


def _is_certificate(one: Stated, row: Application) -> bool:
    certificate = compiled(row.definition_id, row.purpose).out.certificate
    return certificate is not None and certificate.kind == one.document.kind


def _held(one: Stated, row: Application, at: datetime) -> Held:
    view = one.document
    return Held(
        document_id=view.document_id,
        service=row.service_key,
        number=view.number,
        title=dict(view.title),
        issued_on=today(view.issued_at),
        valid_until=view.valid_until,
        is_revoked=view.revoked_at is not None,
        is_expired=view.valid_until is not None and view.valid_until < today(at),
        is_sealed=view.state == "sealed",
        facts=one.facts,
    )


def known(
    by: Actor, definition: Definition, answers: Mapping[str, Any], at: datetime, *, earlier_id: UUID | None = None
) -> dict[str, Known]:
    """Return what is known of the fields that name a source, by the keys of their answers.

    The latest certificate that is good today counts; what does not fit the field is not offered. ``earlier_id`` is the
    application on whose certificate one rests for a renewal or a correction: what may not change is known from there.
    """
    asking = [question for question in definition.form.questions() if question.from_ is not None]
    services = {one.from_.certificate for one in asking if one.from_ and one.from_.certificate}
    held: dict[str, Held] = {}
    for certificate in certificates_held(by, services, at):
        if certificate.is_good:
            held.setdefault(certificate.service, certificate)
    entries = _entries(by) if any(one.from_ and one.from_.register_ for one in asking) else []
    found: dict[str, Known] = {}
    for question in asking:
        source = question.from_
        if source is not None and source.certificate in held:
            found.update(_from_certificate(question, held[source.certificate]))
        elif source is not None and source.register_ is not None:
            found.update(_from_register(question, entries, answers))
    return found if earlier_id is None else {**found, **_from_earlier(definition, earlier_id)}


def _from_earlier(definition: Definition, earlier_id: UUID) -> dict[str, Known]:
    """Return the answers that must stay as they were for the earlier certificate."""
    earlier = earlier_of(earlier_id)
    title = definition.out.certificate.title if definition.out.certificate is not None else {}
    fixed = purposed.fixed_of(definition, forms.answers_of(earlier_id), earlier.known)
    return {
        key: Known(value=value, title=title, number=earlier.known.number, on=earlier.known.issued_on, fixed=True)
        for key, value in fixed.items()
    }


def _entries(by: Actor) -> list[EntryView]:
    return registers.held_by(by, by.person_id) if by.person_id is not None and by.kind == "person" else []


def _from_certificate(question: Question, held: Held) -> dict[str, Known]:
    """Return a fact of a certificate as the answer, in each script in which the certificate states it."""
    if question.from_ is None:
        return {}
    fact = question.from_.fact
    values = {question.key: held.facts.get("values", {}).get(fact)}
    row: Mapping[str, Any] = next((row for row in held.facts.get("rows", ()) if row.get("key") == fact), {})
    if question.also_in and isinstance(row.get("value"), Mapping):
        values[f"{question.key}_{question.also_in}"] = row["value"].get(question.also_in)
    return {
        key: Known(value=value, title=held.title, number=held.number, on=held.issued_on, fixed=question.from_.fixed)
        for key, value in values.items()
        if _fits(question, value, key)
    }


def _from_register(question: Question, entries: list[EntryView], answers: Mapping[str, Any]) -> dict[str, Known]:
    source = question.from_
    if source is None:
        return {}
    wanted = answers.get(source.key) if source.key else None
    entry = next(
        (one for one in entries if one.register == source.register_ and (not source.key or one.number == wanted)), None
    )
    value = entry.facts.get(source.fact) if entry is not None else None
    if entry is None or not _fits(question, value, question.key):
        return {}
    on = today(entry.recorded_at)
    return {question.key: Known(value=value, title={}, number=entry.number, on=on, fixed=source.fixed)}


def _fits(question: Question, value: Any, key: str) -> bool:
    return value not in (None, "", []) and value_fault(question, value, key) is None
