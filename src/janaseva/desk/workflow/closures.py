"""Days off: closing the office by an order, taking that back, and the platform's outages."""

from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Fault, Refusal, not_found
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.workflow import actions, queries, rules

DONE: Final = ("declared", "lifted", "recorded", "corrected")
PLACES: Final = {
    "closure_days": "first_day",
    "closure_needs_reason": "why",
    "closure_needs_order": "order",
    "outage_times": "from_day",
    "outage_needs_reason": "outage_why",
}
"""The field at which each refusal can be mended; others are told above the page."""
TEXTS: Final = ("whom", "why", "order", "from_hour", "from_time", "to_time", "outage_why", "correct")
DAYS: Final = ("first_day", "last_day", "from_day", "to_day")


def _typed(request: HttpRequest) -> dict[str, Any]:
    texts: dict[str, Any] = {name: posted.line(request.POST, name)[:300] for name in TEXTS}
    return {**texts, **{name: posted.day(request.POST, name) for name in DAYS}}


def _day(typed: dict[str, Any], name: str, faults: list[Fault]) -> date:
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        faults.append(Fault(place=name, code="desk_day_missing"))
        return date.min


def _hour(typed: dict[str, Any], name: str, faults: list[Fault]) -> time | None:
    if not typed[name]:
        return None
    try:
        return time.fromisoformat(typed[name]).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        faults.append(Fault(place=name, code="desk_hour_wrong"))
        return None


def _declare(request: HttpRequest, typed: dict[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    days = {name: _day(typed, name, faults) for name in ("first_day", "last_day")}
    hour = _hour(typed, "from_hour", faults)
    whom = "area" if typed["whom"] == "area" else "office"
    if not faults:
        order = typed["order"]
        perform(request, actions.declare_closure, whom=whom, why=typed["why"], order=order, from_time=hour, **days)
    return faults


def _moments(typed: dict[str, Any], faults: list[Fault]) -> dict[str, datetime]:
    """Return the beginning and the end that were typed; what cannot be read is added to ``faults``."""
    moments = {}
    for end in ("from", "to"):
        day, hour = _day(typed, f"{end}_day", faults), _hour(typed, f"{end}_time", faults)
        if hour is None and not faults:
            faults.append(Fault(place=f"{end}_time", code="desk_hour_wrong"))
        if not faults and hour is not None:
            local = datetime.combine(day, hour, tzinfo=ZoneInfo(settings.TIME_ZONE))
            moments[f"{end}_at"] = local.astimezone(UTC)
    return moments


def _record(request: HttpRequest, typed: dict[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    moments = _moments(typed, faults)
    if not faults:
        perform(request, actions.record_outage, why=typed["outage_why"], **moments)
    return faults


def _outage(request: HttpRequest) -> UUID:
    try:
        return UUID(posted.line(request.POST, "correct")[:40])
    except ValueError:
        raise not_found() from None


def _correct(request: HttpRequest, typed: dict[str, Any]) -> list[Fault]:
    """Correct a recorded outage; without any day or hour there was none."""
    faults: list[Fault] = []
    given = any(typed[name].strip("-") for name in ("from_day", "from_time", "to_day", "to_time"))
    moments: dict[str, Any] = _moments(typed, faults) if given else {}
    if not faults:
        perform(request, actions.correct_outage, outage_id=_outage(request), why=typed["outage_why"], **moments)
    return faults


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def closures(request: HttpRequest) -> HttpResponse:
    """Show the days on which one's office was closed and the platform was out of order, and take another."""
    by, typed = actor(request), _typed(request)
    faults: list[Fault] = []
    if request.method == "POST":
        doing, done = _declare, "declared"
        if "outage" in request.POST:
            doing, done = (_correct, "corrected") if typed["correct"] else (_record, "recorded")
        try:
            faults = doing(request, typed)
        except Refusal as refusal:
            if refusal.status not in (CONFLICT, UNPROCESSABLE):
                raise
            faults = [Fault(place=PLACES.get(refusal.code, ""), code=refusal.code, facts=refusal.facts)]
        if not faults:
            return HttpResponseRedirect(f"{reverse('desk-closures')}?done={done}")
    done = request.GET.get("done", "")
    context = {
        "closures": queries.closures_of(by, at(request)),
        "outages": queries.outages(by),
        "may_close": rules.may_close(by, office_id=by.office_id, area=False),
        "may_close_area": rules.may_close(by, office_id=by.office_id, area=True),
        "may_record": rules.may_record_outage(by),
        "typed": typed,
        "done": done if done in DONE else "",
    }
    return show(request, "desk/workflow/closures.html", context, here="desk-closures", faults=faults)


@require_POST
@officers
def lift(request: HttpRequest, closure_id: UUID) -> HttpResponse:
    """Take a closure back."""
    perform(request, actions.lift_closure, closure_id=closure_id)
    return HttpResponseRedirect(f"{reverse('desk-closures')}?done=lifted")
