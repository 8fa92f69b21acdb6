"""What a rule rests on in the end: questions that somebody can answer, also by way of what is computed from them."""

from collections.abc import Iterable

from janaseva.core.refusal import Fault
from janaseva.services.rules.definition import Definition

_LACKS = frozenset({"needed", "too_few_rows"})


def roots(definition: Definition, text: str) -> tuple[str, ...]:
    """Return the keys of the asked fields that a formula rests on, in the order of the form."""
    found: set[str] = set()
    ahead = _uses(definition, text)
    while ahead:
        key = ahead.pop()
        question = definition.form.by_key.get(key)
        if question is None or key in found:
            continue
        found.add(key)
        if question.computed is not None:
            ahead |= _uses(definition, question.computed) - found
    return tuple(key for key, one in definition.form.by_key.items() if key in found and one.computed is None)


def answerable(definition: Definition, key: str) -> tuple[str, ...]:
    """Return ``key`` itself where it is asked, and what it is computed from where it is not."""
    question = definition.form.by_key.get(key)
    return (key,) if question is None or question.computed is None else roots(definition, question.computed)


def incomplete(definition: Definition, faults: Iterable[Fault]) -> frozenset[str]:
    """Return the keys of the tables in which rows, or answers of a row, are still missing."""
    keys = {fault.place.partition(".")[0] for fault in faults if fault.code in _LACKS}
    return frozenset(key for key in keys if key in definition.form.by_key and definition.form.by_key[key].columns)


def _uses(definition: Definition, text: str) -> set[str]:
    return {use.removeprefix("given.").partition(".")[0] for use in definition.scope.compile(text).uses}
