"""The catalogue, found by words in any language, and the charter of each service."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from janaseva.core.audience import audience
from janaseva.core.text import Text
from janaseva.design.headers import kept_by_nobody, public
from janaseva.doorway.visitor import at
from janaseva.people import queries as people
from janaseva.portal.page import show
from janaseva.services import queries
from janaseva.services.queries import CatalogueLine
from janaseva.services.rules.charter import AppealLine, Basis, Charter, SeatLine, Way

LONGEST_SEARCH = 200


@require_http_methods(["GET", "HEAD"])
@audience("anyone")
@public(60, "state")
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """Show the services that the words find, by state."""
    search = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    chosen = request.GET.get("state", "")
    today = queries.today(at(request))
    found = queries.catalogue(today, search=search)
    groups = queries.grouped(sorted(found, key=lambda line: _place(found, line)))
    known = {group.pack for group in groups}
    chosen = chosen if chosen in known else ""
    shown = [group for group in groups if chosen in ("", group.pack)]
    context = {
        "search": search,
        "chosen": chosen,
        "states": [(group.pack, group.state, len(group.lines)) for group in groups],
        "all": len(found),
        "groups": shown,
        "count": sum(len(group.lines) for group in shown),
    }
    response = show(request, "portal/services/catalogue.html", context, here="services")
    if chosen != request.GET.get("state", ""):
        kept_by_nobody(response)
    return response


def _place(found: list[CatalogueLine], line: CatalogueLine) -> int:
    """Return where the state of a line first comes, so that each state stands once, the best found first."""
    return next(number for number, one in enumerate(found) if one.pack == line.pack)


@require_http_methods(["GET", "HEAD"])
@audience("anyone")
@public(60)
def service(request: HttpRequest, service: str) -> HttpResponseBase:
    """Show the charter: who decides, by when, for how much, on which papers and laws, and what is still unknown."""
    promise = queries.charter(service, queries.today(at(request)))
    definition = promise.published.definition
    versions = queries.versions(service, queries.today(at(request)))
    words = queries.charter_words(promise.charter, versions)
    context = {
        "promise": promise,
        "charter": promise.charter,
        "posts": words.posts,
        "kinds": words.kinds,
        "roles": words.roles,
        "seats": [_seats(level, promise.charter, words.posts) for level in promise.charter.appeals],
        "issuers": _issuers(request, promise),
        "areas": [queries.area_names(area) for area in promise.charter.areas],
        "currency": "PKR" if definition.pack_country == "PK" else "INR",
        "sources": sources(promise.charter),
        "can_check": bool(definition.who.questions),
        "questions": len(definition.who.questions),
        "papers_unknown": promise.charter.documents is None,
        "versions": versions,
    }
    return show(request, "portal/services/charter.html", context, here="services")


def _seats(
    level: AppealLine | None, charter: Charter, posts: Mapping[people.Seat, Text]
) -> list[tuple[Text, Text, SeatLine]]:
    """Return before whom one appeals at a level: the post, and against whom where that makes a difference."""
    seats = level.seats if level is not None else ()
    offices = {way.role: way.office for way in charter.ways}
    several = len({(one.role, one.office) for one in seats}) > 1
    found = {
        (one.role, one.office): (
            posts[one.role, one.office],
            posts.get((one.against, offices.get(one.against, "")), {}) if several else {},
            one,
        )
        for one in seats
    }
    return list(found.values())


def _issuers(request: HttpRequest, promise: queries.Promise) -> dict[str, Text]:
    """Return the names of the services whose certificates stand for papers here."""
    wanted = {key for line in promise.charter.documents or () for key in line.issued}
    if not wanted:
        return {}
    lines = queries.catalogue(queries.today(at(request)))
    return {line.key: line.name for line in lines if line.key in wanted}


def _ways(charter: Charter) -> list[Way]:
    """Return every way of the service, and of what may be asked for once it was granted."""
    return [*charter.ways, *(way for line in charter.again for way in line.ways)]


def sources(charter: Charter) -> list[tuple[str, str]]:
    """Return every source that the charter rests on, once, with its address."""
    found: dict[str, str] = {}
    for basis in _bases(charter):
        found.update(basis.sources)
    return sorted(found.items())


def _bases(charter: Charter) -> Iterable[Basis]:
    yield from charter.law_bases
    for way in _ways(charter):
        yield way.officer_basis
        yield way.limit_basis
        yield from (line.basis for line in way.fee or ())
        for one in way.later:
            yield one.basis
            yield from (line.basis for line in one.fee or ())
    yield from (line.basis for line in charter.documents or ())
    yield from (line.basis for line in charter.again)
    yield from (paper.basis for line in charter.again for paper in line.documents or ())
    for level in charter.appeals:
        if level is not None:
            yield level.basis
            yield from (seat.basis for seat in level.seats)
