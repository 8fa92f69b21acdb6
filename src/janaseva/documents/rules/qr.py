"""The signed code on paper: a COSE_Sign1 (RFC 9052) of CBOR claims with Ed25519, base45 (RFC 9285), prefix ``JS1:``.

Base 45 keeps to the alphanumeric mode of QR codes, so that the square stays small. Claims use integer names: 1 issuer,
4 end of validity, 5 begin of validity and 6 time of issue are those of CWT (RFC 8392); the others are our own.
"""

import functools
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from janaseva.documents.rules.keys import KEY_ID_BYTES, KeyRing, PublicKey

PREFIX: Final = "JS1:"
MAX_TEXT: Final = 4_296
"""Characters that the largest QR code holds in alphanumeric mode (ISO/IEC 18004)."""
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_NO_DIGIT: Final = 0xFF
_DIGITS: Final = bytes(_ALPHABET.find(chr(code)) & _NO_DIGIT for code in range(256))
"""The digit that each ASCII character stands for."""
_NOT_BASE_45: Final = "not base 45"
_ALG, _KID, _EDDSA = 1, 4, -8
_SIGN1_PARTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the code on paper says; ``facts`` are the few that decide what the document proves, as words."""

    document_id: UUID
    kind: str
    number: str
    code: str
    issuer: str
    holder: str
    facts: Mapping[str, str]
    issued_at: datetime
    signed_at: datetime
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class ReadCode:
    """What was read: ``genuine``, ``altered``, ``unknown_key``, ``not_ours`` or ``unreadable``, and the claims."""

    outcome: str
    key_id: str = ""
    claims: Claims | None = None


def base45(data: bytes) -> str:
    """Return ``data`` in base 45 (RFC 9285)."""
    out: list[str] = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, rest = divmod(value, 45)
            out.append(_ALPHABET[rest])
    return "".join(out)


def from_base45(text: str) -> bytes:
    """Return the bytes of base 45 ``text``.

    Raises:
        ValueError: where the text is not base 45 in its one proper form.

    """
    if not text.isascii() or _NO_DIGIT in (digits := text.encode().translate(_DIGITS)):
        raise ValueError(_NOT_BASE_45)
    whole = len(digits) // 3 * 3
    values = [
        a + 45 * b + 2025 * c for a, b, c in zip(digits[:whole:3], digits[1:whole:3], digits[2:whole:3], strict=True)
    ]
    rest = digits[whole:]
    last = rest[0] + 45 * rest[1] if len(rest) == 2 else 0  # noqa: PLR2004 - two digits for a byte alone
    if len(rest) == 1 or last > 0xFF or max(values, default=0) > 0xFFFF:  # noqa: PLR2004
        raise ValueError(_NOT_BASE_45)
    return struct.pack(f">{len(values)}H", *values) + (bytes([last]) if rest else b"")


def _day(value: date) -> int:
    return value.toordinal()


def _payload(claims: Claims) -> bytes:
    tree: dict[int, Any] = {
        1: claims.issuer,
        5: _day(claims.valid_from),
        6: int(claims.signed_at.timestamp()),
        10: claims.document_id.bytes,
        11: claims.kind,
        12: claims.number,
        13: claims.code,
        14: claims.holder,
        15: dict(claims.facts),
        16: int(claims.issued_at.timestamp()),
    }
    if claims.valid_until is not None:
        tree[4] = _day(claims.valid_until)
    return bytes(cbor2.dumps(tree, canonical=True))


def _to_sign(protected: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure of RFC 9052 §4.4."""
    return bytes(cbor2.dumps(["Signature1", protected, b"", payload], canonical=True))


def write_qr(claims: Claims, *, key_id: str, sign: Callable[[bytes], bytes]) -> str:
    """Return the text for the QR code, signed by ``sign`` (Ed25519 over the bytes it is given)."""
    protected = bytes(cbor2.dumps({_ALG: _EDDSA, _KID: bytes.fromhex(key_id)}, canonical=True))
    payload = _payload(claims)
    message = cbor2.dumps([protected, {}, payload, sign(_to_sign(protected, payload))], canonical=True)
    return PREFIX + base45(message)


def _claims(payload: bytes) -> Claims:
    tree = cbor2.loads(payload)
    facts = tree[15]
    if not isinstance(facts, dict) or not all(isinstance(item, str) for pair in facts.items() for item in pair):
        raise TypeError
    return Claims(
        document_id=UUID(bytes=tree[10]),
        kind=str(tree[11]),
        number=str(tree[12]),
        code=str(tree[13]),
        issuer=str(tree[1]),
        holder=str(tree[14]),
        facts=facts,
        issued_at=datetime.fromtimestamp(tree[16], UTC),
        signed_at=datetime.fromtimestamp(tree[6], UTC),
        valid_from=date.fromordinal(tree[5]),
        valid_until=date.fromordinal(tree[4]) if 4 in tree else None,  # noqa: PLR2004 - claim 4 of RFC 8392
    )


def _parts(text: str) -> tuple[bytes, bytes, bytes, str]:
    """Return protected header, payload, signature and key id of a code.

    Raises:
        ValueError: where it is not a COSE_Sign1 with EdDSA in the one form that :func:`write_qr` writes.

    """
    message = from_base45(text)
    parts = cbor2.loads(message)
    if cbor2.dumps(parts, canonical=True) != message:
        raise ValueError
    if not isinstance(parts, list) or len(parts) != _SIGN1_PARTS or parts[1] != {}:
        raise ValueError
    protected, _, payload, signature = parts
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise ValueError
    header = cbor2.loads(protected)
    if not isinstance(header, dict) or set(header) != {_ALG, _KID} or header[_ALG] != _EDDSA:
        raise ValueError
    if not isinstance(header[_KID], bytes) or len(header[_KID]) != KEY_ID_BYTES:
        raise ValueError
    return protected, payload, signature, header[_KID].hex()


@functools.lru_cache(maxsize=64)
def _public(pem: str) -> PublicKeyTypes:
    return serialization.load_pem_public_key(pem.encode())


def _verified(key: PublicKey, message: bytes, signature: bytes) -> bool:
    public = _public(key.public_pem)
    try:
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature, message)
            return True
    except InvalidSignature:
        pass
    return False


def read_qr(text: str, ring: KeyRing) -> ReadCode:
    """Read a code without any network or database: only the pinned keys decide. Never raises."""
    text = text.strip("\r\n\t")
    if not text.startswith(PREFIX):
        return ReadCode("not_ours")
    key_id = ""
    try:
        protected, payload, signature, key_id = _parts(text.removeprefix(PREFIX)[:MAX_TEXT])
        key = ring.find(key_id, "qr")
        if key is None:
            return ReadCode("unknown_key", key_id)
        if not _verified(key, _to_sign(protected, payload), signature):
            return ReadCode("altered", key_id)
        claims = _claims(payload)
    except (ValueError, TypeError, KeyError, OverflowError, cbor2.CBORError, RecursionError, MemoryError):
        return ReadCode("unreadable", key_id)
    return ReadCode("genuine" if key.trusted_at(claims.signed_at) else "unknown_key", key_id, claims)
