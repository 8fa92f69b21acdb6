"""To begin in the workshop: the next version of a service, a service like another, or one from nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from janaseva.core.refusal import Fault, Refusal, not_found
from janaseva.core.text import Text, in_language
from janaseva.core.words import say
from janaseva.design import posted
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.people import queries as people
from janaseva.services import actions, queries
from janaseva.services.queries import Decider
from janaseva.services.rules import proposing
from janaseva.services.rules.new import Level, NewService, skeleton, suggested_key
from janaseva.services.rules.pack import Pack

HERE: Final = "desk-proposals"
LONGEST: Final = 120
ASKED: Final = ("name", "service", "department", "officer")


def _packs(request: HttpRequest) -> dict[str, list[str]]:
    """Return the services of each pack that the reader may define, by the pack's key.

    Raises:
        Refusal: ``not_found`` for who may define none.

    """
    by = actor(request)
    if not proposing.may_define(by):
        raise not_found()
    found: dict[str, list[str]] = {pack: [] for pack in queries.pack_keys()}
    for pack, key in queries.published_keys():
        found[pack].append(key)
    return {pack: keys for pack, keys in found.items() if queries.serves_pack(by, pack)}


# --- like another


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a version of a published service, or a new service from one that is like it."""
    keys = [key for there in _packs(request).values() for key in there]
    typed = {"like": request.POST.get("like", "")[:80], "service": posted.line(request.POST, "service")[:80]}
    faults: list[Fault] = []
    if request.method == "POST":
        faults = _unfit(typed, keys)
        if not faults:
            found = queries.published_files(typed["like"])
            if found is None:
                raise not_found()
            key = typed["service"] or typed["like"]
            version = found.version + 1 if key == typed["like"] else 1
            files = proposing.copied(found.files, key=key, version=version, first_day=_tomorrow(request, found.pack))
            saved = _saved(request, key, found.pack, files)
            if isinstance(saved, UUID):
                return HttpResponseRedirect(reverse("desk-workshop", args=[saved]))
            faults = [saved]
    names = _names(keys)
    context = {"keys": [(key, names.get(key, {"en": key})) for key in keys], "typed": typed}
    return show(request, "desk/services/workshop_begin.html", context, here=HERE, faults=faults)


def _names(keys: list[str]) -> dict[str, Text]:
    """Return what services are called, with their keys, for several may have the same name."""
    found = queries.rows_in_force(date.max)
    names = {key: queries.compiled(found[key][0]).what.name for key in keys if key in found}
    return {key: {language: f"{words} ({key})" for language, words in name.items()} for key, name in names.items()}


def _unfit(typed: Mapping[str, str], keys: list[str]) -> list[Fault]:
    faults = [] if typed["like"] in keys else [Fault(place="like", code="workshop_like_missing")]
    key = typed["service"]
    if key and not proposing.is_service_key(key):
        faults.append(Fault(place="service", code="workshop_key_form"))
    elif key in keys and key != typed["like"]:
        faults.append(Fault(place="service", code="workshop_key_taken"))
    return faults


def _tomorrow(request: HttpRequest, pack: str) -> date:
    facts = queries.pack_facts(pack)
    return queries.today(at(request), facts.time_zone if facts else "") + timedelta(days=1)


def _saved(request: HttpRequest, key: str, pack: str, files: Mapping[str, str]) -> UUID | Fault:
    """Save the first text of a version; a fault beside the key where one is being written already."""
    try:
        saved = perform(request, actions.save_proposal, service=key, pack=pack, files=files, proposal_id=None)
    except Refusal as refusal:
        if refusal.code != "proposal_open_already":
            raise
        return Fault(place="service", code=refusal.code, facts=refusal.facts)
    return UUID(str(saved.proposal_id))


# --- from nothing


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def new(request: HttpRequest) -> HttpResponse:
    """Begin a service from a text without faults: one page, one officer, one certificate; the rest is a to-do."""
    packs = _packs(request)
    facts = {pack: found for pack in packs if (found := queries.pack_facts(pack)) is not None}
    if not facts:
        raise not_found()
    pack = facts.get(request.POST.get("pack") or request.GET.get("pack") or "") or next(iter(facts.values()))
    deciders = queries.deciders(pack)
    typed = {name: posted.line(request.POST, name)[:LONGEST] for name in ASKED}
    faults: list[Fault] = []
    if request.method == "POST":
        typed["service"] = typed["service"] or suggested_key(pack, typed["name"])
        faults = _wrong(typed, pack, deciders, packs[pack.key])
        if not faults:
            files = _written(typed, pack, deciders, _tomorrow(request, pack.key))
            saved = _saved(request, typed["service"], pack.key, files)
            if isinstance(saved, UUID):
                return HttpResponseRedirect(reverse("desk-workshop", args=[saved]))
            faults = [saved]
    context = {
        "packs": [(key, one.name) for key, one in facts.items()],
        "pack": pack.key,
        "departments": list(pack.departments.items()),
        "officers": [(_of(one), called) for one, called in _called(deciders, getattr(request, "language", "en"))],
        "typed": typed,
    }
    return show(request, "desk/services/workshop_new.html", context, here=HERE, faults=faults)


def _of(decider: Decider) -> str:
    return f"{decider.role}.{decider.office}"


def _called(deciders: list[Decider], language: str) -> list[tuple[Decider, Text]]:
    """Return each post by its own name with the kind of its office."""
    kinds = people.kind_names({one.office for one in deciders})
    spoken = [(in_language(one.names, language), in_language(kinds[one.office], language)) for one in deciders]
    return [(one, {language: f"{post} ({kind})"}) for one, (post, kind) in zip(deciders, spoken, strict=True)]


def _wrong(typed: Mapping[str, str], pack: Pack, deciders: list[Decider], keys: list[str]) -> list[Fault]:
    wrong: list[tuple[str, str, Any]] = [
        ("name", "needed", not typed["name"]),
        ("service", "workshop_key_form", typed["name"] and not proposing.is_service_key(typed["service"])),
        ("service", "workshop_key_taken", typed["service"] in keys),
        ("department", "needed", typed["department"] not in pack.departments),
        ("officer", "needed", typed["officer"] not in {_of(one) for one in deciders}),
    ]
    return [Fault(place=place, code=code) for place, code, found in wrong if found]


def _written(typed: Mapping[str, str], pack: Pack, deciders: list[Decider], first_day: date) -> dict[str, str]:
    decider = next(one for one in deciders if _of(one) == typed["officer"])
    levels = tuple(
        Level(key=area.level, scheme=area.scheme, label=say(f"portal.level.{area.level}", "en"), area=area.reference)
        for area in decider.way
    )
    answers = NewService(
        key=typed["service"],
        name=typed["name"],
        department=typed["department"],
        role=decider.role,
        office=decider.office,
        from_day=first_day,
        levels=levels,
    )
    return skeleton(pack, answers)
