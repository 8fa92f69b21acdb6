"""Formulas as text: quoted strings, rows, how the cells of a row are read, what is put in before CEL reads it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_STRING: Final = re.compile(r"""[rR]?("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
ROWS: Final = re.compile(r"\.\s*(?:all|exists_one|exists|filter|map)\s*\(\s*([A-Za-z_][A-Za-z0-9_]*)\s*,")
"""Where a formula names its row: ``m`` in ``members.all(m, ...)``."""


def blank(text: str) -> str:
    """Return the formula with its quoted strings as spaces, positions kept."""
    return _STRING.sub(lambda match: " " * len(match.group()), text)


def in_row(value: Any) -> Any:
    """Return an answer as a row holds it: CEL takes no moments inside rows, so they are text there."""
    return value.isoformat() if isinstance(value, datetime) else value


_READ_BY: Final = {"date": "timestamp", "datetime": "timestamp", "decimal": "decimal"}
"""How the cells of a row are read that CEL would take for anything."""

LONGEST: Final = 2_000
"""Characters in a formula."""
DEEPEST: Final = 2
"""Rules over rows inside rules over rows (``all`` in ``exists``); with 100 rows a table that is 10,000 turns."""
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a formula something is wrong (both from 1), what it is, and what to do."""

    line: int
    column: int
    message: str
    mend: str = ""


class FormulaError(ValueError):
    """The formula cannot be used; ``places`` lists every fault in it."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        super().__init__("; ".join(place.message for place in places))


Inserted = Sequence[tuple[int, str]]
"""What is put into a formula before CEL reads it, by the place in what was written."""


def cells(tables: Mapping[str, Mapping[str, str]], text: str) -> list[tuple[int, str]]:
    """Return what to put around every day and every number with a point of a row, so that it is read as its kind."""
    bare = blank(text)
    rows = {match.group(1) for match in ROWS.finditer(bare)}
    heads = "|".join([*map(re.escape, rows), *(rf"{re.escape(table)}\s*\[[^\]]*\]" for table in tables)])
    read = {
        column: _READ_BY[kind]
        for table, kinds in tables.items()
        if re.search(rf"\b{re.escape(table)}\b", bare)
        for column, kind in kinds.items()
        if kind in _READ_BY
    }
    if not heads or not read:
        return []
    found = re.compile(rf"(?<!has\()(?<![\w.])(?:{heads})\s*\.\s*({'|'.join(sorted(read))})\b(?!\s*\()")
    return [
        part
        for match in found.finditer(bare)
        for part in ((match.start(), f"{read[match.group(1)]}("), (match.end(), ")"))
    ]


def put_in(text: str, inserted: Inserted) -> str:
    """Return a formula with what is put into it; what stands at one place keeps its order."""
    for place, part in sorted(inserted, key=lambda one: one[0])[::-1]:
        text = text[:place] + part + text[place:]
    return text


def as_written(text: str, inserted: Inserted, line: int, column: int) -> int:
    """Return the column, in what was written, of a place that CEL tells of what it read."""
    begins = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    ends = begins + len(text.split("\n")[line - 1]) if line <= text.count("\n") + 1 else len(text)
    shift = 0
    for place, part in sorted(inserted, key=lambda one: one[0]):
        if begins <= place <= ends and place - begins + shift < column - 1:
            shift += min(len(part), column - 1 - (place - begins + shift))
    return column - shift


def split(text: str) -> list[str]:
    """Return the parts of a formula that ``&&``, or else ``||``, joins outside all brackets; itself where none does."""
    bare = blank(text)
    while bare.startswith("(") and closing(bare) == len(bare) - 1:
        text, bare = text[1:-1].strip(), blank(text[1:-1].strip())
    if "?" in bare:
        return [text]
    for joint in ("||", "&&"):
        depth, begin, parts = 0, 0, []
        for index, sign in enumerate(bare):
            depth += (sign in "([{") - (sign in ")]}")
            if depth == 0 and bare.startswith(joint, index):
                parts.append(text[begin:index].strip())
                begin = index + len(joint)
        if parts:
            return [*parts, text[begin:].strip()]
    return [text]


def closing(bare: str) -> int:
    """Return where the first bracket of a formula closes; -1 where it does not."""
    depth = 0
    for index, sign in enumerate(bare):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and sign in ")]}":
            return index
    return -1


def spot(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a place, from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def depth(bare: str) -> int:
    """Return how deep rules over rows stand within one another."""
    starts = {match.end() - 1: True for match in ROWS.finditer(bare)}
    opened: list[bool] = []
    deepest = 0
    macro_brackets = {bare.rfind("(", 0, end) for end in starts}
    for index, sign in enumerate(bare):
        if sign == "(":
            opened.append(index in macro_brackets)
            deepest = max(deepest, sum(opened))
        elif sign == ")" and opened:
            opened.pop()
    return deepest


def bounds(text: str) -> Place | None:
    """Return why a formula is not even looked at: too long, too deep, or with signs that nobody typed."""
    if len(text) > LONGEST:
        return Place(1, 1, f"the formula is longer than {LONGEST} characters", "split it into computed fields")
    if _UNWRITABLE.search(text):
        return Place(1, 1, "the formula contains a control character", "type it again by hand")
    if depth(blank(text)) > DEEPEST:
        return Place(1, 1, f"rules over rows stand more than {DEEPEST} deep", "compute the inner one in a field")
    return None
