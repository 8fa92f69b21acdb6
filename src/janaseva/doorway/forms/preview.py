"""A form as its citizens will see it, filled in by whoever writes it: what follows from the answers is shown beside it.

Nothing is stored: the answers of the other pages go along in the form itself, as hidden inputs under their own names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from janaseva.core.refusal import UNPROCESSABLE, Fault
from janaseva.design import posted
from janaseva.design.page import render
from janaseva.doorway.forms import asking, mending, paging, suggesting
from janaseva.doorway.forms import typed as inputs
from janaseva.doorway.forms.paging import Filled
from janaseva.doorway.forms.typed import Typed
from janaseva.forms.rules import Applied, Page, apply, needed_documents, summary
from janaseva.forms.rules import check as check_form
from janaseva.services import queries
from janaseva.services.rules import deciding
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.trying import Trial

TEMPLATE: Final = "forms/preview.html"
LANGUAGE: Final = "in"
EXAMPLE: Final = "example"
CHECK: Final = "_check"
"""The page after the last one: all answers once more."""
_PAGE: Final = "_page"
_GO: Final = "_go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A form as it has been filled in so far, on one day; ``answers`` are those of all pages."""

    definition: Definition
    typed: Typed
    answers: dict[str, Any]
    applied: Applied
    today: date

    @property
    def pages(self) -> tuple[Page, ...]:
        """Return the pages that apply and ask anything."""
        asked = self.applied.asked
        return tuple(page for page in self.applied.pages if any(one.key in asked for one in page.fields))

    def page(self, key: str) -> Page | None:
        """Return a page that applies, by its key."""
        return next((page for page in self.pages if page.key == key), None)

    def after(self, key: str) -> Page | None:
        """Return the page that follows, ``None`` after the last."""
        keys = [page.key for page in self.pages]
        place = keys.index(key) + 1 if key in keys else 0
        return self.pages[place] if place < len(keys) else None

    def faults(self, page: Page) -> list[Fault]:
        """Return what is wrong on one page."""
        return check_form(self.definition.form, self.answers, self.today, pages={page.key}, directory=queries.PLACES)


def preview(request: HttpRequest, trial: Trial, *, today: date) -> HttpResponse:
    """Return one page of the form in the language of the request, with what follows from the answers so far.

    A GET begins, with the answers of the example ``?example=`` where there is such a one; a POST goes on. What is
    previewed need not be published; where it has faults, they are told in place of the form.
    """
    definition = trial.definition
    if definition is None:
        return render(request, "forms/preview_faults.html", {"found": trial.faults})
    if request.method != "POST":
        given = dict(enumerate(answers for _, answers in trial.examples)).get(_number(request.GET.get(EXAMPLE, "")), {})
        questions = [one for page in definition.form.pages for one in page.fields]
        begun = _tried(definition, inputs.typed_from(questions, given), today)
        return _shown(request, begun, begun.pages[0] if begun.pages else None)
    typed = inputs.typed_of(request.POST)
    tried = _tried(definition, typed, today)
    here = tried.page(request.POST.get(_PAGE, ""))
    wish = posted.row_wish(request.POST)
    if here is not None and wish is not None:
        return _shown(request, _tried(definition, inputs.with_rows(typed, wish, here.fields), today), here)
    if here is not None and suggesting.USE in request.POST:
        return _shown(request, _tried(definition, suggesting.used(request.POST, here.fields, typed), today), here)
    if inputs.SHOW in request.POST:
        return _shown(request, tried, here)
    if _GO in request.POST or here is None:
        return _shown(request, tried, tried.page(request.POST.get(_GO, "")))
    return _onward(request, _tried(definition, inputs.compacted(typed, here.fields), today), here)


def _number(typed: str) -> int:
    """Return the number of an example; none has the number -1."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("1000") else -1


def _tried(definition: Definition, typed: Typed, today: date) -> Tried:
    form = definition.form
    answers: dict[str, Any] = {}
    for page in form.pages:
        answers.update(inputs.read(page, typed, region=form.region))
    applied = apply(form, answers, today=today, directory=queries.PLACES)
    kept = {key for question in form.questions() if question.key in applied.asked for key in question.keys}
    counting = {key: value for key, value in answers.items() if key in kept}
    return Tried(definition=definition, typed=typed, answers=counting, applied=applied, today=today)


def _onward(request: HttpRequest, tried: Tried, here: Page) -> HttpResponse:
    """Judge a page as the portal does when it is saved, and go on where nothing is wrong."""
    faults = tried.faults(here)
    if not faults:
        return _shown(request, tried, tried.after(here.key))
    if paging.has_opened(_filled(tried, here), request.POST, faults):
        return _shown(request, tried, here, opened=True)
    return _shown(request, tried, here, faults=mending.told(tried.definition.form, faults))


def _filled(tried: Tried, page: Page) -> Filled:
    return paging.filled(tried.definition, page, tried.typed, tried.answers, today=tried.today)


def _shown(
    request: HttpRequest, tried: Tried, page: Page | None, *, faults: Sequence[Fault] = (), opened: bool = False
) -> HttpResponse:
    """Show a page, or after the last one all answers, with what follows from them."""
    language = str(getattr(request, "language", "en"))
    asked = None
    if page is not None:
        asked = paging.shown(_filled(tried, page), pages=tried.pages, language=language, faults=faults, opened=opened)
    context = {
        "definition": tried.definition,
        "asked": asked,
        "at_page": page.key if page is not None else CHECK,
        "check": CHECK,
        "pages": tried.pages,
        "carried": _carried(tried, page),
        **(_all(tried, language) if page is None else {}),
        **_following(tried, page),
    }
    return render(request, TEMPLATE, context, faults=faults, status=UNPROCESSABLE if faults else 200)


def _carried(tried: Tried, page: Page | None) -> list[tuple[str, str]]:
    """Return what was typed on the other pages, to go along as it is."""
    own = {key for question in (page.fields if page else ()) for key in question.keys}
    known = {key for question in tried.definition.form.questions() for key in question.keys} - own
    return [
        (name, value) for name, values in tried.typed.items() if name.partition(".")[0] in known for value in values
    ]


def _all(tried: Tried, language: str) -> dict[str, Any]:
    """Return all answers as the portal shows them before they are sent, and what is wrong on each page."""
    form = tried.definition.form
    found = summary(form, tried.applied, language, area_names=queries.area_names)
    return {
        "answers": [(page, list(asking.lines(page)), "") for page in found if page.lines],
        "wrong": [
            (page, [mending.named(form, fault, language) for fault in mending.told(form, faults)])
            for page in tried.pages
            if (faults := tried.faults(page))
        ],
    }


def _following(tried: Tried, page: Page | None) -> dict[str, Any]:
    """Return what follows from the answers: the variant, the fee, the papers, the conditions, what is not asked."""
    definition, answers = tried.definition, tried.applied.answers
    variant = deciding.choose(definition, tried.applied.facts)
    bill = deciding.bill(definition, variant, answers, on=tried.today) if variant is not None else None
    needed = {group.key for group in needed_documents(definition.form, tried.applied)}
    return {
        "variant": variant,
        "bill": bill if bill is not None and not bill.missing and not bill.faults else None,
        "currency": "PKR" if definition.pack_country == "PK" else "INR",
        "papers": [group for group in definition.form.documents if group.key in needed],
        "eligibility": deciding.eligibility(definition, answers, today=tried.today),
        "unasked": [
            (one.label, one.when) for one in (page.fields if page else ()) if one.key not in tried.applied.asked
        ],
        "unshown": [(one.title, one.when) for one in definition.form.pages if one not in tried.applied.pages],
    }
