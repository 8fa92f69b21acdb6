"""What may come in: a file is taken for what its bytes are, cleaned, or refused with a reason that a person can act on.

Whatever is kept was written anew by us, from pixels or from page objects, so that nothing rides along: a second file
type in the same bytes, scripts, attachments, the place where a photo was taken. Nothing here trusts the name or
the type that the sender declared.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

import puremagic

from janaseva.core.refusal import Refusal
from janaseva.documents.rules.received_image import clean_image
from janaseva.documents.rules.received_pdf import clean_pdf

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_NAME: Final = 80
_SNIFFED_BYTES: Final = 4_096
_EXTENSIONS: Final = {"application/pdf": ".pdf", "image/jpeg": ".jpg"}
_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")
_KEPT_CATEGORIES: Final = ("L", "M", "N")
_EXTENSION_FORM: Final = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that may be kept: its tidied name, its true type, the cleaned bytes, their SHA-256, and its pages."""

    filename: str
    media_type: str
    content: bytes
    sha256: str
    pages: int = 1


def tidy_filename(filename: str, extension: str = "") -> str:
    """Return a name that is safe to store, to show and to send: one line, no folder, no control or direction marks.

    Letters of every script are kept, with the joiners that Indic scripts need. ``extension`` replaces the given one.
    """
    name = PurePosixPath(PureWindowsPath(filename[:1_000].replace("\0", "")).name).name
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem:
        stem, ending = name.replace(".", " "), ""
    kept = "".join(
        character
        if character in "-_() ."
        or character in "\u200c\u200d"
        or unicodedata.category(character)[0] in _KEPT_CATEGORIES
        else " "
        for character in unicodedata.normalize("NFC", stem.encode("utf-8", "replace").decode("utf-8"))
    )
    stem = re.sub(r"\s+", " ", re.sub(r"\.{2,}", ".", kept)).strip(" .\u200c\u200d")[:MAX_NAME].strip()
    ending = "." + ending.lower()
    if not extension and _EXTENSION_FORM.fullmatch(ending):
        extension = ending
    return (stem or "file") + extension


def _kind(content: bytes) -> str:
    """Return ``pdf``, ``image``, ``heif`` or, for what is not taken, an empty string."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    ):
        return "image"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "heif"
    return ""


def _found(content: bytes) -> str:
    """Return the extension that the bytes look like, for the words of the refusal; a question mark where unknown."""
    try:
        extension = puremagic.from_string(content[:_SNIFFED_BYTES])
    except Exception:  # noqa: BLE001 - it is only asked for a word
        return "?"
    return extension if _EXTENSION_FORM.fullmatch(extension) else "?"


def bounded(content: bytes, *, declared_bytes: int | None = None) -> str:
    """Return what kind of file this is, looking at its size and its first bytes alone: ``pdf`` or ``image``.

    Raises:
        Refusal: ``file_empty``, ``file_too_large``, ``file_size_differs``, ``file_type_not_taken``, ``file_heic``.

    """
    if not content:
        raise Refusal("file_empty")
    if len(content) > MAX_BYTES or (declared_bytes or 0) > MAX_BYTES:
        raise Refusal("file_too_large", megabytes=MAX_BYTES // (1024 * 1024))
    if declared_bytes is not None and declared_bytes != len(content):
        raise Refusal("file_size_differs")
    kind = _kind(content)
    if kind == "heif":
        raise Refusal("file_heic")
    if not kind:
        raise Refusal("file_type_not_taken", found=_found(content))
    return kind


def receive(*, filename: str, content: bytes, declared_bytes: int | None = None) -> Received:
    """Take a file in, cleaned. ``declared_bytes`` is the size that the sender announced, where it did.

    Raises:
        Refusal: ``file_empty``, ``file_too_large``, ``file_size_differs``, ``file_type_not_taken``, ``file_heic``,
            ``file_damaged``, ``file_image_too_large``, ``file_too_many_pages``, ``file_encrypted``,
            ``file_too_large_inside``. Nothing else is ever raised.

    """
    kind = bounded(content, declared_bytes=declared_bytes)
    try:
        pages, media_type = 1, "image/jpeg"
        if kind == "pdf":
            cleaned, pages = clean_pdf(content)
            media_type = "application/pdf"
        else:
            cleaned = clean_image(content)
    except Refusal:
        raise
    except Exception as error:
        raise Refusal("file_damaged") from error
    if len(cleaned) > MAX_BYTES:
        raise Refusal("file_too_large", megabytes=MAX_BYTES // (1024 * 1024))
    return Received(
        filename=tidy_filename(filename, _EXTENSIONS[media_type]),
        media_type=media_type,
        content=cleaned,
        sha256=hashlib.sha256(cleaned).hexdigest(),
        pages=pages,
    )
