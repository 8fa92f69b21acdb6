"""Signing: one Protocol, a key in a file for development, a PKCS#11 device for production, and a fake for tests."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from janaseva.documents.adapters import sealing
from janaseva.documents.rules import key_id_of

CERTIFICATE_YEARS = 10
DEVELOPMENT_NAME = "Development seal, not for real papers"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """The public half of a key that signs, as it is pinned."""

    key_id: str
    public_pem: str
    certificate_pem: str
    issuer: str


class Signer(Protocol):
    """What can put the state's seal on a file, and sign the code on paper."""

    @property
    def seal_key(self) -> SigningKey:
        """The key of the seal (X.509)."""

    @property
    def qr_key(self) -> SigningKey:
        """The key of the code on paper (Ed25519)."""

    def seal(self, pdf: bytes, *, at: datetime, name: str, field_label: str) -> bytes:
        """Return the file with a PAdES seal over the whole of it, still PDF/A-3a and PDF/UA-1."""

    def sign_code(self, message: bytes) -> bytes:
        """Return the Ed25519 signature over ``message``."""


_certificate_store: Callable[[], Any] = SimpleCertificateStore


class _FileSigner(sealing.EncodedOnce, signers.SimpleSigner):
    """A signer with a key in memory."""


def _write_secret(path: Path, content: bytes) -> None:
    """Write a private file once; nobody but its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _pem(key: Any) -> bytes:
    return bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _self_signed(key: ec.EllipticCurvePrivateKey, *, at: datetime, issuer: str) -> x509.Certificate:
    """Return a certificate that says plainly that it is for development."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT_NAME),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * CERTIFICATE_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    return builder.sign(key, hashes.SHA256())


def make_keys(folder: Path, *, at: datetime, issuer: str) -> None:
    """Make the development keys that are not there yet: the seal's (P-256) with its certificate, and the code's."""
    if not (folder / "certificate_key.pem").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _self_signed(key, at=at, issuer=issuer)
        _write_secret(folder / "certificate.pem", certificate.public_bytes(serialization.Encoding.PEM))
        _write_secret(folder / "certificate_key.pem", _pem(key))
    if not (folder / "qr_key.pem").exists():
        _write_secret(folder / "qr_key.pem", _pem(Ed25519PrivateKey.generate()))


def write_public_keys(folder: Path, text: str) -> None:
    """Write the file of public keys that offline verifiers are given, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f"public_keys.json.{os.getpid()}"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / "public_keys.json")


NAMES = ("certificate_key.pem", "certificate.pem", "qr_key.pem")


def replace_keys(folder: Path, *, at: datetime, issuer: str) -> None:
    """Put new keys in the places of the old ones, which are kept beside them; no moment is without a file in its place.

    What the old keys signed stays genuine by their pinned halves.
    """
    stamp, fresh = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), folder / "next"
    make_keys(fresh, at=at, issuer=issuer)
    for name in NAMES:
        if (folder / name).exists():
            os.link(folder / name, folder / f"{name}.retired-{stamp}")
        (fresh / name).replace(folder / name)
    fresh.rmdir()


def stamp_of(folder: Path) -> tuple[tuple[int, int], ...]:
    """Return what changes whenever a key file is replaced: by this process or by another."""
    return tuple((held.st_ino, held.st_mtime_ns) for held in ((folder / name).stat() for name in NAMES))


def _signing_key(public: Any, certificate: x509.Certificate | None, issuer: str) -> SigningKey:
    public_pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(
        key_id=key_id_of(public),
        public_pem=public_pem.decode("ascii"),
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM).decode("ascii") if certificate else "",
        issuer=issuer,
    )


def _qr_key(folder: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key((folder / "qr_key.pem").read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        message = "qr_key.pem is not an Ed25519 key"
        raise TypeError(message)
    return key


class _HankoSigner:
    """What file and device signers share: a pyHanko signer for the seal, and an Ed25519 key for the code on paper."""

    def __init__(self, hanko: Any, certificate: x509.Certificate, qr: Ed25519PrivateKey, issuer: str) -> None:
        hanko.signed_attr_prov_spec = sealing.OwnCertificate(hanko.signing_cert)
        self._hanko = hanko
        self._qr = qr
        self._seal_key = _signing_key(certificate.public_key(), certificate, issuer)
        self._qr_key = _signing_key(qr.public_key(), None, issuer)

    @property
    def seal_key(self) -> SigningKey:
        """The key of the seal."""
        return self._seal_key

    @property
    def qr_key(self) -> SigningKey:
        """The key of the code on paper."""
        return self._qr_key

    def seal(self, pdf: bytes, *, at: datetime, name: str, field_label: str) -> bytes:
        """Return the sealed file."""
        return sealing.seal_with(self._hanko, pdf, at=at, name=name, field_label=field_label)

    def sign_code(self, message: bytes) -> bytes:
        """Return the signature of the code on paper."""
        return self._qr.sign(message)


class FileSigner(_HankoSigner):
    """Keys in files of ``data_dir/keys``: for development, and for states that guard the machine itself."""

    def __init__(self, folder: Path, *, issuer: str) -> None:
        certificate = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
        private = serialization.load_pem_private_key((folder / "certificate_key.pem").read_bytes(), password=None)
        if private.public_key() != certificate.public_key():
            message = "certificate.pem is not of certificate_key.pem: they may just be being replaced"
            raise ValueError(message)
        der = private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        hanko = _FileSigner(
            signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(der),
            cert_registry=_certificate_store(),
        )
        super().__init__(hanko, certificate, _qr_key(folder), issuer)


class Pkcs11Signer(_HankoSigner):
    """The seal's key in a PKCS#11 device (a hardware security module, a token, or SoftHSM in tests).

    The session stays open for the life of the worker. The code's Ed25519 key stays in ``data_dir/keys``: few devices
    sign with it yet, and it can be retired by itself.
    """

    def __init__(self, folder: Path, *, issuer: str, module: str, token: str, pin: str, label: str) -> None:
        from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415 - with the next
        from pyhanko.sign import pkcs11  # noqa: PLC0415 - loads the device's library only where one is used

        session = pkcs11.open_pkcs11_session(module, token_criteria=TokenCriteria(label=token), user_pin=pin)
        # The digest is made here and signed raw: many devices know plain ECDSA and RSA alone.
        hanko = type("DeviceSigner", (sealing.EncodedOnce, pkcs11.PKCS11Signer), {})(
            session, cert_label=label, key_label=label, use_raw_mechanism=True
        )
        certificate = x509.load_der_x509_certificate(hanko.signing_cert.dump())
        super().__init__(hanko, certificate, _qr_key(folder), issuer)


class FakeSigner:
    """A signer for tests of what surrounds it: its seal is a line of text and its signature a hash."""

    def __init__(self, fail: Callable[[], None] = lambda: None) -> None:
        self._fail = fail
        self.sealed: list[bytes] = []

    @property
    def seal_key(self) -> SigningKey:
        """A key that is not one."""
        return SigningKey(key_id="0" * 16, public_pem="", certificate_pem="", issuer="fake")

    @property
    def qr_key(self) -> SigningKey:
        """A key that is not one."""
        return SigningKey(key_id="1" * 16, public_pem="", certificate_pem="", issuer="fake")

    def seal(self, pdf: bytes, *, at: datetime, name: str, field_label: str) -> bytes:
        """Return the file with a line that names the time and the signer."""
        self._fail()
        self.sealed.append(pdf)
        return pdf + f"\n% {at.isoformat()} {name} {field_label}\n".encode()

    def sign_code(self, message: bytes) -> bytes:
        """Return 64 bytes that depend on the message."""
        return hashlib.sha512(message).digest()
