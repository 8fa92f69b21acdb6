"""What all pages for people share: the menu, the footer, and the way to sign in and back."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from janaseva.core.refusal import Fault
from janaseva.core.text import LANGUAGES, Text
from janaseva.core.words import find
from janaseva.design.page import render
from janaseva.doorway.visitor import signed_in

P = ParamSpec("P")
SIGN_IN: Final = "/sign-in/"
SIGN_OUT: Final = "/sign-out/"
MENU: Final = (("services", "/services/"), ("applications", "/applications/"), ("verify", "/verify/"), ("help", "/help/"))
FOOTER: Final = (
    ("about", "/about/"),
    ("policies", "/policies/"),
    ("contact", "/contact/"),
    ("sitemap", "/sitemap/"),
    ("log", "/log/"),
    ("status", "/status/"),
)


def words(key: str) -> Text:
    """Return the words of ``key`` in every language that has them, for a component to choose from."""
    return {code: found for code in LANGUAGES if (found := find(key, code)) is not None}


def is_citizen(request: HttpRequest) -> bool:
    """Return whether a person is signed in at this door."""
    found = signed_in(request)
    return found is not None and found.kind == "citizen"


def menu(request: HttpRequest) -> list[tuple[Text, str, bool]]:
    """Return the menu with its present place marked; the sign-in stands last for whoever has not signed in."""
    entries = MENU if is_citizen(request) else (*MENU, ("sign_in", SIGN_IN))
    return [(words(f"portal.menu.{key}"), address, request.path.startswith(address)) for key, address in entries]


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    faults: Iterable[Fault] = (),
    key: str = "",
) -> HttpResponse:
    """Return a page for people, with menu and footer; the rest is as in :func:`janaseva.design.page.render`."""
    frame = {
        "menu": menu(request),
        "sign_out": SIGN_OUT,
        "footer_links": [(words(f"portal.menu.{name}"), address) for name, address in FOOTER],
    }
    return render(request, template, {**frame, **(context or {})}, status=status, faults=faults, key=key)


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send a visitor to the sign-in, from which the way leads back to this page."""
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({'next': request.path})}")


def for_citizens(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Show the decorated view to signed-in persons; send anybody else to sign in first."""

    @wraps(view)
    def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_citizen(request) else to_sign_in(request)

    return shown
