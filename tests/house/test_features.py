"""The table of features: every definition and every test that it names is there."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import TREE, hold

LAW = "a feature is what a shipped definition uses and a test proves (docs/definers/features.md)"
DO = "name the definition that uses it now and the test that proves it now, each in backquotes"
NAMED = re.compile(r"`([^`]+)`")
SERVICE = re.compile(r"(?:kl|jk|mp|sd|mo)-[a-z0-9-]+")
ALL = ("every", "all ", "portal", "the ")
"""How a row begins that names no definition, since everything has it. A row that has none is a fault."""


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row of the table."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("| ") and not line.startswith("| feature |"):
            yield number, [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def breaches(text: str, tree: Path) -> Iterator[str]:
    """Yield every row that names what is not there, or nothing at all."""
    known = {path.name for path in (*tree.glob("packs/*"), *tree.glob("packs/*/services/*"))}
    before: list[str] = []
    for number, cells in rows(text):
        place = f"docs/definers/features.md:{number}"
        if len(cells) != 3:
            yield f"{place}: a row has three cells"
            continue
        used, proved = cells[1], NAMED.findall(cells[2])
        if used.startswith("none") or not (NAMED.findall(used) or used.startswith(("[", *ALL))):
            yield f"{place}: no definition shows it: write one, with its source, or in packs/model"
        yield from (
            f"{place}: there is no definition {one}"
            for one in NAMED.findall(used)
            if SERVICE.fullmatch(one) and one not in known
        )
        tests = proved if proved or "the same test" not in cells[2] else before
        if not tests:
            yield f"{place}: it names no test"
        yield from (f"{place}: {told}" for told in _missing(tests, tree))
        before = tests


def _missing(tests: list[str], tree: Path) -> Iterator[str]:
    path = ""
    for one in tests:
        head, _, name = one.partition("::")
        path = head or path
        file = tree / path
        if not file.is_file():
            yield f"there is no {path}"
        elif name and not re.search(rf"^(?:def|class) {name}\b", file.read_text(encoding="utf-8"), re.MULTILINE):
            yield f"{path} has no {name}"


def test_every_feature_has_its_definition_and_its_test():
    hold(breaches((TREE / "docs/definers/features.md").read_text(encoding="utf-8"), TREE), law=LAW, do=DO)


def test_a_row_that_names_what_is_not_there_is_found(tmp_path):
    (tmp_path / "packs/kl/services/kl-a").mkdir(parents=True)
    (tmp_path / "test_a.py").write_text("def test_one(): ...\n")
    good = "| a | `kl-a` | `test_a.py`, `::test_one` |\n| b | every service | the same test |\n"
    assert not list(breaches(good, tmp_path))
    for bad in (
        "| a | `kl-b` | `test_a.py` |",
        "| a | `kl-a` | `test_b.py` |",
        "| a | `kl-a` | `test_a.py::test_on` |",
        "| a | `kl-a` | by hand |",
        "| a | somewhere | `test_a.py` |",
        "| a | none yet: no source tells of one | `test_a.py` |",
        "| a | none yet: `kl-a` says nothing of it | `test_a.py` |",
        "| a | `kl-a` |",
    ):
        assert len(list(breaches(bad, tmp_path))) == 1, bad
