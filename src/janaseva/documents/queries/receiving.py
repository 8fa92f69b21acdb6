"""Whether a file that somebody sends may come in, and how the scanner is that is asked about it."""

from datetime import datetime
from typing import Final

from janaseva.core.outside import asked
from janaseva.documents import rules
from janaseva.settings import OPTIONS

SCANNED: Final = "documents.scanned"
"""The way by which a file is looked through: it refuses one that must not come in."""
SCANNER: Final = "documents.scanner"
"""The way by which the scanner says what it is."""


def receive(*, filename: str, content: bytes, declared_bytes: int | None = None) -> rules.Received:
    """Take a file in for a door: bounded, looked through by the scanner where there is one, and cleaned; not kept yet.

    Raises:
        Refusal: those of :func:`janaseva.documents.rules.receive`; ``file_harmful``, ``file_not_scanned``.

    """
    rules.bounded(content, declared_bytes=declared_bytes)
    if OPTIONS.scanner:
        asked(SCANNED, content)
    return rules.receive(filename=filename, content=content, declared_bytes=declared_bytes)


def scanner_answers() -> tuple[bool, datetime | None] | None:
    """Return whether the scanner answers, and of when its signatures are; ``None`` where the settings name none."""
    if not OPTIONS.scanner:
        return None
    version = asked(SCANNER, "")
    return bool(version), rules.signatures_made_at(version)
