"""Public notices by area, one notice whole, an objection to it, and taking that back."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.audience import audience
from janaseva.core.refusal import CONFLICT, FORBIDDEN, UNPROCESSABLE, Fault, Invalid, Refusal, not_found
from janaseva.core.text import Text
from janaseva.documents import queries as documents
from janaseva.documents import rules as document_rules
from janaseva.documents.rules.receiving import MAX_BYTES
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.people import queries as people
from janaseva.portal.page import for_person, handed_out, is_person, show
from janaseva.services import actions, queries
from janaseva.workflow import queries as workflow
from janaseva.workflow.queries import NoticeView

LONGEST: Final = 20_000
PAPERS: Final = ("papers.0", "papers.1", "papers.2")
TYPED: Final = ("objection_name", "objection_text")


def _lines(request: HttpRequest, found: Iterable[NoticeView]) -> list[dict[str, Any]]:
    """Return notices with the words for their service, office and area, in a number of queries that does not grow."""
    shown = list(found)
    offices = {one.id: one.names for one in people.offices_by_id({one.office_id for one in shown})}
    areas = people.areas_by_id({one.area_id for one in shown})
    names: dict[str, Text] = {
        line.key: line.name for line in (queries.catalogue(queries.today(at(request))) if shown else ())
    }
    return [
        {
            "notice": one,
            "service": names.get(one.definition_key, {}),
            "office": offices.get(one.office_id, {}),
            "area": areas[one.area_id].names if one.area_id in areas else {},
        }
        for one in shown
    ]


@require_safe
@audience("anyone")
def notices(request: HttpRequest) -> HttpResponseBase:
    """Show what is public now, the latest first, and to a person their own objections."""
    by = actor(request)
    context = {
        "lines": _lines(request, workflow.notices(by, at(request))),
        "own": workflow.own_objections(by, at(request)) if is_person(request) else [],
    }
    return show(request, "portal/workflow/notices.html", context)


def _page(
    request: HttpRequest,
    notice_id: UUID,
    *,
    faults: Iterable[Fault] = (),
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    by = actor(request)
    found = workflow.notice(by, at(request), notice_id)
    own = workflow.own_objections(by, at(request), notice_id=notice_id) if is_person(request) else []
    context = {
        **_lines(request, [found])[0],
        "own": own,
        "heard": workflow.to_come(by, [notice_id]).get(notice_id) if own else None,
        "may_object": found.is_open and found.takes_objections and all(one.withdrawn_at for one in own),
        "signed_in": is_person(request),
        "papers": PAPERS,
        "typed": dict.fromkeys(TYPED, "") | dict(typed or {}),
        "done": request.GET.get("done", ""),
    }
    return show(request, "portal/workflow/notice.html", context, faults=faults, status=status)


@require_safe
@audience("anyone")
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponseBase:
    """Show one notice; whoever is signed in may object to it here."""
    return _page(request, notice_id)


def _received(request: HttpRequest) -> list[document_rules.Received]:
    """Return the papers that came with an objection, cleaned.

    Raises:
        Invalid: with every file that cannot be taken, at once.

    """
    received, faults = [], []
    for name in PAPERS:
        file = request.FILES.get(name)
        if file is None:
            continue
        try:
            received.append(documents.receive(filename=file.name or "", content=file.read(MAX_BYTES + 1)))
        except Refusal as refusal:
            faults.append(Fault(place=name, code=refusal.code, facts=refusal.facts))
    if faults:
        raise Invalid(faults)
    return received


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def lodge(request: HttpRequest, notice_id: UUID) -> HttpResponseBase:
    """Take an objection in; what was typed stays where something is missing. Reading leads to the notice's page."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("notice", args=[notice_id]))
    typed = {name: request.POST.get(name, "").replace("\r\n", "\n")[:LONGEST] for name in TYPED}
    try:
        perform(
            request,
            actions.lodge_objection,
            notice_id=notice_id,
            name=typed["objection_name"],
            text=typed["objection_text"],
            papers=_received(request),
        )
    except Invalid as refusal:
        return _page(request, notice_id, faults=refusal.faults, typed=typed, status=UNPROCESSABLE)
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, FORBIDDEN, UNPROCESSABLE) or refusal.code == "notice_over":
            raise
        fault = Fault(place="", code=refusal.code, facts=refusal.facts)
        return _page(request, notice_id, faults=[fault], typed=typed, status=refusal.status)
    return HttpResponseRedirect(f"{reverse('notice', args=[notice_id])}?done=lodged")


@require_safe
@for_person
def paper(request: HttpRequest, notice_id: UUID, document_id: UUID) -> HttpResponse:
    """Hand out a paper that came with one's own objection, to be kept and never shown in place."""
    by = actor(request)
    own = workflow.own_objections(by, at(request), notice_id=notice_id)
    if not any(document_id in one.documents for one in own):
        raise not_found()
    return handed_out(documents.content(by, document_id))


@require_POST
@for_person
def take_back(request: HttpRequest, notice_id: UUID) -> HttpResponseBase:
    """Take one's own objection back."""
    try:
        objection_id = UUID(request.POST.get("objection", "")[:40])
    except ValueError:
        raise not_found() from None
    perform(request, actions.withdraw_objection, objection_id=objection_id)
    return HttpResponseRedirect(f"{reverse('notice', args=[notice_id])}?done=taken_back")
