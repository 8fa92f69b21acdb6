"""Tables as CSV (RFC 4180) that a spreadsheet opens as text and numbers, and never as a formula that somebody wrote."""

import csv
from collections.abc import Iterable
from typing import Final, Protocol

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def cell(value: str) -> str:
    """Return ``value`` as a cell that stays what it is: an apostrophe stands before what could begin a formula.

    What is a whole or decimal number, with its sign, is left as it is.
    """
    unsigned = value[1:] if value[:1] in ("-", "+") else value
    is_number = unsigned.replace(".", "", 1).isascii() and unsigned.replace(".", "", 1).isdigit()
    inner = value.lstrip(" \u00a0")
    return value if is_number or not inner.startswith(_STARTS_A_FORMULA) else f"'{value}"


class Written(Protocol):
    """What takes text: a file, or an answer on its way."""

    def write(self, text: str, /) -> object:
        """Take more text."""


def write(to: Written, rows: Iterable[Iterable[str]]) -> None:
    """Write rows of cells as CSV."""
    writer = csv.writer(to)
    writer.writerows([cell(value) for value in row] for row in rows)
