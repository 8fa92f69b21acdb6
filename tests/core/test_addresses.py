"""Where an address leads is remembered only where nothing in it is left open."""

from uuid import uuid4

import pytest
from django.urls import Resolver404, path

from janaseva.core.addresses import Addresses


def view(request):
    raise AssertionError(request)


@pytest.fixture
def addresses():
    return Addresses(
        [path("verify/code/", view, name="code"), path("case/<uuid:case>/", view, {"more": 1}, name="case")]
    )


def test_it_is_looked_for_once(addresses, monkeypatch):
    first = addresses.resolve("verify/code/")
    monkeypatch.setattr(addresses, "url_patterns", [])
    assert addresses.resolve("verify/code/") is first
    assert (first.func, first.url_name, first.kwargs) == (view, "code", {})


def test_what_holds_a_key_or_leads_nowhere_is_not_kept(addresses):
    for _ in range(3):
        case = uuid4()
        found = addresses.resolve(f"case/{case}/")
        assert (found.kwargs, found.url_name) == ({"case": case, "more": 1}, "case")
        with pytest.raises(Resolver404):
            addresses.resolve(f"nowhere/{case}/")
    assert addresses._known == {}
    with pytest.raises(Resolver404):
        addresses.resolve("case/<uuid:case>/")  # the route's own words are no address
    assert addresses._known == {}
