"""How a paper's bytes lie in a store beside the database: encrypted, under a name that tells nothing.

Each store has a key of its own. From it and the SHA-256 of the bytes follow the object's name, its key and its nonce,
so that the same paper is always the same object: putting it twice changes nothing, and no key meets a nonce with two
contents. Who reads the store learns sizes and how many there are; who alters, swaps or cuts an object is found out.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"JNS1"
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
MARKER: Final = "janaseva-store.json"
"""The object by which a store is known: without it, what answers is another place (a disk that is not mounted)."""
_NONCE_BYTES: Final = 12
_NAME: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")


class StoreAwayError(Exception):
    """A store cannot be reached, is full, or is not the one that it should be; said for the administrator."""


class AlteredError(ValueError):
    """An object is not what was put under its name."""


def is_object_name(name: str) -> bool:
    """Answer whether an object of this name may be a paper."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class StoreKey:
    """The key of one store."""

    secret: bytes

    def _derived(self, purpose: bytes, length: int) -> bytes:
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"janaseva/store/" + purpose).derive(self.secret)

    @cached_property
    def id(self) -> str:
        """The name of the key, which tells nothing of it."""
        return self._derived(b"id", 8).hex()

    @cached_property
    def _naming(self) -> bytes:
        return self._derived(b"name", KEY_BYTES)

    @property
    def marker(self) -> bytes:
        """The content of :data:`MARKER`."""
        return json.dumps({"store": 1, "key": self.id}).encode() + b"\n"

    def name(self, sha256: str) -> str:
        """Return the name of the object that holds the bytes with this SHA-256."""
        full = hmac.new(self._naming, bytes.fromhex(sha256), "sha256").hexdigest()
        return f"{full[:2]}/{full}"

    def _sealing(self, sha256: str) -> tuple[AESGCM, bytes, bytes]:
        digest = bytes.fromhex(sha256)
        made = self._derived(b"object/" + digest, KEY_BYTES + _NONCE_BYTES)
        return AESGCM(made[:KEY_BYTES]), made[KEY_BYTES:], MAGIC + bytes.fromhex(self.id)

    def closed(self, sha256: str, content: bytes) -> bytes:
        """Return the object that holds ``content``; the same for the same content."""
        cipher, nonce, head = self._sealing(sha256)
        return head + cipher.encrypt(nonce, content, head)

    def opened(self, sha256: str, held: bytes) -> bytes:
        """Return what an object holds.

        Raises:
            AlteredError: where it is not, byte for byte, what was put there for this SHA-256.

        """
        cipher, nonce, head = self._sealing(sha256)
        if held[: len(head)] != head:
            message = "the object is none of this store's"
            raise AlteredError(message)
        try:
            content = cipher.decrypt(nonce, held[len(head) :], head)
        except InvalidTag as error:
            message = "the object was altered"
            raise AlteredError(message) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            message = "the object holds other bytes"
            raise AlteredError(message)
        return content


OVERHEAD_BYTES: Final = len(MAGIC) + 8 + TAG_BYTES
"""By how much an object is longer than what it holds."""


def key_of_marker(content: bytes) -> str:
    """Return the id of the key that a store's marker names.

    Raises:
        AlteredError: where it is no marker.

    """
    try:
        told = json.loads(content)
        if told["store"] == 1 and re.fullmatch(r"[0-9a-f]{16}", told["key"]):
            return str(told["key"])
    except (ValueError, KeyError, TypeError):
        pass
    message = f"{MARKER} is none that this version knows"
    raise AlteredError(message)
