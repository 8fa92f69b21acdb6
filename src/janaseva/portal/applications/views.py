"""One's own applications: the list, one whole, the answer to a question, taking back, and files to keep."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.refusal import NOT_FOUND, Fault, Refusal, not_found
from janaseva.design import posted
from janaseva.documents import queries as documents
from janaseva.doorway.acts import given_key, perform
from janaseva.doorway.visitor import actor, at
from janaseva.portal.applications.appealing import standing
from janaseva.portal.applications.reading import Whole, next_step, whole
from janaseva.portal.page import for_person, handed_out, language, show
from janaseva.services import actions, queries

PAGE: Final = 20
ANSWER: Final = "answer"
PAPER: Final = "paper"
REFRESH_SECONDS: Final = 8
MOST_REFRESHES: Final = 15


@for_person
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's own applications: first those whose office waits for an answer, then the rest, the latest first."""
    by = actor(request)
    before = _moment(request.GET.get("before", ""))
    asked = queries.waiting(by) if before is None else []
    lines = queries.mine(by, most=PAGE + 1, before=before)
    shown = lines[:PAGE]
    first = {line.id for line in asked}
    context = {
        "asked": [(line, next_step(line, at(request), language(request))) for line in asked],
        "lines": [(line, next_step(line, at(request), language(request))) for line in shown if line.id not in first],
        "older": shown[-1].started_at.isoformat() if len(lines) > PAGE else "",
        "is_first": before is None,
    }
    return show(request, "portal/applications/mine.html", context, here="applications")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):  # the second for moments that other zones put before the year 1
        return None


def own(request: HttpRequest, application_id: UUID) -> queries.ApplicationView:
    """Return one's own application that was not let go.

    Raises:
        Refusal: ``not_found``.

    """
    view = queries.application(actor(request), application_id)
    if view.state == "discarded":
        raise not_found()
    return view


@for_person
@require_safe
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show one application: what is to be done now, where it stands, why it is due when it is, and who looked."""
    view = own(request, application_id)
    if view.state == "draft":
        return HttpResponseRedirect(f"/apply/{view.id}/")
    if view.erased_at is not None:
        return show(request, "portal/applications/erased.html", {"one": view}, here="applications")
    return shown(request, view)


def shown(
    request: HttpRequest,
    view: queries.ApplicationView,
    *,
    typed: str = "",
    faults: tuple[Fault, ...] = (),
    key: str = "",
    which: str = "",
) -> HttpResponse:
    """Return the page of one application, with what was typed and what was wrong with it."""
    by = actor(request)
    found: Whole = whole(by, view, at(request), language(request))
    response = show(
        request,
        "portal/applications/application.html",
        {"one": view, "found": found, "typed": typed, "which": which, "law": standing(by, view, at(request))},
        here="applications",
        faults=faults,
        status=422 if faults else 200,
        key=key,
    )
    again = request.GET.get("again", "")
    times = int(again) if again.isdecimal() and len(again) <= len(str(MOST_REFRESHES)) else 0
    if found.is_sealing and view.open_query is None and request.method == "GET" and times < MOST_REFRESHES:
        response["Refresh"] = f"{REFRESH_SECONDS}; url={request.path}?again={times + 1}"
    return response


@for_person
@require_POST
def answer(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Take the answer to the office's question, and the papers with it; after ``more`` another paper may be chosen."""
    view = own(request, application_id)
    key = given_key(request)
    typed = posted.line(request.POST, ANSWER)
    file = request.FILES.get(PAPER)
    try:
        if file is not None:
            received = documents.receive(filename=file.name or "", content=file.read(), declared_bytes=file.size)
            actions.give_paper(
                by=actor(request), at=at(request), key=f"{key}:paper", application_id=view.id,
                group="answer", choice="paper", received=received,
            )  # fmt: skip
        if "more" in request.POST:
            missing = () if file is not None else (Fault(place=PAPER, code="paper_missing"),)
            return shown(request, own(request, application_id), typed=typed, faults=missing)
        query_id = _asked(request)
        perform(request, actions.answer, application_id=view.id, query_id=query_id, text=typed)
    except Refusal as refusal:
        if refusal.status == NOT_FOUND or refusal.code in ("nothing_was_asked", "key_reused"):
            raise
        place = ANSWER if refusal.code == "answer_empty" else PAPER
        fault = Fault(place=place, code=refusal.code, facts=refusal.facts)
        return shown(request, own(request, application_id), typed=typed, faults=(fault,))
    return HttpResponseRedirect(f"/applications/{view.id}/")


def _asked(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("query", ""))
    except ValueError:
        raise not_found() from None


@for_person
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Ask whether the application is really to be taken back, and take it back."""
    view = own(request, application_id)
    if request.method == "POST":
        perform(request, actions.withdraw, application_id=view.id)
        return HttpResponseRedirect(f"/applications/{view.id}/")
    if view.state not in ("submitted", "begun"):
        return HttpResponseRedirect(f"/applications/{view.id}/")
    return show(request, "portal/applications/withdraw.html", {"one": view}, here="applications")


@for_person
@require_safe
def paper(request: HttpRequest, application_id: UUID, document_id: UUID) -> HttpResponse:
    """Hand out a paper or an issued document of one's own application, to be kept and never shown in place."""
    found = queries.paper_content(actor(request), application_id, document_id)
    return handed_out(found)
