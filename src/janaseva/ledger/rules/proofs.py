"""A proof that anyone can check offline that the log holds an event (c2sp.org/tlog-proof)."""

import base64
import re
from dataclasses import dataclass
from typing import Self

from janaseva.ledger.rules.merkle import HASH_BYTES, includes, leaf_hash
from janaseva.ledger.rules.notes import Head, NoteError, Verifier, decoded, open_checkpoint
from janaseva.ledger.rules.records import SALT_BYTES, event_hash, leaf_data

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_LONGEST_PATH = 63
_LONGEST_PROOF = 256 * 1024


class ProofError(ValueError):
    """A proof is malformed, or does not prove what it was given for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An inclusion proof under a signed checkpoint.

    ``extra`` may hold the salt and the canonical record of the event, so that whoever holds the proof can recompute
    the leaf from what was recorded; it is empty where the record is not to be shown.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def text(self) -> str:
        """Return the proof in the C2SP form, which :meth:`parse` reads."""
        extra = [f"extra {base64.b64encode(self.extra).decode()}"] if self.extra else []
        hashes = [base64.b64encode(item).decode() for item in self.path]
        return "\n".join([_FIRST_LINE, *extra, f"index {self.index}", *hashes, "", self.checkpoint])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the proof that ``text`` spells; nothing in it is to be trusted before :func:`prove`.

        Raises:
            ProofError: where it is malformed.

        """
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or len(text) > _LONGEST_PROOF or lines.pop(0) != _FIRST_LINE or not lines:
            message = "not a transparency log proof"
            raise ProofError(message)
        try:
            extra = decoded(lines.pop(0).removeprefix("extra ")) if lines[0].startswith("extra ") else b""
            matched = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines.pop(0) if lines else "", re.ASCII)
            path = tuple(decoded(line) for line in lines)
        except NoteError as error:
            message = f"a line of the proof is {error}"
            raise ProofError(message) from error
        if matched is None or len(path) > _LONGEST_PATH or any(len(item) != HASH_BYTES for item in path):
            message = "the proof has no index, or a hash of the wrong length"
            raise ProofError(message)
        return cls(index=int(matched[1]), path=path, checkpoint=checkpoint, extra=extra)


def prove(proof: Proof, *, leaf: bytes, verifier: Verifier) -> Head:
    """Return the signed head under which ``proof`` shows the entry ``leaf`` (its data, not its hash).

    Raises:
        ProofError: where the checkpoint is not signed by ``verifier`` or the path does not lead to its root.

    """
    try:
        head = open_checkpoint(proof.checkpoint, verifier)
    except NoteError as error:
        raise ProofError(str(error)) from error
    hashed = leaf_hash(leaf)
    if not includes(leaf=hashed, index=proof.index, size=head.size, path=proof.path, root=head.root):
        message = "the path does not lead from the entry to the signed root"
        raise ProofError(message)
    return head


def leaf_of_extra(extra: bytes, *, name: str) -> bytes:
    """Return the log entry of the record that a proof's ``extra`` carries (salt, then record), as event ``name``.

    Raises:
        ProofError: where it is too short to hold both.

    """
    if len(extra) <= SALT_BYTES:
        message = "the proof carries no record"
        raise ProofError(message)
    return leaf_data(hash_hex=event_hash(salt=extra[:SALT_BYTES], record=extra[SALT_BYTES:]), name=name)
