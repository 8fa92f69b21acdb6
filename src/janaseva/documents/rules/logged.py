"""Whether the public log knew a document: checked offline, by the proof that the sealed file carries."""

import json
from typing import Literal

from janaseva.documents.rules.sealed_file import SealedFile
from janaseva.ledger.rules import NoteError, Proof, ProofError, Verifier, leaf_of_extra, open_checkpoint, prove

_NAMES = ("documents.issued", "documents.seal_asked")
_SALT_BYTES = 16


def log_check(read: SealedFile, log: str) -> Literal["passed", "failed", "unchecked"]:
    """Answer whether the log, whose public key line is ``log``, held exactly these facts before the file was sealed.

    ``unchecked`` where the file carries no proof, or one under another key than that which is pinned.
    """
    if not read.log_proof or not log:
        return "unchecked"
    try:
        proof, verifier = Proof.parse(read.log_proof), Verifier.parse(log)
        open_checkpoint(proof.checkpoint, verifier)
    except (ProofError, NoteError):
        return "unchecked"
    try:
        record = json.loads(proof.extra[_SALT_BYTES:])
        name, facts = record["name"], record["facts"]
        if name not in _NAMES or facts["document_id"] != read.facts["document_id"]:
            return "failed"
        if facts["facts_sha256"] != read.facts_sha256:
            return "failed"
        prove(proof, leaf=leaf_of_extra(proof.extra, name=name), verifier=verifier)
    except (ProofError, ValueError, KeyError, TypeError):
        return "failed"
    return "passed"
