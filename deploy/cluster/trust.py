"""Who is who among the cluster's machines: an authority of its own, and a certificate for each machine.

Nothing that one machine tells another goes over the wire in the clear, and nobody who merely reaches the wire is
listened to. The authority signs for this cluster alone: whoever it signed is one of its machines.
"""

import ipaddress
import shutil
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
MACHINE_DAYS = 398
"""As long as browsers trust one; ``up`` and ``renew`` make new ones."""
_A_DAY = timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    day = datetime.now(UTC) - _A_DAY  # a machine whose clock is a little behind takes it too
    return x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=public,
        serial_number=x509.random_serial_number(),
        not_valid_before=day,
        not_valid_after=day + timedelta(days=days),
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _kept(path: Path, content: bytes, *, user: str = "") -> None:
    """Write a file that is its owner's alone, whole or not at all: who reads it meanwhile reads the old one."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_bytes(content)
    if user:
        shutil.chown(new, user, user)
    new.replace(path)


def make_authority(folder: Path) -> None:
    """Make the authority's key and certificate in ``folder``, once."""
    if (folder / "authority.pem").exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("Janaseva cluster")
    made = (
        _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _kept(folder / "authority.key", _pem(key))
    _kept(folder / "authority.pem", made.public_bytes(serialization.Encoding.PEM))


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=authority, crl_sign=authority, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def certify(authority: Path, target: Path, *, name: str, known_as: Sequence[str], user: str = "") -> None:
    """Make a machine's key and certificate in ``target``, signed by the authority in ``authority``.

    ``known_as`` are the addresses and names under which others ask for the machine. ``own.pem`` is the certificate,
    ``own.key`` its key, ``both.pem`` one after the other (as HAProxy wants them), ``authority.pem`` whom to trust.
    """
    signer = serialization.load_pem_private_key((authority / "authority.key").read_bytes(), password=None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError
    issuer = x509.load_pem_x509_certificate((authority / "authority.pem").read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    others = [x509.IPAddress(ipaddress.ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in known_as]
    made = (
        _builder(_name(name), issuer.subject, key.public_key(), MACHINE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    target.mkdir(mode=0o700, exist_ok=True)
    if user:
        shutil.chown(target, user, user)
    _kept(target / "own.pem", made, user=user)
    _kept(target / "own.key", _pem(key), user=user)
    _kept(target / "both.pem", made + _pem(key), user=user)
    _kept(target / "authority.pem", (authority / "authority.pem").read_bytes(), user=user)


def good_until(folder: Path) -> datetime:
    """Return until when the certificate in a machine's folder is good."""
    return x509.load_pem_x509_certificate((folder / "own.pem").read_bytes()).not_valid_after_utc


def asking(authority: Path, own: Path | None = None) -> ssl.SSLContext:
    """Return what asks those alone whom ``authority`` (a file) signed, and shows the certificate in ``own``, if any."""
    context = ssl.create_default_context(cafile=str(authority))
    if own is not None:
        context.load_cert_chain(own / "own.pem", own / "own.key")
    return context
