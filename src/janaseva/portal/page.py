"""The frame of every page of the portal: its menu, who is signed in, and the way in for whom a page is not open yet."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

from janaseva.core.audience import audience
from janaseva.core.refusal import Fault
from janaseva.core.text import is_reading
from janaseva.core.words import say
from janaseva.design.page import render
from janaseva.documents.queries import Content
from janaseva.doorway.acts import perform_once
from janaseva.doorway.visitor import signed_in
from janaseva.people import actions as people

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

SIGN_IN: Final = "/sign-in/"
SIGN_OUT: Final = "/sign-out/"
APPLICATIONS: Final = "/applications/"
MENU: Final = (("services", "/services/"), ("applications", APPLICATIONS), ("verify", "/verify/"), ("help", "/help/"))
FOOTER: Final = (
    ("about", "/about/"),
    ("policies", "/policies/"),
    ("contact", "/contact/"),
    ("sitemap", "/sitemap/"),
    ("notices", "/notices/"),
    ("performance", "/performance/"),
    ("log", "/log/"),
    ("status", "/status/"),
    ("sessions", "/sessions/"),
)
LONGEST_PATH: Final = 500


def language(request: HttpRequest) -> str:
    """Return the code of the language that the page is shown in."""
    return str(getattr(request, "language", "en"))


def is_person(request: HttpRequest) -> bool:
    """Return whether a citizen is signed in."""
    found = signed_in(request)
    return found is not None and found.actor.kind == "person"


def own_path(path: str, *, otherwise: str = APPLICATIONS) -> str:
    """Return a path of our own to go on to, or ``otherwise`` where ``path`` leads anywhere else."""
    plain = path.startswith("/") and len(path) <= LONGEST_PATH and path.isprintable()
    return path if plain and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else otherwise


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Return the way to the sign-in and from there back to the page that was asked for."""
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({'next': own_path(request.get_full_path())})}")


def for_person(view: View[P]) -> View[P]:
    """Declare a view as for a signed-in citizen; whoever is not signed in is led to the sign-in first."""

    @audience("person")
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_person(request) else to_sign_in(request)

    return guarded


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    here: str = "",
    status: int = 200,
    faults: Iterable[Fault] = (),
    key: str = "",
) -> HttpResponse:
    """Return a page of the portal in its frame; ``here`` names the entry of the menu under which it stands."""
    _keep_language(request)
    spoken = language(request)
    frame = {
        "menu": [
            (say(f"portal.menu.{name}", spoken), path, name == here)
            for name, path in (MENU if is_person(request) else (*MENU, ("sign_in", SIGN_IN)))
        ],
        "footer_links": [(say(f"portal.menu.{name}", spoken), path) for name, path in FOOTER],
        "sign_out": SIGN_OUT if is_person(request) else "",
    }
    return render(request, template, {**frame, **(context or {})}, status=status, faults=faults, key=key)


def _keep_language(request: HttpRequest) -> None:
    """Keep the language that a signed-in person has just chosen, for the messages and letters to come."""
    found, chosen = signed_in(request), request.GET.get("lang")
    if found is not None and is_reading(chosen) and chosen != found.language and is_person(request):
        perform_once(request, people.set_language, session_id=found.session_id, language=str(chosen))


def handed_out(found: Content) -> HttpResponse:
    """Return a paper as a file to be kept; no browser shows it in place."""
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.filename) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
