"""The news of definitions, their proposals and publication."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLoaded(News):
    """A pack without services was loaded, so that its first can be written; ``files_sha256`` fixes what it says."""

    name: ClassVar[str] = "services.pack_loaded"
    pack: str
    files_sha256: str


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
