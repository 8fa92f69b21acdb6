"""Appeals in one's own matter: what the page of an application shows of them, filing one, and asking in writing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Fault, Invalid, Refusal, not_found
from janaseva.design import posted
from janaseva.documents import queries as documents
from janaseva.documents import rules as document_rules
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.portal.page import for_person, show
from janaseva.services import actions, queries

PAPERS: Final = ("paper.0", "paper.1", "paper.2")
LONGEST: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a matter stands in appeal, and what its applicant may do about it now."""

    appeals: tuple[queries.AppealView, ...]
    may_file: queries.MayFile | None
    deemed: queries.DeemedView | None
    may_ask: bool

    @property
    def says_something(self) -> bool:
        """Return whether there is anything to show."""
        return bool(self.appeals or self.may_file or self.deemed or self.may_ask)


def standing(by: Actor, view: queries.ApplicationView, moment: datetime) -> Standing:
    """Return how a matter stands in appeal; ``view`` was found visible to ``by``."""
    if view.state not in ("begun", "decided", "lapsed"):
        return Standing(appeals=(), may_file=None, deemed=None, may_ask=False)
    return Standing(
        appeals=tuple(queries.appeals_of(by, view.id)),
        may_file=queries.may_file(by, view.id, moment),
        deemed=queries.deemed_of(by, view.id) if view.definition.deemed else None,
        may_ask=view.definition.deemed is not None and queries.may_request_deemed(by, view.id),
    )


def _home(application_id: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"/applications/{application_id}/")


def _received(request: HttpRequest) -> Iterator[document_rules.Received]:
    """Yield the papers that came with an appeal, cleaned.

    Raises:
        Invalid: with the first file that cannot be taken.

    """
    for name in PAPERS:
        file = request.FILES.get(name)
        if file is None:
            continue
        try:
            yield documents.receive(filename=file.name or "", content=file.read(), declared_bytes=file.size)
        except Refusal as refusal:
            raise Invalid([Fault(place=name, code=refusal.code, facts=refusal.facts)]) from None


@for_person
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Ask what went wrong and why it should be otherwise, and lay the appeal before its authority."""
    view = queries.application(actor(request), application_id)
    found = queries.may_file(actor(request), view.id, at(request))
    typed = {name: posted.line(request.POST, name)[:LONGEST] for name in ("grounds", "late_cause")}
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            perform(request, actions.file_appeal, application_id=view.id, papers=list(_received(request)), **typed)
        except Invalid as refusal:
            faults = refusal.faults
        except Refusal as refusal:
            if refusal.status != CONFLICT or refusal.code == "key_reused":
                raise
            faults = (Fault(place="", code=refusal.code, facts=refusal.facts),)
        else:
            return _home(view.id)
    if found is None and not faults:
        return _home(view.id)
    context = {"one": view, "found": found, "typed": typed, "places": PAPERS}
    status = 422 if faults else 200
    return show(request, "portal/applications/appeal.html", context, here="applications", faults=faults, status=status)


@for_person
@require_http_methods(["GET", "HEAD", "POST"])
def deemed(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Ask in writing for what was not decided in time; from that day the law's further time runs."""
    view = queries.application(actor(request), application_id)
    if view.definition.deemed is None:
        raise not_found()
    typed = posted.line(request.POST, "words")[:LONGEST]
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            perform(request, actions.request_deemed, application_id=view.id, words=typed)
        except Invalid as refusal:
            faults = refusal.faults
        else:
            return _home(view.id)
    if not faults and not queries.may_request_deemed(actor(request), view.id):
        return _home(view.id)
    context = {"one": view, "typed": typed, "law": view.definition.deemed}
    status = 422 if faults else 200
    return show(request, "portal/applications/deemed.html", context, here="applications", faults=faults, status=status)
