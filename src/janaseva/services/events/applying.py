"""The news of an application until it reaches its office."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


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
class Withdrawn(News):
    """The applicant took an application back."""

    name: ClassVar[str] = "services.withdrawn"
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed(News):
    """An application ended by itself, since a time that the law gives was over; nobody refused it."""

    name: ClassVar[str] = "services.lapsed"
    application_id: UUID
    lapse: str
    last_day: str
