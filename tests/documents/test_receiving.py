"""What may come in: honest files are cleaned, hostile ones refused or made harmless; nothing hangs or raises."""

import contextlib
import gzip
import io
import resource
import struct
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from janaseva.core.refusal import Refusal
from janaseva.core.words import find
from janaseva.documents import rules
from janaseva.documents.rules import received_image
from tests.documents.acts import photo


def pdf(pages: int = 1, change=lambda writer: None, **options) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(content: bytes = b"x" * 1000) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("evil.exe", content)
    return out.getvalue()


def png_header(width: int, height: int, body: bytes = b"") -> bytes:
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", body or zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def jpeg_of_size(width: int, height: int) -> bytes:
    small = bytearray(photo(64, 64))
    place = small.index(b"\xff\xc0") + 5
    small[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(small)


def progressive_bomb() -> bytes:
    base = photo(4000, 4000, progressive=True, quality=5)
    start = base.rindex(b"\xff\xda")
    return base[:start] + base[start:-2] * 400 + b"\xff\xd9"


def raw_pdf(objects: str, trailer: str = "/Root 1 0 R", end: str = "startxref\n0\n%%EOF\n") -> bytes:
    return f"%PDF-1.4\n{objects}\ntrailer<<{trailer}>>\n{end}".encode("latin-1")


def stream_bomb(layers: int = 1) -> bytes:
    data = b"\0" * (128 * 1024 * 1024)
    for _ in range(layers):
        data = zlib.compress(data, 9)
    filters = "/FlateDecode " * layers
    head = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]>>endobj\n"
        f"4 0 obj<</Length {len(data)}/Filter[{filters}]>>stream\n"
    )
    return head.encode() + data + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def with_javascript(writer: PdfWriter) -> None:
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(0)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)


def with_attachment(writer: PdfWriter) -> None:
    writer.add_attachment("evil.exe", b"MZ evil")


def with_launch(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    )


def with_page_action(writer: PdfWriter) -> None:
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})


def with_annotation_action(writer: PdfWriter) -> None:
    writer.add_annotation(0, FreeText(text="stamp", rect=(10, 10, 90, 40)))
    note = writer.pages[0]["/Annots"][0].get_object()
    note[NameObject("/A")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(2)")}
    )


def with_file_annotation(writer: PdfWriter) -> None:
    stream = DecodedStreamObject()
    stream.set_data(b"MZ evil")
    stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
    held = writer._add_object(stream)
    spec = DictionaryObject({NameObject("/EF"): DictionaryObject({NameObject("/F"): held})})
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FileAttachment"),
            NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
            NameObject("/FS"): spec,
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


def with_metadata(writer: PdfWriter) -> None:
    writer.add_metadata({"/Author": "Secret Author", "/Title": "Secret title"})
    stream = DecodedStreamObject()
    stream.set_data(b"<x:xmpmeta>Secret xmp</x:xmpmeta>")
    writer.pages[0][NameObject("/Metadata")] = writer._add_object(stream)


def encrypted(writer: PdfWriter) -> None:
    writer.encrypt("secret")


def encrypted_openly(writer: PdfWriter) -> None:
    writer.encrypt("", "owner")


LOOP = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj"
SELF = "1 0 obj 1 0 R endobj"
NESTED = "1 0 obj<</Type/Catalog/Pages 2 0 R/X " + "[" * 3000 + "]" * 3000 + ">>endobj"
NO_PAGES = "1 0 obj<</Type/Catalog>>endobj"
MANY_OBJECTS = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + "\n".join(
    f"{n} 0 obj null endobj" for n in range(2, 9000)
)
EXIF_GPS = Image.Exif()
EXIF_GPS[0x010F] = "SecretCamera"
EXIF_GPS[0x0112] = 6
EXIF_GPS[0x8825] = {1: "N", 2: (10.0, 1.0, 2.0)}

REFUSED = {
    "empty": (b"", "file_empty"),
    "too large": (b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024), "file_too_large"),
    "text": (b"hello", "file_type_not_taken"),
    "html": (b"<html><script>alert(1)</script></html>", "file_type_not_taken"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_type_not_taken"),
    "exe": (b"MZ" + b"\0" * 100, "file_type_not_taken"),
    "elf": (b"\x7fELF" + b"\0" * 100, "file_type_not_taken"),
    "zip": (archive(), "file_type_not_taken"),
    "zip bomb": (archive(b"\0" * 50_000_000), "file_type_not_taken"),
    "gzip bomb": (gzip.compress(b"\0" * 10_000_000), "file_type_not_taken"),
    "zip slip": (archive().replace(b"evil.exe", b"../../ab"), "file_type_not_taken"),
    "gif with script": (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "file_type_not_taken"),
    "bmp": (b"BM" + b"\0" * 60, "file_type_not_taken"),
    "tiff": (b"II*\0" + b"\0" * 60, "file_type_not_taken"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "file_heic"),
    "postscript": (b"%!PS-Adobe-3.0\n(file) run", "file_type_not_taken"),
    "xml entities": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///x'>]>", "file_type_not_taken"),
    "pdf behind junk": (b"junk\n" + pdf(), "file_type_not_taken"),
    "png 50000x50000": (png_header(50_000, 50_000), "file_image_too_large"),
    "png wide": (png_header(2_000_000_000, 2), "file_image_too_large"),
    "png zero": (png_header(0, 0), "file_damaged"),
    "png without picture": (png_header(500, 500), "file_damaged"),
    "png bad sum": (png_header(500, 500)[:-20] + b"\0" * 20, "file_damaged"),
    "jpeg 50000x50000": (jpeg_of_size(50_000, 50_000), "file_image_too_large"),
    "jpeg cut": (photo()[:2_000], "file_damaged"),
    "jpeg head only": (b"\xff\xd8\xff\xe0", "file_damaged"),
    "jpeg of many passes": (progressive_bomb, "file_image_too_large"),
    "webp head only": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "file_damaged"),
    "pdf head only": (b"%PDF-1.4", "file_damaged"),
    "pdf cut": (pdf(3)[:-300], "file_damaged"),
    "pdf cut at the end": (pdf(3)[:-6], "file_damaged"),
    "pdf of 31 pages": (pdf(31), "file_too_many_pages"),
    "pdf encrypted": (pdf(1, encrypted), "file_encrypted"),
    "pdf encrypted with empty password": (pdf(1, encrypted_openly), "file_encrypted"),
    "pdf loop of pages": (raw_pdf(LOOP), "file_damaged"),
    "pdf object of itself": (raw_pdf(SELF), "file_damaged"),
    "pdf deep nesting": (raw_pdf(NESTED), "file_damaged"),
    "pdf without pages": (raw_pdf(NO_PAGES), "file_damaged"),
    "pdf without root": (raw_pdf("1 0 obj null endobj", trailer=""), "file_damaged"),
    "pdf of many objects": (raw_pdf(MANY_OBJECTS), "file_too_large_inside"),
    "pdf stream bomb": (stream_bomb, "file_too_large_inside"),
    "pdf stream bomb in two layers": (lambda: stream_bomb(2), "file_too_large_inside"),
    "pdf xref to nowhere": (raw_pdf(NO_PAGES, end="startxref\n999999999\n%%EOF"), "file_damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_quickly_and_in_words(name):
    made, code = REFUSED[name]
    content = made() if callable(made) else made  # a bomb is made where it goes off, not by whoever reads this file
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refusal) as refused:
        rules.receive(filename=f"{name}.pdf", content=content)
    assert refused.value.code == code
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kB
    for language in ("en", "ml", "hi", "ur", "sd"):
        assert find(f"refusal.{code}", language).format(**refused.value.facts)


MADE_HARMLESS = {
    "javascript": pdf(1, with_javascript),
    "attachment": pdf(1, with_attachment),
    "launch": pdf(1, with_launch),
    "page action": pdf(1, with_page_action),
    "annotation action": pdf(1, with_annotation_action),
    "file annotation": pdf(1, with_file_annotation),
    "metadata": pdf(1, with_metadata),
    "pdf and zip": pdf() + archive() + b"\n%%EOF",
    "jpeg and html": photo(comment=b"<script>alert(1)</script>"),
    "jpeg and zip": photo() + archive(),
    "jpeg and php": photo() + b"<?php system('id'); ?>",
    "png and zip": photo(form="PNG") + archive(),
    "webp": photo(form="WEBP"),
    "exif": photo(exif=EXIF_GPS.tobytes()),
    "png with text": photo(form="PNG"),
}
MARKS = (
    b"alert", b"evil", b"Secret", b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/AA",
    b"PK\x03\x04", b"<script", b"<?php", b"Exif", b"http://ns.adobe.com", b"/Author", b"/Producer",
)  # fmt: skip


@pytest.mark.parametrize("name", MADE_HARMLESS)
def test_made_harmless(name):
    content = MADE_HARMLESS[name]
    if name == "pdf and zip":
        with pytest.raises(Refusal, match="file_damaged"):
            rules.receive(filename="x", content=content)
        return
    received = rules.receive(filename="x.pdf", content=content)
    assert received.content != content
    assert [mark for mark in MARKS if mark in received.content] == []
    if received.media_type == "application/pdf":
        assert PdfReader(io.BytesIO(received.content)).metadata in (None, {})
    again = rules.receive(filename="x", content=received.content)
    assert again.media_type == received.media_type


def test_a_pdf_with_an_archive_inside_its_bounds_loses_it():
    whole = pdf()
    start = whole.rindex(b"startxref")
    received = rules.receive(
        filename="x", content=whole[:start] + b"%" + archive().replace(b"\n", b" ") + b"\n" + whole[start:]
    )
    assert b"PK\x03\x04" not in received.content


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_photos_are_shrunk(form):
    received = rules.receive(
        filename="DCIM/IMG 1.heic", content=photo(4000, 3000, form, **({"method": 0} if form == "WEBP" else {}))
    )
    picture = Image.open(io.BytesIO(received.content))
    assert picture.format == "JPEG"
    assert max(picture.size) == 2000
    assert len(received.content) <= 500_000
    assert received.filename == "IMG 1.jpg"


@pytest.mark.parametrize("grain", [2, 12, 20, 30, 45, 70, 110])
def test_a_page_is_written_few_times_in_the_best_quality_that_is_small_enough_or_the_next(grain, monkeypatch):
    soft = Image.effect_noise((500, 667), grain).resize((1500, 2000), Image.Resampling.BICUBIC)
    page = Image.blend(soft, Image.effect_noise(soft.size, grain), 0.3).convert("RGB")
    each = [received_image._in_quality(page, quality) for quality in received_image.QUALITIES]
    small = [place for place, written in enumerate(each) if len(written) <= received_image.TARGET_BYTES]
    best, least, tried = min(small, default=len(each) - 1), len(each) - 1, []

    def in_quality(picture, quality):
        tried.append(quality)
        return each[received_image.QUALITIES.index(quality)]

    monkeypatch.setattr(received_image, "_in_quality", in_quality)
    assert each.index(received_image._small_enough(page)) in {best, min(best + 1, least)}
    assert len(tried) <= 3


@pytest.mark.parametrize(("size", "shrunk"), [((4000, 3000), (2000, 1500)), ((3000, 4000), (1500, 2000)),
                                             ((3999, 2999), (2000, 1500)), ((12_000, 80), (2000, 13)),
                                             ((2000, 2000), (2000, 2000)), ((640, 480), (640, 480))])  # fmt: skip
def test_what_a_picture_shows_stays_where_it_was_and_is_legible(size, shrunk):
    picture = Image.new("RGB", size, "white")
    width, height = size
    picture.paste("black", (width // 4, 0, width // 2, height // 2))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    found = Image.open(io.BytesIO(rules.receive(filename="x", content=out.getvalue()).content)).convert("L")
    assert found.size == shrunk
    inside, outside = (3 * shrunk[0] // 8, shrunk[1] // 4), (3 * shrunk[0] // 4, 3 * shrunk[1] // 4)
    assert (found.getpixel(inside) < 16, found.getpixel(outside) > 239) == (True, True)


def test_noise_is_still_made_small():
    noise = Image.effect_noise((3000, 2200), 90)
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=80)
    assert len(rules.receive(filename="x", content=out.getvalue()).content) < 1_500_000


def test_photos_are_turned_upright_and_forget_where_they_were_taken():
    received = rules.receive(filename="x", content=photo(400, 300, exif=EXIF_GPS.tobytes()))
    picture = Image.open(io.BytesIO(received.content))
    assert picture.size == (300, 400)
    assert not picture.getexif()
    assert "exif" not in picture.info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png(mode):
    out = io.BytesIO()
    Image.new(mode, (50, 40)).save(out, "PNG")
    assert rules.receive(filename="x", content=out.getvalue()).media_type == "image/jpeg"


def test_cmyk_photo():
    out = io.BytesIO()
    Image.new("CMYK", (50, 40)).save(out, "JPEG")
    assert Image.open(io.BytesIO(rules.receive(filename="x", content=out.getvalue()).content)).mode == "RGB"


def test_pdf_keeps_its_pages_and_visible_notes():
    received = rules.receive(filename="a.PDF", content=pdf(30, with_annotation_action))
    reader = PdfReader(io.BytesIO(received.content))
    assert (received.pages, len(reader.pages)) == (30, 30)
    notes = reader.pages[0]["/Annots"]
    assert notes[0].get_object()["/Contents"] == "stamp"
    assert "/A" not in notes[0].get_object()


def test_sizes_must_agree():
    content = photo()
    assert rules.receive(filename="x", content=content, declared_bytes=len(content))
    with pytest.raises(Refusal, match="file_size_differs"):
        rules.receive(filename="x", content=content, declared_bytes=len(content) - 1)
    with pytest.raises(Refusal, match="file_too_large"):
        rules.receive(filename="x", content=content, declared_bytes=1 << 40)


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b""]),
)
def test_any_bytes_are_received_or_refused(body, head):
    with contextlib.suppress(Refusal):
        rules.receive(filename="x", content=head + body)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 7), st.sampled_from(["pdf", "jpeg", "png", "webp"]))
def test_damaged_files_are_received_or_refused(place, bit, form):
    content = bytearray(pdf(2, with_annotation_action) if form == "pdf" else photo(80, 60, form.upper()))
    content[place % len(content)] ^= 1 << bit
    with contextlib.suppress(Refusal):
        rules.receive(filename="x", content=bytes(content))
