"""Filling in an application: page by page, saved as one goes, papers added and taken back, nothing asked twice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import action, allow, change, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.core.text import is_reading
from janaseva.documents import rules as document_rules
from janaseva.documents import steps as documents
from janaseva.forms import queries as forms_queries
from janaseva.forms import steps as forms
from janaseva.forms.rules import ISSUED
from janaseva.forms.rules import checking as form_rules
from janaseva.services import events, queries
from janaseva.services.actions.completing import paper_came
from janaseva.services.models import Application, Attachment
from janaseva.services.rules import permissions
from janaseva.services.rules.purposed import ISSUED_NUMBER

MOST_PAPERS = 40
STILL_MISSING = frozenset({"needed", "too_few_rows", "must_be_declared", "rule"})
"""Faults that more answers mend: a page may be left with them, and an application never sent."""


def own_draft(by: Actor, application_id: UUID) -> Application:
    """Return one's own draft, held; permission is asked here, first.

    Raises:
        Refusal: ``not_found``; ``application_already_submitted``.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_applicant(by, row.applicant_id))
    if row is None:
        raise not_found()
    if row.state != "draft":
        raise Refusal("application_already_submitted", status=CONFLICT)
    return row


@action
def begin(*, by: Actor, at: datetime, key: str, service: str, language: str, channel: str = "online") -> UUID:
    """Begin an application for a service; answer its id. What is in force today holds to its end.

    Raises:
        Refusal: ``not_found``; ``not_permitted`` for who is not signed in as a citizen.

    """
    allow(permissions.may_apply(by), "not_permitted")
    if by.person_id is None:
        raise not_found()
    published = queries.in_force(service, queries.today(at))
    row = put(
        Application(
            definition_id=published.id,
            service_key=service,
            applicant_id=by.person_id,
            language=language if is_reading(language) else "en",
            channel=channel,
            started_at=at,
        )
    )
    definition = published.definition
    forms.keep(by=by, at=at, story=row.id, form_key=definition.key, form_version=definition.version, values={})
    tell(events.DraftBegun(application_id=row.id, service=service), story=row.id)
    return row.id


@action
def save_page(
    *,
    by: Actor,
    at: datetime,
    key: str,
    application_id: UUID,
    page: str,
    answers: Mapping[str, Any],
    unfinished: bool = False,
) -> UUID:
    """Save the answers of one page of a draft; answers of other pages stay as they are.

    ``unfinished`` saves a page that is left half done, to be gone on with later: what is still missing is let be.

    Raises:
        Refusal: ``not_found``; ``application_already_submitted``.
        Invalid: with every fault of the page; the door shows them beside what was typed.

    """
    row = own_draft(by, application_id)
    definition = queries.compiled(row.definition_id, row.purpose)
    form = definition.form
    asked = next((one for one in form.pages if one.key == page), None)
    if asked is None:
        raise not_found()
    own = {key for question in asked.fields for key in question.keys}
    kept = {name: value for name, value in forms_queries.answers_of(row.id).items() if name not in own}
    merged = {**kept, **{name: value for name, value in answers.items() if name in own}}
    faults = form_rules.check(form, merged, queries.today(at), pages={page}, directory=queries.PLACES)
    faults += _otherwise(row, {name: value for name, value in answers.items() if name in own})
    if unfinished:
        faults = [fault for fault in faults if fault.code not in STILL_MISSING]
    if faults:
        raise Invalid(faults)
    judged = form_rules.only_asked(form, merged, today=queries.today(at), directory=queries.PLACES)
    values = {**kept, **{name: value for name, value in judged.items() if name in own}}
    forms.keep(by=by, at=at, story=row.id, form_key=form.key, form_version=form.version, values=values)
    tell(events.DraftSaved(application_id=row.id, page=page), story=row.id)
    return row.id


def _otherwise(row: Application, answers: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each answer that must be as it was on the earlier certificate, and is not."""
    fixed = queries.fixed_of(row)
    number = str(fixed.get(ISSUED_NUMBER, ""))
    wrong = [key for key, value in fixed.items() if key in answers and answers[key] != value]
    return [Fault(place=key, code="not_as_recorded", facts={"number": number}) for key in wrong]


@action
def save_answers(*, by: Actor, at: datetime, key: str, application_id: UUID, answers: Mapping[str, Any]) -> UUID:
    """Save the answers of the whole form of a draft in place of all that were there; papers stay.

    Raises:
        Refusal: ``not_found``; ``application_already_submitted``.
        Invalid: with every fault of the form; the draft stays as it was.

    """
    row = own_draft(by, application_id)
    form = queries.compiled(row.definition_id, row.purpose).form
    faults = [*form_rules.check(form, answers, queries.today(at), directory=queries.PLACES), *_otherwise(row, answers)]
    if faults:
        raise Invalid(faults)
    values = form_rules.only_asked(form, answers, today=queries.today(at), directory=queries.PLACES)
    forms.keep(by=by, at=at, story=row.id, form_key=form.key, form_version=form.version, values=values)
    tell(events.DraftSaved(application_id=row.id, page=""), story=row.id)
    return row.id


@action
def give_paper(
    *,
    by: Actor,
    at: datetime,
    key: str,
    application_id: UUID,
    group: str,
    choice: str,
    received: document_rules.Received,
) -> UUID:
    """Add a paper to a draft, or one that the office asked for or that is missing; answer the paper's id.

    ``received`` was cleaned by :func:`janaseva.documents.rules.receive`.

    Raises:
        Refusal: ``not_found``; ``application_already_submitted``; ``too_many_papers``; and those of
            :func:`janaseva.documents.rules.hold_portrait` where a photograph is asked for.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_applicant(by, row.applicant_id))
    if row is None:
        raise not_found()
    if row.state != "draft" and group not in row.missing and not queries.has_open_query(row.id):
        raise Refusal("application_already_submitted", status=CONFLICT)
    form = queries.compiled(row.definition_id, row.purpose).form
    asked = next((one for one in form.documents if one.key == group), None)
    answering = group == "answer" and row.state != "draft"
    if not answering and (asked is None or choice not in asked.any_of):
        raise not_found()
    if asked is not None and asked.photograph:
        document_rules.hold_portrait(received)
    if Attachment.objects.filter(application_id=row.id).count() >= MOST_PAPERS:
        raise Refusal("too_many_papers", count=MOST_PAPERS)
    document_id = documents.attach(
        by=by, at=at, story=row.id, received=received, kind=f"{group}.{choice}", office_id=row.office_id
    )
    paper = put(
        Attachment(
            application_id=row.id,
            group=group,
            choice=choice,
            document_id=document_id,
            given_at=at,
            office_id=row.office_id,
        )
    )
    tell(
        events.PaperGiven(application_id=row.id, group=group, attachment_id=paper.id),
        story=row.id,
        office_id=row.office_id,
    )
    paper_came(row, group, by=by, at=at)
    return paper.id


@action
def give_issued(*, by: Actor, at: datetime, key: str, application_id: UUID, group: str, document_id: UUID) -> UUID:
    """Give a certificate that was issued here to oneself in place of a paper; answer the paper's id. Nothing is copied.

    Raises:
        Refusal: ``not_found``, also for what is not one's own; ``application_already_submitted``;
            ``certificate_not_good`` where it was revoked, is no longer valid, or is not signed yet;
            ``certificate_given_already``; ``too_many_papers``.

    """
    row = own_draft(by, application_id)
    form = queries.compiled(row.definition_id, row.purpose).form
    asked = next((one for one in form.documents if one.key == group), None)
    held = queries.certificates_held(by, asked.issued, at) if asked is not None else []
    wanted = next((one for one in held if one.document_id == document_id), None)
    if wanted is None:
        raise not_found()
    if not wanted.is_good:
        raise Refusal("certificate_not_good", status=CONFLICT, number=wanted.number)
    given = Attachment.objects.filter(application_id=row.id)
    if given.filter(group=group, document_id=document_id).exists():
        raise Refusal("certificate_given_already", status=CONFLICT, number=wanted.number)
    if given.count() >= MOST_PAPERS:
        raise Refusal("too_many_papers", count=MOST_PAPERS)
    paper = put(Attachment(application_id=row.id, group=group, choice=ISSUED, document_id=document_id, given_at=at))
    tell(events.PaperGiven(application_id=row.id, group=group, attachment_id=paper.id), story=row.id)
    return paper.id


@action
def take_back_paper(*, by: Actor, at: datetime, key: str, application_id: UUID, paper_id: UUID) -> None:
    """Take a paper out of a draft.

    Raises:
        Refusal: ``not_found``; ``application_already_submitted``.

    """
    row = own_draft(by, application_id)
    paper = Attachment.first_where(id=paper_id, application_id=row.id)
    if paper is None:
        raise not_found()
    remove(paper)
    tell(
        events.PaperTakenBack(application_id=row.id, group=paper.group, attachment_id=paper.id),
        story=row.id,
    )


@action
def discard(*, by: Actor, at: datetime, key: str, application_id: UUID) -> None:
    """Let a draft go: its answers are erased.

    Raises:
        Refusal: ``not_found``; ``application_already_submitted``.

    """
    row = own_draft(by, application_id)
    form = queries.compiled(row.definition_id, row.purpose).form
    forms.keep(by=by, at=at, story=row.id, form_key=form.key, form_version=form.version, values={})
    change(row, state="discarded", ended_at=at)
    tell(events.DraftDiscarded(application_id=row.id), story=row.id)
