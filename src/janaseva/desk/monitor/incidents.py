"""The register of incidents: record one, watch the clocks of 6 and 72 hours, note who was told, close."""

from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.refusal import Fault, Refusal, not_found
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.monitor import actions, queries, rules
from janaseva.services import queries as services

HERE: Final = "desk-incidents"
ACTS: Final = ("judge", "reported", "affected", "told", "close")
DONE: Final = ("recorded", *ACTS)
TAGS: Final = {"running": "wait", "late": "late", "sent": "done", "sent_late": "plain"}
PLACES: Final = {
    "incident_words_missing": "words",
    "incident_ahead": "noticed_day",
    "incident_not_reported": "",
    "incident_persons_not_told": "",
    "incident_has_persons": "",
    "incident_reported_before": "",
    "incident_closed": "",
}
"""Where each refusal can be mended on the page from which it was asked; an empty place is above the page."""
MOST_NUMBERS: Final = 500


def _moment(request: HttpRequest, name: str, faults: list[Fault]) -> datetime | None:
    """Return the moment that was typed as a day and a time; ``None`` where none was, or it is no moment."""
    day = posted.day(request.POST, f"{name}_day")
    hour = posted.european(posted.line(request.POST, f"{name}_time"))[:5]
    if not day and not hour:
        return None
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour or "00:00"))
    except ValueError:
        faults.append(Fault(place=f"{name}_day", code="desk_day_missing"))
        return None
    return local.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def _record(request: HttpRequest, faults: list[Fault]) -> None:
    noticed, occurred = (_moment(request, name, faults) for name in ("noticed", "occurred"))
    kind = posted.line(request.POST, "kind")[:40]
    if kind not in rules.KINDS:
        faults.append(Fault(place="kind", code="incident_kind_missing"))
    if faults:
        return
    try:
        perform(
            request,
            actions.record_incident,
            kind=kind,
            words=request.POST.get("words", "")[:4_000],
            noticed_at=noticed or at(request),
            occurred_at=occurred,
            personal_data=request.POST.get("personal_data") != "no",
        )
    except Refusal as refusal:
        faults.append(_fault(refusal))


def _fault(refusal: Refusal) -> Fault:
    """Return a refusal as a fault of the page; one that cannot be mended there is raised."""
    if refusal.code not in PLACES:
        raise refusal
    return Fault(place=PLACES[refusal.code], code=refusal.code, facts=refusal.facts)


def _clocks(one: queries.IncidentView, moment: datetime) -> list[dict[str, Any]]:
    """Return each clock with how long it still runs, or ran over, in whole hours and minutes."""
    told = []
    for clock in one.clocks:
        minutes = abs(int(((clock.sent_at or moment) - clock.due_at).total_seconds())) // 60
        told.append(
            {
                "key": clock.authority.key,
                "standing": clock.standing,
                "tag": TAGS[clock.standing],
                "due_at": clock.due_at,
                "sent_at": clock.sent_at,
                "hours": minutes // 60,
                "minutes": minutes % 60,
                "within": clock.authority.within_hours,
                "reference": one.references.get(clock.authority.key, ""),
            }
        )
    return told


def _lines(request: HttpRequest) -> list[dict[str, Any]]:
    found = queries.incidents(actor(request), at(request))
    return [{"incident": one, "clocks": _clocks(one, at(request))} for one in found]


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def incidents(request: HttpRequest) -> HttpResponse:
    """Show all incidents with their clocks, the latest noticed first, and take another."""
    if not rules.may_handle(actor(request)):
        raise not_found()
    faults: list[Fault] = []
    if request.method == "POST":
        _record(request, faults)
        if not faults:
            return HttpResponseRedirect(f"{reverse('desk-incidents')}?done=recorded")
    done = request.GET.get("done", "")
    typed = {name: posted.line(request.POST, name)[:4_000] for name in ("kind", "words", "personal_data")}
    typed |= {f"{name}_day": posted.day(request.POST, f"{name}_day") for name in ("noticed", "occurred")}
    typed |= {f"{name}_time": posted.line(request.POST, f"{name}_time")[:5] for name in ("noticed", "occurred")}
    context = {"lines": _lines(request), "kinds": rules.KINDS, "typed": typed, "done": done if done in DONE else ""}
    return show(request, "desk/monitor/incidents.html", context, here=HERE, faults=faults)


def _page(request: HttpRequest, reference: str, faults: list[Fault]) -> HttpResponse:
    by, moment = actor(request), at(request)
    one = queries.incident(by, reference[:40], moment)
    done = request.GET.get("done", "")
    context = {
        "one": one,
        "clocks": _clocks(one, moment),
        "reports": [(key, queries.report(by, one, key, moment)) for key in (each.authority.key for each in one.clocks)],
        "kinds": rules.KINDS,
        "done": done if done in DONE else "",
        "typed": {name: posted.line(request.POST, name)[:20_000] for name in ("words", "reference", "numbers")},
    }
    return show(request, "desk/monitor/incident.html", context, here=HERE, faults=faults)


@require_safe
@officers
def incident(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one incident: what is known, its clocks, the reports as far as they can be filled in."""
    return _page(request, reference, [])


def _affected(request: HttpRequest, one: queries.IncidentView, faults: list[Fault]) -> None:
    """List the applicants of applications as persons whose data the incident concerns."""
    numbers = [line.strip() for line in request.POST.get("numbers", "")[:20_000].splitlines() if line.strip()]
    found = services.applicants(actor(request), numbers[:MOST_NUMBERS])
    unknown = [number for number in numbers[:MOST_NUMBERS] if number not in found]
    if unknown or not numbers:
        shown = ", ".join(number[:40] for number in unknown[:5])
        faults.append(Fault(place="numbers", code="incident_numbers_unknown", facts={"numbers": shown or "–"}))
        return
    perform(request, actions.list_affected, incident_id=one.incident_id, person_ids=tuple(found.values()))


def _done(request: HttpRequest, one: queries.IncidentView, act: str, faults: list[Fault]) -> None:
    key = one.incident_id
    match act:
        case "judge":
            kind, personal = posted.line(request.POST, "kind")[:40], request.POST.get("personal_data") != "no"
            perform(request, actions.judge_incident, incident_id=key, kind=kind, personal_data=personal)
        case "reported":
            sent = _moment(request, "sent", faults) or at(request)
            told = {"authority": posted.line(request.POST, "authority")[:40], "sent_at": sent}
            reference = posted.line(request.POST, "reference")[:200]
            if not faults:
                perform(request, actions.note_reported, incident_id=key, reference=reference, **told)
        case "affected":
            _affected(request, one, faults)
        case "told":
            perform(request, actions.note_told, incident_id=key)
        case "close":
            perform(request, actions.close_incident, incident_id=key, words=request.POST.get("words", "")[:4_000])
        case _:
            raise not_found()


@require_POST
@officers
def act(request: HttpRequest, reference: str, act: str) -> HttpResponse:
    """Judge an incident, note who was told, list whom it concerns, or close it."""
    one = queries.incident(actor(request), reference[:40], at(request))
    faults: list[Fault] = []
    try:
        _done(request, one, act, faults)
    except Refusal as refusal:
        faults.append(_fault(refusal))
    if faults:
        return _page(request, reference, faults)
    return HttpResponseRedirect(f"{reverse('desk-incident', args=[one.number])}?done={act}")
