"""Erasing and holds: what is to be erased and was, what is on hold; propose, allow, stop, place and lift."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from janaseva.core.refusal import Fault, Invalid, Refusal, not_found
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor
from janaseva.services import actions
from janaseva.services import queries as services
from janaseva.services.rules import erasing as rules

DONE: Final = ("proposed", "allow", "refuse", "withdraw", "placed", "lift")
OF_NUMBER: Final = (
    *("erased_already", "erasure_held", "erasure_not_ended", "erasure_open_already"),
    "document_not_sealed",
)
"""Refusals that are shown beside the number that was given."""
KINDS: Final = {"proposed": "wait", "announced": "going", "refused": "stop", "withdrawn": "plain", "done": "done"}


def _typed(request: HttpRequest) -> dict[str, str]:
    names = {"number": 60, "ground": 10, "words": rules.LONGEST, "order": 200, "what": 10}
    return {name: posted.line(request.POST, name)[:most] for name, most in names.items()}


def _page(request: HttpRequest, *, asked: str = "", faults: tuple[Fault, ...] = ()) -> HttpResponse:
    """Show the lists and both forms; ``asked`` is the form that came with ``faults``."""
    by = actor(request)
    typed, nothing = _typed(request), dict.fromkeys(_typed(request), "")
    done = request.GET.get("done", "")
    context = {
        "erasures": services.erasures(by),
        "holds": services.holds(by),
        "kinds": KINDS,
        "grounds": rules.OFFICERS_GROUNDS,
        "may_propose": rules.may_propose(by, in_reach=True),
        "may_hold": rules.may_hold(by, in_reach=True),
        "proposal": typed if asked == "propose" else nothing,
        "hold": typed if asked == "hold" else nothing,
        "asked": asked,
        "done": done if done in DONE else "",
    }
    return show(request, "desk/services/erasures.html", context, here="desk-erasures", faults=list(faults))


def _done(what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('desk-erasures')}?done={what}")


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def erasures(request: HttpRequest) -> HttpResponse:
    """Show what is to be erased, what was and what is on hold in one's area, and take a proposal or a hold."""
    if not rules.may_oversee(actor(request)):
        raise not_found()
    if request.method != "POST":
        return _page(request)
    typed, asked = _typed(request), request.POST.get("asked", "")
    try:
        if asked == "hold":
            perform(
                request, actions.place_hold, number=typed["number"], of_person=typed["what"] == "person",
                order=typed["order"], words=typed["words"],
            )  # fmt: skip
            return _done("placed")
        given = {name: typed[name] for name in ("number", "ground", "words")}
        perform(request, actions.propose_erasure, **given)
    except Invalid as invalid:
        return _page(request, asked=asked, faults=invalid.faults)
    except Refusal as refusal:
        if refusal.code not in OF_NUMBER:
            raise
        return _page(request, asked=asked, faults=(Fault(place="number", code=refusal.code),))
    return _done("proposed")


@require_POST
@officers
def act(request: HttpRequest, erasure_id: UUID, act: str) -> HttpResponse:
    """Allow or refuse what another proposed, or stop it before it is done."""
    if act in ("allow", "refuse"):
        perform(request, actions.decide_erasure, erasure_id=erasure_id, allowed=act == "allow")
    elif act == "withdraw":
        perform(request, actions.withdraw_erasure, erasure_id=erasure_id)
    else:
        raise not_found()
    return _done(act)


@require_POST
@officers
def lift(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Lift a hold that another person placed."""
    words = posted.line(request.POST, f"words-{hold_id}")[: rules.LONGEST]
    try:
        perform(request, actions.lift_hold, hold_id=hold_id, words=words)
    except Invalid as invalid:
        return _page(request, faults=invalid.faults)
    return _done("lift")
