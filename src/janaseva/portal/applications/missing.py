"""Giving a paper that was missing: with the last of them the time limit begins."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from janaseva.core.refusal import Fault, Refusal
from janaseva.documents import queries as documents
from janaseva.doorway.acts import perform
from janaseva.portal.applications.views import own, shown
from janaseva.portal.page import for_person
from janaseva.services import actions

NOT_FOUND: Final = 404
PAPER: Final = "missing_paper"


@for_person
@require_POST
def give(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Take one of the papers that are missing; the page then says which are still to come, or the date."""
    view = own(request, application_id)
    which = request.POST.get("which", "")[:130]
    group, _, choice = which.partition(".")
    file = request.FILES.get(PAPER)
    faults = [] if group in view.missing and choice else [Fault(place="which", code="needed")]
    if file is None:
        faults.append(Fault(place=PAPER, code="paper_missing"))
    if faults or file is None:
        return shown(request, view, faults=tuple(faults), which=which)
    try:
        received = documents.receive(filename=file.name or "", content=file.read(), declared_bytes=file.size)
        perform(request, actions.give_paper, application_id=view.id, group=group, choice=choice, received=received)
    except Refusal as refusal:
        if refusal.status == NOT_FOUND:
            raise
        return shown(request, view, faults=(Fault(place=PAPER, code=refusal.code, facts=refusal.facts),), which=which)
    return HttpResponseRedirect(f"/applications/{view.id}/")
