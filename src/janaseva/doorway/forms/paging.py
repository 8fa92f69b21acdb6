"""One page of a form with what stands in it: what applies then, what is wrong, and what the page is shown with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import QueryDict

from janaseva.core.refusal import Fault
from janaseva.core.text import Text
from janaseva.doorway.forms import asking, mending, suggesting
from janaseva.doorway.forms import typed as inputs
from janaseva.doorway.forms.typed import Typed
from janaseva.forms.rules import Applied, Page, apply
from janaseva.services import queries
from janaseva.services.rules.definition import Definition

SHOWN: Final = "_shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A page with what stands in it and what of the form applies then; ``answers`` are the page's own."""

    definition: Definition
    page: Page
    typed: Typed
    answers: dict[str, Any]
    applied: Applied

    @property
    def shown(self) -> set[str]:
        """Return the keys of the questions that apply on this page, and the cells which rules of rows ask."""
        fields = self.page.fields
        cells = asking.cells_asked(self.definition, fields, self.applied, self.typed)
        return {question.key for question in fields if question.key in self.applied.asked} | cells


def filled(definition: Definition, page: Page, typed: Typed, others: Mapping[str, Any], *, today: date) -> Filled:
    """Return a page as it was typed, worked out together with the answers of the other pages."""
    form = definition.form
    answers = inputs.read(page, typed, region=form.region)
    own = {key for question in page.fields for key in question.keys}
    kept = {key: value for key, value in others.items() if key not in own}
    applied = apply(form, {**kept, **answers}, today=today, directory=queries.PLACES)
    return Filled(definition=definition, page=page, typed=typed, answers=answers, applied=applied)


def has_opened(page: Filled, post: QueryDict, faults: Sequence[Fault]) -> bool:
    """Answer whether all that is wrong is that questions are empty which an answer has just opened.

    They are asked before they are missed.
    """
    before = set(post.get(SHOWN, "").split(","))
    opened = {key for key in page.shown if key not in before} if SHOWN in post else set()
    return bool(opened) and all(
        fault.code == "needed" and (fault.place in opened or fault.place.partition(".")[0] in opened)
        for fault in faults
    )


def shown(
    page: Filled,
    *,
    pages: Sequence[Page],
    language: str,
    faults: Sequence[Fault] = (),
    known: Mapping[str, str] | None = None,
    opened: bool = False,
) -> dict[str, Any]:
    """Return what ``forms/page.html`` shows of a page: ``pages`` are those that apply, for the place of this one."""
    form = page.definition.form
    keys = [one.key for one in pages]
    name: Text = page.definition.what.name
    return {
        "name": name,
        "page": page.page,
        "step": keys.index(page.page.key) + 1,
        "of": len(keys),
        "suggested": suggesting.suggestions(page.page.fields, page.typed),
        "fields": asking.asked(page.definition, page.page.fields, page.applied, page.typed, language=language),
        "computed": asking.computed(page.definition, page.page, page.applied, language),
        "shown": ",".join(sorted(page.shown)),
        "known": known or {},
        "opened": opened,
        "sign": "Rs" if form.region == "PK" else "₹",
        "mend": mending.to_mend(form, faults, language),
    }
