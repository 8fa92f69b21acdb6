"""The papers of a draft: given group by group, each refused with its reason beside its group, and taken back."""

from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from janaseva.core.refusal import UNPROCESSABLE, Fault, Refusal, not_found
from janaseva.documents import queries as documents
from janaseva.documents.rules.receiving import MAX_BYTES
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.forms.rules import DocumentGroup
from janaseva.portal.apply.beginning import elsewhere
from janaseva.portal.apply.tasks import Draft, draft
from janaseva.portal.page import for_person, show
from janaseva.services import actions, queries
from janaseva.services.queries import Held

MENDED_IN_PLACE: Final = ("file_", "too_many_papers", "certificate_")
"""Refusals that are told beside the group, since another file or one paper less mends them."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def papers(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Show what is to be given and what was, and take one more."""
    found = draft(actor(request), application_id, at(request))
    if (gone := elsewhere(found)) is not None:
        return gone
    if request.method != "POST":
        return _shown(request, found)
    group = next((one for one in found.groups if one.key == request.POST.get("group")), None)
    if group is None:
        return HttpResponseRedirect(reverse("apply-papers", args=[application_id]))
    try:
        if "issued" in request.POST:
            _give_issued(request, found, group)
        else:
            _give(request, found, group)
    except Refusal as refusal:
        if not refusal.code.startswith(MENDED_IN_PLACE):
            raise
        fault = Fault(place=f"documents.{group.key}", code=refusal.code, facts=refusal.facts)
        return _shown(request, found, [fault], status=UNPROCESSABLE)
    return HttpResponseRedirect(f"{reverse('apply-papers', args=[application_id])}#g-{group.key}")


def _give(request: HttpRequest, found: Draft, group: DocumentGroup) -> None:
    """Give the file that was sent, cleaned.

    Raises:
        Refusal: what :func:`janaseva.documents.queries.receive` and the action refuse; ``file_not_chosen``,
            ``file_kind_not_chosen``.

    """
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refusal("file_not_chosen")
    choice = request.POST.get("choice", "") if len(group.any_of) > 1 else next(iter(group.any_of))
    if choice not in group.any_of:
        raise Refusal("file_kind_not_chosen")
    content = file.read(MAX_BYTES + 1)
    received = documents.receive(filename=file.name or "", content=content)
    perform(
        request,
        actions.give_paper,
        application_id=found.view.id,
        group=group.key,
        choice=choice,
        received=received,
    )


def _give_issued(request: HttpRequest, found: Draft, group: DocumentGroup) -> None:
    """Give a certificate that was issued here, by reference.

    Raises:
        Refusal: what the action refuses; ``not_found`` for what is no certificate's id.

    """
    try:
        document_id = UUID(request.POST["issued"])
    except ValueError:
        raise not_found() from None
    perform(request, actions.give_issued, application_id=found.view.id, group=group.key, document_id=document_id)


def _held(request: HttpRequest, found: Draft) -> dict[str, list[Held]]:
    """Return the certificates issued here that may stand for a paper of each group, and were not given yet."""
    services = {service for group in found.groups for service in group.issued}
    given = {paper.document_id for paper in found.view.papers}
    held = queries.certificates_held(actor(request), services, at(request))
    return {
        group.key: [one for one in held if one.service in group.issued and one.is_good and one.document_id not in given]
        for group in found.groups
    }


def _shown(
    request: HttpRequest, found: Draft, faults: list[Fault] | None = None, *, status: int = 200
) -> HttpResponseBase:
    held: dict[str, list[Any]] = {}
    for paper in found.view.papers:
        held.setdefault(paper.group, []).append(paper)
    context = {
        "draft": found,
        "id": found.view.id,
        "held": held,
        "issued": _held(request, found),
        "tried": request.POST.get("group", ""),
        "chosen": request.POST.get("choice", ""),
        "unknown": not isinstance(found.definition.ask.documents, tuple),
        "check": reverse("apply-check", args=[found.view.id]),
    }
    return show(request, "portal/apply/papers.html", context, here="applications", status=status, faults=faults or ())


@require_POST
@for_person
def take_back(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Take one paper back."""
    try:
        paper_id = UUID(request.POST.get("paper", ""))
    except ValueError:
        paper_id = UUID(int=0)
    perform(request, actions.take_back_paper, application_id=application_id, paper_id=paper_id)
    return HttpResponseRedirect(reverse("apply-papers", args=[application_id]))
