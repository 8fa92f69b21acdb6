"""The demonstration's sign-ins, derived from this installation's own secret, so that the repository holds none."""

import base64
import hashlib
import hmac
from typing import Final

_ALPHABET: Final = "abcdefghjkmnpqrstvwxyz23456789"
_GROUPS: Final = 3
_GROUP_LETTERS: Final = 4


def demonstration_password(secret: bytes) -> str:
    """Return the one password of all demonstration officers, easy to type: three groups of four."""
    digest = hmac.new(secret, b"password", hashlib.sha256).digest()
    letters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[: _GROUPS * _GROUP_LETTERS])
    return "-".join(letters[start : start + _GROUP_LETTERS] for start in range(0, len(letters), _GROUP_LETTERS))


def demonstration_seed(secret: bytes, login: str) -> str:
    """Return the authenticator seed (base 32) of one demonstration officer."""
    digest = hmac.new(secret, f"totp\x00{login}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()
