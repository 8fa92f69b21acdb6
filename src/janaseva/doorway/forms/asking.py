"""Questions of a form as inputs on a page: what was typed goes out again as it came in; places open level by level."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from janaseva.core.dates import with_weekday
from janaseva.core.formula import Scope
from janaseva.core.text import Text, in_language
from janaseva.core.words import say
from janaseva.doorway.forms.typed import Typed, only, rows_of, with_days
from janaseva.forms.rules import Applied, Form, Line, Page, PageSummary, Question
from janaseva.forms.rules.checking import needed_in
from janaseva.forms.rules.reading import row_posted
from janaseva.forms.rules.rows import work
from janaseva.forms.rules.summary import shown
from janaseva.people import queries as people
from janaseva.people.queries import AreaView
from janaseva.services.queries import Known
from janaseva.services.rules.definition import Definition

MOST_RADIOS: Final = 8
MOST_IN_ROW: Final = 3
"""In a row of a table, which is repeated for each member, more choices than these would bury the rest."""
DEEPEST: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One list of places to choose from; ``opens`` where the choice opens another list, by pressing a button."""

    name: str
    label: Text | str
    options: tuple[tuple[str, Text], ...]
    value: str
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as a page shows it, with what stands in it."""

    name: str
    kind: str
    label: Text
    hint: Text | None
    optional: bool
    value: Any
    why: Text | None = None
    law: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, Text], ...] = ()
    scripts: tuple[tuple[str, str, str], ...] = ()
    levels: tuple[Level, ...] = ()
    waits_for: Text | None = None
    rows: tuple[tuple["Asked", ...], ...] = ()
    fewest: int = 0
    most: int = 0
    short: bool = False
    computed: bool = False


def sources(known: Mapping[str, Known], language: str) -> dict[str, str]:
    """Return in words from where each known answer comes, by its key."""
    return {
        key: say(
            "portal.apply.known" + ("" if one.title else "_entry") + ("_fixed" if one.fixed else ""),
            language,
            title=in_language(one.title, language),
            number=one.number,
            date=with_weekday(one.on, language),
        )
        for key, one in known.items()
    }


# --- questions as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """What stands around the questions of a form, or of one row: what applies, what is typed, what leads further."""

    definition: Definition
    scope: Scope
    applied: Applied
    typed: Typed
    opening: frozenset[str | None]
    language: str


def asked(
    definition: Definition, fields: Sequence[Question], applied: Applied, typed: Typed, *, language: str = "en"
) -> tuple[Asked, ...]:
    """Return the questions that apply, with what stands in them."""
    form = definition.form
    here = _Here(
        definition=definition,
        scope=form.scope,
        applied=applied,
        typed=typed,
        opening=frozenset(question.within for question in fields),
        language=language,
    )
    return tuple(
        _asked(here, question, question.key)
        for question in fields
        if question.key in applied.asked and question.key in form.by_key
    )


def cells_asked(definition: Definition, fields: Sequence[Question], applied: Applied, typed: Typed) -> set[str]:
    """Return the names of the cells which a rule of their column asks now, beside what is typed in their row."""
    found: set[str] = set()
    for table in fields:
        if table.key in applied.asked and table.ruled:
            for row in range(rows_of(typed, table)):
                asked_here = _within(definition.form, table, row, applied, typed)[1].asked
                found |= {f"{table.key}.{row}.{one.key}" for one in table.columns if one.when and one.key in asked_here}
    return found


def _within(form: Form, table: Question, row: int, applied: Applied, typed: Typed) -> tuple[Scope, Applied]:
    """Return one row as it is typed, worked out: its scope, and what applies in it."""
    cells = row_posted(table, row, with_days((table,), typed), form.region)
    done = work(form, table, cells, applied.facts)
    named = {f"{table.key}.{row}.{key}": value for key, value in done.cells.items()}
    answers = {**applied.answers, **done.cells, **named}
    return done.scope, Applied(pages=(), asked=done.asked, answers=answers, facts=done.facts)


def _asked(here: _Here, question: Question, name: str) -> Asked:
    definition, applied, typed = here.definition, here.applied, here.typed
    levels: tuple[Level, ...] = ()
    waits_for = None
    if question.kind == "area":
        opening = question.key in here.opening
        levels, waits_for = _levels(definition.form, question, name, applied, typed, opening=opening)
    return Asked(
        name=name,
        kind=_shown_as(question, in_row=name != question.key),
        label=question.label,
        hint=question.hint or question.pattern_says,
        optional=not _needed(question, here),
        value=_computed(here, question, name) if question.computed else _value(question, name, typed, applied),
        why=question.why,
        law=question.law or "",
        sources=tuple(definition.source_addresses(tuple(question.source)).items()),
        options=tuple(question.choices.items()),
        scripts=_scripts(question, name, typed),
        levels=levels,
        waits_for=waits_for,
        rows=_rows(here, question),
        fewest=question.rows_at_least,
        most=question.rows_at_most,
        short=(question.longest or 200) <= 40,  # noqa: PLR2004 - what fits a short box
        computed=question.computed is not None,
    )


def _shown_as(question: Question, *, in_row: bool) -> str:
    if question.computed is not None:
        return "computed"
    if question.kind == "choice" and len(question.choices) > (MOST_IN_ROW if in_row else MOST_RADIOS):
        return "list"
    if question.also_in:
        return "long_scripts" if question.kind == "long_text" else "scripts"
    return question.kind


def _needed(question: Question, here: _Here) -> bool:
    at_least_one = question.kind == "table" and question.rows_at_least > 0
    return needed_in(question, here.scope, here.applied.facts) or (question.needed is False and at_least_one)


def _computed(here: _Here, question: Question, name: str) -> str:
    """Return what is worked out in a row as it reads; empty while it comes to nothing."""
    value = here.applied.answers.get(name)
    return "" if value is None else shown(here.definition.form, question, value, here.language, _named)[0]


def _value(question: Question, name: str, typed: Typed, applied: Applied) -> Any:
    match question.kind:
        case "date" | "datetime":
            parts = {part: only(typed, f"{name}.{part}") for part in ("day", "month", "year", "time")}
            return parts if any(parts.values()) else ""
        case "choices":
            return typed.get(name, [])
        case "aadhaar":
            held = applied.answers.get(name, "")
            return held if isinstance(held, str) and held[-1:].isdigit() else ""
    return only(typed, name)


def _scripts(question: Question, name: str, typed: Typed) -> tuple[tuple[str, str, str], ...]:
    if question.also_in is None:
        return ()
    second = f"{name}_{question.also_in}"
    return ((name, "en", only(typed, name)), (second, question.also_in, only(typed, second)))


def _rows(here: _Here, table: Question) -> tuple[tuple[Asked, ...], ...]:
    if table.kind != "table":
        return ()
    rows = []
    opening = frozenset(column.within for column in table.columns)
    for row in range(rows_of(here.typed, table)):
        scope, applied = _within(here.definition.form, table, row, here.applied, here.typed)
        within = replace(here, scope=scope, applied=applied, opening=opening)
        rows.append(
            tuple(
                _asked(within, column, f"{table.key}.{row}.{column.key}")
                for column in table.columns
                if column.key in applied.asked
            )
        )
    return tuple(rows)


# --- places, level by level


def _levels(
    form: Form, question: Question, name: str, applied: Applied, typed: Typed, *, opening: bool
) -> tuple[tuple[Level, ...], Text | None]:
    outer = question.within
    if outer is not None and ":" not in outer:
        around = form.by_key.get(outer)
        beside = name.removesuffix(question.key) + outer
        outer = only(typed, beside) or only(typed, outer) or str(applied.answers.get(outer, ""))
        if not outer:
            return (), around.label if around else question.label
    value = only(typed, name)
    chain = _chain(value)
    levels: list[Level] = []
    at = _area(outer) if outer else None
    if outer and at is None:
        return (), question.label
    for depth in range(DEEPEST):
        inner = people.areas(at.id if at else None)
        last = not inner or any(one.scheme == question.scheme for one in inner)
        here = name if last else f"{name}.in{depth}"
        chosen = value if last else only(typed, here) or next((one.reference for one in inner if one.id in chain), "")
        levels.append(
            Level(
                name=here,
                label=question.label if last else inner[0].level,
                options=tuple((one.reference, one.names) for one in inner),
                value=chosen,
                opens=opening if last else True,
            )
        )
        at = next((one for one in inner if one.reference == chosen), None)
        if last or at is None:
            break
    return tuple(levels), None


def _area(reference: str) -> AreaView | None:
    return people.area_by_reference(reference[:100]) if "\0" not in reference else None


def _chain(reference: str) -> set[Any]:
    found = _area(reference) if reference else None
    return {one.id for one in people.area_path(found.id)} if found else set()


# --- answers as they read


def lines(page: PageSummary) -> Iterator[tuple[Line, tuple[Line, ...]]]:
    """Yield each answer of a page; a table comes as its own line with all the lines of one row, row by row."""
    for line in page.lines:
        if line.rows:
            for row in line.rows:
                yield line, row
        else:
            yield line, ()


def computed(definition: Definition, page: Page, applied: Applied, language: str) -> list[tuple[Text, str]]:
    """Return the values that a page works out by itself, as they read."""
    return [
        (question.label, shown(definition.form, question, applied.answers[question.key], language, _named)[0])
        for question in page.fields
        if question.computed is not None and question.key in applied.answers
    ]


def _named(area: str) -> Text:
    return {"en": area}
