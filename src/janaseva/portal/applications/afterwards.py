"""What becomes of one's certificate: the office's notice and one's answer, giving it back, asking for it again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Fault, Refusal, not_found
from janaseva.design.page import fault_words
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.portal.page import for_person, language, show
from janaseva.services import actions, queries
from janaseva.services.rules.purposes import PURPOSES

LONGEST = 4_000


@for_person
@require_safe
def page(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show how one's certificate stands, every notice, and what one may do."""
    return _page(request, application_id)


@for_person
@require_POST
def act(request: HttpRequest, application_id: UUID, act: str) -> HttpResponse:
    """Answer the notice, give the certificate back, or begin to ask for its renewal, correction or a second copy."""
    words = request.POST.get("words", "").replace("\r\n", "\n")[:LONGEST]
    try:
        if act in PURPOSES:
            begun = perform(
                request, actions.begin_again, application_id=application_id, purpose=act, language=language(request)
            )
            return HttpResponseRedirect(reverse("apply", args=[begun]))
        if act == "answer":
            perform(request, actions.answer_cause, application_id=application_id, words=words)
        elif act == "surrender":
            if not request.POST.get("sure"):
                fault = Fault(place="sure", code="must_be_declared")
                return _page(request, application_id, faults=(fault,))
            perform(request, actions.surrender_certificate, application_id=application_id)
        else:
            raise not_found()
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, UNPROCESSABLE):
            raise
        place = "words" if refusal.code == "cause_needs_words" else ""
        fault = Fault(place=place, code=refusal.code, facts=refusal.facts)
        return _page(request, application_id, words=words, faults=(fault,), status=refusal.status)
    return HttpResponseRedirect(f"/applications/{application_id}/certificate/")


def _page(
    request: HttpRequest, application_id: UUID, *, words: str = "", faults: tuple[Fault, ...] = (), status: int = 0
) -> HttpResponse:
    by = actor(request)
    view = queries.application(by, application_id)
    again, spoken = queries.again(by, application_id, at(request)), language(request)
    context = {
        "one": view,
        "stands": queries.afterwards_of(by, application_id, at(request)),
        "again": again,
        "why_not": {
            line.purpose: fault_words(Fault(place="", code=line.refusal.code, facts=line.refusal.facts), spoken)
            for line in again
            if line.refusal is not None
        },
        "words": words,
    }
    status = status or (UNPROCESSABLE if faults else 200)
    return show(
        request, "portal/applications/afterwards.html", context, here="applications", faults=faults, status=status
    )
