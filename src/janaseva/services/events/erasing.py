"""The news of erasing and holding: which application, on which ground; never why, which is kept in its row."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureProposed(News):
    """An officer proposed to erase what was told in an application."""

    name: ClassVar[str] = "services.erasure_proposed"
    application_id: UUID
    erasure_id: UUID
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAnnounced(News):
    """A second person allowed it, or the law's time is over; the applicant was told from when on it is erased."""

    name: ClassVar[str] = "services.erasure_announced"
    application_id: UUID
    erasure_id: UUID
    ground: str
    erases_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureStopped(News):
    """It is not to be erased, or not yet: the second person refused, or it was withdrawn."""

    name: ClassVar[str] = "services.erasure_stopped"
    application_id: UUID
    erasure_id: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(News):
    """What was told in an application was erased; its number, its outcome and its hashes remain."""

    name: ClassVar[str] = "services.erased"
    application_id: UUID
    erasure_id: UUID
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(News):
    """An application, or all of its applicant, must not be erased until this is lifted."""

    name: ClassVar[str] = "services.hold_placed"
    application_id: UUID
    hold_id: UUID
    of_person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(News):
    """A second person lifted a hold."""

    name: ClassVar[str] = "services.hold_lifted"
    application_id: UUID
    hold_id: UUID
