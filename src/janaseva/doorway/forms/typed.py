"""What stands in the inputs of a page: from a post or from answers that were kept, read, and with rows more or less."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict

from janaseva.core.decimals import exact, said
from janaseva.core.money import grouped
from janaseva.design import posted
from janaseva.forms.rules import Page, Question, parse

Typed = dict[str, list[str]]
"""What stands in the inputs of a page, by their names: from a post, or from the answers that were kept."""

LONGEST_TYPED: Final = 21_000
SHOW: Final = "_show"


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
                    for key in column.keys:
                        _fill(typed, column, f"{question.key}.{number}.{key}", row.get(key))
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
        case "decimal" if exact(value) is not None:
            typed[name] = [said(str(value))]
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
    return parse(page, with_days(page.fields, typed), region=region)


def with_days(fields: Sequence[Question], typed: Typed) -> Typed:
    """Return what was typed with the three boxes of each moment as one day."""
    seen = dict(typed)
    moments = [question.key for question in fields if question.kind == "datetime"]
    for table in fields:
        columns = [column.key for column in table.columns if column.kind == "datetime"]
        moments += [f"{table.key}.{row}.{key}" for key in columns for row in range(rows_of(typed, table))]
    for name in moments:
        day, month, year = (only(typed, f"{name}.{part}").strip() for part in ("day", "month", "year"))
        if any((day, month, year)):
            seen[f"{name}.date"] = [f"{year}-{month.zfill(2)}-{day.zfill(2)}"]
    return seen


def only(typed: Typed, name: str) -> str:
    """Return what stands in one input; nothing where there is none."""
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
    wished = only(typed, _ROWS.format(table.key))
    held = max(held, int(wished[:3]) if wished.isascii() and wished.isdigit() else 1)
    return min(max(held, table.rows_at_least), table.rows_at_most)
