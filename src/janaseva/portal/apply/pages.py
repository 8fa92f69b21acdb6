"""One page of the form: asked, read, saved; with faults it comes back as it was typed."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from janaseva.core.canonical import canonical
from janaseva.core.refusal import UNPROCESSABLE, Fault, Invalid
from janaseva.design import posted
from janaseva.doorway.acts import given_key
from janaseva.doorway.forms import asking, mending, paging, suggesting
from janaseva.doorway.forms import typed as inputs
from janaseva.doorway.forms.paging import Filled
from janaseva.doorway.forms.typed import Typed
from janaseva.doorway.visitor import actor, at
from janaseva.forms.rules import Page
from janaseva.forms.rules import check as check_form
from janaseva.portal.apply.beginning import elsewhere
from janaseva.portal.apply.tasks import Draft, draft
from janaseva.portal.page import for_person, language, show
from janaseva.services import actions, queries
from janaseva.services.queries import Known

BACK: Final = "back"


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def page(request: HttpRequest, application_id: UUID, page: str) -> HttpResponseBase:
    """Show a page of the form, and save it."""
    found = draft(actor(request), application_id, at(request))
    if (gone := elsewhere(found)) is not None:
        return gone
    asked = next((one for one in found.pages if one.key == page), None)
    if asked is None:
        return HttpResponseRedirect(reverse("apply", args=[application_id]))
    if request.method == "POST":
        return _posted(request, found, asked)
    offered = {key: one.value for key, one in _known(request, found).items() if key not in found.view.answers}
    filled = _filled(request, found, asked, inputs.typed_from(asked.fields, {**offered, **found.view.answers}))
    faults = mending.told(found.definition.form, _faults(request, found, asked)) if request.GET.get("mend") else []
    return _shown(request, found, filled, faults=faults)


def _known(request: HttpRequest, found: Draft) -> dict[str, Known]:
    """Return what is known already of the fields of a draft, to be offered and looked at by the person."""
    return queries.known(
        actor(request), found.definition, found.view.answers, at(request), earlier_id=found.view.earlier_id
    )


def _filled(request: HttpRequest, found: Draft, page: Page, typed: Typed) -> Filled:
    today = queries.today(at(request))
    return paging.filled(found.definition, page, typed, found.view.answers, today=today)


def _faults(request: HttpRequest, found: Draft, page: Page) -> list[Fault]:
    form, today = found.definition.form, queries.today(at(request))
    return check_form(form, found.view.answers, today, pages={page.key}, directory=queries.PLACES)


def _posted(request: HttpRequest, found: Draft, page: Page) -> HttpResponseBase:
    typed = inputs.typed_of(request.POST)
    wish = posted.row_wish(request.POST)
    if wish is not None:
        return _shown(request, found, _filled(request, found, page, inputs.with_rows(typed, wish, page.fields)))
    if suggesting.USE in request.POST:
        typed = suggesting.used(request.POST, page.fields, typed)
        return _shown(request, found, _filled(request, found, page, typed))
    if inputs.SHOW in request.POST:
        return _shown(request, found, _filled(request, found, page, typed))
    filled = _filled(request, found, page, inputs.compacted(typed, page.fields))
    own = {key for question in page.fields if question.key in filled.shown for key in question.keys}
    answers = {key: value for key, value in filled.answers.items() if key in own}
    later = request.POST.get("_next") == "later"
    try:
        actions.save_page(
            by=actor(request),
            at=at(request),
            key=_key(request, answers),
            application_id=found.view.id,
            page=page.key,
            answers=answers,
            unfinished=later,
        )
    except Invalid as invalid:
        return _again(request, found, filled, invalid)
    return HttpResponseRedirect(_onward(request, found, filled, later=later))


def _key(request: HttpRequest, answers: dict[str, Any]) -> str:
    """Return the form's key for these answers: who goes back in the browser and sends others means others."""
    return f"{given_key(request)}:{hashlib.sha256(canonical(answers)).hexdigest()[:24]}"


def _again(request: HttpRequest, found: Draft, filled: Filled, invalid: Invalid) -> HttpResponseBase:
    """Show the page again with what is wrong, or with the questions that an answer has just opened."""
    if paging.has_opened(filled, request.POST, invalid.faults):
        return _shown(request, found, filled, opened=True)
    faults = mending.told(found.definition.form, invalid.faults)
    return _shown(request, found, filled, faults=faults, status=UNPROCESSABLE)


def _onward(request: HttpRequest, found: Draft, filled: Filled, *, later: bool) -> str:
    application_id = found.view.id
    if later:
        return reverse("apply", args=[application_id])
    if request.GET.get(BACK) == "check":
        return reverse("apply-check", args=[application_id])
    fresh = draft(actor(request), application_id, at(request))
    following = fresh.after(filled.page.key)
    if following is not None:
        return reverse("apply-page", args=[application_id, following.key])
    return reverse("apply-papers" if fresh.groups else "apply-check", args=[application_id])


def _shown(
    request: HttpRequest,
    found: Draft,
    filled: Filled,
    *,
    faults: Sequence[Fault] = (),
    status: int = 200,
    opened: bool = False,
) -> HttpResponseBase:
    spoken = language(request)
    known = asking.sources(_known(request, found), spoken)
    context = {
        "draft": found,
        "id": found.view.id,
        "asked": paging.shown(filled, pages=found.pages, language=spoken, faults=faults, known=known, opened=opened),
        "back": request.GET.get(BACK) == "check",
    }
    return show(request, "portal/apply/page.html", context, here="applications", status=status, faults=faults)
