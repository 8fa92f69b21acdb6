"""What comes in and goes out as text and files: bombs, patterns, polyglots, names, metadata, formulas in cells."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import csv
import io
import os
import resource
import time
from contextlib import suppress

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject, TextStringObject

from janaseva.core.refusal import Refusal
from janaseva.core.source import SourceError, read
from janaseva.core.writing import flags, tidy
from janaseva.documents import rules
from janaseva.forms.rules import values
from tests.attacks.guards import all_of, answers, attack, replaced, size, switched_off
from tests.hostile.files import MARKS, files, pdf, picture
from tests.hostile.test_names import PAIRED, WRITTEN

pytestmark = pytest.mark.once


def received(names: list[str], tries) -> list[str]:
    """Send files in and return those that were kept with something of their harm."""
    loot = []
    for name in names:
        make, _ = files()[name]
        tries()
        try:
            kept = rules.receive(filename=name, content=make()).content
        except Refusal:
            continue
        loot += [f"{name}: {mark!r}" for mark in MARKS if mark in kept]
        loot += [f"{name}: kept as it came"] if kept == make() else []
    return loot


def _as_it_came(real, content):
    return content, 1


@attack("D3", "SVG, HTML and what browsers take for it, named as pictures and papers",
        all_of("documents: what a file is, and writing it anew",
               replaced("janaseva.documents.rules.receiving._kind", lambda real, content: "image"),
               replaced("janaseva.documents.rules.received_image.clean_image", lambda real, content: content)))  # fmt: skip
def test_types(tries):
    kinds = ("SVG", "HTML", "XML", "shell", "pickle")
    return received([name for name in files() if any(word in name for word in kinds)], tries) + kept_of(
        {f"{kind!r} as {name}": (name, kind) for kind in KINDS for name in ("x.pdf", "x.jpg", "x.png")}, tries
    )


def kept_of(sent: dict[str, tuple[str, bytes]], tries) -> list[str]:
    """Send files in under their names and return those of which the harm was kept."""
    loot = []
    for what, (name, content) in sent.items():
        tries()
        try:
            kept = rules.receive(filename=name, content=content).content
        except Refusal:
            continue
        loot += [what] if kept == content or b"HARM" in kept else []
    return loot


KINDS = [
    *(start + b"<script>/*HARM*/alert(1)</script>" for start in (
        b"<!DOCTYPE html>", b"<html>", b"  \n<html>", b"\xef\xbb\xbf<html>", b"<?xml version='1.0'?><html>", b"<svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>", b"<body onload=x>", b"<!-- a -->", b"<iframe>", b"<math>", b"<xsl:stylesheet>",
        b"\xff\xfe<\0h\0t\0m\0l\0>", b"MIME-Version: 1.0\nContent-Type: text/html\n\n", b"<hta:application>", b"<plist>")),
    *(start + b"HARM" * 20 for start in (
        b"MZ\x90\0", b"\x7fELF\x02", b"#!/bin/sh\n", b"<?php ", b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08",
        b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"\0\0\x01\0", b"CWS\x09", b"FWS\x09", b"\xca\xfe\xba\xbe", b"\0asm", b"%!PS-Adobe",
        b"{\\rtf1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"ID3", b"OggS", b"RIFF\0\0\0\0AVI ", b"fLaC", b"SQLite format 3\0",
        b"[InternetShortcut]\nURL=", b"L\0\0\0\x01\x14\x02\0", b"javascript:", b"data:text/html,", b"wOF2")),
]  # fmt: skip
"""What is neither a picture nor a paper, by how it begins."""


@attack("D4", "files that are two kinds at once",
        replaced("janaseva.documents.rules.received_image.clean_image", lambda real, content: content),
        replaced("janaseva.documents.rules.received_pdf.clean_pdf", _as_it_came))  # fmt: skip
def test_two_kinds(tries):
    names = ("JPEG and PDF at once", "JPEG and HTML at once", "JPEG and PHP at once", "PDF and HTML at once",
             "PDF with a named script and a file", "PDF that launches", "PDF that submits", "JAR in a GIF")  # fmt: skip
    honest = {"x.jpg": picture(), "x.png": picture("PNG"), "x.webp": picture("WEBP"), "x.pdf": pdf()}
    behind = (
        b"<html><script>/*HARM*/</script>",
        b"<?php /*HARM*/",
        b"PK\x03\x04HARM",
        b"%PDF-1.4 HARM",
        b"\0HARM",
        b"GIF89aHARM",
    )
    both = {f"{more!r} behind {name}": (name, content + more) for name, content in honest.items() for more in behind}
    return received([name for name in names if name in files()], tries) + kept_of(both, tries)


def _told() -> bytes:
    """Return a PDF that tells who wrote it, where, and with what, in each of the places that there are."""
    writer = PdfWriter(io.BytesIO(pdf()))
    writer.add_metadata({"/Author": "Secret", "/Creator": "Secret", "/Title": "Secret", "/GPS": "Secret"})
    xmp = StreamObject()
    xmp.set_data(b"<x:xmpmeta>Secret</x:xmpmeta>")
    xmp[NameObject("/Type")] = NameObject("/Metadata")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)
    writer.pages[0][NameObject("/PieceInfo")] = TextStringObject("Secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@attack("D13", "a photograph with its place, its camera and its profile; a paper that tells its writer in four places",
        replaced("janaseva.documents.rules.received_image.clean_image", lambda real, content: content),
        replaced("janaseva.documents.rules.received_pdf.clean_pdf", _as_it_came))  # fmt: skip
def test_metadata(tries):
    tries()
    kept = rules.receive(filename="x.pdf", content=_told()).content
    return received(["JPEG with place, camera and profile"], tries) + (["who wrote it"] if b"Secret" in kept else [])


def _bomb() -> bytes:
    import zlib

    packed = zlib.compress(b"\0" * 150_000_000, 9)
    return (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Filter/FlateDecode/Length "
            + str(len(packed)).encode() + b">>stream\n" + packed
            + b"\nendstream endobj\nxref\n0 0\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")  # fmt: skip


BOMBS = ("PNG of 50,000 by 50,000", "PNG of 2^31 by 2^31", "PNG with a text bomb", "PNG with a profile bomb", "nested archives",
         "PNG of one pixel whose data is 300 MB", "PDF of ten thousand million pages", "PDF of two thousand filters", "12 MB",
         "JPEG of a million markers", "JPEG of endless filling", "PDF of 10,000 pages", "PDF whose lengths lie")  # fmt: skip
MOST_SECONDS, MOST_MEMORY = 2.0, 300 * 1024


def _spent(content: bytes) -> tuple[float, int]:
    """Receive a file in a child process; return the seconds of CPU and the kB of memory that it took."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        before = resource.getrusage(resource.RUSAGE_SELF)
        with suppress(Refusal):
            rules.receive(filename="x.pdf", content=content)
        after = resource.getrusage(resource.RUSAGE_SELF)
        os.write(write, f"{after.ru_utime - before.ru_utime} {after.ru_maxrss - before.ru_maxrss}".encode())
        os._exit(0)
    os.close(write)
    _, status = os.waitpid(child, 0)
    seconds, memory = os.read(read, 100).decode().split() if status == 0 else ("999", "0")
    os.close(read)
    return float(seconds), int(memory)


@attack("D5", "a PDF of 150 kB that is 150 MB inside whatever size it declares, pictures and papers that swell, in time and memory",
        replaced("janaseva.documents.rules.received_pdf._streams_bounded", lambda real, content: None),
        replaced("janaseva.documents.rules.received_image._hold_segments", lambda real, content: None))  # fmt: skip
def test_bomb_counted(tries):
    bomb, loot = _bomb(), []
    tries(2)
    try:
        loot.append(
            f"kept, {len(rules.receive(filename='x.pdf', content=bomb, declared_bytes=len(bomb)).content)} bytes"
        )
    except Refusal as refusal:
        loot += [] if refusal.code == "file_too_large_inside" else [refusal.code]
    for name in BOMBS:
        if loot and switched_off():
            break
        tries()
        seconds, memory = _spent(files()[name][0]())
        if seconds > MOST_SECONDS or memory > MOST_MEMORY:
            loot.append(f"{name}: {seconds:.1f} s, {memory // 1024} MB")
    return loot


PATTERNS = ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){20}$", "([a-z]+)*[0-9]", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y",
            "(?:a?){25}a{25}", "(\\w+\\s?)*!", "^(\\d+)*x$", "(a+){10}y",
            *(outer.replace("@", inner) for outer in ("(@)+$", "(@)*b", "^(@)+!$", "((@)+)+y", "(@)*(@)*c")
              for inner in ("a+", "a*b?", "a|a", "a|aa", "[a-z]+", "\\w+", "a?a", "aa|a+"))]  # fmt: skip
MOST_OF_A_PATTERN = 0.1
"""Seconds of CPU for one pattern on one answer."""


def _by_backtracking(real, pattern, *given, **more):
    import re

    return re.compile(pattern)


@attack("D9", "patterns that backtrack for ever, in definitions, against long answers",
        replaced("janaseva.forms.rules.values.pattern", _by_backtracking))  # fmt: skip
def test_patterns(tries):
    loot = []
    for pattern in PATTERNS:
        tries()
        compiled = values.pattern(pattern)
        for length in (20, 22, 24, 50_000):
            began = time.process_time()
            compiled.fullmatch("a" * length + "!")
            spent = time.process_time() - began
            if spent > MOST_OF_A_PATTERN:
                loot.append(f"{pattern} on {length}: {spent:.2f} s")
                break
        if loot:
            break  # one is enough, and the next might never end
    return loot


@attack("D10", "aliases, merge keys, tags of Python, depth, size and endless lists in YAML",
        answers("janaseva.core.source.DEEPEST", value=10**6),
        answers("janaseva.core.source.MOST_PARTS", value=10**9),
        answers("janaseva.core.source.LARGEST_BYTES", value=10**9),
        quick=True)  # fmt: skip
def test_yaml_bombs(tries):
    laughs = "a0: &a0 [x,x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, 9))
    bombs = [laughs, "x: &a 1\ny: *a\n", "x: &a {y: 1}\nz: {<<: *a}\n", "x: !!python/object/apply:os.system [id]\n",
             "x: !!binary aGk=\n", "x: " + "[" * 3_000 + "]" * 3_000, "x: " + "[" * 90 + "]" * 90,
             "x:\n" + "- 1\n" * 60_000, "x: " + "y" * 600_000]  # fmt: skip
    loot = []
    for bomb in bombs:
        tries()
        began = time.process_time()
        try:
            read(bomb, "bomb.yaml")
            loot.append(f"read {bomb[:30]!r}")
        except SourceError:
            pass
        if time.process_time() - began > 5:
            loot.append(f"{bomb[:30]!r} took {time.process_time() - began:.1f} s")
    return loot


@attack("D10", "depth, enormous numbers, constants, doubled names and half characters in JSON",
        answers("janaseva.gateway.api.reading.DEEPEST", value=10**6),
        answers("janaseva.gateway.api.reading.LARGEST_DIGITS", value=10**6),
        replaced("janaseva.gateway.api.reading._once", lambda real, pairs: dict(pairs)), quick=True)  # fmt: skip
def test_json_bombs(tries):
    from janaseva.gateway.api.reading import read_json

    bombs = [b"[" * 100_000 + b"]" * 100_000, b"[" * 60 + b"]" * 60, b'{"a":' * 60 + b"1" + b"}" * 60, b"9" * 100_000, b"9" * 4_000,
             b"1e999", b"-1e999", b"NaN", b"[Infinity]", b'{"a":1,"a":2}', b'"\\ud800"', b'"\\u0000"', b"\xff", b"1" * 17]  # fmt: skip
    loot = []
    for bomb in bombs:
        tries()
        began = time.process_time()
        with suppress(Refusal):
            loot.append(f"read {bomb[:20]!r}: {str(read_json(bomb))[:20]}")
        if (spent := time.process_time() - began) > 0.05:
            loot.append(f"{bomb[:20]!r} took {spent:.2f} s")
    return loot


TURNED = [
    "Ani\u202el Kumar",
    "An\u200bil",
    "\u2066Anil",
    "Аnil Kumar",
    "Anil\u0000",
    "A\u2063nil",
    "Ra\u00adma",
    "Anil\ufeff",
]


@attack("D12", "reversed, invisible and mixed letters in names",
        answers("janaseva.core.writing.flags", value=frozenset()), quick=True)  # fmt: skip
def test_turned_names(tries):
    from janaseva.core import writing

    tries(len(TURNED))
    return [ascii(name) for name in TURNED if not writing.flags(name) and writing.tidy(name) == name]


@pytest.mark.attack("D12", "ten thousand honest names, with the joiners of Indic scripts, and none of them refused")
def test_honest_names(tries):
    honest = [*WRITTEN, *PAIRED]
    many = [f"{one} {other}" for one in honest for other in honest[:: max(1, len(honest) // 20)]][: size(300, 10_000)]
    tries(len(many))
    refused = [
        name for name in honest + many if {"hidden", "turned", "bidi"} & flags(name) or tidy(tidy(name)) != tidy(name)
    ]
    assert not refused, refused[:10]


CELLS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋A1", "－A1", "＠A1", " =1+1", "=cmd|'/c calc'!A0",
         "-2+3+cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "\0=1"]  # fmt: skip


@attack("D7", "formulas in the names that a table is filled with",
        replaced("janaseva.design.table_file.cell", lambda real, value: value), quick=True)  # fmt: skip
def test_formulas(tries):
    from janaseva.design import table_file

    out = io.StringIO(newline="")
    table_file.write(out, [[one, "-12.5", "Kollam"] for one in CELLS])
    tries(len(CELLS))
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert all(row[1:] == ["-12.5", "Kollam"] for row in rows), "numbers and words stay what they are"
    starts = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", " ")
    return [row[0] for row in rows if row[0].startswith(starts)]
