"""Every page that is opened by its address, once a party: which take longer, the more lies in the database.

What is timed with care (:mod:`bench.growth`) is what somebody thought of. Here each address of the URL table that needs
nothing but what is at hand (an application, its case, a service, an office) is opened by everybody who has a charge of
another role, by a citizen and by a stranger; the quicker of two looks is kept.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

TOO_MUCH_LONGER = 1.5
AT_LEAST_MS = 20.0
"""A page is named where it takes so many times as long as with the fewest applications, and so much longer at least."""
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")

Took = dict[str, float]


def addresses(filled: Mapping[str, str]) -> list[str]:
    """Return the addresses of all pages and of the API whose places can be filled in."""
    from django.urls import get_resolver

    from tests.house.test_routes import routes

    patterns = {pattern for pattern, _ in routes(get_resolver().url_patterns)}
    return sorted(
        "/" + _PLACE.sub(lambda place: filled[place[1]], pattern)
        for pattern in patterns
        if set(_PLACE.findall(pattern)) <= set(filled)
    )


def parties(office: Any, citizen: Any) -> Iterator[tuple[str, Any]]:
    """Yield a browser of each party: anyone, a citizen, an officer of each role that somebody holds.

    Each is signed in when it is asked for: a code is good once a minute, and who idles for half an hour is signed out.
    """
    from django.test import Client

    from janaseva.doorway.limits import forget_all
    from janaseva.people import queries as people
    from tests.given import SYSTEM

    yield "anyone", Client()
    yield "citizen", citizen
    found = set()
    for who in people.demonstration_sign_ins(SYSTEM, office.given.at):
        for charge in who.charges:
            if charge.post.role not in found:
                found.add(charge.post.role)
                forget_all()  # so many sign in from one place at once
                yield charge.post.role, office.at_desk(charge.post.id)
    forget_all()


def took(browsers: Iterable[tuple[str, Any]], filled: Mapping[str, str]) -> Took:
    """Return what each page took in ms, by party and address; what is not theirs to see is left out."""
    found: Took = {}
    everywhere = addresses(filled)
    logging.disable(logging.ERROR)  # what is not theirs to see is refused, each time with a line
    for party, browser in browsers:
        for address in everywhere:
            if address.startswith("/desk") or party in ("anyone", "citizen"):
                walls = [wall for _ in range(2) if (wall := _opened(browser, address)) is not None]
                if walls:
                    found[f"{party} {address}"] = round(min(walls), 1)
    logging.disable(logging.NOTSET)
    return found


def _opened(browser: Any, address: str) -> float | None:
    began = time.perf_counter()
    answer = browser.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    wall = 1000 * (time.perf_counter() - began)
    return wall if answer.status_code == HTTPStatus.OK else None


def longer(first: Took, last: Took) -> list[tuple[str, float, float]]:
    """Return what took too much longer at last than at first, the worst before the others."""
    both = [(name, first[name], last[name]) for name in first if name in last]
    grown = [one for one in both if one[2] > TOO_MUCH_LONGER * one[1] and one[2] - one[1] >= AT_LEAST_MS]
    return sorted(grown, key=lambda one: one[1] - one[2])
