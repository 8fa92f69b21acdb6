"""PDF files that come in: pages only, written anew, without scripts, attachments, actions and metadata."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from janaseva.core.refusal import Refusal

MAX_PAGES: Final = 30
MAX_OBJECTS: Final = 6_000
MAX_INFLATED: Final = 96 * 1024 * 1024
MAX_IMAGE_PIXELS: Final = 64_000_000
MAX_DEPTH: Final = 40
_END_BYTES: Final = 2_048
_DROPPED: Final = frozenset(
    {
        "/AA", "/AF", "/EF", "/JS", "/JavaScript", "/Metadata", "/Names", "/OpenAction", "/PieceInfo",
        "/RichMediaContent", "/StructParents", "/StructParent", "/XFA", "/URI", "/Ref", "/OPI",
        "/LastModified", "/Thumb", "/B", "/Dests",
    }
)  # fmt: skip
_DROPPED_ANNOTATIONS: Final = frozenset(
    {
        "/FileAttachment",
        "/Sound",
        "/Movie",
        "/Screen",
        "/RichMedia",
        "/3D",
        "/Link",
        "/PrinterMark",
        "/TrapNet",
        "/Popup",
    }
)
_OBJECT = re.compile(rb"\d\s+obj\b")
_STREAM = re.compile(rb"stream\r?\n(?=[\x08\x18\x28\x38\x48\x58\x68\x78])")
_CHUNK: Final = 65_536
_PIECE: Final = 1 << 20


def _read(content: bytes) -> PdfReader:
    """Return a reader of a file that is whole, open and of bounded size."""
    tail = content[-_END_BYTES:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise Refusal("file_damaged")
    if sum(1 for _ in _OBJECT.finditer(content)) > MAX_OBJECTS:
        raise Refusal("file_too_large_inside")
    _streams_bounded(content)
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted or "/Encrypt" in reader.trailer:
        raise Refusal("file_encrypted")
    entries = sum(len(section) for section in reader.xref.values()) + len(reader.xref_objStm)
    if entries > MAX_OBJECTS:
        raise Refusal("file_too_large_inside")
    return reader


def _streams_bounded(content: bytes) -> None:
    """Refuse a file whose compressed streams inflate beyond bounds, counted on the bytes and not as declared.

    Every place that looks like a zlib stream after the keyword ``stream`` is inflated in pieces that are thrown away,
    and what comes out is inflated once more, should it be compressed again. What goes in is counted too, so that many
    streams laid into one another cost no more than one large one.
    """
    budget = MAX_INFLATED
    for match in _STREAM.finditer(content):
        for piece in _inflated(content, match.end()):
            budget -= piece
            if budget < 0:
                raise Refusal("file_too_large_inside")


def _inflated(content: bytes, start: int) -> Iterator[int]:
    """Yield the sizes of what the zlib stream at ``start`` takes in and gives out, over two layers."""
    outer, inner = zlib.decompressobj(), zlib.decompressobj()
    nested = True
    for place in range(start, len(content), _CHUNK):
        chunk = content[place : place + _CHUNK]
        yield len(chunk)
        while chunk:
            try:
                piece = outer.decompress(chunk, _PIECE)
            except zlib.error:
                return
            yield len(piece)
            while nested and piece and not inner.eof:
                try:
                    yield len(inner.decompress(piece, _PIECE))
                except zlib.error:
                    nested = False
                    break
                piece = inner.unconsumed_tail
            if outer.eof:
                return
            chunk = outer.unconsumed_tail


def _pages(reader: PdfReader) -> list[DictionaryObject]:
    """Return the page dictionaries in order, by a walk of our own that no cycle and no depth can hold."""
    found: list[DictionaryObject] = []
    seen: set[tuple[int, int]] = set()
    root = reader.trailer["/Root"].get_object()
    if not isinstance(root, DictionaryObject):
        raise Refusal("file_damaged")
    waiting: list[Any] = [root.raw_get("/Pages")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            if (node.idnum, node.generation) in seen:
                raise Refusal("file_damaged")
            seen.add((node.idnum, node.generation))
        page = node.get_object()
        if not isinstance(page, DictionaryObject):
            raise Refusal("file_damaged")
        if "/Kids" in page:
            kids = page["/Kids"]
            if len(seen) > MAX_OBJECTS or not isinstance(kids, ArrayObject) or len(kids) > MAX_OBJECTS:
                raise Refusal("file_damaged")
            waiting.extend(reversed(list(kids)))
        else:
            found.append(page)
        if len(found) > MAX_PAGES:
            raise Refusal("file_too_many_pages", pages=MAX_PAGES)
    if not found:
        raise Refusal("file_damaged")
    return found


def _parts(value: Any, depth: int = 0) -> Iterator[DictionaryObject]:
    """Yield every dictionary that stands directly inside ``value``."""
    if depth > MAX_DEPTH:
        raise Refusal("file_damaged")
    if isinstance(value, DictionaryObject):
        yield value
        for key in list(value):
            yield from _parts(value.raw_get(key), depth + 1)
    elif isinstance(value, ArrayObject):
        for item in value:
            yield from _parts(item, depth + 1)


def _strip(part: DictionaryObject) -> None:
    for key in _DROPPED & set(part):
        del part[key]
    action = part.get("/A")
    if isinstance(action, DictionaryObject) and "/S" in action:
        del part["/A"]
    if part.get("/Subtype") == "/Image":
        width, height = part.get("/Width", 0), part.get("/Height", 0)
        if not (isinstance(width, int) and isinstance(height, int)) or width * height > MAX_IMAGE_PIXELS:
            raise Refusal("file_image_too_large", megapixels=MAX_IMAGE_PIXELS // 1_000_000)


def _keep_visible_annotations(page: DictionaryObject) -> None:
    """Keep what annotations show (filled fields, stamps, ink), and drop those that do or carry something."""
    annotations = page.get("/Annots")
    if annotations is None:
        return
    resolved = annotations.get_object()
    kept = ArrayObject()
    for reference in resolved if isinstance(resolved, ArrayObject) else ():
        annotation = reference.get_object()
        if isinstance(annotation, DictionaryObject) and annotation.get("/Subtype") not in _DROPPED_ANNOTATIONS:
            for key in ("/Parent", "/P", "/Popup", "/IRT", "/A", "/AA"):
                annotation.pop(key, None)
            kept.append(reference)
    page[NameObject("/Annots")] = kept


def clean_pdf(content: bytes) -> tuple[bytes, int]:
    """Return the pages of a PDF as a new file, and how many there are.

    Raises:
        Refusal: ``file_damaged``, ``file_encrypted``, ``file_too_many_pages``, ``file_too_large_inside``,
            ``file_image_too_large``.

    """
    reader = _read(content)
    pages = _pages(reader)
    writer = PdfWriter()
    for page in pages:
        _keep_visible_annotations(page)
        for key in _DROPPED & set(page):
            del page[key]
    from_reader = list(reader.pages)
    if len(from_reader) != len(pages):
        raise Refusal("file_damaged")
    for page_object in from_reader:
        writer.add_page(page_object)
    for value in writer._objects:  # noqa: SLF001 - pypdf has no public walk over what will be written
        for part in _parts(value):
            _strip(part)
            if isinstance(part, StreamObject) and part.get("/Type") == "/EmbeddedFile":
                raise Refusal("file_damaged")
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), len(pages)
