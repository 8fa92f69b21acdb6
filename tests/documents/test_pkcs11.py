"""The seal's key in a PKCS#11 device, tried with SoftHSM where it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from janaseva.documents import rules
from janaseva.documents.adapters.signing import Pkcs11Signer, make_keys
from tests.documents.acts import AT

LIBRARIES = (os.environ.get("JANASEVA_TEST_SOFTHSM", ""), "/usr/lib/softhsm/libsofthsm2.so")
LIBRARY = next((path for path in LIBRARIES if path and Path(path).exists()), "")


def store(certificate, private) -> None:
    """Put a key and its certificate into the token."""
    import pkcs11
    from asn1crypto.keys import PrivateKeyInfo

    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    inner = PrivateKeyInfo.load(der)
    named = {pkcs11.Attribute.LABEL: "seal", pkcs11.Attribute.ID: b"\1", pkcs11.Attribute.TOKEN: True}
    with pkcs11.lib(LIBRARY).get_token(token_label="state").open(user_pin="1234", rw=True) as session:
        session.create_object(
            {
                **named,
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC,
                pkcs11.Attribute.EC_PARAMS: inner["private_key_algorithm"]["parameters"].dump(),
                pkcs11.Attribute.VALUE: inner["private_key"].parsed["private_key"].native.to_bytes(32, "big"),
                pkcs11.Attribute.SIGN: True,
            }
        )
        session.create_object(
            {
                **named,
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
                pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
            }
        )


@pytest.mark.skipif(not LIBRARY, reason="SoftHSM is not installed: apt-get install softhsm2")
def test_a_device_seals_like_a_file(tmp_path, monkeypatch):
    from janaseva.documents.adapters.typesetting import ChildTypesetter

    (tmp_path / "tokens").mkdir()
    (tmp_path / "hsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n", encoding="utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "hsm.conf"))
    tool = shutil.which("softhsm2-util") or str(Path(LIBRARY).parents[2] / "bin" / "softhsm2-util")
    command = [
        tool,
        "--module",
        LIBRARY,
        "--init-token",
        "--free",
        "--label",
        "state",
        "--pin",
        "1234",
        "--so-pin",
        "1",
    ]
    subprocess.run([*command[:-1], "12345678"], check=True, capture_output=True)
    make_keys(tmp_path / "keys", at=AT, issuer="Kerala")
    private = serialization.load_pem_private_key((tmp_path / "keys" / "certificate_key.pem").read_bytes(), None)
    certificate = x509.load_pem_x509_certificate((tmp_path / "keys" / "certificate.pem").read_bytes())
    store(certificate, private)
    signer = Pkcs11Signer(tmp_path / "keys", issuer="Kerala", module=LIBRARY, token="state", pin="1234", label="seal")
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "letter.typ").write_text("= Fine", encoding="utf-8")
    typesetter = ChildTypesetter(tmp_path)
    data = {"languages": ["en"], "document_title": "T", "author": "A", "day": {"year": 2026, "month": 1, "day": 1}}
    facts = b'{"format":"janaseva-document/1"}'
    pdf = typesetter.pdf("p/letter.typ", data, attached={"facts.json": facts}, at=AT)
    typesetter.close()
    sealed = signer.seal(pdf, at=AT, name="Kerala", field_label="Seal")
    key = signer.seal_key
    ring = rules.KeyRing.of(
        [
            rules.PublicKey(
                key_id=key.key_id, use="seal", public_pem=key.public_pem, certificate_pem=key.certificate_pem,
                issuer="Kerala", valid_from=AT, valid_until=None,
            )
        ]
    )  # fmt: skip
    assert rules.read_sealed_file(sealed, ring).outcome == "genuine"
