"""Passwords that others chose and lost: kept as the beginnings of their hashes, so that none of them can be read."""

import bisect
import hashlib
import unicodedata
from collections.abc import Iterable
from typing import Final

DIGEST_BYTES: Final = 5
"""Of 2^40 beginnings some 40,000 are taken: one in 25 million passwords would be refused without being one of them."""


def digest(password: str) -> bytes:
    """Return what a password is known by, however its letters are written: the beginning of a SHA-256."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]


def written(passwords: Iterable[str]) -> bytes:
    """Return a list as it is kept: the digests in their order, each once."""
    return b"".join(sorted({digest(password) for password in passwords}))


class Breached:
    """A list as :func:`written` wrote it.

    Raises:
        ValueError: for bytes that are no such list.

    """

    def __init__(self, content: bytes) -> None:
        self._content, self._count = content, len(content) // DIGEST_BYTES
        if len(content) % DIGEST_BYTES:
            message = "the list of lost passwords is cut short"
            raise ValueError(message)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def __contains__(self, password: object) -> bool:
        """Return whether somebody lost this password."""
        wanted = digest(str(password))
        place = bisect.bisect_left(range(self._count), wanted, key=self._at)
        return place < self._count and self._at(place) == wanted

    def _at(self, place: int) -> bytes:
        return self._content[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]
