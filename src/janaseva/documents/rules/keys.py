"""The public keys that a verifier pins: which key, for what, from when until when. Private halves are not here."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

FORMAT = "janaseva-keys/1"
KEY_ID_BYTES = 8
MAX_KEYS = 1_000


def key_id_of(public_key: PublicKeyTypes) -> str:
    """Return a key's id: the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo, in hexadecimal."""
    der = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[: 2 * KEY_ID_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One pinned key. ``use`` is ``seal`` or ``qr``; times are aware, ``valid_until`` ``None`` while it still signs."""

    key_id: str
    use: str
    public_pem: str
    certificate_pem: str
    issuer: str
    valid_from: datetime
    valid_until: datetime | None
    compromised_at: datetime | None = None

    def trusted_at(self, moment: datetime) -> bool:
        """Answer whether what this key signed at ``moment`` is to be believed."""
        if self.compromised_at is not None and moment >= self.compromised_at:
            return False
        return self.valid_from <= moment and (self.valid_until is None or moment <= self.valid_until)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All pinned keys by id, and the public log's, the newest first, as lines that verifiers of notes take."""

    keys: Mapping[str, PublicKey]
    log: str = ""

    @classmethod
    def of(cls, keys: Iterable[PublicKey], *, log: str = "") -> Self:
        """Return a ring of ``keys``."""
        return cls({key.key_id: key for key in keys}, log)

    def find(self, key_id: str, use: str) -> PublicKey | None:
        """Return the key with this id and use, or ``None``."""
        key = self.keys.get(key_id)
        return key if key is not None and key.use == use else None

    def to_json(self) -> str:
        """Return the ring as the file that an offline verifier is given."""
        rows = [
            {
                "key_id": key.key_id,
                "use": key.use,
                "issuer": key.issuer,
                "public_pem": key.public_pem,
                "certificate_pem": key.certificate_pem,
                "valid_from": key.valid_from.isoformat(),
                "valid_until": key.valid_until.isoformat() if key.valid_until else None,
                "compromised_at": key.compromised_at.isoformat() if key.compromised_at else None,
            }
            for key in sorted(self.keys.values(), key=lambda each: (each.use, each.valid_from))
        ]
        return json.dumps({"format": FORMAT, "log": self.log, "keys": rows}, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`to_json` wrote; every id is computed anew from its key.

        Raises:
            ValueError: where the text is not a key file, or an id does not belong to its key.

        """
        tree = json.loads(text)
        if not isinstance(tree, dict) or tree.get("format") != FORMAT or len(tree.get("keys", [])) > MAX_KEYS:
            message = f"not a key file of the form {FORMAT}"
            raise ValueError(message)
        return cls.of((_key(row) for row in tree["keys"]), log=str(tree.get("log", "")))


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _key(row: Mapping[str, Any]) -> PublicKey:
    try:
        key = PublicKey(
            key_id=str(row["key_id"]),
            use=str(row["use"]),
            issuer=str(row["issuer"]),
            public_pem=str(row["public_pem"]),
            certificate_pem=str(row["certificate_pem"]),
            valid_from=datetime.fromisoformat(row["valid_from"]),
            valid_until=_moment(row["valid_until"]),
            compromised_at=_moment(row["compromised_at"]),
        )
        computed = key_id_of(serialization.load_pem_public_key(key.public_pem.encode()))
    except (KeyError, TypeError) as error:
        message = f"a key lacks {error}"
        raise ValueError(message) from error
    if computed != key.key_id:
        message = f"key {key.key_id} is not the key that its id names ({computed})"
        raise ValueError(message)
    return key


def certificate_der(key: PublicKey) -> bytes:
    """Return the X.509 certificate of a sealing key in DER; empty where it has none."""
    lines = [line for line in key.certificate_pem.splitlines() if line and not line.startswith("-----")]
    return base64.b64decode("".join(lines))
