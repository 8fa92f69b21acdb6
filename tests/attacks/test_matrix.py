"""Every address, by every role, with one's own thing, another person's and another office's: all as declared.

``make check`` asks every address once as nobody and once as a stranger, and a seeded sample of the rest, on a small
scene; ``make attacks`` asks every cell.
"""

import functools
import logging
import random
from collections import Counter
from contextlib import contextmanager

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction

from janaseva.core.row import Row
from tests.attacks.cells import DESK_OF, FOR_EVERY_OFFICER, OWN, Route, cells, fault, seen, table, unplaced
from tests.attacks.guards import WHOLE, answers, attack, replaced, switched_off
from tests.attacks.state import OFFICERS, make_scene

pytestmark = [pytest.mark.django_db, pytest.mark.once, *([pytest.mark.papers] if WHOLE else [])]
SEED = 20261123
SAMPLE = 120
PARTS = 2
ENOUGH = 20
"""What else is wrong is shown when these are mended."""
SHUT = {
    "applications/<uuid:application_id>/deemed/": "no service of this scene is deemed granted",
    "applications/<uuid:application_id>/missing/": "nothing is missing from an application of this scene",
}
"""Addresses of somebody's things that not even their owner could open here, each with the reason."""


@pytest.fixture
def scene(given, monkeypatch):
    from janaseva.doorway import limits

    monkeypatch.setattr(limits.Window, "wait", lambda self, name, moment: 0)
    quiet = logging.getLogger("django.request")
    quiet.setLevel(logging.ERROR)  # thousands of refusals are what is asked for here
    made = make_scene(given, small=not WHOLE)
    with time_machine.travel(given.at, tick=False):
        yield made
    quiet.setLevel(logging.NOTSET)


@contextmanager
def undone():
    """Let what a cell does be undone after it, so that each finds the scene as it was made."""
    point = transaction.atomic()
    point._from_testcase = True  # actions open transactions of their own, as in Django's TestCase
    point.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        point.__exit__(None, None, None)


ROOMS = ("services", "workflow", "payments", "documents", "registers")


@functools.cache
def counting() -> str:
    """Return the question how many rows of which revisions each table has that holds something of somebody's."""
    held = [one for one in apps.get_models() if one._meta.app_label in ROOMS and issubclass(one, Row)]
    tables = sorted({one._meta.db_table for one in held} - {"services_definition"})
    return " UNION ALL ".join(f"SELECT COUNT(*), SUM(revision) FROM {one}" for one in tables)


def stands():
    """Return how everybody's things stand: whatever a stranger changed, added or took away shows here."""
    with connection.cursor() as cursor:
        cursor.execute(counting())
        return cursor.fetchall()


def walk(scene, chosen, tries):
    """Ask each cell and return what was wrong, with the addresses that were opened."""
    loot, opened, before = [], Counter(), stands()
    for cell in chosen:
        with undone():
            response = cell.ask()
            wrong = fault(cell, response) or seen(cell, response, scene)
            if not wrong and not cell.party and cell.method != "GET" and stands() != before:
                wrong = "changed what is not theirs"
        tries()
        if wrong:
            loot.append(f"{cell}: {wrong}")
            if switched_off() or len(loot) >= ENOUGH:
                break
        if response.status_code in (200, 201, 204, 302) and "/sign-in" not in response.get("Location", ""):
            opened[cell.route.pattern] += 1
    return loot, opened


def whole(scene, part, tries, *, desk, officers):
    """Ask all cells of one side of the platform by one kind of role, or one part of them."""
    chosen = [
        cell
        for cell in cells(scene)
        if (cell.route.door == "desk") == desk and (cell.role.at_desk is not None) == officers
    ]
    asked = random.Random(SEED).sample(chosen, len(chosen)) if switched_off() else chosen[part::PARTS]
    loot, opened = walk(scene, asked, tries)
    return loot, opened, {cell.route for cell in chosen if cell.method == "GET"}


@attack(
    "A1", "every page, paper and operation for persons, asked by other persons, by nobody and with spoilt sessions",
    answers("janaseva.services.queries.applications.may_see", value=True),
    parts=PARTS,
)  # fmt: skip
def test_persons_at_the_doors_of_persons(scene, part, tries):
    loot, opened, routes = whole(scene, part, tries, desk=False, officers=False)
    own = {route.pattern for route in routes if set(route.places) & set(OWN)}
    get = {pattern for pattern in own if loot or opened[pattern] or pattern in SHUT}
    assert loot or len(own - get) < len(own) / 2, "hardly anything is opened by its owner: nothing is shown"
    return loot


@attack(
    "A3", "every page and act of the desk, asked by officers of this office, of another, above and aside",
    answers("janaseva.workflow.rules.permission.may_see", value=True),
    answers("janaseva.core.actor.Actor.may", value=True),
    parts=PARTS,
)  # fmt: skip
def test_officers_at_the_desk(scene, part, tries):
    return whole(scene, part, tries, desk=True, officers=True)[0]


@attack(
    "A7", "the desk asked by who is no officer",
    replaced("janaseva.desk.people.entry.officer_of", lambda real, request: request.signed_in),
    parts=PARTS,
)  # fmt: skip
def test_others_at_the_desk(scene, part, tries):
    return whole(scene, part, tries, desk=True, officers=False)[0]


@attack(
    "A7", "the doors of persons asked by officers with their own sessions",
    answers("janaseva.portal.page.is_person", value=True),
)  # fmt: skip
def test_officers_at_the_doors_of_persons(scene, tries):
    return whole(scene, 0, tries, desk=False, officers=True)[0]


@attack(
    "A7", "every address once as nobody and once as a stranger, and a sample of all other cells",
    answers("janaseva.portal.page.is_person", value=True),
    quick=True,
)  # fmt: skip
def test_every_address_and_a_sample(scene, tries):
    every = list(cells(scene))
    once = {}
    for cell in every:
        if cell.role.name in ("nobody", "stranger"):
            once.setdefault((cell.route.pattern, cell.role.name), cell)
    assert {pattern for pattern, _ in once} == {route.pattern for route in table()}
    rest = random.Random(SEED).sample([cell for cell in every if cell not in once.values()], SAMPLE)
    return walk(scene, [*once.values(), *rest], tries)[0]


def test_every_address_has_its_place_in_the_matrix():
    missing = unplaced(table())
    assert not missing, "write it into tests/attacks/cells.py:\n" + "\n".join(missing)
    names = {route.name for route in table()}
    gone = (set(DESK_OF) | FOR_EVERY_OFFICER) - names
    assert not gone, f"there are no such addresses any more: {sorted(gone)}"


def test_an_address_of_which_nothing_is_known_is_told():
    def view(request):
        return request

    officers, persons = frozenset({"officer"}), frozenset({"person"})
    new = [Route("desk/x/<uuid:strange_id>", "desk-strange", view, officers), Route("x/<uuid:y>/", "", view, persons)]
    told = "\n".join(unplaced(new))
    assert told.count("\n") == 2
    assert all(word in told for word in ("<strange_id>", "for which officers", "DESK_OF", "<y>", "OWN", "PLAIN"))
    with pytest.raises(AssertionError, match="nothing says which"):
        Route("desk/x/<slug:act>", "desk-strange-act", view, officers).acts  # noqa: B018 - it is asked for


@pytest.mark.whole
@pytest.mark.attack("A7", "every address has its cells, and there are more than 25,000 of them")
def test_there_are_more_than_twenty_five_thousand_cells(scene, tries):
    every = list(cells(scene))
    by_role = Counter(cell.role.name for cell in every)
    print(f"{len(every)} cells: {len(table())} addresses, {len(by_role)} roles, {dict(by_role)}")
    tries(0)
    assert len(every) > 25_000
    assert set(OFFICERS) <= set(by_role)
    assert sum(cell.whose is not None and not cell.party for cell in every) > 5_000, "cells on what is another's"
