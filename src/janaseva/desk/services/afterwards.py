"""A certificate after it was issued, at the desk: notice to the holder, their answer, suspension and revocation."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Fault, Refusal, not_found
from janaseva.desk.people.entry import officers, show
from janaseva.desk.services.case import record_look
from janaseva.documents import rules as document_rules
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.services import actions, queries
from janaseva.services.rules import afterwards

LONGEST: Final = 4_000
ACTS: Final[dict[str, tuple[Callable[..., Any], bool]]] = {
    "ask": (actions.ask_cause, True),
    "drop": (actions.drop_cause, False),
    "suspend": (actions.suspend_certificate, True),
    "restore": (actions.restore_certificate, False),
    "revoke": (actions.revoke_certificate, True),
}
"""What may be done, and whether a coded reason goes with it."""


@require_safe
@officers
def page(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show how a certificate stands, and what the office may do; whoever opens it is recorded as having looked."""
    record_look(request, application_id, queries.application(actor(request), application_id).case_id)
    return _page(request, application_id)


@require_POST
@officers
def act(request: HttpRequest, application_id: UUID, act: str) -> HttpResponse:
    """Do one thing with a certificate; what is refused is shown again beside its field."""
    if act not in ACTS:
        raise not_found()
    doing, with_reason = ACTS[act]
    words = request.POST.get(f"{act}_words", "").replace("\r\n", "\n")[:LONGEST]
    reason = request.POST.get(f"{act}_reason", "")[:60]
    facts = {"application_id": application_id, "words": words, **({"reason": reason} if with_reason else {})}
    try:
        perform(request, doing, **facts)
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, UNPROCESSABLE):
            raise
        field = {"cause_needs_words": "words", "document_revocation_reason": "reason"}.get(refusal.code)
        fault = Fault(place=f"{act}_{field}" if field else "", code=refusal.code, facts=refusal.facts)
        typed = {f"{act}_words": words, f"{act}_reason": reason}
        return _page(request, application_id, typed=typed, faults=[fault], status=refusal.status)
    return HttpResponseRedirect(f"{reverse('desk-certificate', args=[application_id])}?done=1")


def _page(
    request: HttpRequest,
    application_id: UUID,
    *,
    typed: dict[str, str] | None = None,
    faults: list[Fault] | None = None,
    status: int = 0,
) -> HttpResponse:
    by = actor(request)
    empty = {f"{name}_{part}": "" for name in ACTS for part in ("words", "reason")}
    context = {
        "view": queries.application(by, application_id),
        "stands": queries.afterwards_of(by, application_id, at(request)),
        "reasons": document_rules.REVOCATION_REASONS,
        "court": tuple(sorted(afterwards.WITHOUT_NOTICE)),
        "days": afterwards.ANSWER_DAYS,
        "done": request.GET.get("done") == "1",
        "typed": empty | (typed or {}),
    }
    return show(request, "desk/services/afterwards.html", context, faults=faults or (), status=status)
