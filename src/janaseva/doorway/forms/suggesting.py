"""The second script of a name as a suggestion: from the directory of areas, else by rule; never written without a hand.

Nothing of it is stored: an answer is still to be looked at where it reads as the rule alone would write it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.http import QueryDict

from janaseva.core.text import Text
from janaseva.core.writing import fold
from janaseva.doorway.forms.typed import Typed, only, rows_of
from janaseva.forms.rules import Applied, Form, Question
from janaseva.forms.rules.spelling import SCRIPTS, suggest
from janaseva.people import queries as people

USE: Final = "_use"
"""The button that puts a suggestion into its box; its value is the name of the box."""
_KINDS: Final = frozenset({"name", "text"})


def _is_offered(question: Question) -> bool:
    return question.also_in in SCRIPTS and question.kind in _KINDS


def _boxes(fields: Sequence[Question], typed: Typed) -> Iterator[tuple[str, str, str]]:
    """Yield both boxes and the language of each question for which a suggestion may be offered, rows too."""
    for question in fields:
        if question.kind == "table":
            columns = [column for column in question.columns if _is_offered(column)]
            for row in range(rows_of(typed, question)) if columns else ():
                for column in columns:
                    name = f"{question.key}.{row}.{column.key}"
                    yield name, f"{name}_{column.also_in}", column.also_in or ""
        elif _is_offered(question):
            yield question.key, f"{question.key}_{question.also_in}", question.also_in or ""


def suggestions(fields: Sequence[Question], typed: Typed) -> dict[str, str]:
    """Return what may be suggested, by the name of its box: for boxes that are empty while the first is not."""
    asked = {
        second: (only(typed, first).strip(), language)
        for first, second, language in _boxes(fields, typed)
        if only(typed, first).strip() and not only(typed, second).strip()
    }
    held = people.areas_named({text for text, _ in asked.values()}) if asked else {}
    found = {second: _suggested(text, language, held) for second, (text, language) in asked.items()}
    return {second: text for second, text in found.items() if text}


def _suggested(text: str, language: str, held: Mapping[str, Text]) -> str:
    return held.get(text, {}).get(language, "") or suggest(text, language)


def used(post: QueryDict, fields: Sequence[Question], typed: Typed) -> Typed:
    """Return what was typed with the suggestion in its box that the person chose to use."""
    box = post.get(USE, "")
    suggested = suggestions(fields, {**typed, box: []}).get(box) if box else None
    return {**typed, box: [suggested]} if suggested else typed


def unread(form: Form, applied: Applied) -> set[str]:
    """Return the places of answers which read as the rule alone writes them: still to be looked at, letter by letter.

    What the directory of areas spells so has been looked at already.
    """
    written = {
        place: (first, second)
        for place, first, second, language in _answers(form, applied)
        if isinstance(first, str) and isinstance(second, str) and fold(suggest(first, language)) == fold(second) != ""
    }
    held = people.areas_named({first for first, _ in written.values()}) if written else {}
    return {place for place, (first, second) in written.items() if second not in held.get(first, {}).values()}


def _answers(form: Form, applied: Applied) -> Iterator[tuple[str, Any, Any, str]]:
    for question in form.questions():
        if question.key not in applied.asked:
            continue
        if question.kind == "table":
            rows = applied.answers.get(question.key)
            for number, row in enumerate(rows if isinstance(rows, list) else ()):
                for column in question.columns:
                    if _is_offered(column) and isinstance(row, Mapping):
                        second = f"{column.key}_{column.also_in}"
                        place = f"{question.key}.{number}.{second}"
                        yield place, row.get(column.key), row.get(second), column.also_in or ""
        elif _is_offered(question):
            second = f"{question.key}_{question.also_in}"
            yield second, applied.answers.get(question.key), applied.answers.get(second), question.also_in or ""
