"""What a view says about its answer beyond the page: that it may be kept, framed by us, or posted on to elsewhere."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

FRAMEABLE = "janaseva_frameable"
PUBLIC_SECONDS = "janaseva_public_seconds"
FORM_TARGETS = "janaseva_form_targets"


def _marking(name: str, value: Any) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def marked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            setattr(response, name, value)
            return response

        return marked

    return decorate


def public(seconds: int) -> Callable[[View[P]], View[P]]:
    """Let anyone keep the view's answer for ``seconds``; ignored for signed-in readers and answers other than 200."""
    return _marking(PUBLIC_SECONDS, seconds)


def frameable(view: View[P]) -> View[P]:
    """Let our own pages show the view's answer in a frame: for evidence beside answers."""
    return _marking(FRAMEABLE, value=True)(view)


def posts_on_to(*origins: str) -> Callable[[View[P]], View[P]]:
    """Let forms of the view's page lead to other origins, such as a payment gateway's ``https://pay.example``."""
    return _marking(FORM_TARGETS, origins)
