"""Charges: what one holds, who held it before, handing it over, and letting a colleague stand in."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Fault, Refusal
from janaseva.core.text import in_language
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import DESK, actor, at, take_cookie
from janaseva.people import actions, queries

DONE: Final = ("handed_over", "stands_in", "stand_in_ended")
MOST_COLLEAGUES: Final = 500
PLACES: Final = {
    "not_an_officer": "to_person",
    "same_holder": "to_person",
    "already_stands_in": "to_person",
    "stand_in_times": "to_day",
}
"""The field at which each refusal can be mended; others are told above the form."""


def _offices(by: Actor) -> list[queries.OfficeView]:
    """Return the own office and, for who may pass charges on there, those directly under it."""
    own = queries.office(by.office_id) if by.office_id else None
    above = own is not None and (by.may("people.hand_over") or by.may("people.stand_in"))
    return [*([own] if own else []), *(queries.offices(superior_id=own.id) if own and above else [])]


def _seats(by: Actor, moment: datetime) -> list[dict[str, Any]]:
    """Return every post that the page tells of, with its holder, who stands in, and its past, in four queries."""
    held = queries.charges_of(by, moment)
    offices = _offices(by)
    posts = {view.post.id: view.post for view in held}
    posts.update({post.id: post for post in queries.posts_at({office.id for office in offices})})
    names = {office.id: office.names for office in offices} | {view.office.id: view.office.names for view in held}
    past = queries.held_over_time(by, posts.keys())
    own = {view.post.id for view in held if view.kind == "substantive"}
    return [
        {
            "post": post,
            "office": names.get(post.office_id, {}),
            "own": post.id in own,
            "now": next((one for one in past.get(post.id, ()) if _is_holder(one, moment)), None),
            "stand_ins": [one for one in past.get(post.id, ()) if one.kind == "stand_in" and _is_open(one, moment)],
            "past": past.get(post.id, [])[:20],
            "may_hand_over": post.id in own or (by.may("people.hand_over") and bool(offices)),
            "may_stand_in": post.id in own or (by.may("people.stand_in") and bool(offices)),
        }
        for post in sorted(posts.values(), key=lambda one: (one.id not in own, str(one.key)))
    ]


def _is_open(one: queries.HolderView, moment: datetime) -> bool:
    return one.to_at is None or one.to_at > moment


def _is_holder(one: queries.HolderView, moment: datetime) -> bool:
    return one.kind == "substantive" and one.from_at <= moment and _is_open(one, moment)


@require_safe
@officers
def charges(request: HttpRequest) -> HttpResponse:
    """Show one's charges, the posts of the office, who holds them and who held them."""
    done = request.GET.get("done", "")
    context = {"seats": _seats(actor(request), at(request)), "done": done if done in DONE else ""}
    return show(request, "desk/people/charges.html", context, here="desk-charges")


def _form(request: HttpRequest, charge_id: UUID) -> dict[str, Any]:
    """Return what both forms show: the charge, its holder, and the officers among whom one is chosen."""
    by = actor(request)
    charge = queries.charge(by, charge_id)
    holder = queries.person(by, charge.person_id)
    language = getattr(request, "language", "en")
    officers_there = [
        (str(one.id), f"{in_language(one.names, language)} ({one.login})")
        for one in queries.colleagues(by, most=MOST_COLLEAGUES)
        if one.id != charge.person_id
    ]
    today = at(request).astimezone(_zone()).date()
    return {
        "charge": charge,
        "holder": holder.names,
        "colleagues": officers_there,
        "typed": {"to_person": "", "order": "", "from_day": today, "to_day": ""},
    }


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _missing(request: HttpRequest, typed: dict[str, Any]) -> list[Fault]:
    typed["to_person"] = request.POST.get("to_person", "")[:40]
    typed["order"] = posted.line(request.POST, "order")[:400]
    faults = [] if _uuid(typed["to_person"]) else [Fault(place="to_person", code="desk_person_missing")]
    return faults if typed["order"] else [*faults, Fault(place="order", code="desk_order_missing")]


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _tried(act: Callable[[], object]) -> list[Fault]:
    """Do it; return what can be mended on the form, and let other refusals go their way."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status not in (UNPROCESSABLE, CONFLICT):
            raise
        return [Fault(place=PLACES.get(refusal.code, ""), code=refusal.code, facts=refusal.facts)]
    return []


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def hand_over(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """Pass a charge on: to whom, and by which order. All sessions in the old charge end at once."""
    context = _form(request, charge_id)
    if request.method != "POST":
        return show(request, "desk/people/hand_over.html", context, here="desk-charges")
    typed = context["typed"]
    by = actor(request)
    faults = _missing(request, typed) or _tried(
        lambda: perform(
            request,
            actions.hand_over_charge,
            charge_id=charge_id,
            to_person_id=_uuid(typed["to_person"]),
            order=typed["order"],
        )
    )
    if faults:
        return show(request, "desk/people/hand_over.html", context, here="desk-charges", faults=faults)
    if by.charge_id != charge_id:
        return HttpResponseRedirect(f"{reverse('desk-charges')}?done=handed_over")
    response = HttpResponseRedirect(f"{reverse('desk-sign-in')}?done=handed_over")
    take_cookie(response, path=DESK)
    return response


def _day(request: HttpRequest, name: str, typed: dict[str, Any]) -> date | None:
    typed[name] = posted.day(request.POST, name)
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        typed[name] = {part: request.POST.get(f"{name}.{part}", "")[:10] for part in ("day", "month", "year")}
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def stand_in(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """Let a colleague act for a post, from the beginning of one day to the end of another."""
    context = _form(request, charge_id)
    if request.method != "POST":
        return show(request, "desk/people/stand_in.html", context, here="desk-charges")
    typed = context["typed"]
    faults = _missing(request, typed)
    days = {name: _day(request, name, typed) for name in ("from_day", "to_day")}
    faults += [Fault(place=name, code="desk_day_missing") for name, value in days.items() if value is None]
    first, last = days["from_day"], days["to_day"]
    if not faults and first is not None and last is not None:
        faults = _tried(lambda: _stands_in(request, charge_id, typed, first, last))
    if faults:
        return show(request, "desk/people/stand_in.html", context, here="desk-charges", faults=faults)
    return HttpResponseRedirect(f"{reverse('desk-charges')}?done=stands_in")


def _stands_in(request: HttpRequest, charge_id: UUID, typed: dict[str, Any], first: date, last: date) -> None:
    if last == date.max:
        raise Refusal("stand_in_times")
    perform(
        request,
        actions.stand_in,
        charge_id=charge_id,
        to_person_id=_uuid(typed["to_person"]),
        from_at=datetime.combine(first, time(), tzinfo=_zone()),
        to_at=datetime.combine(last + timedelta(days=1), time(), tzinfo=_zone()),
        order=typed["order"],
    )


@require_POST
@officers
def end(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """End a stand-in before its time."""
    perform(request, actions.end_stand_in, charge_id=charge_id)
    return HttpResponseRedirect(f"{reverse('desk-charges')}?done=stand_in_ended")
