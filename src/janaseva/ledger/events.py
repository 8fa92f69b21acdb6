"""The ledger's own news."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(News):
    """An action was refused; nothing of it was kept. Codes only: what a person typed is not in here."""

    name: ClassVar[str] = "ledger.refused"

    action: str
    code: str
    status: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(News):
    """What the events of a story tell was erased, up to the one with this ordinal.

    ``carried`` are the last hashes of those rows that the erased events recorded and that were not themselves emptied:
    ``[table, key, hash, revision]``, so that each can still be shown to be as it was.
    """

    name: ClassVar[str] = "ledger.erased"

    through: int
    events: int
    carried: tuple[tuple[str, str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp(News):
    """A backup lies on the shelf; its manifest has this SHA-256 and covers the log up to this size."""

    name: ClassVar[str] = "ledger.backed_up"

    backup: str
    kind: str
    manifest: str
    log_size: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupVerified(News):
    """A backup was restored into a scratch place and compared with the log; this many things were not as recorded."""

    name: ClassVar[str] = "ledger.backup_verified"

    backup: str
    log_size: int
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried(News):
    """Deliveries that had been given up were put back to be tried again."""

    name: ClassVar[str] = "ledger.retried"

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited(News):
    """Everything was recomputed. ``found`` names each disagreement by code, table and key; at most the first thousand.

    The news is itself an event with a place in the log, so that a report of tampering cannot be taken back unseen.
    """

    name: ClassVar[str] = "ledger.audited"

    count: int
    found: tuple[tuple[str, str, str], ...]
    seen: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReturned(News):
    """No worker was heard of between two moments, and now one works again."""

    name: ClassVar[str] = "ledger.worker_returned"

    from_at: str
    to_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSearched(News):
    """Somebody searched the record: why, by what, and how many events were found. The reason names nobody."""

    name: ClassVar[str] = "ledger.record_searched"

    reason: str
    person_id: UUID | None
    post_id: UUID | None
    story: UUID | None
    from_at: str
    to_at: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExported(News):
    """What a search found was handed out as a file with this SHA-256."""

    name: ClassVar[str] = "ledger.record_exported"

    sha256: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyChanged(News):
    """Another key begins to sign the log; both are public keys as lines."""

    name: ClassVar[str] = "ledger.log_key_changed"

    verifier: str
    before: str
