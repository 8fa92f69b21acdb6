"""Reading a sealed file: is every byte of it under the seal of a pinned key, and which facts does it carry?

The seal is PAdES (ETSI EN 319 142-1): a detached CMS over two byte ranges that leave out nothing but the seal itself.
A verifier must demand that the ranges reach the end of the file, since readers happily show what was appended later.
No certificate chain is followed: the public key is pinned, and the certificate inside must be the pinned one.
"""

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pypdf import PdfReader

from janaseva.documents.rules.issuing import FORMAT
from janaseva.documents.rules.keys import KeyRing, PublicKey, certificate_der, key_id_of

FACTS_NAME: Final = "facts.json"
PROOF_NAME: Final = "log-proof.txt"
MAX_FILE_BYTES: Final = 20 * 1024 * 1024
MAX_SEALS: Final = 8
MAX_FACTS_BYTES: Final = 2 * 1024 * 1024
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_TIME = re.compile(rb"/M\s*\(D(?::|\\072)(\d{14})(?:Z|\+00'00'?)?\)")
_HEX = re.compile(rb"[0-9A-Fa-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """What was read from a file: outcome, the sealing key, when it was sealed, its facts, and the log proof in it."""

    outcome: str
    sha256: str
    key_id: str = ""
    sealed_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    facts_sha256: str = ""
    log_proof: str = ""


@dataclass(frozen=True, slots=True)
class _Seal:
    """One signature dictionary: where its ranges lie and what stands in the gap between them."""

    first_end: int
    second_start: int
    end: int
    message: bytes


def _seals(content: bytes) -> list[_Seal]:
    found: list[_Seal] = []
    for match in list(_RANGE.finditer(content))[-MAX_SEALS:]:
        start, first_end, second_start, length = (int(number) for number in match.groups())
        gap = content[first_end:second_start]
        if start != 0 or first_end >= second_start or not gap.startswith(b"<") or not gap.endswith(b">"):
            continue
        digits = gap[1:-1]
        if _HEX.fullmatch(digits) is None or len(digits) % 2 or digits != digits.upper():
            continue
        found.append(_Seal(first_end, second_start, second_start + length, bytes.fromhex(digits.decode("ascii"))))
    return found


def _signer(message: bytes) -> tuple[cms.SignerInfo, bytes] | None:
    """Return the one signer of a CMS and its certificate in DER, or ``None`` where it has not exactly one of each.

    The place of the seal is the one that the seal does not cover: nothing but zeros may stand there beside it, and
    nothing unsigned inside it.
    """
    signed = cms.ContentInfo.load(message)
    encoded = signed.dump()
    if not message.startswith(encoded) or message[len(encoded) :].strip(b"\0"):
        return None
    if signed["content_type"].native != "signed_data":
        return None
    data = signed["content"]
    if len(data["signer_infos"]) != 1 or len(data["certificates"]) < 1 or data["encap_content_info"]["content"].native:
        return None
    signer = data["signer_infos"][0]
    if signer["unsigned_attrs"].native:
        return None
    serial = signer["sid"].chosen["serial_number"].native
    for choice in data["certificates"]:
        if choice.chosen.serial_number == serial:
            return signer, choice.chosen.dump()
    return None


def _verifies(signer: cms.SignerInfo, certificate: x509.Certificate, digest: bytes) -> bool:
    """Answer whether the signed attributes carry ``digest`` and are signed by the key of ``certificate``."""
    attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    digests = attributes.get("message_digest")
    if digests is None or len(digests) != 1 or digests[0].native != digest:
        return False
    if signer["digest_algorithm"]["algorithm"].native != "sha256":
        return False
    signed = signer["signed_attrs"].untag().dump()
    signature = signer["signature"].native
    public = certificate.public_key()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _pinned(certificate_bytes: bytes, ring: KeyRing) -> tuple[PublicKey | None, x509.Certificate]:
    certificate = x509.load_der_x509_certificate(certificate_bytes)
    key = ring.find(key_id_of(certificate.public_key()), "seal")
    if key is not None and certificate_der(key) != certificate_bytes:
        key = None
    return key, certificate


def _judge(content: bytes, seal: _Seal, ring: KeyRing) -> tuple[str, PublicKey | None]:
    """Judge one seal: ``genuine``, ``appended``, ``altered`` or ``unknown_key``, and the pinned key, if it is one."""
    found = _signer(seal.message)
    if found is None:
        return "altered", None
    signer, certificate_bytes = found
    key, certificate = _pinned(certificate_bytes, ring)
    if key is None:
        return "unknown_key", None
    if seal.end > len(content):
        return "altered", key
    digest = hashlib.sha256(content[: seal.first_end])
    digest.update(content[seal.second_start : seal.end])
    if not _verifies(signer, certificate, digest.digest()):
        return "altered", key
    return ("genuine" if seal.end == len(content) else "appended"), key


_ORDER: Final = ("genuine", "appended", "altered", "unknown_key")


def _best(content: bytes, ring: KeyRing) -> tuple[str, PublicKey | None]:
    """Return the judgement over all signature dictionaries of a file."""
    seals = _seals(content)
    if not seals:
        return ("altered" if _RANGE.search(content) else "not_ours"), None
    judged: list[tuple[str, PublicKey | None]] = []
    for seal in seals:
        try:
            judged.append(_judge(content, seal, ring))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            judged.append(("altered", None))
    outcome, key = min(judged, key=lambda each: _ORDER.index(each[0]))
    if outcome == "genuine" and len(seals) > 1:
        return "appended", key
    return outcome, key


def _embedded(content: bytes) -> tuple[bytes, str]:
    """Return the facts and the log proof that the file carries; only for files that are wholly under our seal."""
    attachments = PdfReader(io.BytesIO(content)).attachments
    facts = attachments[FACTS_NAME][0]
    proof = attachments.get(PROOF_NAME)
    return facts, proof[0].decode("utf-8") if proof else ""


def _sealed_at(content: bytes) -> datetime | None:
    times = _TIME.findall(content)
    return datetime.strptime(times[-1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if times else None


def read_sealed_file(content: bytes, ring: KeyRing) -> SealedFile:
    """Read a file by the pinned keys alone. Never raises; what cannot be read has the outcome ``unreadable``."""
    sha256 = hashlib.sha256(content).hexdigest()
    if len(content) > MAX_FILE_BYTES or not content.startswith(b"%PDF-"):
        return SealedFile(outcome="not_ours" if content else "unreadable", sha256=sha256)
    outcome, key = _best(content, ring)
    key_id = key.key_id if key is not None else ""
    if outcome != "genuine" or key is None:
        return SealedFile(outcome=outcome, sha256=sha256, key_id=key_id)
    try:
        sealed_at = _sealed_at(content)
        facts, proof = _embedded(content)
        tree = json.loads(facts)
        known = isinstance(tree, dict) and tree.get("format") == FORMAT and len(facts) <= MAX_FACTS_BYTES
    except Exception:  # noqa: BLE001 - the parser of a foreign format may raise anything; the answer is the same
        return SealedFile(outcome="unreadable", sha256=sha256, key_id=key_id)
    if not known or sealed_at is None:
        return SealedFile(outcome="unreadable", sha256=sha256, key_id=key_id)
    if not key.trusted_at(sealed_at):
        return SealedFile(outcome="unknown_key", sha256=sha256, key_id=key_id, sealed_at=sealed_at)
    return SealedFile(
        outcome="genuine",
        sha256=sha256,
        key_id=key_id,
        sealed_at=sealed_at,
        facts=tree,
        facts_sha256=hashlib.sha256(facts).hexdigest(),
        log_proof=proof,
    )
