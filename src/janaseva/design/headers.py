"""What a view says about its answer beyond the page: that it may be kept, framed by us, or posted on to elsewhere."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

FRAMEABLE: Final = "janaseva_frameable"
KEPT: Final = "janaseva_kept"
FORM_TARGETS: Final = "janaseva_form_targets"
FORM_KEY: Final = "janaseva_form_key"
"""On a request: its page carries an idempotency key, which is one reader's own."""

DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long anybody, a cache that many share too, may keep an answer that is the same for all who ask so."""

    seconds: int
    """So long it is shown without asking us, and so long again while a new one is fetched."""
    alone: int = DAY_SECONDS
    """So long beyond that it is shown where we do not answer."""
    asked: frozenset[str] | None = frozenset()
    """The parameters of the query that it heeds; asked with any other, it is not kept. ``None``: any."""

    @property
    def words(self) -> str:
        """Return what is said in ``Cache-Control``."""
        stale = f", stale-if-error={self.alone}" if self.alone else ""
        return f"public, max-age={self.seconds}, stale-while-revalidate={self.seconds}{stale}"

    def covers(self, request: HttpRequest) -> bool:
        """Return whether the query is one of the few that mean something, in the one way to write it.

        Else a stranger could fill a shared cache with as many copies as there are queries.
        """
        if self.asked is None:
            return True
        once = all(name in self.asked and len(values) == 1 for name, values in request.GET.lists())
        return once and request.GET.urlencode() == request.META.get("QUERY_STRING", "")


def _marking(name: str, value: Any) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def marked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            setattr(response, name, value)
            return response

        return marked

    return decorate


def public(seconds: int, *asked: str, alone: int = DAY_SECONDS) -> Callable[[View[P]], View[P]]:
    """Let anyone keep the view's answer for ``seconds``: a page without cookies, forms and anything of who asks.

    Ignored where somebody is signed in, a cookie is set, a form of the page carries a token or key of its own, the
    answer is not 200, or the query holds a parameter that is not in ``asked``. ``alone``: see :class:`Kept`.
    """
    kept = Kept(seconds=seconds, alone=alone, asked=frozenset(asked))

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def marked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if not hasattr(response, KEPT):
                setattr(response, KEPT, kept)
            return response

        setattr(marked, KEPT, kept)
        return marked

    return decorate


def kept_by_nobody(response: HttpResponseBase) -> None:
    """Take back, for one answer, what ``public`` says of its view: it was asked for what there are too many of."""
    setattr(response, KEPT, None)


def frameable(view: View[P]) -> View[P]:
    """Let our own pages show the view's answer in a frame: for evidence beside answers."""
    return _marking(FRAMEABLE, value=True)(view)


def posts_on_to(*origins: str) -> Callable[[View[P]], View[P]]:
    """Let forms of the view's page lead to other origins, such as a payment gateway's ``https://pay.example``."""
    return _marking(FORM_TARGETS, origins)
