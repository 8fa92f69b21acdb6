"""An appeal on its authority's desk: what was decided below, the hearing, the order; and late cases to take up."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.refusal import CONFLICT, FORBIDDEN, UNPROCESSABLE, Fault, Invalid, Refusal
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.desk.services import reading
from janaseva.desk.services.acts import Asked
from janaseva.documents import queries as documents
from janaseva.doorway.acts import perform, perform_once
from janaseva.doorway.visitor import actor, at
from janaseva.forms import rules as forms
from janaseva.services import actions
from janaseva.services import queries as services
from janaseva.services.rules import appealing
from janaseva.services.rules.ordered import KIND as ORDER
from janaseva.workflow import queries as workflow

TYPED: Final = (
    "act",
    "hearing_day",
    "hearing_hour",
    "hearing_place",
    "order",
    "words",
    "reason",
    "comply_days",
    "penalty",
    "out_of_turn",
)
HOURS: Final = tuple(f"{hour:02d}:{minute:02d}" for hour in range(9, 18) for minute in (0, 30))
DONE: Final = ("taken", "put_back", "hearing", "order", "taken_up")
PLACES: Final = {"out_of_turn_needs_reason": "out_of_turn"}


def appeal_page(
    request: HttpRequest,
    appeal_id: UUID,
    *,
    faults: Iterable[Fault] = (),
    typed: Mapping[str, Any] | None = None,
    status: int = 0,
) -> HttpResponse:
    """Return the page of an appeal; ``typed`` is what was sent to an act that was refused."""
    by, moment, language = actor(request), at(request), getattr(request, "language", "en")
    appeal = services.appeal(by, appeal_id)
    view = services.application(by, appeal.application_id)
    case = workflow.case(by, appeal.case_id, moment, visible=True) if appeal.case_id else None
    applied = forms.apply(view.definition.form, view.answers, today=services.today(moment), directory=services.PLACES)
    issued = documents.documents_of(by, view.id, story_visible=True) if appeal.order else []
    done = request.GET.get("done", "")
    context = {
        "appeal": appeal,
        "view": view,
        "case": case,
        "is_bench": appeal.case_id is not None and workflow.sees(by, appeal.case_id),
        "answers": reading.answers(view, applied, language),
        "papers": reading.papers(view),
        "story": services.story(by, view.id),
        "paper": next((one for one in issued if (one.kind, one.number) == (ORDER, appeal.number)), None),
        "others": [one for one in services.appeals_of(by, view.id) if one.id != appeal.id],
        "allowed": services.proposed_penalty(by, appeal.id, moment),
        "act": view.definition.rights,
        "comply_days": appealing.comply_days(view.definition),
        "hours": HOURS,
        "done": done if done in DONE and not typed else "",
        "typed": dict.fromkeys(TYPED, "") | dict(typed or {}),
    }
    return show(request, "desk/services/appeal.html", context, faults=faults, status=status)


@require_safe
@officers
def page(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """Show one appeal to its authority, who is recorded as having looked, and to the office appealed against."""
    appeal = services.appeal(actor(request), appeal_id)
    by, moment = actor(request), at(request)
    if appeal.case_id and workflow.sees(by, appeal.case_id) and not workflow.has_looked(by, appeal.case_id, moment):
        perform_once(request, actions.look_at_appeal, appeal_id=appeal_id)
    return appeal_page(request, appeal_id)


def _take(asked: Asked) -> str:
    perform(asked.request, actions.take, task_id=asked.uuid("task_id"), reason=asked.words("out_of_turn"))
    return "taken"


def _put_back(asked: Asked) -> str:
    perform(asked.request, actions.put_back_appeal, appeal_id=asked.application_id, task_id=asked.uuid("task_id"))
    return "put_back"


def _moment(asked: Asked) -> datetime | None:
    """Return the moment of the hearing in the state's own time; ``None`` where it cannot be read."""
    asked.typed["hearing_day"] = posted.day(asked.request.POST, "hearing_day")
    hour = asked.words("hearing_hour")
    appeal = services.appeal(actor(asked.request), asked.application_id)
    definition_id = services.application(actor(asked.request), appeal.application_id).definition_id
    try:
        day, when = date.fromisoformat(asked.typed["hearing_day"]), clock_time.fromisoformat(hour)
    except ValueError:
        return None
    return datetime.combine(day, when, tzinfo=ZoneInfo(services.pack_of(definition_id).time_zone))


def _hearing(asked: Asked) -> str:
    perform(
        asked.request,
        actions.set_hearing,
        appeal_id=asked.application_id,
        hearing_at=_moment(asked),
        place=asked.words("hearing_place"),
    )
    return "hearing"


def _order(asked: Asked) -> str:
    order, words, reason = asked.words("order"), asked.words("words"), asked.words("reason")
    days, penalty = asked.words("comply_days"), asked.words("penalty")
    whole = posted.whole(asked.request.POST, "comply_days") if days else None
    paise = posted.paise(asked.request.POST, "penalty") if penalty else 0
    if not isinstance(paise, int):
        raise Invalid([Fault(place="penalty", code="penalty_not_allowed")])
    perform(
        asked.request,
        actions.order_appeal,
        appeal_id=asked.application_id,
        order=order,
        words=words,
        reason=reason if order == "dismissed" else "",
        comply_days=whole if isinstance(whole, int) else None,
        penalty_paise=paise,
        task_id=asked.uuid("task_id"),
    )
    return "order"


ACTS: Final[dict[str, Callable[[Asked], str]]] = {
    "take": _take,
    "put-back": _put_back,
    "hearing": _hearing,
    "order": _order,
}


@require_POST
@officers
def act(request: HttpRequest, appeal_id: UUID, act: str) -> HttpResponse:
    """Do one thing with an appeal; show it again, with the faults where it could not be done."""
    doing = ACTS.get(act)
    if doing is None:
        raise Http404
    asked = Asked(request=request, application_id=appeal_id, typed={"act": act})
    try:
        done = doing(asked)
    except Invalid as refusal:
        faults = [Fault(place={"note": "words"}.get(one.place, one.place), code=one.code, facts=one.facts) for one in
                  refusal.faults]  # fmt: skip
        return appeal_page(request, appeal_id, faults=faults, typed=asked.typed)
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, FORBIDDEN, UNPROCESSABLE):
            raise
        fault = Fault(place=PLACES.get(refusal.code, ""), code=refusal.code, facts=refusal.facts)
        return appeal_page(request, appeal_id, faults=[fault], typed=asked.typed, status=refusal.status)
    return HttpResponseRedirect(f"{reverse('desk-appeal', args=[appeal_id])}?done={done}")


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def late(request: HttpRequest) -> HttpResponse:
    """List the late cases that the act lets this post take up by itself, and take one up."""
    by = actor(request)
    typed = {name: posted.line(request.POST, name) for name in ("application", "words")}
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            asked = Asked(request=request, application_id=UUID(int=0), typed={})
            appeal_id = perform(
                request, actions.take_up, application_id=asked.uuid("application"), words=typed["words"]
            )
            return HttpResponseRedirect(f"{reverse('desk-appeal', args=[appeal_id])}?done=taken_up")
        except Invalid as refusal:
            faults = refusal.faults
    rows = services.late_elsewhere(by, at(request))
    return show(request, "desk/services/late.html", {"rows": rows, "typed": typed}, faults=faults)
