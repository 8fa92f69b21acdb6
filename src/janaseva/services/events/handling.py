"""The news of an application on its way, its decision and what it brings."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt(News):
    """An officer opened an application; the applicant is shown who and when."""

    name: ClassVar[str] = "services.looked_at"
    application_id: UUID
    post_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled(News):
    """The day by which an application is decided moved with its case, by an act of the clock.

    Until 23 November 2026 it was told as well of each act of an officer's of which the case's own news says all.
    """

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
class FeeDemanded(News):
    """A fee fell due at a step, as it was worked out on that day; zero where nothing is to be paid."""

    name: ClassVar[str] = "services.fee_demanded"
    application_id: UUID
    demand_id: UUID
    step: str
    amount_paise: int
    pay_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeNotPaid(News):
    """A demand was not paid in its time and is let go."""

    name: ClassVar[str] = "services.fee_not_paid"
    application_id: UUID
    demand_id: UUID
    step: str
