"""Searching the record: by who acted, in whose post, in which matter, in a time; each search is itself on record."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from janaseva.core.actor import Actor
from janaseva.core.refusal import Fault, Refusal, not_found
from janaseva.core.words import find
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.limits import at_most
from janaseva.doorway.visitor import actor
from janaseva.ledger import actions, queries, rules
from janaseva.people import queries as people
from janaseva.people.rules import tidy_login
from janaseva.services import queries as services

HERE: Final = "desk-record"
WHOM: Final = ("who", "post", "matter")
UNKNOWN: Final = {"who": "record_who_unknown", "post": "record_post_unknown", "matter": "record_matter_unknown"}
PLACES: Final = {"search_reason_missing": "reason", "search_too_wide": "who"}
MOST_SHOWN: Final = 300


def _typed(request: HttpRequest) -> dict[str, str]:
    texts = {name: posted.line(request.POST, name)[:500] for name in (*WHOM, "reason")}
    return {**texts, **{name: posted.day(request.POST, name) for name in ("first_day", "last_day")}}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _who(by: Actor, text: str) -> UUID | None:
    login = tidy_login(text)
    return _id(text) or next((one.id for one in people.colleagues(by, login) if one.login == login), None)


def _post(text: str) -> UUID | None:
    office, _, role = text.partition("/")
    there = people.office_by_key(office) if role else None
    held = people.post_in(there.id, role) if there else None
    return _id(text) or (held.id if held else None)


def _named(by: Actor, typed: dict[str, str], faults: list[Fault]) -> dict[str, UUID]:
    """Return by what is searched; what is not known here is added to ``faults``."""
    asked: dict[str, Callable[[str], UUID | None]] = {
        "who": lambda text: _who(by, text),
        "post": _post,
        "matter": lambda text: _id(text) or services.recorded_as(by, text),
    }
    named = {name: ask(typed[name]) for name, ask in asked.items() if typed[name]}
    faults += [Fault(place=name, code=UNKNOWN[name]) for name, key in named.items() if key is None]
    column = {"who": "person_id", "post": "post_id", "matter": "story"}
    return {column[name]: key for name, key in named.items() if key is not None}


def _moments(typed: dict[str, str], faults: list[Fault]) -> dict[str, datetime]:
    """Return from when on and until when, whole days both; what is no day is added to ``faults``."""
    moments = {}
    for name, column, days in (("first_day", "from_at", 0), ("last_day", "to_at", 1)):
        try:
            day = date.fromisoformat(typed[name]) + timedelta(days=days)
        except (ValueError, OverflowError):
            faults.append(Fault(place=name, code="desk_day_missing"))
            continue
        moments[column] = datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
    return moments


def _found(request: HttpRequest, typed: dict[str, str], faults: list[Fault]) -> tuple[UUID, ...] | None:
    """Search and return what fits, oldest first; ``None`` where something must be mended first."""
    by = actor(request)
    named, moments = _named(by, typed, faults), _moments(typed, faults)
    if faults:
        return None
    try:
        return perform(request, actions.search_record, reason=typed["reason"], **named, **moments)
    except Refusal as refusal:
        if refusal.code not in PLACES:
            raise
        faults.append(Fault(place=PLACES[refusal.code], code=refusal.code, facts=refusal.facts))
        return None


def _lines(by: Actor, ids: tuple[UUID, ...], language: str) -> list[dict[str, Any]]:
    """Return what is shown of each event: when, what, by whom in which post, and its place in the log."""
    events = queries.events_of(by, ids)
    held = people.posts({event.post_id for event in events if event.post_id})
    return [
        {
            "at": event.at,
            "what": find(f"event.{event.name}", language) or "",
            "name": event.name,
            "post": held[event.post_id].names if event.post_id in held else {},
            "who": str(event.person_id or event.actor_name or ""),
            "kind": event.actor_kind,
            "story": str(event.facts.get("application_id", "")),
            "place": event.leaf_index,
        }
        for event in events
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@officers
@at_most(30, seconds=60, name="desk-record")
def record(request: HttpRequest) -> HttpResponse:
    """Ask for what is looked for and why, and show what the record holds of it."""
    by, language = actor(request), getattr(request, "language", "en")
    if not rules.may_search(by):
        raise not_found()
    typed, faults = _typed(request), list[Fault]()
    found = _found(request, typed, faults) if request.method == "POST" else None
    context = {
        "typed": typed,
        "found": None if found is None else len(found),
        "lines": _lines(by, found[:MOST_SHOWN], language) if found else [],
        "most": MOST_SHOWN,
        "characters": rules.SHORTEST_REASON,
    }
    return show(request, "desk/ledger/record.html", context, here=HERE, faults=faults)
