"""The parts of a definition's text: cut and put back without a letter changed."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.services.adapters import PackFolder
from janaseva.services.rules.outline import OTHER, PARTS, blocks, part_at, part_lines, part_text, with_part
from janaseva.settings import OPTIONS

TEXT = """\
# A service.
key: kl-x
version: 1
what:
  name: X   # its name
who:
  coverage: {areas: [lgd-state:32]}
  # who may
  questions: [a]
ask:
  pages:
    - key: p
fee: {unknown: all}
# more
odd: 1
"""
LINES = st.sampled_from(
    [
        "key: a",
        "who:",
        "  coverage: x",
        "  questions: y",
        "ask:",
        "# c",
        "",
        "    deep: 1",
        "fee: 1",
        "what: 2",
        "zz: 3",
        "  name: 4",
    ]
).map("{}\n".format)


@settings(max_examples=60)
@given(st.lists(LINES, max_size=30).map("".join), st.sampled_from([*PARTS, OTHER]))
def test_any_text_is_cut_into_its_lines_and_put_back(text, part):
    found = blocks(text)
    assert "".join("".join(block.lines) for block in found) == text
    numbers = [number for block in found for number in range(block.first, block.first + len(block.lines))]
    assert numbers == list(range(1, text.count("\n") + 1))
    if part_text(text, part).strip():
        lines = text.splitlines()
        assert [lines[number - 1] for number in part_lines(text, part)] == part_text(text, part).splitlines()


@pytest.mark.parametrize("pack", ["kl-edistrict", "jk-edistrict"])
def test_every_shipped_service_falls_into_the_guides_parts(pack):
    for key, files in PackFolder(OPTIONS.packs_dir).read(pack).services.items():
        text = files["service.yaml"]
        for part in PARTS:
            assert with_part(text, part, part_text(text, part)) == text, (key, part)
        for part in ("general", "coverage", "fee", "form", "process", "outcome", "privileges"):
            assert part_text(text, part).strip(), (key, part)
        left = [line for line in part_text(text, OTHER).splitlines() if line.strip() and not line.startswith("#")]
        assert not left, (key, left)


def test_one_part_is_written_and_the_rest_stays():
    changed = with_part(TEXT, "applicant", "  questions: [a, b]\r\n\r\n")
    assert changed == TEXT.replace("  # who may\n  questions: [a]\n", "  questions: [a, b]\n")
    assert with_part(TEXT, "fee", " ") == TEXT.replace("fee: {unknown: all}\n", "")


def test_a_part_that_is_not_there_yet_comes_where_it_belongs():
    assert with_part(TEXT, "documents", "  documents: []\n") == TEXT.replace("fee:", "  documents: []\nfee:", 1)
    assert with_part(TEXT, "messages", "messages: {}\n") == f"{TEXT}messages: {{}}\n"
    assert with_part("key: a\n", "coverage", "  coverage: {}\n") == "key: a\nwho:\n  coverage: {}\n"


def test_a_line_leads_to_its_part():
    names = [part_at(TEXT, number) for number in range(1, 16)]
    assert names == [
        "other", "general", "general", "general", "general", "coverage", "coverage", "applicant", "applicant",
        "form", "form", "form", "fee", "other", "other",
    ]  # fmt: skip


NEW = """\
ask:
  pages:
    - key: p
  # which papers
  documents: {unknown: them}

variants: []
"""
FORM = """\
  pages:
    - key: q
# what must be true
check:
  - key: r
"""


def test_rules_written_with_the_form_leave_the_papers_where_they_are():
    text = NEW
    for written in (FORM, FORM.replace("key: q", "key: s")):
        text = with_part(text, "form", written)
        assert part_text(text, "form").split() == written.split()
        assert part_text(text, "documents").split() == part_text(NEW, "documents").split()
        assert [block.path[0] for block in blocks(text)] == ["ask", "ask", "ask", "check", "variants"]


@settings(max_examples=60)
@given(st.lists(LINES, max_size=20).map("".join), st.lists(LINES, max_size=8).map("".join))
def test_no_line_that_is_written_is_lost(text, written):
    kept = with_part(text, "form", written)
    if written.strip() and written.rstrip() != part_text(text, "form").rstrip():
        assert not Counter(written.split()) - Counter(kept.split())
