"""The scanner for harmful files: clamd, asked over its socket, which keeps nothing of what it is sent."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Final, Protocol

from janaseva.documents.rules import ScannerAwayError, scan_verdict

_PIECE_BYTES: Final = 256 * 1024
_CONNECT_SECONDS: Final = 2.0
_VERSION_SECONDS: Final = 3.0
"""How long it may take to say what it is: ``/ready`` waits for it."""
_LONGEST_ANSWER: Final = 4_096


class Scanner(Protocol):
    """Looks through a file."""

    def found(self, content: bytes) -> str:
        """Return the name of what was found; empty where nothing was. Raises ``ScannerAwayError``."""

    def version(self) -> str:
        """Return what it is and how new its signatures are. Raises ``ScannerAwayError``."""


class Clamd:
    """clamd at ``unix:PATH`` or ``tcp:HOST:PORT``.

    Args:
        address: where it listens.
        seconds: how long each step of the talk may take.

    """

    def __init__(self, address: str, *, seconds: float = 20.0) -> None:
        self.address, self.seconds = address, seconds

    def found(self, content: bytes) -> str:
        """Send a file in pieces, each behind its length, and a length of nothing; return what was found in it."""
        with self._talk() as line:
            # Where it has heard enough it says so and hangs up: then what it said counts, not that it hung up.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), _PIECE_BYTES):
                    piece = content[start : start + _PIECE_BYTES]
                    line.sendall(len(piece).to_bytes(4, "big") + piece)
                line.sendall(bytes(4))
            return scan_verdict(_answer(line))

    def version(self) -> str:
        """Return for example ``ClamAV 1.4.6/27821/Sun Nov 22 09:21:37 2026``."""
        with self._talk() as line:
            line.settimeout(min(self.seconds, _VERSION_SECONDS))
            line.sendall(b"zVERSION\0")
            return _answer(line).rstrip(b"\0\n").decode("utf-8", "replace")

    @contextlib.contextmanager
    def _talk(self) -> Iterator[socket.socket]:
        try:
            with self._called() as line:
                line.settimeout(self.seconds)
                yield line
        except OSError as error:
            raise ScannerAwayError(type(error).__name__) from error

    def _called(self) -> socket.socket:
        way, _, place = self.address.partition(":")
        if way == "tcp":
            host, _, port = place.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS)
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(_CONNECT_SECONDS)
            line.connect(place)
        except OSError:
            line.close()
            raise
        return line


class FakeScanner:
    """A scanner for tests of what surrounds it: it knows one mark, and answers while it is told to."""

    MARK: Final = b"harmful in tests alone"

    def __init__(self, *, answers: bool = True) -> None:
        self.answers, self.looked = answers, 0

    def found(self, content: bytes) -> str:
        """Return a name where the mark stands in the file."""
        self._here()
        self.looked += 1
        return "Janaseva.Test" if self.MARK in content else ""

    def version(self) -> str:
        """Return a version with signatures of a day."""
        self._here()
        return "ClamAV 1.4.6/27821/Sun Nov 15 09:21:37 2026"

    def _here(self) -> None:
        if not self.answers:
            message = "told to be away"
            raise ScannerAwayError(message)


def _answer(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER and (piece := line.recv(_LONGEST_ANSWER)):
        said += piece
    return said
