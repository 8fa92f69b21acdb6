"""What a scanner for harmful files says, in the words of clamd's protocol (clamd(8), ``INSTREAM`` and ``VERSION``)."""

import re
from datetime import UTC, datetime
from typing import Final

_FOUND: Final = re.compile(r"stream: (.{1,300}) FOUND")
_VERSION: Final = re.compile(r"ClamAV [^/]{1,60}/[0-9]{1,9}/(.{1,40})")


class ScannerAwayError(Exception):
    """The scanner does not answer, or says that it could not look."""


def scan_verdict(answer: bytes) -> str:
    """Return the name of what was found; empty where nothing was.

    Raises:
        ScannerAwayError: for anything but these two answers: a file that was not looked through is not taken for clean.

    """
    said = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if said == "stream: OK":
        return ""
    found = _FOUND.fullmatch(said)
    if found is None:
        raise ScannerAwayError(said[:200] or "it ended without a word")
    return found[1]


def signatures_made_at(version: str) -> datetime | None:
    """Return the moment of the newest signatures (the scanner tells the server's own time; UTC is assumed)."""
    found = _VERSION.fullmatch(version)
    try:
        return datetime.strptime(found[1], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
