"""What is wrong with answers, in words that name the question, with the way to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from janaseva.core.refusal import Fault
from janaseva.core.text import in_language
from janaseva.design.facts import END_ISOLATE, ISOLATE
from janaseva.design.page import fault_words, sentence
from janaseva.design.vocabulary import field_id
from janaseva.forms.rules import Form, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class ToMend:
    """One thing to mend: in words, and the address where it is mended; empty where there is none."""

    words: str
    href: str


_DAYS: Final = {"too_early": "bound", "too_late": "bound", "hearing_too_soon": "first"}
"""The fact of a fault that is a day, which people read written out."""


def told(form: Form, faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults in the definition's own words where a pattern says what it wants."""
    return [in_own_words(_asked(form, fault.place), fault) for fault in faults]


def in_own_words(question: Question | None, fault: Fault) -> Fault:
    """Return a fault in the words of the question that it is about, and with its bound as a day."""
    day = _DAYS.get(fault.code, "")
    if isinstance(fault.facts.get(day), str):
        facts = {**fault.facts, day: _day(str(fault.facts[day]))}
        return Fault(place=fault.place, code=fault.code, facts=facts, words=fault.words)
    if fault.code != "not_the_pattern":
        return fault
    words = question.pattern_says if question is not None else None
    return fault if words is None else Fault(place=fault.place, code=fault.code, words=words)


def _day(text: str) -> Any:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text


def _asked(form: Form, place: str) -> Question | None:
    """Return the question at a place: a field, or a column of a table."""
    key, _, rest = place.partition(".")
    question = form.by_key.get(key)
    if question is None or not rest:
        return question
    return next((one for one in question.columns if rest.rpartition(".")[2] in one.keys), None)


def to_mend(form: Form, faults: Sequence[Fault], language: str) -> list[ToMend]:
    """Return the faults of a page as the list at its head: each names its question and leads to its field."""
    return [ToMend(words=named(form, fault, language), href=f"#{field_id(fault.place)}") for fault in faults]


def named(form: Form, fault: Fault, language: str) -> str:
    """Return what is wrong, after the label of the question and, in a table, the number of its row."""
    words = fault_words(fault, language)
    key, _, rest = fault.place.partition(".")
    question = form.by_key.get(key)
    if question is None or question.kind == "declaration" or (fault.code == "rule" and fault.words):
        return words
    label = in_language(question.label, language)
    if rest:
        number, _, column = rest.partition(".")
        cell = next((one for one in question.columns if column in one.keys), None)
        if cell is not None and number.isdigit():
            row = f"{sentence('portal.ask.row', language, {})} {int(number) + 1}"
            label = f"{row} · {in_language(cell.label, language)}{_script(cell, column, language)}"
    else:
        label += _script(question, key, language)
    return f"{ISOLATE}{label}{END_ISOLATE}: {words}"


def _script(question: Question, key: str, language: str) -> str:
    """Return, in brackets, in which script an answer is asked, where it is asked in two."""
    if question.also_in is None:
        return ""
    script = "en" if key == question.key else question.also_in
    return f" ({sentence('design.name_in.' + script, language, {})})"
