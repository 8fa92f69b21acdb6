"""Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), signed with Ed25519."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from janaseva.ledger.rules.merkle import HASH_BYTES

PrivateKey = Ed25519PrivateKey
_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_NAME = re.compile(r"[^\s+]{1,200}")
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/=]+)")
_LONGEST_NOTE = 64 * 1024


class NoteError(ValueError):
    """A note is malformed, or not signed by the key that it must be signed by."""


def decoded(text: str) -> bytes:
    """Return what ``text`` spells in base64.

    Raises:
        NoteError: where it is not base64, or not its one spelling.

    """
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        message = "not base64"
        raise NoteError(message) from error
    if base64.b64encode(content).decode() != text:
        message = "not the one spelling in base64"
        raise NoteError(message)
    return content


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a log's key, under the log's name."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID_BYTES]

    def text(self) -> str:
        """Return the key as one line, ``name+id+base64``, as verifiers of signed notes take it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the verifier that one line names.

        Raises:
            NoteError: where it is malformed, of another kind, or its id does not belong to its key.

        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        key = decoded(encoded)
        verifier = cls(name, key[1:])
        if not _NAME.fullmatch(name) or key[:1] != _ED25519 or len(key) != 1 + HASH_BYTES:
            message = "not an Ed25519 verifier key"
            raise NoteError(message)
        if verifier.key_id.hex() != key_id:
            message = "the verifier's id does not belong to its key"
            raise NoteError(message)
        return verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a checkpoint states: that the log ``origin`` has ``size`` leaves under ``root``."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def verifier_of(name: str, key: Ed25519PrivateKey) -> Verifier:
    """Return the public half of ``key`` under ``name``."""
    return Verifier(name, key.public_key().public_bytes_raw())


def sign_checkpoint(head: Head, *keys: Ed25519PrivateKey) -> str:
    """Return ``head`` as a note signed by each key, whose name is the log's origin: two, while one takes over.

    Raises:
        NoteError: where the origin cannot be a key's name.

    """
    if not _NAME.fullmatch(head.origin):
        message = f"a log cannot be named {head.origin!r}: no spaces, no plus sign"
        raise NoteError(message)
    text = head.text()
    signatures = [verifier_of(head.origin, key).key_id + key.sign(text.encode()) for key in keys]
    lines = [f"— {head.origin} {base64.b64encode(signature).decode()}\n" for signature in signatures]
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, verifier: Verifier) -> str:
    """Return the text of ``note`` if ``verifier``'s key signed it; other keys' signatures are passed over.

    Raises:
        NoteError: where it is malformed or not so signed.

    """
    text, gap, lines = note.rpartition("\n\n")
    if not gap or len(note) > _LONGEST_NOTE or not lines.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        message = "not a signed note"
        raise NoteError(message)
    text += "\n"
    signed = False
    for line in lines[:-1].split("\n"):
        matched = _SIGNATURE.fullmatch(line)
        if matched is None:
            message = "a signature line is malformed"
            raise NoteError(message)
        content = decoded(matched["signature"])
        if (matched["name"], content[:_KEY_ID_BYTES]) != (verifier.name, verifier.key_id):
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(content[_KEY_ID_BYTES:], text.encode())
        except InvalidSignature as error:
            message = "the signature does not fit the text"
            raise NoteError(message) from error
        signed = True
    if not signed:
        message = f"not signed by {verifier.name}"
        raise NoteError(message)
    return text


def open_checkpoint(note: str, verifier: Verifier) -> Head:
    """Return what a signed checkpoint states, once its signature and its origin are checked.

    Raises:
        NoteError: where the note is malformed, not signed by ``verifier``, or of another log.

    """
    head = _head(open_note(note, verifier))
    if head.origin != verifier.name:
        message = f"not a checkpoint of {verifier.name}"
        raise NoteError(message)
    return head


def stated(note: str) -> Head:
    """Return what a checkpoint states, whoever signed it: to be compared with, never to be believed.

    Raises:
        NoteError: where it is no checkpoint.

    """
    text, gap, _ = note.partition("\n\n")
    if not gap:
        message = "not a checkpoint"
        raise NoteError(message)
    return _head(text + "\n")


def _head(text: str) -> Head:
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1], re.ASCII):  # noqa: PLR2004 - three lines and what follows the last newline
        message = "not a checkpoint"
        raise NoteError(message)
    root = decoded(lines[2])
    if len(root) != HASH_BYTES:
        message = "the root is not a SHA-256"
        raise NoteError(message)
    return Head(origin=lines[0], size=int(lines[1]), root=root)
