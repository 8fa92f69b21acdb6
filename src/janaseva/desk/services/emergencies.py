"""Reading outside one's charge in an emergency: ask, allow another's request, read what it opens; and the report."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.refusal import Fault, Invalid, Refusal, not_found
from janaseva.design import posted
from janaseva.design.headers import frameable
from janaseva.desk.people.entry import officers, show
from janaseva.desk.services import reading
from janaseva.desk.services.case import handed_out
from janaseva.doorway.acts import perform, perform_once
from janaseva.doorway.visitor import actor, at
from janaseva.forms import rules as forms
from janaseva.people import actions as people
from janaseva.services import actions
from janaseva.services import queries as services
from janaseva.services.rules import emergencies as rules

DONE: Final = ("asked", "allow", "refuse", "end")
OF_NUMBER: Final = ("emergency_not_needed", "emergency_asked_before")
"""Refusals that are mended by another number."""
KINDS: Final = {"asked": "wait", "allowed": "going", "refused": "stop", "ended": "done", "lapsed": "plain"}


def _typed(request: HttpRequest) -> dict[str, str]:
    return {
        "number": posted.line(request.POST, "number")[:60],
        "reason": posted.line(request.POST, "reason")[:1000],
        "minutes": posted.line(request.POST, "minutes")[:3] or str(rules.MINUTES[0]),
    }


def _ask(request: HttpRequest, typed: dict[str, str]) -> list[Fault]:
    """Ask, and return what must be mended first; each number that is tried counts as one search of the hour."""
    minutes = int(typed["minutes"]) if typed["minutes"] in map(str, rules.MINUTES) else 0
    perform_once(request, people.spend_search)
    try:
        perform(request, actions.ask_emergency, number=typed["number"], reason=typed["reason"], minutes=minutes)
    except Invalid as invalid:
        return list(invalid.faults)
    except Refusal as refusal:
        if refusal.code not in OF_NUMBER:
            raise
        return [Fault(place="number", code=refusal.code)]
    return []


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def emergencies(request: HttpRequest) -> HttpResponse:
    """Show the requests that the reader may know of, all of them to auditors, and take another."""
    by = actor(request)
    if not (rules.may_ask(by) or rules.may_oversee(by)):
        raise not_found()
    typed = _typed(request)
    faults = _ask(request, typed) if request.method == "POST" else []
    if request.method == "POST" and not faults:
        return HttpResponseRedirect(f"{reverse('desk-emergencies')}?done=asked")
    done = request.GET.get("done", "")
    context = {
        "lines": services.list_emergencies(by, at(request)),
        "kinds": KINDS,
        "may_ask": rules.may_ask(by),
        "may_oversee": rules.may_oversee(by),
        "minutes": rules.MINUTES,
        "typed": typed,
        "done": done if done in DONE else "",
    }
    return show(request, "desk/services/emergencies.html", context, here="desk-emergencies", faults=faults)


@require_POST
@officers
def act(request: HttpRequest, emergency_id: UUID, act: str) -> HttpResponse:
    """Allow or refuse another officer's request, or end one's own."""
    if act in ("allow", "refuse"):
        perform(request, actions.decide_emergency, emergency_id=emergency_id, allowed=act == "allow")
    elif act == "end":
        perform(request, actions.end_emergency, emergency_id=emergency_id)
    else:
        raise not_found()
    return HttpResponseRedirect(f"{reverse('desk-emergencies')}?done={act}")


@require_safe
@officers
def record(request: HttpRequest, emergency_id: UUID) -> HttpResponse:
    """Show the application that an emergency access opens, to be read and no more; each opening is on record first."""
    by, moment = actor(request), at(request)
    perform_once(request, actions.read_in_emergency, emergency_id=emergency_id)
    emergency, view = services.emergency_record(by, emergency_id, moment)
    language = getattr(request, "language", "en")
    applied = forms.apply(view.definition.form, view.answers, today=services.today(moment), directory=services.PLACES)
    context = {
        "emergency": emergency,
        "view": view,
        "answers": reading.answers(view, applied, language),
        "papers": [],
        "held_papers": reading.papers(view),
    }
    return show(request, "desk/services/emergency.html", context, here="desk-emergencies")


@require_safe
@officers
@frameable
def paper(request: HttpRequest, emergency_id: UUID, document_id: UUID) -> HttpResponse:
    """Serve one paper of it; that too is on record first."""
    found = services.emergency_paper(actor(request), emergency_id, document_id, at(request))
    perform_once(request, actions.read_in_emergency, emergency_id=emergency_id, document_id=document_id)
    return handed_out(found)
