"""The words of a public notice: which answers they may name, and how these are written out in each language."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from janaseva.core import dates, money
from janaseva.core.decimals import said
from janaseva.core.source import Path
from janaseva.core.text import TONGUES, direction_of, in_language
from janaseva.forms.rules import Question
from janaseva.services.rules.deciding import ISOLATE, AreaNames, choice_words
from janaseva.services.rules.definition import Definition

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
NEVER_PUBLIC: Final = frozenset({"aadhaar", "samagra", "cnic", "identifier", "phone", "email", "table", "declaration"})
"""Kinds of fields that no notice may name: they would say who somebody is, or how to reach them, to everybody."""


def faults(definition: Definition) -> Iterator[tuple[Path, str, str]]:
    """Yield what is wrong with the words of the notices: the place, what is wrong, and what to do."""
    fields = definition.form.by_key
    for number, step in enumerate(definition.happens.steps):
        if step.notice is None:
            continue
        for part, words in (("title", step.notice.title), ("statement", step.notice.statement)):
            for language, text in words.items():
                for name in _BRACES.findall(text):
                    path: Path = ("happens", "steps", number, "notice", part)
                    if name not in fields:
                        message = f"the notice ({language}) names '{name}', which is no field"
                        yield path, message, f"the fields are: {', '.join(fields)}"
                    elif fields[name].kind in NEVER_PUBLIC:
                        message = f"the notice would publish '{name}', a field of kind {fields[name].kind}"
                        yield path, message, "leave it out: whoever reads the notice must not be able to reach a person"


def filling(
    definition: Definition, answers: Mapping[str, Any], *, area_names: AreaNames
) -> Callable[[dict[str, str]], dict[str, str]]:
    """Return what fills the braces of a notice's words with the answers, in each language that has these words."""
    fields = definition.form.by_key

    def shown(name: str, language: str) -> str:
        found = _shown(fields[name], answers, language, area_names, "PKR" if definition.pack_country == "PK" else "INR")
        before, after = ISOLATE if direction_of(language) == "rtl" else ("", "")
        return f"{before}{found}{after}"

    def in_words(text: str, language: str) -> str:
        return _BRACES.sub(lambda match: shown(match.group(1), language), text)

    def filled(words: dict[str, str]) -> dict[str, str]:
        return {language: in_words(text, language) for language, text in words.items()}

    return filled


def _shown(
    question: Question, answers: Mapping[str, Any], language: str, area_names: AreaNames, currency: money.Currency
) -> str:
    spoken = language if language in TONGUES else "en"
    value = answers.get(question.key)
    if value is None or value == "":
        return "–"
    match question.kind:
        case "date":
            return dates.long(date.fromisoformat(str(value)), spoken)
        case "money":
            return money.money(int(value), currency=currency)
        case "decimal":
            return said(str(value))
        case "area":
            return in_language(area_names(str(value)), spoken)
        case "choice" | "choices":
            return in_language(choice_words(question, value), spoken)
    own = answers.get(f"{question.key}_{language}")
    return str(own if isinstance(own, str) and own else value)
