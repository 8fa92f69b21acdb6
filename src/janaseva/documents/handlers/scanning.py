"""Having files looked through by the scanner before anything of ours opens them, where the settings name one.

It is asked at the door and not afterwards, so that a harmful file never reaches our own readers of PDF and pictures,
nobody's draft and no officer. Where it does not answer, the file is not taken: whoever set a scanner wants none unseen.
"""

import logging

from janaseva.core.outside import way
from janaseva.core.refusal import UNAVAILABLE, Refusal
from janaseva.documents import queries
from janaseva.documents.adapters.scanning import Clamd, Scanner
from janaseva.documents.rules import ScannerAwayError
from janaseva.settings import OPTIONS

LOG = logging.getLogger(__name__)


def scanner() -> Scanner:
    """Return the scanner that the settings name."""
    return Clamd(OPTIONS.scanner)


@way(queries.SCANNED)
def scan(content: bytes) -> None:
    """Let a file through in which nothing was found.

    Raises:
        Refusal: ``file_harmful``; ``file_not_scanned`` where the scanner does not answer.

    """
    try:
        found = scanner().found(content)
    except ScannerAwayError as error:
        LOG.error("the scanner did not look through a file: %s", error)  # noqa: TRY400 - its words say all
        raise Refusal("file_not_scanned", status=UNAVAILABLE) from error
    if found:
        LOG.warning("the scanner found %s in a file of %d bytes, which was not taken", found, len(content))
        raise Refusal("file_harmful")


@way(queries.SCANNER)
def version(_: str) -> str:
    """Return what the scanner is and how new its signatures are; empty where it does not answer."""
    try:
        return scanner().version()
    except ScannerAwayError:
        return ""
