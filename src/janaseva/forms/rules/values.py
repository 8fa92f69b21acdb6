"""What one answer must be, kind by kind; the first thing wrong with it."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import re2

from janaseva.core import decimals
from janaseva.core.refusal import Fault
from janaseva.core.writing import REPLACEMENT, flags
from janaseva.forms.rules.form import LONGEST, Question
from janaseva.forms.rules.numbers import is_cnic, is_masked_aadhaar, samagra, survey_number
from janaseva.people.rules.phone import normal_phone

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}\Z"
)
_AREA: Final = re.compile(r"([a-z]+(?:-[a-z]+)*):[0-9A-Za-z_-]{1,40}\Z")
_MOST_INTEGER: Final = 10**15
_EARLIEST: Final = "1850-01-01"
_LATEST: Final = "2150-12-31"

_SIGNS: Final = (
    ("nul", "hidden_characters"),
    ("control_character", "hidden_characters"),
    ("lone_surrogate", "hidden_characters"),
    ("bidi_override", "turned_text"),
    ("stacked_marks", "hidden_characters"),
)
_SIGNS_OF_NAMES: Final = (("mixed_scripts", "mixed_scripts"), ("styled_letters", "styled_letters"))


def value_fault(question: Question, value: Any, place: str) -> Fault | None:
    """Return what is wrong with an answer that is there, or ``None``. Bounds and rules are not looked at here."""
    code, facts = _judge(question, value)
    return Fault(place=place, code=code, facts=facts) if code else None


Verdict = tuple[str, dict[str, Any]]
_GOOD: Final[Verdict] = ("", {})


def _judge(question: Question, value: Any) -> Verdict:  # noqa: PLR0911 - one return a kind
    match question.kind:
        case "integer":
            return _GOOD if _is_integer(value) else ("not_a_number", {})
        case "decimal":
            return _judge_decimal(question, value)
        case "money":
            if not _is_integer(value):
                return "not_an_amount", {}
            return _GOOD if value >= 0 else ("below_nought", {})
        case "yes_no" | "declaration":
            return _GOOD if isinstance(value, bool) else ("not_yes_or_no", {})
        case "date":
            return _GOOD if _is_date(value) else ("not_a_date", {})
        case "datetime":
            return _GOOD if _is_moment(value) else ("not_a_moment", {})
        case "choices":
            chosen = isinstance(value, list) and all(
                isinstance(item, str) and item in question.choices for item in value
            )
            return _GOOD if chosen else ("not_a_choice", {})
        case "choice":
            return _GOOD if isinstance(value, str) and value in question.choices else ("not_a_choice", {})
    return _judge_text(question, value) if isinstance(value, str) else ("not_text", {})


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MOST_INTEGER


def _judge_decimal(question: Question, value: Any) -> Verdict:
    """Return what is wrong with a number with a point; it is kept with exactly as many digits as are asked for."""
    number, places = decimals.exact(value), question.places or 0
    if number is None or not isinstance(value, str):
        return "not_a_decimal", {}
    if not decimals.fits(number, places):
        return "too_precise", {"count": places}
    return _GOOD if value == decimals.written(number, places) else ("not_a_decimal", {})


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and _EARLIEST <= date.fromisoformat(value).isoformat() == value <= _LATEST
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        return (
            isinstance(value, str)
            and datetime.fromisoformat(value).isoformat(timespec="minutes") == value
            and _EARLIEST <= value[:10] <= _LATEST
        )
    except ValueError:
        return False


def _judge_text(question: Question, value: str) -> Verdict:  # noqa: PLR0911 - one return a kind
    longest = question.longest or LONGEST.get(question.kind, 200)
    if len(value) > longest:
        return "too_long", {"count": longest}
    writing = _writing(question, value)
    if writing:
        return writing, {}
    match question.kind:
        case "name":
            return _GOOD if any(sign.isalpha() for sign in value) else ("not_a_name", {})
        case "phone":
            return _GOOD if normal_phone(value) == value else ("not_a_phone", {})
        case "email":
            return _GOOD if _EMAIL.match(value) and ".." not in value else ("not_an_email", {})
        case "aadhaar":
            return _GOOD if is_masked_aadhaar(value) else ("not_an_aadhaar", {})
        case "cnic":
            return _GOOD if is_cnic(value) else ("not_a_cnic", {})
        case "samagra":
            return _GOOD if samagra(value) == value else ("not_a_samagra", {})
        case "survey_number":
            return _GOOD if survey_number(value) == value else ("not_a_survey_number", {})
        case "area":
            found = _AREA.match(value)
            return _GOOD if found and found.group(1) == question.scheme else ("unknown_area", {})
    if question.pattern is not None and not pattern(question.pattern).fullmatch(value):
        return "not_the_pattern", {}
    return _GOOD


def _writing(question: Question, value: str) -> str:
    """Return the code of what is suspicious in the writing, or nothing."""
    if REPLACEMENT in value:
        return "hidden_characters"
    found = flags(value)
    signs = _SIGNS if question.kind == "long_text" else (*_SIGNS, *_SIGNS_OF_NAMES)
    return next((code for flag, code in signs if flag in found), "")


@lru_cache(maxsize=512)
def pattern(text: str) -> Any:
    """Return a definer's pattern compiled by RE2, which takes linear time whatever is typed.

    Raises:
        ValueError: where it is not a pattern, or asks for more memory than any pattern of ours needs.

    """
    options = re2.Options()
    options.max_mem = 1 << 20
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        message = f"this is not a pattern: {error}"
        raise ValueError(message) from None
