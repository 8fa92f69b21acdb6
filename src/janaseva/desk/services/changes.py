"""What an application for a renewal, an amendment, a correction or a second copy wants otherwise than it was issued."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.forms import rules as forms
from janaseva.services import queries as services
from janaseva.services.queries import ApplicationView
from janaseva.services.rules.purposed import ISSUED_NUMBER, earlier_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One answer that is otherwise: its label, how it read when the earlier certificate was issued, and now."""

    label: Text
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that is otherwise than under the earlier certificate."""

    number: str
    lines: tuple[Changed, ...]


def changes(by: Actor, view: ApplicationView, language: str, *, today: date) -> Changes | None:
    """Return what is otherwise; ``None`` for a first application. Declarations are made anew each time."""
    if view.earlier_id is None:
        return None
    was = _read(view, services.answers_before(by, view.id), language, today)
    now = _read(view, view.answers, language, today)
    return Changes(
        number=str(view.answers.get(ISSUED_NUMBER, "")),
        lines=tuple(
            Changed(label=label, was=was.get(place, ({}, ""))[1], now=now.get(place, ({}, ""))[1])
            for place, (label, _) in {**was, **now}.items()
            if was.get(place, ({}, ""))[1] != now.get(place, ({}, ""))[1]
        ),
    )


def _read(view: ApplicationView, answers: Mapping[str, Any], language: str, today: date) -> dict[str, tuple[Text, str]]:
    form = view.definition.form
    applied = forms.apply(form, answers, today=today, directory=services.PLACES)
    pages = forms.summary(form, applied, language, area_names=services.area_names)
    declared = {key for key, question in form.by_key.items() if question.kind == "declaration"}
    anew = declared | earlier_keys(view.definition)
    return {
        line.place: ({line.label_language: line.label}, _words(line))
        for page in pages
        for line in page.lines
        if line.place not in anew
    }


def _words(line: forms.Line) -> str:
    return " · ".join(_rows(line.rows)) if line.rows else line.value if line.given else ""


def _rows(rows: Iterable[Iterable[forms.Line]]) -> Iterator[str]:
    for row in rows:
        yield ", ".join(cell.value for cell in row if cell.given)
