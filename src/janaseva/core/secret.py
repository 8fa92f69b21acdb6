"""What must not be read by whoever reads the database: given in a wrapper that hides it, kept sealed, compared keyed.

Every key is derived from the settings' SECRET_KEY by HKDF (RFC 5869) under a purpose of its own, so that no key serves
two ends. SECRET_KEY_FALLBACKS are tried when unsealing, so that the key can be changed without loss.
"""

import base64
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

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
    """Return the key for one purpose, always the same for the same SECRET_KEY."""
    material = str(settings.SECRET_KEY if secret_key is None else secret_key).encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"janaseva/{purpose}".encode()).derive(material)


def keyed_hash(purpose: str, *parts: str) -> str:
    """Return HMAC-SHA-256 of the parts as 64 hexadecimal digits: to look up or compare what must not be read back."""
    message = b"\x00".join(part.encode("utf-8", errors="surrogatepass") for part in parts)
    return hmac.new(derive(f"hash/{purpose}"), message, "sha256").hexdigest()


def is_keyed_hash(given: str, purpose: str, *parts: str) -> bool:
    """Return whether ``given`` is the keyed hash of the parts, under the SECRET_KEY of now or one before it."""
    message = b"\x00".join(part.encode("utf-8", errors="surrogatepass") for part in parts)
    keys = (
        derive(f"hash/{purpose}", secret_key=str(one)) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    return any(hmac.compare_digest(hmac.new(key, message, "sha256").hexdigest(), given) for key in keys)


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
    raw = base64.b64decode(sealed)
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = derive(f"seal/{purpose}", secret_key=str(secret_key))
        try:
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
        except InvalidTag:
            continue
    raise UnsealError(purpose)
