"""What the clock and the doors ask of the database: nothing that grows with use is read from end to end for it."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.core import news
from tests.attacks.cells import cells
from tests.attacks.state import make_scene
from tests.attacks.test_matrix import undone
from tests.plans import read_whole

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

FEW = {
    *("documents_key", "ledger_checkpoint", "ledger_round"),
    *("people_area", "people_charge", "people_grant", "people_office", "people_post"),
    *("services_definition", "services_emergency", "services_emptypack", "services_proposal", "services_service"),
    *("workflow_closure", "workflow_outage", "workflow_workcalendar"),
}
"""Tables that do not grow with the people who come: directory, definitions, calendars, keys, rounds of the clock."""
LEFT = {
    "contact_message": "the mailbox of a demonstration, which is nowhere in earnest",
    "people_person": "the list of officers of a demonstration",
    "ledger_leaf": "one leaf by its place, which is unique; of a few leaves their keys are as quick",
}
"""Read whole in one place, each with the reason."""


def test_what_the_clock_asks_is_found_by_an_index(given):
    given.begun(given.citizen())
    given.settle()
    found, later = {}, given.at + timedelta(days=2)  # what is asked once a day was asked when all was settled
    for item in news.rounds.values():
        with CaptureQueriesContext(connection) as asked:
            item.function(later)
        for table, sql in read_whole(one["sql"] for one in asked).items():
            found[f"{table}, {item.name}: {sql[:900]}"] = table
    assert set(found.values()) <= FEW, "\n".join(place for place, table in found.items() if table not in FEW)


def test_what_pages_acts_and_the_api_ask_is_found_by_an_index(given, monkeypatch):
    from janaseva.doorway import limits

    monkeypatch.setattr(limits.Window, "wait", lambda self, name, moment: 0)
    monkeypatch.setattr(logging.getLogger("django.request"), "level", logging.ERROR)
    scene, seen, found, opened = make_scene(given, small=True), set(), {}, 0
    with time_machine.travel(given.at, tick=False):
        for cell in (one for one in cells(scene) if one.party):
            with undone(), CaptureQueriesContext(connection) as asked:
                cell.ask()
                new = {one["sql"] for one in asked} - seen
            seen |= new
            opened += 1
            for table, sql in read_whole(new).items():
                found[f"{table}, {cell}: {sql[:900]}"] = table
    assert opened > 4_000
    known = FEW | set(LEFT)
    assert set(found.values()) <= known, "\n".join(place for place, table in found.items() if table not in known)
