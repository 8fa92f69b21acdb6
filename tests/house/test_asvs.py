"""The table of OWASP ASVS in docs/security.md: whole, each requirement once, what is met by a test that is there."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import TREE, hold

pytestmark = pytest.mark.once

LAW = "docs/security.md tells of every requirement of ASVS 5.0.0, levels 1 and 2, and of what is met by a test"
DO = "give the number one row: level, our words, met, no surface or open, and where; a met one names its `tests/...`"
LEVELS = """
1.1 22 1.2 1111122223 1.3 112222222223 1.4 222 1.5 123 2.1 122 2.2 112 2.3 12223 2.4 23 3.1 3 3.2 113 3.3 12223
3.4 11222233 3.5 11122333 3.6 3 3.7 22333 4.1 12233 4.2 23333 4.3 22 4.4 1222 5.1 2 5.2 112333 5.3 113 5.4 222
6.1 122 6.2 111111112222 6.3 11223333 6.4 112233 6.5 22222333 6.6 2223 6.7 33 6.8 2222 7.1 222 7.2 1111 7.3 22
7.4 11222 7.5 223 7.6 22 8.1 1233 8.2 1123 8.3 133 8.4 23 9.1 111 9.2 1222 10.1 22 10.2 223 10.3 22223
10.4 1111122222233333 10.5 22222 10.6 22 10.7 222 11.1 2233 11.2 22233 11.3 11233 11.4 1222 11.5 23 11.6 23
11.7 33 12.1 12233 12.2 11 12.3 22223 13.1 2333 13.2 222223 13.3 2233 13.4 1222233 14.1 22 14.2 12223333
14.3 122 15.1 12233 15.2 12233 15.3 1222222 15.4 3333 16.1 2 16.2 22222 16.3 2222 16.4 222 16.5 2223 17.1 23
17.2 22223333 17.3 22
"""
"""Sections, each with the levels of its requirements in their order, as the edition of May 2025 has them."""
REQUIRED = {
    f"{section}.{place}": int(level)
    for section, levels in re.findall(r"(\d+\.\d+) (\d+)", LEVELS)
    for place, level in enumerate(levels, start=1)
}
STANDINGS = ("met", "no surface", "open")
HEAD = "## OWASP ASVS 5.0.0, levels 1 and 2"


def table(text: str) -> Iterator[list[str]]:
    """Yield the cells of each requirement's row."""
    for line in text.split(HEAD, maxsplit=1)[1].splitlines():
        if re.match(r"\| \d", line):
            yield [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def missing(cell: str, tree: Path) -> Iterator[str]:
    """Yield each test that a cell names and that is not there, and say so where it names none."""
    named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", cell)
    if not named:
        yield "names no test"
    for path, name in named:
        file = tree / path
        if not file.is_file():
            yield f"names {path}, which is not there"
        elif name and not re.search(rf"^def {name}\(", file.read_text("utf-8"), re.MULTILINE):
            yield f"names {path}::{name}, which is not there"


def breaches(text: str, tree: Path = TREE) -> Iterator[str]:
    """Yield everything that is wrong with the table."""
    found = list(table(text))
    count = Counter(cells[0] for cells in found)
    yield from (f"{number} has {times} rows" for number, times in count.items() if times > 1)
    yield from (f"{number} has no row" for number, level in REQUIRED.items() if level < 3 and number not in count)
    for cells in found:
        number, level = cells[0], REQUIRED.get(cells[0])
        if len(cells) != 5 or level is None:
            yield f"{number}: a row is: number of the standard, level, what is asked, standing, where"
        elif cells[1] != str(level):
            yield f"{number} is of level {level}"
        elif cells[3] not in STANDINGS:
            yield f"{number} stands neither as {', '.join(STANDINGS)}"
        elif not cells[4]:
            yield f"{number} says nothing of why or where"
        elif cells[3] == "met":
            yield from (f"{number} {what}" for what in missing(cells[4], tree))


def test_the_numbers_are_those_of_the_standard():
    assert Counter(REQUIRED.values()) == {1: 70, 2: 183, 3: 92}


def test_the_table_is_whole_and_its_tests_are_there():
    hold(breaches((TREE / "docs" / "security.md").read_text("utf-8")), law=LAW, do=DO)


def test_the_sums_told_are_those_of_the_table():
    text = (TREE / "docs" / "security.md").read_text("utf-8")
    standing = Counter(cells[3] for cells in table(text) if REQUIRED[cells[0]] < 3)
    told = re.search(r"Of 253 requirements (\d+) are met, (\d+) have no surface and (\d+) are open", text)
    assert [int(one) for one in told.groups()] == [standing[one] for one in STANDINGS]


def test_a_wrong_row_is_seen(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("def test_b(): ...\n", "utf-8")
    good = "| 1.1.1 | 2 | x | met | `tests/test_a.py::test_b` |"
    bad = [
        good.replace("| 2 |", "| 1 |"), good.replace("met", "nearly"), good.replace("test_b", "test_c"),
        good.replace("test_a", "test_z"), "| 1.1.1 | 2 | x | met | by hand |", "| 1.1.9 | 2 | x | open | y |",
        "| 1.1.1 | 2 | x | open |", f"{good}\n{good}",
    ]  # fmt: skip
    usual = len(list(breaches(f"{HEAD}\n{good}", tmp_path)))
    assert usual == 252
    for one in bad:
        assert len(list(breaches(f"{HEAD}\n{one}", tmp_path))) > usual - ("1.1.9" in one), one
