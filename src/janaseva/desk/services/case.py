"""The page of one case, and its papers as the page shows them. Whoever opens either is recorded as having looked."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.core.refusal import Fault
from janaseva.design.headers import frameable
from janaseva.desk.people.entry import officers, show
from janaseva.desk.services import reading
from janaseva.documents.queries import Content
from janaseva.doorway.acts import perform_once
from janaseva.doorway.forms import mending
from janaseva.doorway.visitor import actor, at
from janaseva.services import actions
from janaseva.services import queries as services
from janaseva.workflow import queries as workflow

DONE: Final = (
    "taken",
    "put_back",
    "moved",
    "decided",
    "asked",
    "found_incomplete",
    "report_asked",
    "reported",
    "opinion_given",
    "recalled",
    "noted",
    "transferred",
    "hearing_fixed",
    "hearing_adjourned",
    "hearing_held",
    "agreed",
    "handed_next",
)
TYPED: Final = (
    "act",
    "adjourn_reason",
    "attended",
    "checked",
    "hearing_day",
    "hearing_hour",
    "hearing_place",
    "hearing_record",
    "missing",
    "missing_words",
    "move",
    "note",
    "note_text",
    "latitude",
    "longitude",
    "opinion",
    "opinion_text",
    "place_words",
    "out_of_turn",
    "question",
    "reason",
    "recall_note",
    "report",
    "report_question",
    "report_text",
)
"""What may be typed on the page; empty until it was."""
SHUT: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
POLICIES: Final = {
    "image/jpeg": SHUT + "sandbox",
    "image/png": SHUT + "sandbox",
    # A browser's own PDF viewer does not start inside a sandbox; the file itself was written anew on receipt, without
    # scripts, and still may load nothing.
    "application/pdf": SHUT + "style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf",
}
"""What may be shown in the page, and how tightly; anything else is handed out as a file."""


def record_look(request: HttpRequest, application_id: UUID, case_id: UUID | None) -> None:
    """Record that this charge opened the application, once a day."""
    if case_id is None or not workflow.sees(actor(request), case_id):  # an authority's look is of its own appeal
        return
    if not workflow.has_looked(actor(request), case_id, at(request)):
        perform_once(request, actions.look, application_id=application_id)


def case_page(
    request: HttpRequest,
    application_id: UUID,
    *,
    faults: Iterable[Fault] = (),
    typed: Mapping[str, Any] | None = None,
    status: int = 0,
) -> HttpResponse:
    """Return the page of a case; ``typed`` is what was sent to an act that was refused, so that nothing is lost."""
    language = getattr(request, "language", "en")
    context = reading.case_context(actor(request), application_id, at(request), language)
    done = request.GET.get("done", "")
    context["done"] = done if done in DONE and not typed else ""
    context["before"] = _before(request) if context["done"] == "handed_next" else None
    context["typed"] = dict.fromkeys(TYPED, "") | dict(typed or {})
    case = context["case"]
    asked = {
        f"found.{act.key}.{one.key}": one
        for act in (*case.moves, *filter(None, (case.opinion, context["wanted"])))
        for one in act.finds
    }
    context["called"] = {
        **{f"checked.{line.key}": line.title for line in case.checklist},
        **{place: question.label for place, question in asked.items()},
    }
    told = [mending.in_own_words(asked.get(fault.place), fault) for fault in faults]
    return show(request, "desk/services/case.html", context, faults=told, status=status)


def _before(request: HttpRequest) -> UUID | None:
    """Return the case that the officer was done with when handed this one, as the address names it."""
    try:
        return UUID(request.GET.get("before", "")[:40])
    except ValueError:
        return None


@require_safe
@officers
def page(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show one case to an officer who may see it, and record the look."""
    view = services.application(actor(request), application_id)
    record_look(request, application_id, view.case_id)
    if view.erased_at is not None:
        return show(request, "desk/services/erased.html", {"view": view})
    return case_page(request, application_id)


@require_safe
@officers
@frameable
def paper(request: HttpRequest, application_id: UUID, document_id: UUID) -> HttpResponse:
    """Serve one paper, or the certificate: in the page where it is a picture or a PDF, else as a file."""
    by = actor(request)
    found = services.paper_content(by, application_id, document_id)
    record_look(request, application_id, services.application(by, application_id).case_id)
    return handed_out(found)


def handed_out(found: Content) -> HttpResponse:
    """Return a paper's bytes: shown in the page where that is safe, else as a file; kept by nobody."""
    policy = POLICIES.get(found.media_type)
    response = HttpResponse(found.content, content_type=found.media_type if policy else "application/octet-stream")
    place = "inline" if policy else "attachment"
    response["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(found.filename, safe='')}"
    response["Content-Security-Policy"] = policy or (SHUT + "sandbox")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
