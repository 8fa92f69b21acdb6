"""Formulas over rows, as text: where quoted strings and row names stand, and how the dates of a row are read."""

import re
from collections.abc import Mapping
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


def with_moments(tables: Mapping[str, Mapping[str, str]], text: str) -> str:
    """Return the formula with every date of a row read from the text in which :func:`in_row` holds it."""
    bare = blank(text)
    rows = {match.group(1) for match in ROWS.finditer(bare)}
    heads = "|".join([*map(re.escape, rows), *(rf"{re.escape(table)}\s*\[[^\]]*\]" for table in tables)])
    dated = {
        column
        for table, kinds in tables.items()
        if re.search(rf"\b{re.escape(table)}\b", bare)
        for column, kind in kinds.items()
        if kind in ("date", "datetime")
    }
    if not heads or not dated:
        return text
    found = re.compile(rf"(?<!has\()(?<![\w.])(?:{heads})\s*\.\s*(?:{'|'.join(sorted(dated))})\b(?!\s*\()")
    for match in reversed(list(found.finditer(bare))):
        text = f"{text[: match.start()]}timestamp({text[match.start() : match.end()]}){text[match.end() :]}"
    return text
