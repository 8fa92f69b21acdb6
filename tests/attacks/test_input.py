"""What comes in and goes out as text and files: bombs, patterns, polyglots, names, metadata, formulas in cells."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import csv
import io
import time

import pytest

from janaseva.core.refusal import Refusal
from janaseva.core.source import SourceError, read
from janaseva.core.writing import flags, tidy
from janaseva.documents import rules
from janaseva.forms.rules import values
from tests.attacks.guards import all_of, answers, attack, replaced, size
from tests.hostile.files import MARKS, files
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
    return received([name for name in files() if any(word in name for word in kinds)], tries)


@attack("D4", "files that are two kinds at once",
        replaced("janaseva.documents.rules.received_image.clean_image", lambda real, content: content),
        replaced("janaseva.documents.rules.received_pdf.clean_pdf", _as_it_came))  # fmt: skip
def test_two_kinds(tries):
    names = ("JPEG and PDF at once", "JPEG and HTML at once", "JPEG and PHP at once", "PDF and HTML at once",
             "PDF with a named script and a file", "PDF that launches", "PDF that submits", "JAR in a GIF")  # fmt: skip
    return received([name for name in names if name in files()], tries)


@attack("D13", "a photograph with its place, its camera and its profile",
        replaced("janaseva.documents.rules.received_image.clean_image", lambda real, content: content))  # fmt: skip
def test_metadata(tries):
    return received(["JPEG with place, camera and profile"], tries)


def _bomb() -> bytes:
    import zlib

    packed = zlib.compress(b"\0" * 150_000_000, 9)
    return (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Filter/FlateDecode/Length "
            + str(len(packed)).encode() + b">>stream\n" + packed
            + b"\nendstream endobj\nxref\n0 0\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")  # fmt: skip


@attack("D5", "a PDF of 150 kB that is 150 MB inside, whatever size it declares",
        replaced("janaseva.documents.rules.received_pdf._streams_bounded", lambda real, content: None))  # fmt: skip
def test_bomb_counted(tries):
    bomb = _bomb()
    tries(2)
    try:
        kept = rules.receive(filename="x.pdf", content=bomb, declared_bytes=len(bomb))
    except Refusal as refusal:
        return [] if refusal.code == "file_too_large_inside" else [refusal.code]
    return [f"kept, {len(kept.content)} bytes"]


PATTERNS = ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){20}$", "([a-z]+)*[0-9]", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y",
            "(?:a?){25}a{25}", "(\\w+\\s?)*!", "^(\\d+)*x$", "(a+){10}y"]  # fmt: skip


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
            if spent > 0.25:
                loot.append(f"{pattern} on {length}: {spent:.2f} s")
                break
        if loot:
            break  # one is enough, and the next might never end
    return loot


@attack("D10", "aliases, merge keys, tags of Python, depth and endless lists in YAML",
        replaced("janaseva.core.source._Reader.part", lambda real, self, event, events, path, depth: _lax(self, event, events)),
        quick=True)  # fmt: skip
def test_yaml_bombs(tries):
    laughs = "a0: &a0 [x,x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, 9))
    bombs = [laughs, "x: &a 1\ny: *a\n", "x: !!python/object/apply:os.system [id]\n", "x: !!binary aGk=\n",
             "x: " + "[" * 3_000 + "]" * 3_000, "x:\n" + "- 1\n" * 60_000, "x: " + "y" * 600_000]  # fmt: skip
    loot = []
    for bomb in bombs:
        tries()
        began = time.process_time()
        try:
            read(bomb, "bomb.yaml")
            loot.append(f"read {bomb[:30]!r}")
        except SourceError:
            pass
        if time.process_time() - began > 2:
            loot.append(f"{bomb[:30]!r} took {time.process_time() - began:.1f} s")
    return loot


def _lax(reader, event, events):
    """Read as a parser does that bounds nothing: take the first scalar and go on."""
    for _ in events:
        pass
    return {}


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
