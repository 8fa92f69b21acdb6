"""Where a number with a point could have more digits than are kept, and nobody has written how it is rounded."""

import re
from collections.abc import Iterator

from janaseva.core.formula import FormulaError, Scope
from janaseva.core.formula_decimals import LITERAL
from janaseva.core.formula_rows import blank, closing
from janaseva.core.source import Source, SourceFault
from janaseva.forms.rules import Question
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.soundness.asking import questions
from janaseva.services.rules.soundness.finding import out_texts

_ROUNDED = re.compile(r"rounded\s*\(")


def rounding_faults(definition: Definition, service: Source) -> Iterator[SourceFault]:
    """Yield each computed field that may have more digits than it keeps, and each fact whose digits may never end."""
    for path, question in questions(definition):
        if question.kind != "decimal" or question.computed is None or question.rounding is not None:
            continue
        if _may_have_more(definition, question):
            message = f"this may have more than {question.places} digits after the point"
            yield service.fault((*path, "computed"), message, "write 'rounding:' beside it: up, down or nearest")
    for path, text in out_texts(definition):
        bare = blank(text).strip()
        ends = _ROUNDED.match(bare) is not None and closing(bare[bare.index("(") :]) == len(bare) - bare.index("(") - 1
        if "/" in bare and not ends and _kind(definition.out_scope, text) == "decimal":
            message = "the digits of this number may never end"
            yield service.fault(path, message, "write rounded(..., 2, 'up') around it, or 'down' or 'nearest'")


def _kind(scope: Scope, text: str) -> str | None:
    try:
        return scope.compile(text).kind
    except FormulaError:
        return None


def _may_have_more(definition: Definition, question: Question) -> bool:
    """Return whether the formula multiplies or divides, or names anything with more digits than the field keeps."""
    text = question.computed or ""
    bare = blank(text)
    if "*" in bare or "/" in bare:
        return True
    longest = max((len(match.group().partition(".")[2]) for match in LITERAL.finditer(bare)), default=0)
    names = set(re.findall(r"[a-z][a-z0-9_]*", bare))
    held = [one.places or 0 for _, one in questions(definition) if one.key in names]
    return max([longest, *held]) > (question.places or 0)
