"""The news of monitor: which incident and of what kind, never its words and nobody's name."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecorded(News):
    """An incident was recorded; ``noticed_at`` is when its clocks began."""

    name: ClassVar[str] = "monitor.incident_recorded"
    incident_id: UUID
    kind: str
    personal_data: bool
    noticed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentJudged(News):
    """Somebody looked, and said what an incident was."""

    name: ClassVar[str] = "monitor.incident_judged"
    incident_id: UUID
    kind: str
    personal_data: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedListed(News):
    """Persons were added to those whose data an incident concerns."""

    name: ClassVar[str] = "monitor.affected_listed"
    incident_id: UUID
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedTold(News):
    """Persons whose data an incident concerns have been told."""

    name: ClassVar[str] = "monitor.affected_told"
    incident_id: UUID
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(News):
    """An authority was told of an incident."""

    name: ClassVar[str] = "monitor.incident_reported"
    incident_id: UUID
    authority: str
    sent_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed(News):
    """An incident was closed."""

    name: ClassVar[str] = "monitor.incident_closed"
    incident_id: UUID
