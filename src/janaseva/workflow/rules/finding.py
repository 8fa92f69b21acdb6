"""What an officer finds: the few fields that a move asks of whoever makes it, judged as an applicant's form is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator

from janaseva.core.refusal import Fault
from janaseva.forms import rules as forms
from janaseva.forms.rules import Form, Page, Question

FOUND_KINDS: Final = ("text", "long_text", "name", "date", "integer", "decimal", "money", "choice", "yes_no")
"""What may be found: plain kinds, which need no directory of areas and hold no number of identity."""
_FORMS_KEPT: Final = 512
"""So many forms of what officers find are kept with what was compiled of them: of each move some."""
_NOT_HERE: Final = ("when", "computed", "from_", "also_in")


def _simple(question: Question) -> Question:
    if question.kind not in FOUND_KINDS:
        message = f"an officer finds {', '.join(FOUND_KINDS)}, not {question.kind}"
        raise ValueError(message)
    for name in _NOT_HERE:
        if getattr(question, name) is not None:
            message = f"'{name.rstrip('_')}' belongs to the applicant's form; what an officer finds is asked as it is"
            raise ValueError(message)
    return question


Find = Annotated[Question, AfterValidator(_simple)]
"""One field that is asked of the officer."""


@dataclass(frozen=True, slots=True, eq=False)
class _Itself:
    """A field that is like no other but itself, so that what was made of it is found again."""

    question: Question

    def __hash__(self) -> int:
        return id(self.question)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.question is self.question


def form_of(finds: Iterable[Question], *, region: Literal["IN", "PK"] = "IN") -> Form:
    """Return these fields as a form, so that they are read, judged and shown like every other."""
    return _form(tuple(map(_Itself, finds)), region)


@lru_cache(maxsize=_FORMS_KEPT)
def _form(finds: tuple[_Itself, ...], region: Literal["IN", "PK"]) -> Form:
    page = Page(key="found", title={"en": "found"}, fields=tuple(one.question for one in finds))
    return Form(key="found", version=1, pages=(page,), region=region)


def place(move: str, key: str = "") -> str:
    """Return where one field stands on a screen and in faults: two moves of a step may ask the same."""
    return f"found.{move}.{key}"


def finding(
    finds: Sequence[Question], given: Mapping[str, Any], *, move: str, today: date
) -> tuple[dict[str, Any], list[Fault]]:
    """Return what was found, as it is kept, and every fault of it at once; what was left empty is kept as ``None``."""
    if not finds:
        return {}, []
    form = form_of(finds)
    answers = forms.settle_shape(form, given)
    faults = [
        Fault(place=place(move, fault.place), code=fault.code, facts=fault.facts)
        for fault in forms.check(form, answers, today)
    ]
    return {question.key: answers.get(question.key) for question in finds}, faults


def held(findings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what holds after findings that were made one after the other: of each field the last."""
    last: dict[str, Any] = {}
    for one in findings:
        last.update(one)
    return {key: value for key, value in last.items() if value is not None}


def shown(
    finds: Iterable[Question], found: Mapping[str, Any], language: str, *, region: Literal["IN", "PK"] = "IN"
) -> tuple[forms.Line, ...]:
    """Return what was found as it is read. Nothing of it depends on the day, since nothing is worked out."""
    form = form_of(finds, region=region)
    pages = forms.summary(form, forms.apply(form, found, today=date.min), language)
    return tuple(line for page in pages for line in page.lines)
