"""From what was typed, posted or sent to answers as they are kept. Nothing is judged here and nothing is lost.

What reads as its kind is kept as its kind; what does not stays the text that it was, so that the person sees it again
beside the fault which :func:`janaseva.forms.rules.checking.check` finds. One exception: an Aadhaar number never stays.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from janaseva.core import decimals
from janaseva.core.writing import latin_digits, tidy
from janaseva.forms.rules.form import LONGEST, Form, Page, Question
from janaseva.forms.rules.numbers import compact, masked_aadhaar, samagra, survey_number, written_cnic
from janaseva.people.rules.phone import normal_phone

Answers = dict[str, Any]
"""Answers by field key, plain JSON."""

ANYTHING_LONGER: Final = 1_000
"""How many characters beyond the longest allowed are kept of an answer that is too long; the rest is not read."""
_YES: Final = frozenset({"yes", "on", "true", "1"})
_NO: Final = frozenset({"no", "off", "false", "0"})
_GROUPED: Final = re.compile("[,\u066c\u060c\\s\u00a0]")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})\Z")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?\Z")
_RUPEE_SIGNS: Final = re.compile(r"(?i)^(?:₹|rs\.?|inr|pkr)\s*|\s*/-$")
_LARGEST_DIGITS: Final = 15
_SEPARATORS: Final = str.maketrans({"\u066b": ".", "\u066c": ",", "\u060c": ",", "\u00a0": " ", "\u202f": " "})
_APART: Final = re.compile(r"(?<=[0-9]) (?=[0-9])")
_DECIMAL: Final = re.compile(r"[-+]?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{2,3})*,[0-9]{3})(?:\.[0-9]+)?\Z|[-+]?\.[0-9]+\Z")
_BEYOND_AADHAAR: Final = 10**12


def parse(page: Page, posted: Mapping[str, Sequence[str]], *, region: str = "IN") -> Answers:
    """Return the answers of one page as posted by a browser; a field left empty is absent.

    Names are field keys; ``key.day``, ``key.month``, ``key.year`` for a date in three boxes; ``key.date`` and
    ``key.time`` for a moment; ``table.0.column`` for a cell. Unknown names are not read.
    """
    answers: Answers = {}
    for question in page.fields:
        if question.computed is not None:
            continue
        if question.kind == "table":
            rows = _rows(question, posted, region)
            if rows:
                answers[question.key] = rows
            continue
        for key in question.keys:
            value = _posted(question, key, posted, region)
            if value is not None:
                answers[key] = value
    return answers


def settle_shape(form: Form, answers: Mapping[str, Any]) -> Answers:
    """Return answers that came as JSON (by API, or from a draft) as they are kept.

    Money is paise where it is a number and rupees where it is text. A number with a point comes as text; a whole one
    may come as a number. Keys that the form does not have stay, so that the check can name them.
    """
    kept: Answers = {}
    for key, value in answers.items():
        question = form.by_key.get(key)
        kept_value = value if question is None else _sent(question, value, form.region)
        if kept_value is not None:
            kept[key] = kept_value
    return kept


def _posted(question: Question, key: str, posted: Mapping[str, Sequence[str]], region: str) -> Any:
    values = posted.get(key, ())
    if question.kind == "choices":
        chosen = [line(value, 100) for value in values[:200] if value.strip()]
        return list(dict.fromkeys(chosen)) or None
    if question.kind == "declaration":
        return True if values and values[-1].lower() in _YES else None
    if question.kind == "date" and not values:
        parts = [latin_digits(_last(posted, f"{key}.{part}").strip())[:10] for part in ("year", "month", "day")]
        if any(parts):
            year, month, day = parts
            return read_value(question, f"{day.zfill(2)}-{month.zfill(2)}-{year}", region)
        return None
    if question.kind == "datetime" and not values:
        day, clock = _last(posted, f"{key}.date").strip(), _last(posted, f"{key}.time").strip()
        return read_value(question, f"{day}T{clock}", region) if day or clock else None
    return read_value(question, values[-1], region) if values else None


def _last(posted: Mapping[str, Sequence[str]], key: str) -> str:
    values = posted.get(key, ())
    return values[-1] if values else ""


def _rows(question: Question, posted: Mapping[str, Sequence[str]], region: str) -> list[Answers]:
    """Return the rows in the order of their numbers; a row with nothing in it is left out."""
    head = f"{question.key}."
    numbers = {
        int(parts[0])
        for name in posted
        if name.startswith(head) and (parts := name[len(head) :].split("."))[0].isascii() and parts[0].isdigit()
        if len(parts[0]) <= 3  # noqa: PLR2004 - more rows than any table takes
    }
    rows: list[Answers] = []
    for number in sorted(numbers)[: question.rows_at_most + 1]:
        row = row_posted(question, number, posted, region)
        if row:
            rows.append(row)
    return rows


def row_posted(question: Question, number: int, posted: Mapping[str, Sequence[str]], region: str) -> Answers:
    """Return one row of a table as posted; what is worked out is not read."""
    cells = {
        key: _posted(column, f"{question.key}.{number}.{key}", posted, region)
        for column in question.columns
        if column.computed is None
        for key in column.keys
    }
    return {key: value for key, value in cells.items() if value is not None}


def _sent(question: Question, value: Any, region: str) -> Any:
    if isinstance(value, str):
        return read_value(question, value, region)
    if question.kind == "decimal" and isinstance(value, int) and not isinstance(value, bool):
        return decimal(str(value), question.places or 0) if abs(value) < 10**_LARGEST_DIGITS else value
    if isinstance(value, list) and question.kind == "choices":
        return [line(item, 100) if isinstance(item, str) else item for item in value[:200]]
    if isinstance(value, list) and question.kind == "table":
        columns = {key: column for column in question.columns for key in column.keys}
        rows: list[Any] = []
        for row in value[: question.rows_at_most + 1]:
            if not isinstance(row, Mapping):
                rows.append(row)
                continue
            sent = {
                str(key): _sent(columns[key], cell, region) if key in columns else cell for key, cell in row.items()
            }
            rows.append({key: cell for key, cell in sent.items() if cell is not None})
        return rows
    if question.kind == "aadhaar" and value is not None:
        return masked_aadhaar(str(value) if isinstance(value, int) and abs(value) < _BEYOND_AADHAAR else "")
    return value


def line(text: str, longest: int) -> str:
    """Return text as one line, tidied."""
    return " ".join(tidy(text[: longest + ANYTHING_LONGER]).split())


def read_value(question: Question, text: str, region: str = "IN") -> Any:  # noqa: PLR0911 - one return a kind
    """Return one typed answer as its kind, the tidied text where it is not of its kind, ``None`` where it is empty."""
    longest = question.longest or LONGEST.get(question.kind, 200)
    kept = tidy(text[: longest + ANYTHING_LONGER]) if question.kind == "long_text" else line(text, longest)
    if not kept:
        return None
    if question.kind in _READ:
        return _READ[question.kind](kept)
    match question.kind:
        case "decimal":
            return decimal(kept, question.places or 0)
        case "yes_no" | "declaration":
            small = kept.lower()
            return True if small in _YES else False if small in _NO else kept
        case "choices":
            return [kept]
        case "phone":
            return normal_phone(kept, region=region) or kept
        case "email":
            name, at, domain = kept.rpartition("@")
            return f"{name}{at}{domain.lower()}"
        case "cnic":
            return written_cnic(kept) or kept
        case "samagra":
            return samagra(kept) or kept
        case "survey_number":
            return survey_number(kept) or kept
    return kept


def _integer(text: str) -> int | str:
    plain = _GROUPED.sub("", latin_digits(text)).replace("\u2212", "-")
    digits = plain.removeprefix("-").removeprefix("+")
    return int(plain) if digits.isascii() and digits.isdigit() and len(digits) <= _LARGEST_DIGITS else text


def decimal(text: str, places: int) -> str:
    """Return a number as typed (``1,20,000.5``, ``٧٫٥``) as it is kept, with so many digits after the point.

    A comma stands between groups of digits alone: whoever writes ``0,4047`` means a point, and is asked. What has more
    digits than are asked for stays as it was typed; nothing is rounded behind anybody's back.
    """
    plain = latin_digits(text).replace("\u2212", "-").translate(_SEPARATORS)
    plain = _APART.sub(",", plain)
    if not _DECIMAL.match(plain):
        return text
    head, _, tail = plain.replace(",", "").partition(".")
    head = head.lstrip("+")
    sign, head = ("-", head[1:]) if head.startswith("-") else ("", head)
    tail = tail.rstrip("0")
    number = decimals.exact(f"{sign}{head.lstrip('0') or '0'}" + (f".{tail}" if tail else ""))
    if number is None:
        return text
    if decimals.fits(number, places):
        return decimals.written(number, places)
    return f"{sign}{head.lstrip('0') or '0'}.{tail}"


def _money(text: str) -> int | str:
    """Return rupees as typed (``1,20,000.50``, ``₹500``, ``Rs. 500/-``) in paise."""
    plain = _GROUPED.sub("", _RUPEE_SIGNS.sub("", latin_digits(text))).replace("\u066b", ".")
    if not re.fullmatch(r"-?[0-9]{1,13}(?:\.[0-9]{1,2})?", plain):
        return text
    try:
        return int(Decimal(plain) * 100)
    except InvalidOperation:
        return text


def _date(text: str) -> str:
    plain = latin_digits(text)
    found = _DAY_FIRST.match(plain)
    try:
        if found:
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(plain).isoformat() if _ISO.match(plain) else text
    except ValueError:
        return text


def _moment(text: str) -> str:
    plain = latin_digits(text)
    try:
        return datetime.fromisoformat(plain).isoformat(timespec="minutes") if _MOMENT.match(plain) else text
    except ValueError:
        return text


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "integer": _integer,
    "money": _money,
    "date": _date,
    "datetime": _moment,
    "aadhaar": masked_aadhaar,
    "identifier": latin_digits,
}
"""Kinds that are read without asking more of the field."""

__all__ = ["Answers", "compact", "line", "parse", "read_value", "settle_shape"]
