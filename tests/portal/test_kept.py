"""What caches that many share may keep: what is the same for all who ask so, at the addresses that nginx knows."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from deploy.nginx import asks
from janaseva.design.headers import KEPT
from tests.given import SERVICE
from tests.house.test_routes import declared, routes
from tests.portal.reader import at_the_storys_time, signed_in

pytestmark = pytest.mark.django_db

PLACES = {"service": SERVICE, "key": SERVICE, "office": "kl-village-adoor", "code": "not_found", "path": "0/000"}
OWN = re.compile(rb'name="(csrfmiddlewaretoken|key)"')


@pytest.fixture
def published(given, monkeypatch):
    """A log of one entry at the story's time, so that its files are there."""
    from janaseva.ledger.handlers import publish

    given.submitted(given.citizen())
    publish(given.at)
    monkeypatch.setattr("janaseva.doorway.visitor.now", lambda: given.at)


def everywhere():
    """Yield every address that answers without a body being sent, and its view."""
    for address, view in routes(get_resolver().url_patterns):
        if not re.search(r"[\^$(\\]", address):
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: PLACES.get(place[1], "7"), address), view


def shared(response) -> bool:
    return "public" in response["Cache-Control"]


def test_what_is_kept_is_the_same_for_all_and_known_to_nginx(published, given):
    person, _ = signed_in(given)
    kept, wrong = set(), []
    for address, view in everywhere():
        first = Client().get(address)
        known = asks(address)
        if known != shared(first) and first.status_code == 200:
            wrong.append(
                f"{address}: nginx {'asks its cache' if known else 'asks us'}, we say {first['Cache-Control']}"
            )
        if getattr(view, KEPT, None) is not None and not shared(first):
            wrong.append(f"{address} is declared public and answers {first.status_code} {first['Cache-Control']}")
        if not shared(first):
            continue
        kept.add(address)
        wrong += [f"{address} sets a cookie"] if first.cookies else []
        wrong += [f"{address} carries a token or a key"] if OWN.search(first.content) else []
        wrong += [f"{address} differs from one to the next"] if Client().get(address).content != first.content else []
        wrong += [f"{address} is for {declared(view)}"] if set(declared(view)) != {"anyone"} else []
        again = person.get(address)
        if shared(again) and again.content != first.content:
            wrong.append(f"{address} is kept as a person sees it")
    assert not wrong, "\n".join(wrong)
    assert len(kept) > 25, kept


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("/services/?state=kl-edistrict", True),
        ("/services/?state=nowhere", False),
        ("/services/?q=income", False),
        ("/performance/?days=30", True),
        ("/performance/?days=31", False),
        ("/performance/?days=30&days=90", False),
        ("/performance/?page=2", False),
        ("/services/?lang=ml", False),
        ("/services/?theme=dark", False),
    ],
)
def test_a_query_is_kept_where_it_has_few_values(given, monkeypatch, address, is_kept):
    at_the_storys_time(given, monkeypatch)
    assert shared(Client().get(address)) == is_kept


def test_figures_as_a_file_differ_by_language(given, monkeypatch):
    at_the_storys_time(given, monkeypatch)
    file = Client().get("/performance/?days=90&as=csv")
    assert shared(file)
    assert {"Cookie", "Accept-Language"} <= set(file["Vary"].split(", "))


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    [
        "/services/..;/x.css", "/services/%2e%2e/", "/services//", "/services/?state=a&x=1", "/services/?q=x", "/ready",
        "/applications/", "/applications/x.css", "/static/../applications/", "/static/x.css?v=1", "/SERVICES/",
        "/services/x/?lang=ml", "/sign-in/", "/desk/", "/verify/number/", "/log/tile/0/../../../applications/",
        "/services/;x/", "/services/x.css", "/api/v1/applications", "/api/v1/services?q=x", "/performance/?days=31",
        "/services", "/metrics",
    ],
)  # fmt: skip
def test_nginx_asks_us_for_what_could_be_written_in_many_ways(address):
    assert not asks(address)
