"""The first page, and the pages that every public site owes its readers (GIGW 3.0)."""

from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from janaseva.core.audience import audience
from janaseva.core.lately import Lately
from janaseva.design.headers import public
from janaseva.design.vocabulary import static
from janaseva.doorway.visitor import at
from janaseva.people import queries as people
from janaseva.portal.page import show
from janaseva.services import queries

TEXTS_UPDATED: Final = date(2026, 11, 21)
"""The day on which the words of these pages were last changed."""

POLICIES: Final = (
    ("privacy", ("kept", "cookies", "shown", "looked", "erased")),
    ("copyright", ("own", "software", "emblem")),
    ("links", ("out", "to_us")),
    ("accessibility", ("standard", "script", "gaps", "tell")),
    ("terms", ("use", "law", "record", "free")),
)
"""The policies with their paragraphs; words at ``portal.policies.<policy>.<paragraph>``."""

QUESTIONS: Final = (
    ("apply", ("code", "photo", "save", "fee")),
    ("wait", ("why_date", "late", "refused")),
    ("paper", ("download", "offline")),
    ("safe", ("asked_for_money", "shared_phone")),
)
"""The questions people ask, by heading; words at ``portal.help.<question>.ask`` and ``.answer``."""

MOST_SHOWN: Final = 6
_kept: Final = Lately[tuple[queries.Figures, list[str]]](300)


def _counted(request: HttpRequest) -> tuple[queries.Figures, list[str]]:
    """Return the recent figures and the services most asked for; counted once in five minutes, not for each reader."""
    moment = at(request)
    return _kept.get(
        "home", moment, lambda: (queries.figures(moment), list(queries.most_asked(moment, most=MOST_SHOWN)))
    )


@audience("anyone")
@public(60)
def home(request: HttpRequest) -> HttpResponse:
    """Show where to find a service, which are most asked for, and the ways in."""
    lines = queries.catalogue(queries.today(at(request)))
    figures, asked = _counted(request)
    by_key = {line.key: line for line in lines}
    return show(
        request,
        "portal/home/home.html",
        {
            "groups": queries.grouped(lines),
            "asked": [by_key[key] for key in asked if key in by_key],
            "figures": figures,
        },
    )


@audience("anyone")
@public(300)
def about(request: HttpRequest) -> HttpResponse:
    """Say what this is."""
    return show(request, "portal/home/about.html", {"updated": TEXTS_UPDATED})


@audience("anyone")
@public(300)
def policies(request: HttpRequest) -> HttpResponse:
    """Show the policies: privacy, copyright, links, accessibility, terms."""
    return show(request, "portal/home/policies.html", {"policies": POLICIES, "updated": TEXTS_UPDATED})


@audience("anyone")
@public(300)
def help_(request: HttpRequest) -> HttpResponse:
    """Answer what people ask most."""
    return show(request, "portal/home/help.html", {"questions": QUESTIONS, "updated": TEXTS_UPDATED}, here="help")


@audience("anyone")
@public(300)
def contact(request: HttpRequest) -> HttpResponse:
    """Show the departments and their offices, and say plainly what of them is not known."""
    states = []
    for group in queries.grouped(queries.catalogue(queries.today(at(request)))):
        departments = {tuple(sorted(line.department.items())): line.department for line in group.lines}
        states.append({"state": group.state, "departments": [one for one in departments.values() if one]})
    offices = people.offices()
    return show(
        request,
        "portal/home/contact.html",
        {"states": states, "offices": len(offices), "updated": TEXTS_UPDATED},
    )


@audience("anyone")
@public(300)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Show every public page."""
    groups = queries.grouped(queries.catalogue(queries.today(at(request))))
    return show(request, "portal/home/sitemap.html", {"groups": groups, "updated": TEXTS_UPDATED})


@audience("anyone")
@public(86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines read what is public, and keep them out of what is somebody's own."""
    del request
    closed = ("applications", "apply", "pay", "sign-in", "desk", "verify", "api")
    lines = ["User-agent: *", *(f"Disallow: /{name}/" for name in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@audience("anyone")
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead to the emblem, for programs that ask for the old address."""
    del request
    return HttpResponseRedirect(static("emblem.svg"))
