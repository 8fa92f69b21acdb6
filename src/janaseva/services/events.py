"""The news of services: ids, keys and codes; never an answer, a name or a word that somebody wrote."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(News):
    """A version of a service was published; ``files_sha256`` fixes every word of it."""

    name: ClassVar[str] = "services.published"
    definition_id: UUID
    service: str
    definition_version: int
    files_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSaved(News):
    """A definer saved the files of a version to come; ``files_sha256`` fixes every word of them."""

    name: ClassVar[str] = "services.proposal_saved"
    proposal_id: UUID
    service: str
    files_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(News):
    """A definer laid a version before a second person."""

    name: ClassVar[str] = "services.proposed"
    proposal_id: UUID
    service: str
    files_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalApproved(News):
    """A second person approved a version, and it was published."""

    name: ClassVar[str] = "services.proposal_approved"
    proposal_id: UUID
    definition_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRejected(News):
    """A second person gave a version back; the words stand with it."""

    name: ClassVar[str] = "services.proposal_rejected"
    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDiscarded(News):
    """A definer let a version go that was not published."""

    name: ClassVar[str] = "services.proposal_discarded"
    proposal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftBegun(News):
    """A person began to fill in an application."""

    name: ClassVar[str] = "services.draft_begun"
    application_id: UUID
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSaved(News):
    """A page of a draft was saved."""

    name: ClassVar[str] = "services.draft_saved"
    application_id: UUID
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDiscarded(News):
    """A draft was let go, with its answers."""

    name: ClassVar[str] = "services.draft_discarded"
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperGiven(News):
    """A paper was added to an application."""

    name: ClassVar[str] = "services.paper_given"
    application_id: UUID
    group: str
    attachment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTakenBack(News):
    """A paper was taken out of a draft."""

    name: ClassVar[str] = "services.paper_taken_back"
    application_id: UUID
    group: str
    attachment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(News):
    """An application was handed in and has a number; its fee may still be due."""

    name: ClassVar[str] = "services.submitted"
    application_id: UUID
    service: str
    definition_version: int
    variant: str
    number: str
    demand_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun(News):
    """An application reached the office that decides it; from ``received_at`` the law's clock runs."""

    name: ClassVar[str] = "services.begun"
    application_id: UUID
    case_id: UUID
    received_at: str
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt(News):
    """An officer opened an application; the applicant is shown who and when."""

    name: ClassVar[str] = "services.looked_at"
    application_id: UUID
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled(News):
    """An officer took, put back, noted or moved an application on; the case's own news says how."""

    name: ClassVar[str] = "services.handled"
    application_id: UUID
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(News):
    """The office asked the applicant something; until the answer the clock stands still."""

    name: ClassVar[str] = "services.asked"
    application_id: UUID
    query_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(News):
    """The applicant answered the office's question; the clock runs again."""

    name: ClassVar[str] = "services.answered"
    application_id: UUID
    query_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(News):
    """An application was decided; ``reason`` is the coded reason of a refusal."""

    name: ClassVar[str] = "services.decided"
    application_id: UUID
    decision_id: UUID
    outcome: str
    reason: str
    late: bool
    document_id: UUID | None
    certificate_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(News):
    """The applicant took an application back."""

    name: ClassVar[str] = "services.withdrawn"
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoked(News):
    """A certificate was revoked by the office that decided."""

    name: ClassVar[str] = "services.certificate_revoked"
    application_id: UUID
    document_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyTold(News):
    """The applicant was told that the certificate is signed and can be downloaded."""

    name: ClassVar[str] = "services.ready_told"
    application_id: UUID
    document_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitMissed(News):
    """The limit of an application passed without a decision; told once."""

    name: ClassVar[str] = "services.limit_missed"
    application_id: UUID
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOpened(News):
    """An appeal was laid before an authority: by the law itself, the applicant, or the authority's own motion."""

    name: ClassVar[str] = "services.appeal_opened"
    application_id: UUID
    appeal_id: UUID
    number: str
    level: int
    cause: str
    opened_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealNotOpened(News):
    """The law opens an appeal by itself here, but the directory names no authority to lay it before."""

    name: ClassVar[str] = "services.appeal_not_opened"
    application_id: UUID
    level: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingSet(News):
    """A day was set on which an appeal is heard; the place stands with it."""

    name: ClassVar[str] = "services.hearing_set"
    application_id: UUID
    appeal_id: UUID
    hearing_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOrdered(News):
    """An appeal was decided. ``comply_by`` is until when the office must obey; the penalty is what was ordered."""

    name: ClassVar[str] = "services.appeal_ordered"
    application_id: UUID
    appeal_id: UUID
    order: str
    reason: str
    late: bool
    comply_by: str | None
    penalty_paise: int
    compensation_paise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSetAside(News):
    """A decision was set aside in appeal; the application is with its office again."""

    name: ClassVar[str] = "services.decision_set_aside"
    application_id: UUID
    decision_id: UUID
    appeal_id: UUID
    case_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderComplied(News):
    """The office did what an order in appeal directed."""

    name: ClassVar[str] = "services.order_complied"
    application_id: UUID
    appeal_id: UUID
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMissed(News):
    """The day by which an order in appeal was to be obeyed passed; told once."""

    name: ClassVar[str] = "services.order_missed"
    application_id: UUID
    appeal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealHandled(News):
    """An officer took, opened or put back an appeal; the case's own news says how."""

    name: ClassVar[str] = "services.appeal_handled"
    application_id: UUID
    appeal_id: UUID
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemedRequested(News):
    """The applicant asked in writing, after the limit had passed; from this day the law's further time runs."""

    name: ClassVar[str] = "services.deemed_requested"
    application_id: UUID
    request_id: UUID
    number: str
    answer_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemedGranted(News):
    """The further time passed without an answer: the application is deemed granted by law."""

    name: ClassVar[str] = "services.deemed_granted"
    application_id: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundIncomplete(News):
    """The office found an application incomplete; its clock has not begun. ``groups`` are keys, not papers."""

    name: ClassVar[str] = "services.found_incomplete"
    application_id: UUID
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(News):
    """The last missing paper came in; the clock began."""

    name: ClassVar[str] = "services.completed"
    application_id: UUID
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateMoved(News):
    """The due date was counted again: an office was closed, the platform was out of order, a calendar changed."""

    name: ClassVar[str] = "services.due_date_moved"
    application_id: UUID
    due_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemedAnswered(News):
    """A written request was answered within its further time: the application was decided."""

    name: ClassVar[str] = "services.deemed_answered"
    application_id: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseAsked(News):
    """A holder was told that their certificate is to be revoked, and asked to answer."""

    name: ClassVar[str] = "services.cause_asked"
    application_id: UUID
    document_id: UUID
    reason: str
    answer_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseAnswered(News):
    """The holder answered the notice."""

    name: ClassVar[str] = "services.cause_answered"
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseDropped(News):
    """The office dropped the notice; the certificate stays."""

    name: ClassVar[str] = "services.cause_dropped"
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseDecided(News):
    """After the holder was heard, the office revoked the certificate."""

    name: ClassVar[str] = "services.cause_decided"
    application_id: UUID
    reason: str
