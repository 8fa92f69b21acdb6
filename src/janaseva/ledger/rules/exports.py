"""Checking what was exported of the record, offline: by the log's public key alone."""

import json
from dataclasses import dataclass
from typing import Any

from janaseva.ledger.rules.notes import NoteError, Verifier
from janaseva.ledger.rules.proofs import Proof, ProofError, leaf_of_extra, prove
from janaseva.ledger.rules.records import SALT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One exported event: its record as the log has it, or what is wrong with it."""

    event: str
    record: Any
    wrong: str


def check_export(text: str, verifier_line: str) -> list[Checked]:
    """Return each event of an export, checked against the log's public key as the reader holds it.

    Raises:
        ValueError: where the text is no export, or the line is no public key.

    """
    tree, verifier = json.loads(text), Verifier.parse(verifier_line)
    return [_checked(one, verifier) for one in tree["events"]]


def _checked(one: dict[str, Any], verifier: Verifier) -> Checked:
    try:
        proof = Proof.parse(str(one["proof"]))
        record = json.loads(proof.extra[SALT_BYTES:])
        prove(proof, leaf=leaf_of_extra(proof.extra, name=record["name"]), verifier=verifier)
        if record["id"] != one["event"]:
            return Checked(event=str(one["event"]), record=None, wrong="the proof is of another event")
    except (ProofError, NoteError, ValueError, KeyError, TypeError) as error:
        return Checked(event=str(one.get("event", "")), record=None, wrong=str(error) or type(error).__name__)
    return Checked(event=str(one["event"]), record=record, wrong="")
