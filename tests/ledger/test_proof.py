"""Signed notes, checkpoints and proofs: what was signed opens, and nothing else does."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from janaseva.ledger import rules

ORIGIN = "log.example/state"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
VERIFIER = rules.verifier_of(ORIGIN, KEY)


def _note(size: int = 2, root: bytes = b"\x02" * 32) -> str:
    return rules.sign_checkpoint(rules.Head(origin=ORIGIN, size=size, root=root), KEY)


def test_a_checkpoint_opens_to_what_was_signed():
    head = rules.open_checkpoint(_note(), VERIFIER)
    assert (head.origin, head.size, head.root) == (ORIGIN, 2, b"\x02" * 32)


def test_a_note_of_the_specifications_form():
    lines = _note().split("\n")
    assert lines[:3] == [ORIGIN, "2", base64.b64encode(b"\x02" * 32).decode()]
    assert lines[3] == ""
    assert lines[4].startswith(f"— {ORIGIN} ")
    assert base64.b64decode(lines[4].split(" ")[2])[:4] == VERIFIER.key_id
    assert lines[5:] == [""]


@given(st.integers(0, 150), st.characters(min_codepoint=32, max_codepoint=126))
def test_no_other_byte_passes(place, letter):
    note = _note()
    other = note[:place] + letter + note[place + 1 :]
    if other != note:
        with pytest.raises(rules.NoteError):
            rules.open_checkpoint(other, VERIFIER)


def test_unknown_signatures_are_passed_over_and_a_missing_one_is_not():
    note = _note()
    other = Ed25519PrivateKey.generate()
    witness = rules.verifier_of("witness.example", other)
    text = note.rpartition("\n\n")[0] + "\n"
    line = f"— witness.example {base64.b64encode(witness.key_id + other.sign(text.encode())).decode()}\n"
    assert rules.open_checkpoint(note + line, VERIFIER).size == 2
    with pytest.raises(rules.NoteError, match="not signed by"):
        rules.open_checkpoint(f"{text}\n{line}", VERIFIER)
    with pytest.raises(rules.NoteError):
        rules.open_checkpoint(note, rules.verifier_of(ORIGIN, other))


def test_a_signed_text_that_is_no_checkpoint_is_refused():
    def signed(text: str) -> str:
        signature = base64.b64encode(VERIFIER.key_id + KEY.sign(text.encode())).decode()
        return f"{text}\n— {ORIGIN} {signature}\n"

    root = base64.b64encode(b"\x02" * 32).decode()
    texts = [
        "x\n",
        f"{ORIGIN}\n02\n{root}\n",
        f"{ORIGIN}\n2\nAAAA\n",
        f"other\n2\n{root}\n",
        f"{ORIGIN}\n2\n{root}\nmore\n",
    ]
    for text in texts:
        with pytest.raises(rules.NoteError):
            rules.open_checkpoint(signed(text), VERIFIER)


def test_a_verifier_is_one_line_that_reads_back():
    assert rules.Verifier.parse(VERIFIER.text()) == VERIFIER
    for broken in ("", "x", VERIFIER.text()[:-4], VERIFIER.text().replace(ORIGIN, "log.example/other")):
        with pytest.raises(rules.NoteError):
            rules.Verifier.parse(broken)


def test_a_log_cannot_have_a_name_that_a_note_cannot_carry():
    with pytest.raises(rules.NoteError):
        rules.sign_checkpoint(rules.Head(origin="two words", size=0, root=rules.EMPTY_ROOT), KEY)


def _proof(extra: bytes = b"") -> tuple[rules.Proof, bytes]:
    leaf, sibling = b"the entry", rules.leaf_hash(b"another")
    root = rules.node_hash(sibling, rules.leaf_hash(leaf))
    return rules.Proof(index=1, path=(sibling,), checkpoint=_note(root=root), extra=extra), leaf


@given(st.binary(max_size=300))
def test_a_proof_reads_back_and_proves(extra):
    proof, leaf = _proof(extra)
    again = rules.Proof.parse(proof.text())
    assert again == proof
    assert rules.prove(again, leaf=leaf, verifier=VERIFIER).size == 2


def test_a_proof_of_something_else_proves_nothing():
    proof, leaf = _proof()
    with pytest.raises(rules.ProofError, match="does not lead"):
        rules.prove(proof, leaf=leaf + b"!", verifier=VERIFIER)
    with pytest.raises(rules.ProofError, match="not signed by"):
        rules.prove(proof, leaf=leaf, verifier=rules.verifier_of("other.example", KEY))


@given(st.text(max_size=200))
def test_any_text_is_refused_as_a_proof_and_never_fails_otherwise(text):
    with pytest.raises(rules.ProofError):
        rules.Proof.parse("c2sp.org/tlog-proof@v1\n" + text + "\nx")


@pytest.mark.parametrize(
    "lines", ["", "index 01", "index 1\nAAAA", "extra AAAA", "extra A\nindex 1", "index 1\nindex 1"]
)
def test_a_malformed_proof_is_refused(lines):
    with pytest.raises(rules.ProofError):
        rules.Proof.parse(f"c2sp.org/tlog-proof@v1\n{lines}\n\n{_note()}")


def test_the_leaf_can_be_recomputed_from_the_record_that_a_proof_carries():
    salt, record = b"s" * 16, b'{"a":1}'
    leaf = rules.leaf_data(hash_hex=rules.event_hash(salt=salt, record=record), name="documents.issued")
    assert rules.leaf_of_extra(salt + record, name="documents.issued") == leaf
    with pytest.raises(rules.ProofError):
        rules.leaf_of_extra(salt, name="documents.issued")


@pytest.mark.parametrize(
    ("key", "usable"), [("a", True), ("x" * 200, True), ("", False), ("x" * 201, False), ("a\0", False)]
)
def test_a_key_is_printable_and_bounded(key, usable):
    assert rules.usable_key(key) is usable
