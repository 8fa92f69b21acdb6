"""Questions to the ledger: stories, the log and its proofs, the worker's state, and the audit."""

from janaseva.ledger.queries.auditing import Finding, Kind, Progress, ReadFile, audit, beyond, looks
from janaseva.ledger.queries.backups import BackupStanding, backup_standing
from janaseva.ledger.queries.erased import Left, erasures_known, left_of_erased
from janaseva.ledger.queries.log import (
    checkpoint,
    entries,
    leaf,
    leaf_ids,
    leaf_index,
    leaves_among,
    proof,
    proof_at,
    tile,
    unpublished_seconds,
    verifier,
    verifiers,
)
from janaseva.ledger.queries.recorded import AUDITS, head, record_of, tile_hashes
from janaseva.ledger.queries.searching import events_of, exported, matching
from janaseva.ledger.queries.stories import EventView, story
from janaseva.ledger.queries.working import (
    Audit,
    DeadDelivery,
    RoundView,
    WorkerStatus,
    is_return_unheard,
    last_audit,
    worker_status,
)

__all__ = [
    "AUDITS",
    "Audit",
    "BackupStanding",
    "DeadDelivery",
    "EventView",
    "Finding",
    "Kind",
    "Left",
    "Progress",
    "ReadFile",
    "RoundView",
    "WorkerStatus",
    "audit",
    "backup_standing",
    "beyond",
    "checkpoint",
    "entries",
    "erasures_known",
    "events_of",
    "exported",
    "head",
    "is_return_unheard",
    "last_audit",
    "leaf",
    "leaf_ids",
    "leaf_index",
    "leaves_among",
    "left_of_erased",
    "looks",
    "matching",
    "proof",
    "proof_at",
    "record_of",
    "story",
    "tile",
    "tile_hashes",
    "unpublished_seconds",
    "verifier",
    "verifiers",
    "worker_status",
]
