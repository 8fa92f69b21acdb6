"""Sending an application to the office that serves another area."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Fault, Refusal, not_found
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.people import queries as people
from janaseva.services import actions
from janaseva.services import queries as services
from janaseva.workflow import queries as workflow

PLACES: Final = {
    "transfer_needs_reason": "note",
    "transfer_to_same_desk": "area",
    "no_post_for_role": "area",
}
LONGEST: Final = 4_000


def _areas(area_id: UUID, within: str) -> dict[str, Any]:
    """Return the districts to choose from, and the areas of the one chosen: the present one unless another is asked."""
    path = people.area_path(area_id)
    here = path[0] if path else None
    around = path[1] if len(path) > 1 else None
    wider = people.areas(around.parent_id) if around and around.parent_id else ([around] if around else [])
    chosen = next((one for one in wider if one.reference == within), around)
    inside = people.areas(chosen.id) if chosen else []
    return {
        "place": here,
        "districts": [(one.reference, one.names) for one in wider],
        "chosen": chosen,
        "areas": [(one.reference, one.names) for one in inside if here is None or one.id != here.id],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def transfer(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Choose the area whose office should have the application, say why, and send it there."""
    by = actor(request)
    view = services.application(by, application_id)
    if view.case_id is None:
        raise not_found()
    case = workflow.case(by, view.case_id, at(request))
    within = (request.POST.get("within") or request.GET.get("within", ""))[:80]
    typed = {"area": request.POST.get("area", "")[:80], "note": request.POST.get("note", "")[:LONGEST]}
    context = {"view": view, "case": case, "typed": typed, **_areas(case.area_id, within)}
    if request.method != "POST":
        return show(request, "desk/services/transfer.html", context)
    if typed["area"] not in {reference for reference, _ in context["areas"]}:
        fault = Fault(place="area", code="desk_area_missing")
        return show(request, "desk/services/transfer.html", context, faults=[fault])
    try:
        perform(request, actions.transfer, application_id=application_id, area=typed["area"], note=typed["note"])
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, UNPROCESSABLE):
            raise
        fault = Fault(place=PLACES.get(refusal.code, ""), code=refusal.code, facts=refusal.facts)
        return show(request, "desk/services/transfer.html", context, faults=[fault], status=refusal.status)
    return HttpResponseRedirect(f"{reverse('desk')}?done=transferred")
