"""What documents tells the rooms above: ids and hashes, never what is written in a document."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(News):
    """A file was received and kept; ``sha256`` is that of the kept bytes (after cleaning), 64 hexadecimal digits."""

    name: ClassVar[str] = "documents.attached"
    attachment_id: UUID
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued(News):
    """A document was decided on; it waits to be typeset and sealed. ``facts_sha256`` fixes what it will say."""

    name: ClassVar[str] = "documents.issued"
    document_id: UUID
    kind: str
    facts_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed(News):
    """A document was typeset and signed; ``sha256`` is that of the whole file, ``key_id`` the key that signed it.

    ``kind`` is what it was issued as; older news do not say it.
    """

    name: ClassVar[str] = "documents.sealed"
    document_id: UUID
    sha256: str
    key_id: str
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingFailed(News):
    """A document could not be typeset or signed; ``reason`` is a refusal code. It stays visible until sealed again."""

    name: ClassVar[str] = "documents.sealing_failed"
    document_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAsked(News):
    """Somebody asked that a failed document be typeset and sealed again."""

    name: ClassVar[str] = "documents.seal_asked"
    document_id: UUID
    facts_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(News):
    """A document was revoked: it says so to everyone who verifies it from now on."""

    name: ClassVar[str] = "documents.revoked"
    document_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended(News):
    """A document was suspended: whoever verifies it is told that it does not hold for now."""

    name: ClassVar[str] = "documents.suspended"
    document_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionLifted(News):
    """A suspended document holds again."""

    name: ClassVar[str] = "documents.suspension_lifted"
    document_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAdded(News):
    """A signing key began to be used."""

    name: ClassVar[str] = "documents.key_added"
    key_id: str
    use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRetired(News):
    """A signing key stopped being used; what it signed before stays genuine, unless it was compromised."""

    name: ClassVar[str] = "documents.key_retired"
    key_id: str
    compromised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(News):
    """The bytes of so many papers lie in the document store now, read back and compared, and not in the database."""

    name: ClassVar[str] = "documents.stored"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched(News):
    """The bytes of so many papers lie in the database again."""

    name: ClassVar[str] = "documents.fetched"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded(News):
    """Papers that an erasure took from their last matter still lie in the document store: they are to go from there."""

    name: ClassVar[str] = "documents.discarded"
    blob_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(News):
    """So many discarded papers are known no more; their objects go from the document store after this."""

    name: ClassVar[str] = "documents.removed"
    count: int
