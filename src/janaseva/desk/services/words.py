"""For translators: how far the words of the interface and of each service are, what is missing, who approved what."""

from collections import Counter
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from janaseva.core.text import LANGUAGES
from janaseva.core.words import area_words, areas
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.visitor import actor, at
from janaseva.services import queries

OTHERS: Final = tuple(code for code in LANGUAGES if code != "en")
OPEN_FIRST: Final = ("missing", "stale", "draft", "approved")


@require_safe
@officers
def words(request: HttpRequest) -> HttpResponse:
    """Show one language: the areas of the interface, the services, and of a chosen area every string."""
    spoken = request.GET.get("in", "")
    chosen = spoken if spoken in OTHERS else OTHERS[0]
    known = areas()
    lines = []
    for name in known:
        counted = Counter(one.state for one in area_words(name, chosen).states)
        lines.append((name, sum(counted.values()), *(counted[state] for state in OPEN_FIRST)))
    area = request.GET.get("area", "")
    context = {
        "chosen": chosen,
        "languages_told": [(code, LANGUAGES[code].name) for code in OTHERS],
        "areas": lines,
        "services": _services(request, chosen),
        "area": area if area in known else "",
        "strings": _strings(area, chosen) if area in known else [],
        "direction": LANGUAGES[chosen].direction,
    }
    return show(request, "desk/services/words.html", context, here="desk-words")


def _services(request: HttpRequest, chosen: str) -> list[tuple[object, ...]]:
    """Return of each service whose pack promises the language its name and how many of its strings are how far."""
    found = queries.service_words(actor(request), chosen, queries.today(at(request)))
    return [
        (
            one.name,
            one.state.strings,
            len(one.state.missing),
            one.state.stale,
            one.state.drafts,
            one.state.approved,
            one.state.missing,
        )
        for one in found
    ]


def _strings(area: str, chosen: str) -> list[dict[str, str]]:
    """Return every string of an area, what is open first."""
    found = area_words(area, chosen)
    order = sorted(found.states, key=lambda one: OPEN_FIRST.index(one.state))
    return [
        {
            "key": one.key,
            "state": one.state,
            "english": found.english[one.key],
            "words": found.words.get(one.key, ""),
            "by": f"{one.by}, {one.on}" if one.by else "",
        }
        for one in order
    ]
