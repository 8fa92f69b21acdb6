"""Orders about offices and posts: written as forms, read as a difference, put in force by a second person."""

import re
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, UNPROCESSABLE, Fault, Invalid, Refusal, not_found
from janaseva.core.text import LANGUAGES, Text, in_language
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor
from janaseva.people import actions, queries
from janaseva.services import queries as services
from janaseva.workflow import actions as workflow_actions
from janaseva.workflow import queries as workflow

HERE: Final = "desk-offices"
OF_OFFICE: Final = {"change": "change_office", "close": "close_office", "post": "open_post"}
OF_POST: Final = {"give": "fill_post", "vacate": "vacate_post", "end": "end_post"}
ENDING: Final = ("close_office", "end_post")
MOST: Final = 500
PLACES: Final = {"arrangement_needs_order": "order"}


def _languages(by: Actor) -> list[str]:
    """Return the languages in which the state names its offices: English, and those of one's own office."""
    own = queries.office(by.office_id) if by.office_id else None
    return [code for code in LANGUAGES if code == "en" or (own is not None and code in own.names)]


def _areas(by: Actor, within: str) -> dict[str, Any]:
    """Return the areas of the state's next level to choose from, and those inside the one that was chosen."""
    own = queries.office(by.office_id) if by.office_id else None
    outer = queries.areas(own.area_id) if own else []
    around = queries.area(own.area_id) if own else None
    chosen = next((one for one in outer if one.reference == within), None)
    wide = [one for one in (around, *outer) if one is not None]
    inside = [chosen, *queries.areas(chosen.id)] if chosen else wide
    return {
        "districts": [(one.reference, one.names) for one in outer],
        "chosen": chosen,
        "areas": [(one.reference, one.names) for one in inside],
    }


def _typed(request: HttpRequest, languages: list[str]) -> dict[str, Any]:
    names = ("kind", "area", "department", "under", "role", "person", "successor", "order", "within")
    typed: dict[str, Any] = {name: posted.line(request.POST, name)[:300] for name in names}
    typed["within"] = typed["within"] or request.GET.get("within", "")[:100]
    typed["also"] = [one[:100] for one in request.POST.getlist("also")][:MOST]
    typed["names"] = {code: posted.line(request.POST, f"names.{code}")[:200] for code in languages}
    return typed


def _key(by: Actor, typed: dict[str, Any]) -> str:
    """Return a key that no office has: the state, the kind, and the area in Latin letters."""
    own = queries.office(by.office_id) if by.office_id else None
    area = queries.area_by_reference(typed["area"]) if ":" in typed["area"] else None
    spoken = in_language(area.names, "en") if area else ""
    state = own.key.partition("-")[0] if own else ""
    stem = re.sub(r"[^a-z0-9]+", "-", f"{state}-{typed['kind']}-{spoken}".lower()).strip("-")[:70]
    number = 1
    while queries.office_by_key(stem if number == 1 else f"{stem}-{number}") is not None:
        number += 1
    return stem if number == 1 else f"{stem}-{number}"


def _facts(by: Actor, kind: str, typed: dict[str, Any], about: dict[str, str]) -> dict[str, Any]:
    match kind:
        case "open_office":
            of = {name: typed[name] for name in ("kind", "area", "department", "under", "also", "names")}
            return {**of, "roles": [typed["role"]] if typed["role"] else [], "key": _key(by, typed)}
        case "change_office":
            return {**about, "names": typed["names"], "also": typed["also"]}
        case "open_post":
            return {**about, "role": typed["role"], "names": typed["names"]}
        case "fill_post":
            return {**about, "person": typed["person"]}
        case "close_office":
            return {**about, "successor": typed["successor"]}
    return about


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def new(request: HttpRequest) -> HttpResponse:
    """Propose a new office."""
    return _proposed(request, "open_office", {}, {"title_of": {}}, reverse("desk-offices"))


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def of_office(request: HttpRequest, office_id: UUID, act: str) -> HttpResponse:
    """Propose a change of an office, a post in it, or its end."""
    by, kind = actor(request), OF_OFFICE.get(act)
    view = next((one for one in queries.arranged_offices(by) if one.id == office_id), None)
    if view is None or kind is None:
        raise not_found()
    context: dict[str, Any] = {"title_of": view.names, "view": view}
    if kind == "close_office":
        context["lying"] = workflow.lying(by, view.id)
        context["numbers"] = services.numbers_of(by, context["lying"].stories)
        context["heirs"] = [
            (one.key, one.names)
            for one in queries.arranged_offices(by)
            if one.kind == view.kind and one.id != view.id and one.successor_id is None
        ]
    if kind == "change_office":
        context["served"] = queries.served(by, view.id)
    return _proposed(request, kind, {"office": view.key}, context, reverse("desk-office", args=[office_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def of_post(request: HttpRequest, post_id: UUID, act: str) -> HttpResponse:
    """Propose to give a post to somebody, to leave it vacant, or to end it."""
    by, kind, post = actor(request), OF_POST.get(act), queries.post(post_id)
    view = next((one for one in queries.arranged_offices(by) if post and one.id == post.office_id), None)
    if view is None or kind is None or post is None:
        raise not_found()
    context: dict[str, Any] = {"title_of": post.names, "view": view}
    if kind == "end_post":
        context["lying"] = workflow.lying(by, post.id)
        context["numbers"] = services.numbers_of(by, context["lying"].stories)
    return _proposed(request, kind, {"post": post.key}, context, reverse("desk-office", args=[view.id]))


def _proposed(
    request: HttpRequest, kind: str, about: dict[str, str], context: dict[str, Any], back: str
) -> HttpResponse:
    by = actor(request)
    if not queries.reach_of_office(by):
        raise not_found()
    languages = _languages(by)
    typed, faults, status = _typed(request, languages), [], 0
    if request.method == "POST" and "narrow" not in request.POST:
        try:
            facts = _facts(by, kind, typed, about)
            made = perform(request, actions.propose_arrangement, kind=kind, facts=facts, order=typed["order"])
            return HttpResponseRedirect(f"{reverse('desk-order', args=[made])}?done=proposed")
        except Invalid as refusal:
            faults = list(refusal.faults)
        except Refusal as refusal:
            if refusal.status not in (CONFLICT, UNPROCESSABLE):
                raise
            faults = [Fault(place=PLACES.get(refusal.code, ""), code=refusal.code, facts=refusal.facts)]
            status = refusal.status
    elif request.method != "POST" and kind == "change_office":
        typed["names"] = {code: context["view"].names.get(code, "") for code in languages}
        typed["also"] = [reference for reference, _ in context["served"]]
    endonyms = {code: LANGUAGES[code].name for code in languages}
    whole = {"kind": kind, "typed": typed, "languages": languages, "endonyms": endonyms, "back": back, **context}
    whole |= _choices(by, kind, typed)
    return show(request, "desk/people/arrange.html", whole, here=HERE, faults=faults, status=status)


def _choices(by: Actor, kind: str, typed: dict[str, Any]) -> dict[str, Any]:
    """Return what may be chosen on the form of a kind of order."""
    found: dict[str, Any] = {}
    if kind in ("open_office", "change_office"):
        found |= _areas(by, typed["within"])
    if kind == "open_office":
        kinds = queries.kind_names(queries.known_kinds())
        found["kinds"] = sorted(kinds.items(), key=lambda one: in_language(one[1], "en"))
        found["departments"] = queries.departments(by)
        found["above"] = [(one.key, one.names) for one in queries.arranged_offices(by)]
    if kind in ("open_office", "open_post"):
        found["roles"] = sorted(queries.roles_to_give(by), key=lambda one: in_language(one[1], "en"))
    if kind == "fill_post":
        found["persons"] = [(str(one.id), _called(one)) for one in queries.colleagues(by, most=MOST)]
    return found


def _called(one: queries.PersonView) -> Text:
    return {code: f"{name} ({one.login})" for code, name in one.names.items()}


@require_safe
@officers
def orders(request: HttpRequest) -> HttpResponse:
    """Show the orders that wait for a second person, and those that were decided."""
    context = {"orders": queries.arrangements(actor(request))}
    return show(request, "desk/people/orders.html", context, here=HERE)


@require_safe
@officers
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show one order: what it changes, and who may put it in force."""
    return _order(request, order_id)


def _order(request: HttpRequest, order_id: UUID, *, faults: list[Fault] | None = None, status: int = 0) -> HttpResponse:
    by = actor(request)
    view = queries.arrangement(by, order_id)
    ending = queries.ending_of(by, order_id) if view.state == "proposed" else None
    lying = workflow.lying(by, ending[0]) if ending else None
    done = request.GET.get("done", "")
    context = {
        "view": view,
        "about": queries.office(view.office_id) if view.office_id else None,
        "lying": lying,
        "goes": ending is not None and ending[1],
        "numbers": services.numbers_of(by, lying.stories) if lying else [],
        "done": done if done in ("proposed", "confirmed", "withdrawn") else "",
    }
    return show(request, "desk/people/order.html", context, here=HERE, faults=faults or (), status=status)


@require_POST
@officers
def decide(request: HttpRequest, order_id: UUID, act: str) -> HttpResponse:
    """Put an order in force as the second person, or take it back."""
    if act not in ("confirm", "withdraw"):
        raise not_found()
    view = queries.arrangement(actor(request), order_id)
    confirm = workflow_actions.confirm_ending if view.kind in ENDING else actions.confirm_arrangement
    try:
        perform(request, confirm if act == "confirm" else actions.withdraw_arrangement, arrangement_id=order_id)
    except Invalid as refusal:
        faults = [Fault(place="", code=one.code, facts=one.facts) for one in refusal.faults]
        return _order(request, order_id, faults=faults)
    except Refusal as refusal:
        if refusal.status not in (CONFLICT, FORBIDDEN, UNPROCESSABLE):
            raise
        fault = Fault(place="", code=refusal.code, facts=refusal.facts)
        return _order(request, order_id, faults=[fault], status=refusal.status)
    done = "confirmed" if act == "confirm" else "withdrawn"
    return HttpResponseRedirect(f"{reverse('desk-order', args=[order_id])}?done={done}")
