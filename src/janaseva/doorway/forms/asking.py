"""Questions of a form as inputs on a page: what was typed goes out again as it came in; places open level by level."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict

from janaseva.core.dates import with_weekday
from janaseva.core.money import grouped
from janaseva.core.text import Text, in_language
from janaseva.core.words import say
from janaseva.design import posted
from janaseva.forms.rules import Applied, Form, Line, Page, PageSummary, Question, parse
from janaseva.forms.rules.summary import shown
from janaseva.people import queries as people
from janaseva.people.queries import AreaView
from janaseva.services.queries import Known
from janaseva.services.rules.definition import Definition

Typed = dict[str, list[str]]
"""What stands in the inputs of a page, by their names: from a post, or from the answers that were kept."""

LONGEST_TYPED: Final = 21_000
MOST_RADIOS: Final = 8
MOST_IN_ROW: Final = 3
"""In a row of a table, which is repeated for each member, more choices than these would bury the rest."""
DEEPEST: Final = 4
SHOW: Final = "_show"


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


# --- what was typed


def typed_of(post: QueryDict) -> Typed:
    """Return what was posted, each value cut to what any answer could hold."""
    return {name: [value[:LONGEST_TYPED] for value in values] for name, values in posted.rest(post).items()}


def typed_from(questions: Sequence[Question], answers: Mapping[str, Any]) -> Typed:
    """Return the inputs as they stand for answers that were kept."""
    typed: Typed = {}
    for question in questions:
        if question.kind == "table":
            for number, row in enumerate(answers.get(question.key) or ()):
                for column in question.columns:
                    _fill(typed, column, f"{question.key}.{number}.{column.key}", row.get(column.key))
            continue
        for key in question.keys:
            _fill(typed, question, key, answers.get(key))
    return typed


def _fill(typed: Typed, question: Question, name: str, value: Any) -> None:
    if value is None:
        return
    match question.kind:
        case "date" | "datetime" if isinstance(value, str):
            moment = _moment(value)
            if moment is None:
                typed[f"{name}.day"] = [value]
                return
            parts = {"day": moment.day, "month": moment.month, "year": moment.year}
            typed.update({f"{name}.{part}": [str(number)] for part, number in parts.items()})
            if question.kind == "datetime":
                typed[f"{name}.time"] = [f"{moment:%H:%M}"]
        case "money" if isinstance(value, int):
            whole, part = divmod(abs(value), 100)
            typed[name] = [("-" if value < 0 else "") + grouped(whole) + (f".{part:02d}" if part else "")]
        case "yes_no" | "declaration" if isinstance(value, bool):
            typed[name] = ["yes" if value else "no"]
        case "choices" if isinstance(value, list):
            typed[name] = [str(one) for one in value]
        case _:
            typed[name] = [str(value)]


def _moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def read(page: Page, typed: Typed, *, region: str) -> dict[str, Any]:
    """Return the answers of a page from what was typed; a moment comes in three boxes and a time."""
    seen = dict(typed)
    for question in page.fields:
        if question.kind == "datetime":
            day, month, year = (_only(typed, f"{question.key}.{part}").strip() for part in ("day", "month", "year"))
            if any((day, month, year)):
                seen[f"{question.key}.date"] = [f"{year}-{month.zfill(2)}-{day.zfill(2)}"]
    return parse(page, seen, region=region)


def _only(typed: Typed, name: str) -> str:
    values = typed.get(name, [])
    return values[-1] if values else ""


def with_rows(typed: Typed, wish: tuple[str, str, int], fields: Sequence[Question]) -> Typed:
    """Return what was typed with one row of a table more or less, as the person wished."""
    verb, name, gone = wish
    table = next((one for one in fields if one.key == name and one.kind == "table"), None)
    if table is None:
        return typed
    count = rows_of(typed, table)
    if verb == "add":
        return {**typed, _ROWS.format(name): [str(min(count + 1, table.rows_at_most))]}
    head, kept = f"{name}.", dict[str, list[str]]()
    for key, values in typed.items():
        number, dot, rest = key.removeprefix(head).partition(".")
        if not key.startswith(head) or not dot or not _is_row(number):
            kept[key] = values
        elif int(number) != gone:
            kept[f"{head}{int(number) - (int(number) > gone)}.{rest}"] = values
    kept[_ROWS.format(name)] = [str(max(count - 1, 0))]
    return kept


def compacted(typed: Typed, fields: Sequence[Question]) -> Typed:
    """Return what was typed without the empty rows of tables, numbered as the answers read from it are."""
    for table in fields:
        if table.kind != "table":
            continue
        for row in reversed(range(rows_of(typed, table))):
            head = f"{table.key}.{row}."
            if not any(value.strip() for key, values in typed.items() if key.startswith(head) for value in values):
                typed = with_rows(typed, ("remove", table.key, row), fields)
    return typed


_ROWS: Final = "_rows.{}"


def _is_row(number: str) -> bool:
    """Return whether this is the number of a row: a longer one is no table's, and no machine's integer."""
    return number.isascii() and number.isdigit() and len(number) <= len("100")


def rows_of(typed: Typed, table: Question) -> int:
    """Return how many rows of a table to show: those that hold something, those asked for, one to begin with."""
    head = f"{table.key}."
    numbers = [key.removeprefix(head).partition(".")[0] for key in typed if key.startswith(head)]
    held = max((int(number) + 1 for number in numbers if _is_row(number)), default=0)
    wished = _only(typed, _ROWS.format(table.key))
    held = max(held, int(wished[:3]) if wished.isascii() and wished.isdigit() else 1)
    return min(max(held, table.rows_at_least), table.rows_at_most)


# --- questions as shown


def asked(definition: Definition, fields: Sequence[Question], applied: Applied, typed: Typed) -> tuple[Asked, ...]:
    """Return the questions that apply, with what stands in them."""
    form = definition.form
    opening = {question.within for question in fields if question.kind == "area" and question.within}
    return tuple(
        _asked(definition, question, question.key, applied, typed, opening=question.key in opening)
        for question in fields
        if question.key in applied.asked and question.key in form.by_key
    )


def _asked(
    definition: Definition, question: Question, name: str, applied: Applied, typed: Typed, *, opening: bool = False
) -> Asked:
    levels: tuple[Level, ...] = ()
    waits_for = None
    if question.kind == "area":
        levels, waits_for = _levels(definition.form, question, name, applied, typed, opening=opening)
    return Asked(
        name=name,
        kind=_shown_as(question, in_row=name != question.key),
        label=question.label,
        hint=question.hint or question.pattern_says,
        optional=not _needed(definition.form, question, applied),
        value=_value(question, name, typed, applied),
        why=question.why,
        law=question.law or "",
        sources=tuple(definition.source_addresses(tuple(question.source)).items()),
        options=tuple(question.choices.items()),
        scripts=_scripts(question, name, typed),
        levels=levels,
        waits_for=waits_for,
        rows=_rows(definition, question, applied, typed),
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


def _needed(form: Form, question: Question, applied: Applied) -> bool:
    if isinstance(question.needed, bool):
        return question.needed or (question.kind == "table" and question.rows_at_least > 0)
    return form.scope.compile(question.needed, "yes_no").evaluate(applied.facts).holds


def _value(question: Question, name: str, typed: Typed, applied: Applied) -> Any:
    match question.kind:
        case "date" | "datetime":
            parts = {part: _only(typed, f"{name}.{part}") for part in ("day", "month", "year", "time")}
            return parts if any(parts.values()) else ""
        case "choices":
            return typed.get(name, [])
        case "aadhaar":
            held = applied.answers.get(name, "")
            return held if isinstance(held, str) and held[-1:].isdigit() else ""
    return _only(typed, name)


def _scripts(question: Question, name: str, typed: Typed) -> tuple[tuple[str, str, str], ...]:
    if question.also_in is None:
        return ()
    second = f"{name}_{question.also_in}"
    return ((name, "en", _only(typed, name)), (second, question.also_in, _only(typed, second)))


def _rows(definition: Definition, table: Question, applied: Applied, typed: Typed) -> tuple[tuple[Asked, ...], ...]:
    if table.kind != "table":
        return ()
    return tuple(
        tuple(_asked(definition, column, f"{table.key}.{row}.{column.key}", applied, typed) for column in table.columns)
        for row in range(rows_of(typed, table))
    )


# --- places, level by level


def _levels(
    form: Form, question: Question, name: str, applied: Applied, typed: Typed, *, opening: bool
) -> tuple[tuple[Level, ...], Text | None]:
    outer = question.within
    if outer is not None and ":" not in outer:
        around = form.by_key.get(outer)
        outer = _only(typed, outer) or str(applied.answers.get(outer, ""))
        if not outer:
            return (), around.label if around else None
    value = _only(typed, name)
    chain = _chain(value)
    levels: list[Level] = []
    at = _area(outer) if outer else None
    if outer and at is None:
        return (), question.label
    for depth in range(DEEPEST):
        inner = people.areas(at.id if at else None)
        last = not inner or any(one.scheme == question.scheme for one in inner)
        here = name if last else f"{name}.in{depth}"
        chosen = value if last else _only(typed, here) or next((one.reference for one in inner if one.id in chain), "")
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
