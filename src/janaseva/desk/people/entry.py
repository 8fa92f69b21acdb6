"""The way in to the desk: who may open its pages, where the reader goes first, and what every page's frame shows."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse

from janaseva.core.audience import audience
from janaseva.core.refusal import Fault
from janaseva.core.text import LANGUAGES, Text, in_language
from janaseva.core.words import say
from janaseva.design.page import render
from janaseva.doorway.visitor import DESK, signed_in
from janaseva.people import queries as people
from janaseva.people.queries import SignedIn

UNPROCESSABLE: Final = 422
MENU: Final = ("desk", "desk-figures", "desk-closures", "desk-charges", "desk-words", "desk-account")
ONLY_WITH: Final = {
    "desk-proposals": ("services.define", "services.publish"),
    "desk-offices": ("people.arrange",),
    "desk-emergencies": ("services.ask_emergency", "services.allow_emergency", "ledger.audit"),
    "desk-record": ("ledger.search",),
    "desk-incidents": ("monitor.handle",),
    "desk-erasures": (
        "services.propose_erasure",
        "services.allow_erasure",
        "services.hold_records",
        "ledger.audit",
    ),
}
"""Further pages of the menu, for posts that have one of these grants."""

V = TypeVar("V", bound=Callable[..., Any])


def safe_next(request: HttpRequest) -> str:
    """Return where to go after sign-in: a page of this desk that the reader asked for, else the desk itself."""
    wanted = request.GET.get("next", "")
    path = wanted.partition("?")[0]
    plain = wanted.startswith(DESK) and not set(wanted) & set("\\\r\n\t#") and ".." not in path and "//" not in path
    if not plain:
        return reverse("desk")
    try:
        resolve(path)
    except Resolver404:
        return reverse("desk")
    return wanted


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send a reader who is not signed in to the sign-in page, and from there back to the page that was asked for."""
    address = reverse("desk-sign-in")
    if request.method == "GET" and request.path != reverse("desk"):
        address = f"{address}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(address)


def officer_of(request: HttpRequest) -> SignedIn | None:
    """Return the officer who is signed in at this door; a citizen's session is nobody's here."""
    found = signed_in(request)
    return found if found is not None and found.kind == "officer" else None


def officers(view: V) -> V:
    """Open a view to officers in charge of a post; others sign in, or choose their charge, first."""
    return _opened(view, without_charge=False)


def officers_without_charge(view: V) -> V:
    """Open a view to signed-in officers, those too who have yet to choose a charge, or hold none."""
    return _opened(view, without_charge=True)


def _opened(view: V, *, without_charge: bool) -> V:
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = officer_of(request)
        if found is None:
            return to_sign_in(request)
        if found.needs_charge and not without_charge:
            return HttpResponseRedirect(reverse("desk-charge"))
        return cast("HttpResponse", view(request, *args, **kwargs))

    return audience("officer")(entered)  # type: ignore[return-value]


def joined(texts: Iterable[Text]) -> Text:
    """Return several words as one list of them, in each language of ours."""
    found = list(texts)
    return {code: ", ".join(in_language(text, code) for text in found) for code in LANGUAGES} if found else {}


def frame(request: HttpRequest, here: str = "") -> dict[str, Any]:
    """Return what the layout of the desk needs: menu, post and office, whom one stands in for, search, sign-out."""
    found = officer_of(request)
    if found is None or found.charge is None:
        return {"sign_out": reverse("desk-sign-out") if found else ""}
    language = getattr(request, "language", "en")
    others = found.actor.post_ids - {found.charge.post.id}
    further = [name for name, grants in ONLY_WITH.items() if any(found.actor.may(grant) for grant in grants)]
    return {
        "menu": [(say(f"desk.menu.{name}", language), reverse(name), name == here) for name in (*MENU, *further)],
        "post": found.charge.post.names,
        "office": found.charge.office.names,
        "stands_in": joined(post.names for post in people.posts(others).values()) if others else "",
        "find": reverse("desk-find"),
        "sign_out": reverse("desk-sign-out"),
    }


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    here: str = "",
    faults: Iterable[Fault] = (),
    status: int = 0,
) -> HttpResponse:
    """Return a page of the desk in its frame; one with faults answers 422 unless another status is given."""
    found = tuple(faults)
    status = status or (UNPROCESSABLE if found else 200)
    return render(request, template, {**frame(request, here), **(context or {})}, faults=found, status=status)
