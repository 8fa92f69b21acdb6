"""Addresses: every one says for whom it is, and none that is for somebody opens for nobody."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, path

from janaseva.core.audience import AUDIENCES, audience
from tests.house.source import hold

LAW = "every address declares its audience: anyone, person, officer or machine"
DO = '@audience("person") on the view, from janaseva.core.audience'

OF_OTHERS = {"ninja.openapi.views": "the API's own description is for anyone, as all public documents are"}
"""Views that come with a package, by module, with the reason why they are for anyone."""

SAMPLES = {"int": "1", "uuid": str(uuid.UUID(int=7)), "str": "x", "slug": "x", "path": "x", "": "x"}


def routes(patterns: Iterable[Any]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every address with its view."""
    return ((address, pattern.callback) for address, pattern in walked(patterns))


def walked(patterns: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address with the pattern that leads from it to its view."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern


def _operations(view: Callable[..., Any]) -> list[Any] | None:
    """Return the functions behind a django-ninja view, which holds one for each method; ``None`` for other views."""
    cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    return next(([one.view_func for one in cell.operations] for cell in cells if hasattr(cell, "operations")), None)


def declared(view: Callable[..., Any]) -> list[str | None]:
    """Return for whom a view says that it is, once for each function behind it."""
    function = getattr(view, "func", view)
    if getattr(function, "__module__", "") in OF_OTHERS or getattr(view, "__module__", "") in OF_OTHERS:
        return ["anyone"]
    operations = _operations(view)
    if operations is not None:
        return [getattr(operation, "audience", None) for operation in operations]
    return [getattr(view, "audience", None) or getattr(getattr(view, "view_class", None), "audience", None)]


def breaches(patterns: Iterable[Any]) -> Iterator[str]:
    """Yield every address that does not say for whom it is."""
    for address, view in routes(patterns):
        for who in declared(view):
            if who not in AUDIENCES:
                yield f"/{address} ({view.__module__}) {'declares no audience' if who is None else f'is for {who!r}'}"


def sample(address: str) -> str | None:
    """Return an address with something in each place, or ``None`` where a pattern cannot be filled so."""
    if re.search(r"[\^$(\\]", address):
        return None
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES.get(match[1] or "", "x"), address)


def test_every_address_declares_its_audience():
    hold(breaches(get_resolver().url_patterns), law=LAW, do=DO)


@pytest.mark.django_db
def test_nobody_opens_what_is_for_somebody(client):
    opened = []
    for address, view in routes(get_resolver().url_patterns):
        where = sample(address)
        if where is None or set(declared(view)) & {"anyone", None}:
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(where).status_code
            if status < 300 or status >= 500:  # opened, or fell over
                opened.append(f"{method.upper()} {where} answers {status} to nobody")
    hold(
        opened, law="what is for somebody does not open for nobody", do="sign-in first; what is not yours is not found"
    )


def test_an_address_for_nobody_in_particular_is_seen():
    def secret(request):
        """A view that does not say for whom it is."""

    @audience("person")
    def mine(request):
        """A view that does."""

    found = list(breaches([path("secret", secret), path("mine", mine)]))
    assert len(found) == 1
    assert "/secret" in found[0]


def test_an_operation_of_the_api_that_does_not_say_is_seen():
    from ninja import NinjaAPI

    api = NinjaAPI(urls_namespace="house")

    @api.get("/areas")
    @audience("anyone")
    def areas(request):
        """Say for whom."""

    @api.post("/areas")
    def add(request):
        """Do not say for whom, under the same address."""

    assert len(set(breaches(api.urls[0]))) == 1


def test_samples_fill_every_place():
    assert sample("apply/<uuid:story>/<field>/") == f"/apply/{SAMPLES['uuid']}/x/"
    assert sample("^old/(.*)$") is None
