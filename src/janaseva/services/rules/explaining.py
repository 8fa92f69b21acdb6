"""Why a rule came out as it did: the answers that it looked at, in words, and the reasons of refusal that follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from janaseva.core.formula import Reason
from janaseva.core.text import Text, in_language
from janaseva.forms.rules import Applied, Question
from janaseva.forms.rules.summary import shown
from janaseva.services.rules import deciding
from janaseva.services.rules.definition import Condition, Definition


def looked_at(
    definition: Definition, applied: Applied, reason: Reason, language: str, *, area_names: deciding.AreaNames
) -> tuple[tuple[Text, str], ...]:
    """Return each answer that a rule looked at: its label, and what it found (empty where nothing was answered)."""
    found: list[tuple[Text, str]] = []
    for name in dict.fromkeys(reason.facts):
        key, _, column = name.partition(".")
        question = definition.form.by_key.get(key)
        value = applied.answers.get(key)
        if question is None or (value is None and question.computed is None and key not in applied.asked):
            continue
        if question.kind == "table":
            found.extend(_of_rows(definition, question, column, value, language, area_names))
        else:
            words = "" if value is None else shown(definition.form, question, value, language, area_names)[0]
            found.append((question.label, words))
    return tuple(found)


def _of_rows(  # noqa: PLR0917 - one table's parts, passed on
    definition: Definition, table: Question, column: str, value: Any, language: str, area_names: deciding.AreaNames
) -> list[tuple[Text, str]]:
    """Return one column of a table row by row, or how many rows there are."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    asked = next((one for one in table.columns if column in one.keys), None)
    if asked is None:
        return [(table.label, str(len(rows)))]
    words = [shown(definition.form, asked, row[column], language, area_names)[0] for row in rows if column in row]
    languages = {*table.label, *asked.label}
    label = {one: f"{in_language(table.label, one)}: {in_language(asked.label, one)}" for one in sorted(languages)}
    return [(label, ", ".join(words))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A condition that is not met, of which one is told and may hand in all the same.

    ``refusals`` are the reasons of refusal that follow from it.
    """

    condition: Condition
    refusals: tuple[Text, ...]


def refusals(definition: Definition, key: str) -> tuple[Text, ...]:
    """Return the reasons of refusal that follow where this condition or check does not hold."""
    return tuple(ground.title for ground in definition.out.reasons if key in ground.rules)


def told(definition: Definition, applied: Applied) -> tuple[Told, ...]:
    """Return the conditions that are only told and that these answers do not meet."""
    return tuple(
        Told(condition=one, refusals=refusals(definition, one.key))
        for one in definition.who.eligibility
        if one.told and definition.scope.compile(one.rule, "yes_no").evaluate(applied.facts).fails
    )


def grounds_that_hold(definition: Definition, applied: Applied) -> dict[str, tuple[Text, ...]]:
    """Return the reasons of refusal whose rules do not hold with these answers, each with what the rules say then."""
    messages = {rule.key: (rule.rule, rule.message) for rule in (*definition.form.checks, *definition.form.told)}
    found: dict[str, tuple[Text, ...]] = {}
    for ground in definition.out.reasons:
        said = tuple(
            messages[key][1]
            for key in ground.rules
            if key in messages and definition.scope.compile(messages[key][0], "yes_no").evaluate(applied.facts).fails
        )
        if said:
            found[ground.key] = said
    return found
