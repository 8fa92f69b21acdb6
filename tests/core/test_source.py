"""Written files: read with the line of everything, and refused where YAML would surprise."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.source import SourceError, decode, read


def test_what_is_written_stays_what_was_written():
    text = "a: no\nb: 1.50\nc: 0123\nd: 2026-01-01\ne: 12\nf: ~\ng: 'true'\nh: true\ni:\nj: 1_000\nk: 12:30\n"
    assert read(text, "f").tree == {
        "a": "no", "b": "1.50", "c": "0123", "d": "2026-01-01", "e": 12, "f": None, "g": "true", "h": True, "i": None,
        "j": "1_000", "k": "12:30",
    }  # fmt: skip


def test_every_part_knows_its_line():
    source = read("a:\n  - b: 1\n    c: |\n      x\n", "f")
    assert (source.mark(("a", 0, "b")).line, source.mark(("a", 0, "c")).line) == (2, 3)
    assert source.mark(("a", 0, "c")).block
    assert source.mark(("a", 0, "not there")).line == 2


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("a:\n\tb: 1", "spaces in place of the tab"), ("a: {b: c: d}", "in quotes"), ("a: b: c", "in quotes"),
        ("a: 'b", "look at this line"),
    ],
)  # fmt: skip
def test_what_to_do_about_what_people_type(text, mend):
    with pytest.raises(SourceError) as caught:
        read(text, "service.yaml")
    assert mend in caught.value.fault.mend


def test_a_file_may_begin_with_the_mark_that_some_editors_write():
    assert decode("\ufeffa: 1".encode(), "service.yaml") == "a: 1"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\na: 2", 2, "twice"),
        ("x:\n  a: 1\n  a: 2", 3, "twice"),
        ("a: &x 1\nb: *x", 1, "anchors"),
        ("a: *x", 1, "anchors"),
        ("a: !!python/object:os.system x", 1, "tags"),
        ("a: !mine [1]", 1, "tags"),
        ("%YAML 1.1\n---\na: 1", 1, "directives"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: [1", 2, "expected"),
        ("[" * 60 + "]" * 60, 1, "levels deep"),
        ("a: b: c", 1, "not allowed"),
        ("a: 1\nx: \x00", 2, "U+0000"),
        ("x: \u202eabc", 1, "U+202E"),
        ("x: \ufeff", 1, "U+FEFF"),
        ("x: \ud800", 1, "U+D800"),
        ("a: 1\nx: e\u0301", 2, "NFC"),
        ("? [a]\n: b", 1, "key"),
        ("\ta: 1", 1, "token"),
        ("a: " + "x" * 600_000, 1, "larger"),
        ("- 1\n" * 60_000, 1, "parts"),
    ],
)
def test_what_could_surprise_is_refused_at_its_line(text, line, says):
    with pytest.raises(SourceError) as caught:
        read(text, "service.yaml")
    fault = caught.value.fault
    assert says in fault.message
    assert fault.mend
    assert fault.line == line or says == "parts"


def test_bytes_that_are_not_text_are_refused():
    for content in (b"\xff\xfe", b"a: \x80", b"x" * (512 * 1024 + 1)):
        with pytest.raises(SourceError):
            decode(content, "f")


def test_billion_laughs_and_deep_nesting_end_at_once():
    began = time.process_time()
    for text in ("a: &a [x,x]\nb: &b [*a,*a]", "{" * 5_000, "- " * 5_000 + "x", "a:\n" * 3_000):
        with pytest.raises(SourceError):
            read(text, "f")
    assert time.process_time() - began < 5


@given(st.text(max_size=300))
def test_no_text_does_harm(text):
    try:
        read(text, "f")
    except SourceError as error:
        assert error.fault.line >= 1  # noqa: PT017 - most texts are read, some are refused
