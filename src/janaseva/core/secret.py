"""What must not be read by whoever reads the database: given in a wrapper that hides it, kept sealed, compared keyed.

Every key is derived from the secret key by HKDF (RFC 5869) under a purpose of its own, so that no key serves two ends.
All keys that are believed (``core/secret_keys.py``) are tried when unsealing, so that the key can be changed without
loss.
"""

import base64
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from janaseva.core import secret_keys

_NONCE_BYTES: Final = 12


class UnsealError(ValueError):
    """What was to be unsealed was sealed with another key, for another row, or altered."""


class Secret:
    """A password or code on its way: it shows itself to nobody, and its canonical form is a keyed hash.

    Actions take secrets only in this wrapper. The record keeps the hash of what an action was given; of a bare password
    that would be a plain SHA-256, which is guessed in no time.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return what is hidden."""
        return self._value

    def __repr__(self) -> str:
        """Return nothing of the secret, for logs and error pages."""
        return "Secret(hidden)"

    __str__ = __repr__


def derive(purpose: str, *, length: int = 32, secret_key: str | None = None) -> bytes:
    """Return the key for one purpose, always the same for the same secret key: that which seals, where none is said."""
    material = (secret_keys.believed()[0] if secret_key is None else secret_key).encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"janaseva/{purpose}".encode()).derive(material)


def _keyed_hash(secret_key: str, purpose: str, parts: tuple[str, ...]) -> str:
    message = b"\x00".join(part.encode("utf-8", errors="surrogatepass") for part in parts)
    return hmac.new(derive(f"hash/{purpose}", secret_key=secret_key), message, "sha256").hexdigest()


def keyed_hashes(purpose: str, *parts: str) -> list[str]:
    """Return the keyed hash of the parts under each secret key that is believed, first that of :func:`keyed_hash`."""
    return [_keyed_hash(secret_key, purpose, parts) for secret_key in secret_keys.believed()]


def keyed_hash(purpose: str, *parts: str) -> str:
    """Return HMAC-SHA-256 of the parts as 64 hexadecimal digits: to look up or compare what must not be read back."""
    return _keyed_hash(secret_keys.believed()[0], purpose, parts)


def is_keyed_hash(given: str, purpose: str, *parts: str) -> bool:
    """Return whether ``given`` is the keyed hash of the parts, under any secret key that is believed."""
    return any(hmac.compare_digest(one, given) for one in keyed_hashes(purpose, *parts))


def lasting_hash(purpose: str, *parts: str) -> str:
    """Return the keyed hash of what backups of any age must know again: under the first of all secret keys."""
    return _keyed_hash(secret_keys.lasting(), purpose, parts)


def is_lasting_hash(given: str, purpose: str, *parts: str) -> bool:
    """Return whether ``given`` is the lasting hash of the parts, or their keyed hash under a key that is believed."""
    return hmac.compare_digest(lasting_hash(purpose, *parts), given) or is_keyed_hash(given, purpose, *parts)


def seal(purpose: str, text: str, *, bound_to: str) -> str:
    """Return ``text`` encrypted (AES-256-GCM) so that it opens only for this purpose and what it is ``bound_to``."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(derive(f"seal/{purpose}")).encrypt(nonce, text.encode(), bound_to.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(purpose: str, sealed: str, *, bound_to: str) -> str:
    """Return what :func:`seal` was given.

    Raises:
        UnsealError: where no key opens it.

    """
    for secret_key in secret_keys.believed():
        opened = _opened(secret_key, purpose, sealed, bound_to)
        if opened is not None:
            return opened
    raise UnsealError(purpose)


def is_sealed_before(purpose: str, sealed: str, *, bound_to: str) -> bool:
    """Return whether a key opens this that is believed, and does not seal any more: it is to be sealed anew."""
    own, *others = secret_keys.believed()
    if not others or _opened(own, purpose, sealed, bound_to) is not None:
        return False
    return any(_opened(one, purpose, sealed, bound_to) is not None for one in others)


def _opened(secret_key: str, purpose: str, sealed: str, bound_to: str) -> str | None:
    raw = base64.b64decode(sealed)
    key = derive(f"seal/{purpose}", secret_key=secret_key)
    try:
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
    except InvalidTag:
        return None
