"""Applications as their applicants and officers see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.documents import queries as documents
from janaseva.forms import queries as forms
from janaseva.forms.rules import ISSUED, Unknown
from janaseva.services.models import Appeal, Application, Attachment, Decision, DeemedRequest, Query
from janaseva.services.queries.definitions import compiled
from janaseva.services.rules import permissions
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.purposed import title_of
from janaseva.workflow import queries as workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A paper that was given: for which group, as which alternative, and the file behind it.

    A certificate issued here, given by reference, has its ``number``, ``title`` and day; nothing was uploaded.
    """

    id: UUID
    group: str
    choice: str
    document_id: UUID
    filename: str
    media_type: str
    size_bytes: int
    pages: int
    given_at: datetime
    number: str = ""
    title: Text = field(default_factory=dict)
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryView:
    """A question of the office and its answer, if there is one yet."""

    id: UUID
    question: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """What was decided, with the coded reason's words in every language and the officer's own words."""

    outcome: str
    reason: str
    reason_title: Text
    reason_law: str
    words: str
    decided_at: datetime
    document_id: UUID | None
    certificate_number: str
    revoked_at: datetime | None
    office_id: UUID
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationView:
    """One application whole, as whoever may see it sees it. Answers are as kept; ``definition`` gives them words."""

    id: UUID
    definition_id: UUID
    definition: Definition
    applicant_person_id: UUID
    service: str
    language: str
    channel: str
    state: str
    outcome: str
    number: str | None
    office_id: UUID | None
    area: str
    variant: str
    purpose: str
    earlier_id: UUID | None
    demand_id: UUID | None
    case_id: UUID | None
    started_at: datetime
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    missing: tuple[str, ...]
    missing_words: str
    answers: Mapping[str, Any]
    papers: tuple[PaperView, ...]
    queries: tuple[QueryView, ...]
    decision: DecisionView | None
    replaced_by: UUID | None
    erased_at: datetime | None = None

    @property
    def purpose_title(self) -> Text:
        """Return what it is called by its purpose: a renewal, a correction, a second copy; nothing for a first one."""
        return title_of(self.definition)

    @property
    def validity_unknown(self) -> bool:
        """Return whether nobody has laid down how long what this application brings stays good."""
        variant = self.definition.variant(self.variant)
        return variant is not None and isinstance(self.definition.validity_for(variant), Unknown)

    @property
    def open_query(self) -> QueryView | None:
        """Return the question that waits for the applicant, if there is one."""
        return next((one for one in self.queries if one.answered_at is None), None)


def may_see(by: Actor, row: Application) -> bool:
    """Return whether ``by`` may see this application at all."""
    if permissions.is_applicant(by, row.applicant_id) or by.kind == "system":
        return True
    if by.kind != "officer" or row.case_id is None:
        return False
    return workflow.sees(by, row.case_id) or _is_authority(by, row.id) or _is_asked(by, row.id)


def _is_asked(by: Actor, application_id: UUID) -> bool:
    """Return whether a written request in this matter lies before the office of ``by``."""
    if by.office_id is None or not by.may("services.take"):
        return False
    return bool(DeemedRequest.where(application_id=application_id, office_id=by.office_id))


def _is_authority(by: Actor, application_id: UUID) -> bool:
    """Return whether an appeal in this matter lies before ``by``, who then reads what was decided and why."""
    appeals = Appeal.where(application_id=application_id, order=("opened_at", "id"))
    return any(workflow.sees(by, appeal.case_id) for appeal in appeals if appeal.case_id is not None)


def visible(by: Actor, application_id: UUID) -> Application:
    """Return the row where ``by`` may see it; for this room's own use.

    Raises:
        Refusal: ``not_found``.

    """
    row = Application.first_where(id=application_id)
    if row is None or not may_see(by, row):
        raise not_found()
    return row


def papers_of(by: Actor, application_id: UUID) -> tuple[PaperView, ...]:
    """Return the papers given with an application that the caller has found visible, in the order given."""
    files = {one.attachment_id: one for one in documents.attachments_of(by, application_id, story_visible=True)}
    rows = Attachment.where(application_id=application_id, order=("given_at", "id"))
    by_reference = [row.document_id for row in rows if row.choice == ISSUED]
    stated = documents.stated(by, document_ids=by_reference, story_visible=True) if by_reference else []
    issued = {one.document.document_id: one for one in stated}
    return tuple(
        _reference(row, issued[row.document_id])
        if row.document_id in issued
        else PaperView(
            id=row.id,
            group=row.group,
            choice=row.choice,
            document_id=row.document_id,
            filename=files[row.document_id].filename,
            media_type=files[row.document_id].media_type,
            size_bytes=files[row.document_id].size_bytes,
            pages=files[row.document_id].pages,
            given_at=row.given_at,
        )
        for row in rows
        if row.document_id in files or row.document_id in issued
    )


def _reference(row: Attachment, given: documents.Stated) -> PaperView:
    """Return a certificate issued here as the paper that it stands for."""
    view = given.document
    return PaperView(
        id=row.id,
        group=row.group,
        choice=row.choice,
        document_id=row.document_id,
        filename=f"{view.kind}-{view.number}.pdf",
        media_type="application/pdf",
        size_bytes=given.size_bytes,
        pages=1,
        given_at=row.given_at,
        number=view.number,
        title=dict(view.title),
        issued_at=view.issued_at,
    )


def _decision(row: Decision | None, definition: Definition) -> DecisionView | None:
    if row is None:
        return None
    ground = next((one for one in definition.out.reasons if one.key == row.reason), None)
    return DecisionView(
        outcome=row.outcome,
        reason=row.reason,
        reason_title=ground.title if ground else {},
        reason_law=(ground.law or "") if ground else "",
        words=row.words,
        decided_at=row.decided_at,
        document_id=row.document_id,
        certificate_number=row.certificate_number,
        revoked_at=row.revoked_at,
        office_id=row.office_id,
        post_id=row.post_id,
    )


def application(by: Actor, application_id: UUID) -> ApplicationView:
    """Return one application to its applicant, or to an officer on one of its desks.

    Raises:
        Refusal: ``not_found``.

    """
    row = visible(by, application_id)
    definition = compiled(row.definition_id, row.purpose)
    asked = Query.where(application_id=row.id, order=("asked_at", "id"))
    decision = Decision.first_where(application_id=row.id, set_aside_at=None)
    return ApplicationView(
        id=row.id,
        definition_id=row.definition_id,
        definition=definition,
        applicant_person_id=row.applicant_id,
        service=row.service_key,
        language=row.language,
        channel=row.channel,
        state=row.state,
        outcome=row.outcome,
        number=row.number,
        office_id=row.office_id,
        area=row.area,
        variant=row.variant,
        purpose=row.purpose,
        earlier_id=row.earlier_id,
        demand_id=row.demand_id,
        case_id=row.case_id,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        received_at=row.received_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        missing=tuple(row.missing),
        missing_words=row.missing_words,
        answers=forms.answers_of(row.id),
        papers=papers_of(by, row.id),
        queries=tuple(
            QueryView(
                id=one.id,
                question=one.question,
                asked_at=one.asked_at,
                answer=one.answer,
                answered_at=one.answered_at,
            )
            for one in asked
        ),
        decision=_decision(decision, definition),
        replaced_by=replaced_by(row.id) if decision is not None and decision.revoked_at is not None else None,
        erased_at=row.erased_at,
    )


def replaced_by(application_id: UUID) -> UUID | None:
    """Return the application whose certificate took the place of this one's; for this room's own use."""
    return (
        Application.objects.filter(earlier_id=application_id, outcome="approved").values_list("id", flat=True).first()
    )


def has_open_query(application_id: UUID) -> bool:
    """Return whether the office waits for the applicant's answer; for this room's own actions."""
    return Query.objects.filter(application_id=application_id, answered_at=None).exists()


def to_begin(by: Actor, demand_id: UUID) -> UUID | None:
    """Return the application that waits to be begun until nothing more is owed on a demand; for the platform itself."""
    row = Application.first_where(demand_id=demand_id) if permissions.is_own_work(by) else None
    return None if row is None or row.state != "submitted" else row.id


def paper_content(by: Actor, application_id: UUID, document_id: UUID) -> documents.Content:
    """Return the bytes of a paper or of an issued document of an application that ``by`` may see.

    Raises:
        Refusal: ``not_found``.

    """
    row = visible(by, application_id)
    given = {paper.document_id for paper in papers_of(by, row.id)}
    if by.is_official and row.case_id is not None and workflow.sees(by, row.case_id):
        given.update(paper for one in workflow.objections(by, row.case_id) for paper in one.documents)
    issued = {one.document_id for one in documents.documents_of(by, row.id, story_visible=True)}
    if document_id not in given | issued:
        raise not_found()
    return documents.content(by, document_id, story_visible=True)
