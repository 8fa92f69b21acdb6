"""Whether the public log knew a document: checked offline, by the proof that the sealed file carries."""

import contextlib
import json
from collections.abc import Iterator
from typing import Literal

from janaseva.documents.rules.sealed_file import SealedFile
from janaseva.ledger.rules import NoteError, Proof, ProofError, Verifier, leaf_of_extra, open_checkpoint, prove

_NAMES = ("documents.issued", "documents.seal_asked")
_SALT_BYTES = 16


def log_check(read: SealedFile, log: str) -> Literal["passed", "failed", "unchecked"]:
    """Answer whether the log, that signs with a key of ``log``, held exactly these facts before the file was sealed.

    ``log`` has a line for each key that the log was signed with, the newest first; one must fit.

    ``unchecked where the file carries no proof, or one under another key than that which is pinned.
    """
    if not read.log_proof or not log:
        return "unchecked"
    try:
        proof = Proof.parse(read.log_proof)
    except ProofError:
        return "unchecked"
    verifier = next((one for one in _verifiers(log) if _signed(proof, one)), None)
    if verifier is None:
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


def _verifiers(log: str) -> Iterator[Verifier]:
    for line in log.splitlines():
        with contextlib.suppress(NoteError):
            yield Verifier.parse(line)


def _signed(proof: Proof, verifier: Verifier) -> bool:
    try:
        open_checkpoint(proof.checkpoint, verifier)
    except NoteError:
        return False
    return True
