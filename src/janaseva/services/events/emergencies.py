"""The news of reading in an emergency: who, under which request, what; never why, which is kept in its row."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAsked(News):
    """An officer asked to read an application outside of their charge."""

    name: ClassVar[str] = "services.emergency_asked"
    application_id: UUID
    emergency_id: UUID
    post_id: UUID | None
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyDecided(News):
    """A second person allowed it or refused it."""

    name: ClassVar[str] = "services.emergency_decided"
    application_id: UUID
    emergency_id: UUID
    post_id: UUID | None
    allowed: bool
    ends_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInEmergency(News):
    """The application, or a paper of it, was opened under an emergency access; the applicant is shown who and when."""

    name: ClassVar[str] = "services.read_in_emergency"
    application_id: UUID
    emergency_id: UUID
    post_id: UUID | None
    document_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyEnded(News):
    """An emergency access came to its end, or its request lapsed; ``reads`` is how often it was used."""

    name: ClassVar[str] = "services.emergency_ended"
    application_id: UUID
    emergency_id: UUID
    reads: int
