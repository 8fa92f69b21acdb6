"""The audit with what lies outside the database: the log's files and the signing key."""

from collections.abc import Callable, Iterator

from janaseva.ledger import queries, rules
from janaseva.ledger.handlers.publishing import key_store, tile_store
from janaseva.settings import OPTIONS


def audit(*, verifier: str = "", progress: Callable[[str, int], None] | None = None) -> Iterator[queries.Finding]:
    """Return every finding of :func:`janaseva.ledger.queries.audit`, reading the files of the log too.

    Args:
        verifier: the log's public key as its auditor holds it; empty: that of the key file here.
        progress: called with what is being looked at and how many were looked at.

    """
    key = key_store().key()
    own = rules.verifier_of(OPTIONS.log_origin, key).text() if key else ""
    yield from queries.audit(files=tile_store().read, verifier=verifier or own, progress=progress)
