"""The cache in front: nginx with the files of ``deploy/nginx``, before an upstream that tells back all it is sent."""

import dataclasses
import itertools
import time
from http import HTTPStatus

import pytest

from deploy import nginx
from tests.attacks.guards import attack, replaced
from tests.nginx import NGINX, standing

TRICKS = (
    {"X-Forwarded-Host": "evil"}, {"X-Host": "evil"}, {"Forwarded": "host=evil"}, {"X-Forwarded-Proto": "evil"},
    {"X-Original-URL": "/evil"}, {"X-Rewrite-URL": "/evil"}, {"X-HTTP-Method-Override": "evil"},
    {"User-Agent": "evil"}, {"Referer": "http://evil/"}, {"Origin": "http://evil"}, {"Accept": "evil"},
    {"Accept-Language": "evil"}, {"Accept-Encoding": "evil"}, {"Save-Data": "evil"}, {"Range": "bytes=0-1,evil"},
    {"If-None-Match": '"evil"'}, {"Cookie": "evil=evil"}, {"Cookie": "theme=evil"}, {"Cookie": "language=evil"},
    {"Cookie": "citizen=; citizen=evil"}, {"Cookie": "csrftoken=evil"}, {"Cookie": 'citizen="evil"'}, {"Host": "evil"},
    {"Cookie": "a=b; citizen=evil"}, {"Cookie": "officer=evil"},
    {"Cookie": "__Host-citizen=evil"}, {"Cookie": "__Host-language=evil"}, {"Cookie": "x=y;language=ml,citizen=evil"},
    {"Authorization": "Bearer evil"}, {"X-Evil": "evil"},
    {"X-Accel-Evil": "evil"},
)  # fmt: skip
"""What a stranger sends along, so that it be kept for others; and what a person sends that is their own."""
MANY = (
    "/services/?junk={0}", "/services/?state=a&{0}", "/services//{0}", "/services/x/?{0}=1", "/services/%61{0}/",
    "/services/;{0}/x.css", "/applications/..;/{0}.css", "/applications/%2e%2e/static/{0}.css", "/applications/{0}.css",
    "/static/janaseva.css?{0}", "/services/?q={0}", "/status/?{0}", "/log/entry/?index={0}", "/api/v1/services?q={0}",
    "/services/./{0}/", "/static/../applications/{0}.css", "/sign-in/{0}.js", "/performance/?days={0}", "/?{0}",
)  # fmt: skip
"""Addresses of which there are as many as one likes."""
SPEAKERS = tuple(
    itertools.product(("ml", "ml-IN,en;q=0.5", "fr, ml;q=0.1", "xx", "en"), ("", "theme=x", "a=1", "theme=dark"))
)


MOST_COPIES = 6
INSIDE = ("/ready", "//ready", "/%72eady", "/x/../ready", "/metrics", "/metrics?x", "/./metrics")
"""What is for who runs the platform."""


def without(line, instead):
    """Return a line of nginx's files as a guard; switched off, another stands there."""

    def other(real, name):
        return real(name).replace(line, instead)

    assert line in nginx.text("kept.conf") + nginx.text("served.conf"), f"there is no {line!r}"
    return dataclasses.replace(replaced("deploy.nginx.text", other), name=f"nginx: {line}")


GUARDS = (
    without("proxy_pass_request_headers off;", ""),
    without("default 0;", "default 1;"),
    without("$janaseva_chosen $janaseva_spoken $janaseva_theme", "$http_accept_language $http_cookie"),
    without("location = /ready { return 404; }", ""),
)


@pytest.fixture
def front(tmp_path):
    if not NGINX:
        pytest.skip("nginx is not on this machine")
    with standing(tmp_path) as found:
        yield found


@pytest.mark.once
@attack(
    "E7", "pages poisoned and deceived out of the cache of nginx, and that cache filled without end",
    *GUARDS,
)  # fmt: skip
def test_nginx(tmp_path, tries):
    if not NGINX:
        pytest.skip("nginx is not on this machine")
    loot = []
    with standing(tmp_path) as front:
        for number, headers in enumerate(TRICKS):
            address = f"/services/x{number}/"
            front.ask(address, headers)
            loot += [f"{headers} is told to the next who asks"] if "evil" in front.ask(address).body else []
            assert front.ask(address).cache == "nginx; hit", "nothing is kept at all: nothing is shown"
        for number, address in enumerate(MANY):
            found = front.ask(address.format(f"x{number}")).cache
            loot += [f"{address} is kept ({found})"] if found else []
        asked = [front.ask("/services/many/", {"Accept-Language": said, "Cookie": own}) for said, own in SPEAKERS]
        copies = len([one for one in asked if "miss" in one.cache])
        loot += [f"{copies} copies of one page"] if copies > MOST_COPIES else []
        loot += [f"{name} is open to all" for name in INSIDE if front.ask(name).status == HTTPStatus.OK]
    tries(2 * len(TRICKS) + len(MANY) + len(SPEAKERS) + len(INSIDE))
    return loot


@pytest.mark.whole
@pytest.mark.once
@pytest.mark.parametrize(
    ("headers", "language", "spoken"),
    [
        ({"Cookie": "a=b; language=ml"}, "ml", ""),
        ({"Cookie": "__Host-language=ur; theme=dark"}, "ur", ""),
        ({"Accept-Language": "fr, hi-IN;q=0.9, en;q=0.8"}, "", "hi"),
        ({"Accept-Language": "ml", "Cookie": "language=sd"}, "sd", ""),
    ],
)
def test_choices_of_readers_are_sent_on_and_kept_apart(front, headers, language, spoken):
    front.ask("/services/")
    told = front.ask("/services/", headers)
    assert "miss" in told.cache
    assert f" language={language};" in told.body
    assert (f"Accept-Language: {spoken}" in told.body) == bool(spoken)


@pytest.mark.whole
@pytest.mark.once
def test_what_is_kept_is_shown_while_we_are_away(front):
    front.upstream.kept = "public, max-age=1"
    assert front.ask("/services/").cache == "nginx; fwd=uri-miss"
    front.upstream.status = HTTPStatus.SERVICE_UNAVAILABLE
    time.sleep(2.3)  # its clock counts whole seconds
    away = front.ask("/services/")
    assert (away.status, away.cache) == (200, "nginx; hit; detail=away")
    assert front.ask("/services/other/").status == HTTPStatus.SERVICE_UNAVAILABLE
    front.upstream.status = HTTPStatus.OK
    assert front.ask("/services/").cache == "nginx; fwd=stale", "back at once"


@pytest.mark.whole
@pytest.mark.once
def test_the_state_of_things_is_never_told_from_memory_once_it_is_old(front):
    front.upstream.kept = "public, max-age=1, stale-while-revalidate=1"
    front.ask("/status/")
    front.upstream.status = HTTPStatus.SERVICE_UNAVAILABLE
    time.sleep(3)
    assert front.ask("/status/").status == HTTPStatus.SERVICE_UNAVAILABLE


@pytest.mark.whole
@pytest.mark.once
def test_what_has_just_grown_old_is_shown_while_it_is_fetched_anew(front):
    front.upstream.kept = "public, max-age=1, stale-while-revalidate=60"
    front.ask("/services/")
    time.sleep(2)
    assert front.ask("/services/").cache in ("nginx; hit; detail=away", "nginx; hit; detail=updating")
    deadline = time.monotonic() + 5
    while front.ask("/services/").cache != "nginx; hit":
        assert time.monotonic() < deadline
