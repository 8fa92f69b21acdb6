"""The ledger's thinking: hashing, tiles, signed notes, proofs and the canonical record. Pure."""

from janaseva.ledger.rules.records import (
    RECORD_VERSION,
    SALT_BYTES,
    Record,
    event_hash,
    leaf_data,
    record_bytes,
    usable_key,
)

__all__ = [
    "RECORD_VERSION",
    "SALT_BYTES",
    "Record",
    "event_hash",
    "leaf_data",
    "record_bytes",
    "usable_key",
]
