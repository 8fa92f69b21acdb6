"""Versions of services at the desk: who wrote what, the difference as tracked changes, and the second person's word."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Fault, Invalid, Refusal, not_found
from janaseva.core.source import SourceError, read
from janaseva.core.text import Text
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.people import queries as people
from janaseva.services import actions, queries
from janaseva.services.queries import ProposalView
from janaseva.services.rules.proposing import may_define

HERE: Final = "desk-proposals"
LONGEST: Final = 4_000
DONE: Final = {"propose": "proposed", "approve": "approved", "reject": "rejected", "discard": "discarded"}
PLACES: Final = {"proposal_needs_words": {"propose": "propose_words", "reject": "reject_words"}}
STATES: Final = {"draft": "going", "proposed": "wait", "published": "done", "rejected": "stop", "discarded": "plain"}


@require_safe
@officers
def proposals(request: HttpRequest) -> HttpResponse:
    """List the versions of the reader's packs: those that wait for a second person first."""
    by = actor(request)
    lines = queries.proposals(by)
    context = {"lines": lines, "kinds": STATES, "names": _names(), "may_write": may_define(by)}
    return show(request, "desk/services/proposals.html", context, here=HERE)


@require_safe
@officers
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show one version with what it changes, in words and line by line."""
    done = request.GET.get("done", "")
    return _page(request, proposal_id, done=done if done in DONE.values() else "")


@require_POST
@officers
def act(request: HttpRequest, proposal_id: UUID, act: str) -> HttpResponse:
    """Propose, approve, reject or let go of a version."""
    if act not in DONE:
        raise not_found()
    words = request.POST.get(f"{act}_words", "")[:LONGEST] if act in ("propose", "reject") else ""
    typed = {f"{act}_words": words, "from_day": posted.day(request.POST, "from_day")}
    try:
        _perform(request, proposal_id, act, words, str(typed["from_day"]))
    except Invalid as refusal:
        return _page(request, proposal_id, typed=typed, faults=list(refusal.faults))
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, UNPROCESSABLE):
            raise
        place = PLACES.get(refusal.code, {}).get(act, "")
        fault = Fault(place=place, code=refusal.code, facts=refusal.facts)
        return _page(request, proposal_id, typed=typed, faults=[fault], status=refusal.status)
    if act == "discard":
        return HttpResponseRedirect(reverse("desk-proposals"))
    return HttpResponseRedirect(f"{reverse('desk-proposal', args=[proposal_id])}?done={DONE[act]}")


def _perform(request: HttpRequest, proposal_id: UUID, act: str, words: str, day: str) -> None:
    match act:
        case "propose":
            perform(request, actions.propose, proposal_id=proposal_id, words=words)
        case "reject":
            perform(request, actions.reject, proposal_id=proposal_id, words=words)
        case "discard":
            perform(request, actions.discard_proposal, proposal_id=proposal_id)
        case _:
            seen = request.POST.get("seen", "")[:64]
            perform(request, actions.approve, proposal_id=proposal_id, seen_sha256=seen, from_day=_day(day))


def _day(typed: str) -> date | None:
    """Return the day that was typed, or ``None`` where nothing was.

    Raises:
        Invalid: where what was typed is no day.

    """
    if not typed.strip("-"):
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise Invalid([Fault(place="from_day", code="desk_day_missing")]) from error


def _page(
    request: HttpRequest,
    proposal_id: UUID,
    *,
    done: str = "",
    typed: Mapping[str, Any] | None = None,
    faults: list[Fault] | None = None,
    status: int = 0,
) -> HttpResponse:
    by = actor(request)
    view = queries.proposal(by, proposal_id)
    is_open = view.state in ("draft", "proposed")
    checked = queries.check_files(view.files, service=view.service, at=at(request)) if is_open else None
    context = {
        "view": view,
        "kind": STATES[view.state],
        "name": _names().get(view.service, {"en": view.service}),
        "writers": [people.person(by, one).names for one in view.writers],
        "decided_by": people.person(by, view.decided_by_id).names if view.decided_by_id else None,
        "checked": checked,
        "first_day": _first_day(view),
        "own": by.person_id in view.writers and by.may("services.publish"),
        "may_discard": by.may("services.define") and view.state in ("draft", "proposed", "rejected"),
        "done": done,
        "typed": {"propose_words": "", "reject_words": "", "from_day": "", **(typed or {})},
    }
    return show(request, "desk/services/proposal.html", context, here=HERE, faults=faults or (), status=status)


def _first_day(view: ProposalView) -> date | None:
    """Return the first day that the text says, where it says one."""
    try:
        tree = read(view.files.get("service.yaml", ""), "service.yaml").tree
        return date.fromisoformat(str(tree["from"]))
    except (SourceError, ValueError, KeyError, TypeError):
        return None


def _names() -> dict[str, Text]:
    """Return the names of services by key, those that are published."""
    return {key: queries.compiled(found).what.name for key, (found, _) in queries.rows_in_force(date.max).items()}
