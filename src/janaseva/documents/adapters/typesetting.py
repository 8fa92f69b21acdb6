"""Typesetting letters in a process of their own, with bounded time and memory and without the network.

A letter is text that somebody else wrote: it sees its own folder, the shipped letter library and its data alone.
"""

import contextlib
import fcntl
import json
import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from janaseva.documents.rules import SHIPPED

FOLDER = Path(__file__).resolve().parent.parent
FONTS = FOLDER / "fonts"
LIBRARY = FOLDER / "letters"
SHIPPED_LETTERS = LIBRARY / "shipped"
SECONDS = 6.0
_PREFIX = "janaseva-letter-"
MEMORY_BYTES = 512 * 1024 * 1024
MAX_PDF_BYTES = 8 * 1024 * 1024
_DATA_PACKAGE = {
    "typst.toml": '[package]\nname = "data"\nversion = "1.0.0"\nentrypoint = "lib.typ"\n',
    "lib.typ": '#let data = json("data.json")\n',
}
# The title of the file stands last: it belongs to no style of what is before it, so that what letters share is not laid
# out anew for each.
_MAIN = """\
#import "@janaseva/data:1.0.0": data
#set text(lang: data.languages.at(0))
{attachments}
#include "/{letter}"
#set document(title: data.at("document_title"), author: data.at("author"), date: datetime(..data.at("day")))
#metadata("end")
"""
_ATTACHMENT = """\
#pdf.attach("{name}", bytes(data.attached.at({place})), relationship: "{relationship}", mime-type: "{media_type}",
  description: "{description}")
"""


class LetterError(Exception):
    """The letter cannot be set: it is at fault, or it took too long. Setting it again would not help."""


class LetterSlowError(LetterError):
    """The letter took too long."""


class TypesetterLostError(Exception):
    """The typesetter's process went away; setting the letter again may help."""


class Typesetter(Protocol):
    """What makes a PDF of a letter and its data."""

    def pdf(self, letter: str, data: Mapping[str, Any], *, attached: Mapping[str, bytes], at: datetime) -> bytes:
        """Return the letter as PDF/A-3a and PDF/UA-1 with the attached files inside.

        Raises:
            LetterError: where the letter cannot be set.
            TypesetterLostError: where it may be tried again.

        """


_KINDS = {
    "facts.json": ("data", "application/json", "What this document states, for machines"),
    "log-proof.txt": ("supplement", "text/plain", "Proof that the public log holds this document"),
}


def _main(letter: str, attached: Mapping[str, bytes]) -> str:
    attachments = "".join(
        _ATTACHMENT.format(
            name=name,
            place=place,
            relationship=_KINDS[name][0],
            media_type=_KINDS[name][1],
            description=_KINDS[name][2],
        )
        for place, name in enumerate(attached)
    )
    return _MAIN.format(attachments=attachments, letter=letter)


def _leads_out(folder: Path) -> bool:
    """Return whether a link in a letter's folder leads out of it: the typesetter would follow it."""
    return any(one.is_symlink() and not one.resolve().is_relative_to(folder) for one in folder.rglob("*"))


class _Inbox:
    """Where the child finds a letter's data: the file of a package that a letter imports, kept in memory alone.

    The typesetter keeps what letters share only while nothing of its own changes from one to the next; words handed to
    it from outside (``sys.inputs``) are a part of it, a file is not. The file itself is a link to memory that the child
    inherits, so that nobody's data are written to a disk. The link stands in a folder of its own; a child may write
    nowhere at all. The folder is locked as long as this lives: what stands there without a lock was left by a process
    that was killed, and is taken away.
    """

    def __init__(self) -> None:
        _take_left_away()
        self.descriptor = os.memfd_create("letter")
        made = Path(tempfile.mkdtemp(prefix=f"new-{_PREFIX}"))
        self._lock = _locked(made)
        self.packages = made.rename(made.with_name(made.name.removeprefix("new-")))  # locked before it has its name
        package = self.packages / "janaseva" / "data" / "1.0.0"
        package.mkdir(parents=True)
        for name, content in _DATA_PACKAGE.items():
            (package / name).write_text(content, encoding="utf-8")
        (package / "data.json").symlink_to(f"/proc/self/fd/{self.descriptor}")

    def put(self, data: bytes) -> None:
        """Lay one letter's data there, instead of the last one's."""
        os.ftruncate(self.descriptor, 0)
        done = 0
        while done < len(data):
            done += os.pwrite(self.descriptor, data[done:], done)

    def close(self) -> None:
        """Give memory and folder back."""
        os.close(self.descriptor)
        shutil.rmtree(self.packages, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)


def _locked(folder: Path) -> int | None:
    """Return a descriptor that holds the lock of a folder until it is closed; ``None`` where another holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _take_left_away() -> None:
    """Remove the folders of processes that were killed: those of our own user that nobody has locked."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another process is at it too
            if folder.lstat().st_uid == os.geteuid() and (lock := _locked(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


class ChildTypesetter:
    """Typst in a child process that lives as long as this object, and is started anew after a fault."""

    def __init__(self, packs_dir: Path, *, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        self._packs_dir = packs_dir.resolve()
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._child: subprocess.Popen[bytes] | None = None
        self._inbox: _Inbox | None = None
        self._lock = threading.Lock()

    def pdf(self, letter: str, data: Mapping[str, Any], *, attached: Mapping[str, bytes], at: datetime) -> bytes:
        """Return the letter as PDF."""
        return self._set(letter, data, attached=attached, at=at, form="pdf")

    def png(self, letter: str, data: Mapping[str, Any], *, at: datetime, ppi: int = 110) -> bytes:
        """Return the letter's first page as a picture, for previews."""
        return self._set(letter, data, attached={}, at=at, form="png", ppi=ppi)

    def close(self) -> None:
        """End the child process."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()
        inbox, self._inbox = self._inbox, None
        if inbox is not None:
            inbox.close()

    def _place(self, letter: str) -> tuple[Path, str]:
        """Return the folder that the letter may read, and its name in it."""
        if letter in SHIPPED:
            return SHIPPED_LETTERS, f"{letter}.typ"
        path = (self._packs_dir / letter).resolve()
        if not path.is_relative_to(self._packs_dir) or not path.is_file():
            message = f"there is no letter {letter}"
            raise LetterError(message)
        if _leads_out(path.parent):
            message = f"a link beside the letter {letter} leads out of its folder"
            raise LetterError(message)
        return path.parent, path.name

    def _set(
        self,
        letter: str,
        data: Mapping[str, Any],
        *,
        attached: Mapping[str, bytes],
        at: datetime,
        form: str,
        ppi: int | None = None,
    ) -> bytes:
        root, name = self._place(letter)
        day = at.astimezone(UTC)
        whole = {**data, "attached": [content.decode("utf-8") for content in attached.values()]}
        request = {
            "root": str(root),
            "library": str(LIBRARY),
            "main": _main(name, attached),
            "timestamp": int(day.timestamp()),
            "format": form,
            "ppi": ppi,
        }
        with self._lock:
            try:
                return self._ask(request, json.dumps(whole, ensure_ascii=False).encode("utf-8"))
            except (OSError, TypesetterLostError, LetterError) as error:
                if not isinstance(error, LetterError) or self._child is None or self._child.poll() is not None:
                    self.close()
                if isinstance(error, OSError):
                    raise TypesetterLostError from error
                raise

    def _start(self, inbox: _Inbox) -> subprocess.Popen[bytes]:
        # No proxy, no home, no secrets: the letter's process knows the path to itself alone.
        environment = {"PATH": os.defpath, "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
        script = Path(__file__).with_name("typeset_child.py")
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own script, no words from outside
            [sys.executable, "-I", str(script), str(FONTS), str(self._memory_bytes)],
            pass_fds=(inbox.descriptor,),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def _ready(self) -> tuple[subprocess.Popen[bytes], _Inbox]:
        if self._inbox is None:
            self._inbox = _Inbox()
        if self._child is None or self._child.poll() is not None:
            self._child = self._start(self._inbox)
        return self._child, self._inbox

    def _ask(self, request: Mapping[str, Any], data: bytes) -> bytes:
        child, inbox = self._ready()
        if child.stdin is None or child.stdout is None:
            raise TypesetterLostError
        inbox.put(data)
        frame = json.dumps({**request, "data": str(inbox.packages)}, ensure_ascii=False).encode("utf-8")
        child.stdin.write(struct.pack(">I", len(frame)) + frame)
        child.stdin.flush()
        deadline = time.monotonic() + self._seconds
        (length,) = struct.unpack(">I", self._receive(child, 4, deadline))
        if length > MAX_PDF_BYTES:
            self.close()
            message = "the letter is too large"
            raise LetterError(message)
        answer = self._receive(child, length, deadline)
        if answer[:1] == b"\1":
            raise LetterError(answer[1:].decode("utf-8", "replace"))
        return answer[1:]

    def _receive(self, child: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
        parts = bytearray()
        descriptor = child.stdout.fileno() if child.stdout else -1
        while len(parts) < length:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                self.close()
                message = f"the letter took more than {self._seconds} seconds"
                raise LetterSlowError(message)
            piece = os.read(descriptor, length - len(parts))
            if not piece:
                self.close()
                message = "the letter's process ended, most likely over its memory"
                raise LetterError(message)
            parts += piece
        return bytes(parts)


class FakeTypesetter:
    """A typesetter for tests of what surrounds it: the PDF is a line of text."""

    def pdf(self, letter: str, data: Mapping[str, Any], *, attached: Mapping[str, bytes], at: datetime) -> bytes:
        """Return bytes that name the letter and its number."""
        if letter == "order":
            message = "the fake does not set orders"
            raise LetterError(message)
        return f"%PDF-1.7 {letter} {data['number']} {sorted(attached)} {at.isoformat()}".encode()
