"""What a form posted, read field by field into the plain values that answers are made of.

The components of ``ui.html`` name their inputs after the field (``name``) and its parts (``name.day``). Nothing is
judged here: what cannot be read is handed on as it was typed, so that the rules can say what is wrong with it.
"""

import re
from collections.abc import Mapping
from typing import Final

from django.http import QueryDict

_DATE_PARTS: Final = ("day", "month", "year")
_DIGITS: Final = str.maketrans(
    {ord(zero) + digit: str(digit) for zero in "०൦٠۰" for digit in range(10)}  # Devanagari, Malayalam, Arabic, Urdu
)
_AMOUNT: Final = re.compile(r"(\d{1,15})(?:\.(\d{1,2}))?")
_ROW: Final = re.compile(r"(\d{1,3})(?:\.|$)")


def european(value: str) -> str:
    """Return ``value`` with the digits of our scripts turned into European ones, and outer space taken off."""
    return value.strip().translate(_DIGITS)


def line(post: QueryDict, name: str) -> str:
    """Return a line of text, outer space taken off."""
    return post.get(name, "").strip()


def many(post: QueryDict, name: str) -> list[str]:
    """Return every value ticked or chosen under ``name``."""
    return [value for value in post.getlist(name) if value]


def ticked(post: QueryDict, name: str) -> bool:
    """Return whether a single box, such as a declaration, was ticked."""
    return post.get(name, "") in ("yes", "on", "true")


def day(post: QueryDict, name: str) -> str:
    """Return a date's three inputs as ISO ``yyyy-mm-dd`` where they are numbers, else what was typed; empty if none."""
    parts = {part: european(post.get(f"{name}.{part}", "")) for part in _DATE_PARTS}
    if not any(parts.values()):
        return european(post.get(name, ""))
    if all(value.isascii() and value.isdigit() for value in parts.values()):
        return f"{int(parts['year'][:6]):04d}-{int(parts['month'][:4]):02d}-{int(parts['day'][:4]):02d}"
    return "-".join(parts[part] for part in reversed(_DATE_PARTS))


def paise(post: QueryDict, name: str) -> int | str:
    """Return an amount typed in rupees (``1,20,000`` or ``1,20,000.50``) as integer paise, else what was typed."""
    typed = european(post.get(name, ""))
    found = _AMOUNT.fullmatch(re.sub(r"[,\s₹]|^Rs\.?", "", typed))
    if not found:
        return typed
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def whole(post: QueryDict, name: str) -> int | str:
    """Return a whole number, grouped or not, else what was typed."""
    typed = european(post.get(name, ""))
    digits = re.sub(r"[,\s]", "", typed)
    return int(digits) if re.fullmatch(r"-?[0-9]{1,15}", digits) else typed


def phone(post: QueryDict, name: str) -> str:
    """Return a phone number without spaces and dashes, digits European; a leading ``+`` stays."""
    return re.sub(r"[\s()\-.]", "", european(post.get(name, "")))


def two_scripts(post: QueryDict, name: str, languages: tuple[str, ...]) -> dict[str, str]:
    """Return a name given in two scripts, by language code; scripts left empty are left out."""
    found = {code: line(post, f"{name}.{code}") for code in languages}
    return {code: value for code, value in found.items() if value}


def row_count(post: QueryDict, name: str, *, most: int = 100) -> int:
    """Return how many rows the table field ``name`` was shown with (``name.0.x`` is of the first row)."""
    numbers = [
        int(found[1]) for key in post if key.startswith(f"{name}.") and (found := _ROW.match(key[len(name) + 1 :]))
    ]
    return min(max(numbers, default=-1) + 1, most)


def row_wish(post: QueryDict) -> tuple[str, str, int] | None:
    """Return the wish of a table field's own buttons, which work without script, or ``None`` where none was pressed.

    The answer is ``("add", name, 0)`` or ``("remove", name, row)``: show the page again with one row more or less, and
    judge nothing yet.
    """
    if name := post.get("_add", ""):
        return "add", str(name), 0
    name, _, row = post.get("_remove", "").rpartition(".")
    return ("remove", name, int(row)) if name and row.isascii() and row.isdigit() and len(row) < len("1000") else None


def rest(post: QueryDict) -> Mapping[str, list[str]]:
    """Return all that was posted but the form's own machinery (token, key, buttons)."""
    machinery = {"csrfmiddlewaretoken", "key", "_add", "_remove", "_next"}
    return {name: post.getlist(name) for name in post if name not in machinery}
