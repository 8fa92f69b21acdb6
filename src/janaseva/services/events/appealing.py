"""The news of appeals and of written requests after the limit."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


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
class DeemedAnswered(News):
    """A written request was answered within its further time: the application was decided."""

    name: ClassVar[str] = "services.deemed_answered"
    application_id: UUID
    request_id: UUID
