"""Answers as people read them again before they send: page by page, in their language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from janaseva.core import dates, money
from janaseva.core.decimals import exact, said
from janaseva.core.text import Text, in_language, language_of
from janaseva.core.words import say
from janaseva.forms.rules.checking import Applied
from janaseva.forms.rules.form import Form, Question

AreaNames = Callable[[str], Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer: its place, its label and how it reads. ``rows`` holds a table: one list of lines a row.

    ``label_language`` and ``value_language`` say in which language the words are; the latter is empty for what the
    person wrote, whose language nobody knows. ``script`` is the language of the script in which it is asked, where it
    is asked in two.
    """

    place: str
    label: str
    label_language: str
    value: str
    value_language: str = ""
    given: bool = True
    rows: tuple[tuple["Line", ...], ...] = ()
    script: str = ""
    computed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSummary:
    """One page with its answers."""

    key: str
    title: str
    title_language: str
    lines: tuple[Line, ...]


def summary(
    form: Form, applied: Applied, language: str, *, area_names: AreaNames | None = None
) -> tuple[PageSummary, ...]:
    """Return every page that is asked with the answers that count, computed ones too."""
    names = area_names or (lambda area: {"en": area})
    return tuple(
        PageSummary(
            key=page.key,
            title=in_language(page.title, language),
            title_language=language_of(page.title, language),
            lines=tuple(
                _line(form, question, key, applied, language, names)
                for question in page.fields
                if question.key in applied.asked
                for key in question.keys
            ),
        )
        for page in applied.pages
    )


def _line(  # noqa: PLR0917 - one answer's parts, passed on
    form: Form, question: Question, key: str, applied: Applied, language: str, names: AreaNames
) -> Line:
    value = applied.answers.get(key)
    if question.kind != "table":
        return _said(form, question, key, value, language, names)
    rows = tuple(
        tuple(
            _said(form, column, f"{key}.{number}.{cell}", row.get(cell), language, names)
            for column in question.columns
            for cell in column.keys
            if f"{key}.{number}.{cell}" not in applied.hidden
        )
        for number, row in enumerate(value if isinstance(value, list) else ())
        if isinstance(row, dict)
    )
    label, label_language = in_language(question.label, language), language_of(question.label, language)
    return Line(place=key, label=label, label_language=label_language, value="", given=bool(rows), rows=rows)


def _said(  # noqa: PLR0917 - one answer's parts, passed on
    form: Form, question: Question, place: str, value: Any, language: str, names: AreaNames
) -> Line:
    text, value_language = ("", "") if value is None else shown(form, question, value, language, names)
    return Line(
        place=place,
        label=in_language(question.label, language),
        label_language=language_of(question.label, language),
        value=text,
        value_language=value_language,
        given=value is not None,
        script=_script(question, place),
        computed=question.computed is not None,
    )


def _script(question: Question, place: str) -> str:
    if question.also_in is None:
        return ""
    return question.also_in if place.rpartition(".")[2] != question.key else "en"


def shown(form: Form, question: Question, value: Any, language: str, names: AreaNames) -> tuple[str, str]:
    """Return how one answer reads, and in which language; what is not of its kind reads as it was typed."""
    match question.kind:
        case "choice" | "choices":
            chosen = value if isinstance(value, list) else [value]
            words = [question.choices.get(str(one), {"en": str(one)}) for one in chosen]
            language_shown = language_of(words[0], language) if words else language
            return ", ".join(in_language(one, language) for one in words), language_shown
        case "yes_no" | "declaration" if isinstance(value, bool):
            return say(f"forms.{'yes' if value else 'no'}", language), language
        case "money" if isinstance(value, int):
            return money.money(value, currency="PKR" if form.region == "PK" else "INR"), ""
        case "decimal" if exact(value) is not None:
            return said(str(value)), ""
        case "date" if isinstance(value, str):
            return _day(value, language), language
        case "datetime" if isinstance(value, str):
            return _moment(value, language), language
        case "area":
            found = names(str(value))
            return in_language(found, language), language_of(found, language)
    return str(value), ""


def _day(value: str, language: str) -> str:
    try:
        return dates.long(date.fromisoformat(value), language)
    except ValueError:
        return value


def _moment(value: str, language: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{dates.long(moment.date(), language)}, {moment:%H:%M}"
