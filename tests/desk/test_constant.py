"""Every page asks the database as often with twelve rows on it as with two.

Pages come from the table of addresses. One that shows rows is opened with two of them and with twelve; of every other
it is said why it shows none, or where else it is held. A new page is in one of these tables, or this fails.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from janaseva.people import actions as people
from janaseva.services import actions, queries
from janaseva.workflow import actions as workflow
from tests.attacks.cells import table
from tests.attacks.state import SECRETARIAT, Person, fill_in, seated, sign_in
from tests.given import Given

FEW, MANY = 2, 12
CODES = 4
"""As many codes one number is sent in an hour, and so many sessions there are."""
GROWS = {
    "desk": ("officer", "/desk/", "/desk/?show=waiting", "/desk/?show=paused", "/desk/?show=reports"),
    "desk-figures": ("officer", "/desk/figures"),
    "desk-late": ("officer", "/desk/late"),
    "desk-erasures": ("administrator", "/desk/erasures"),
    "desk-case": ("officer", "/desk/case/{taken}"),
    "desk-closures": ("officer", "/desk/closures"),
    "desk-emergencies": ("above", "/desk/emergencies"),
    "desk-orders": ("administrator", "/desk/offices/orders"),
    "applications": ("person", "/applications/"),
    "application": ("person", "/applications/{taken}/"),
    "sessions": ("person", "/sessions/"),
    "log": ("person", "/log/"),
    "status": ("person", "/status/"),
    "demonstration-mailbox": ("person", "/demonstration/mailbox/"),
}
"""Pages with rows that come as work is done: by whom they are opened, and where."""
HELD = {
    **dict.fromkeys(("desk-offices", "desk-gaps", "desk-office"), "tests/desk/test_offices.py::constant_number"),
    **dict.fromkeys(("apply", "apply-page", "apply-papers", "apply-check"), "tests/portal/test_applying.py::few"),
    **dict.fromkeys(("notices", "notice"), "tests/portal/test_notices.py::counting"),
    **dict.fromkeys(("services", "service"), "tests/portal/test_services.py::counting"),
    **dict.fromkeys(
        ("performance", "performance-service", "performance-office"), "tests/portal/test_performance.py::counting"
    ),
    "home": "tests/portal/test_home.py::few",
    "desk-workshop-form": "tests/desk/test_preview.py::CaptureQueriesContext",
}
"""Pages that another test opens with more and with fewer rows, or bounds: its file and a word of it."""
NO_ROWS = {
    "words, signs and files that come with the platform, and what machines read": (
        *("about", "policies", "help", "contact", "sitemap", "robots", "favicon", "design", "design-faults"),
        *("design-desk", "design-specimen", "verify", "verify-file", "verify-code", "verify-number", "verify-keys"),
        *("verify-keys-file", "log-checkpoint", "log-verifier", "log-tile", "api-docs", "api-description"),
        *("api-problem", "desk-words", "", "sign-in", "sign-in-code", "desk-sign-in", "desk-code", "simulator-pay"),
    ),
    "an act on one matter, one paper, one payment or one entry": (
        *("application-appeal", "application-deemed", "desk-find"),
        *("application-withdraw", "application-certificate", "application-paper", "log-entry", "log-proof", "pay"),
        *("payment-return", "receipt", "apply-begin", "apply-let-go", "notice-object", "notice-paper"),
        *("desk-charge", "desk-password", "desk-hand-over", "desk-stand-in", "desk-office-new", "desk-order"),
        *("desk-post-act", "desk-office-act", "desk-proposal", "desk-transfer", "desk-paper", "desk-certificate"),
        *("desk-emergency-paper", "desk-appeal", "desk-workshop-new", "desk-workshop", "desk-workshop-preview"),
        *("desk-workshop-part", "service-check", "desk-emergency"),
    ),
    "a question to the record with its reason, answered a page at a time": ("desk-record",),
    "one line for each charge of one person, or each post and demonstration officer of the directory": (
        *("desk-charges", "demonstration-officers"),
    ),
    "the register of incidents: not opened with more rows yet": ("desk-incidents", "desk-incident"),
    "the sessions and passkeys of one officer, asked for as those of a person are": ("desk-account",),
    "the versions and services of the packs, read at once": ("desk-proposals", "desk-workshop-begin"),
}
"""Pages without rows that come as work is done, by the reason."""


def methods(view):
    """Return the methods that a view takes by its decorator, or ``None`` where it says nothing."""
    while view is not None:
        code = getattr(view, "__code__", None)
        cells = dict(zip(code.co_freevars, view.__closure__ or (), strict=True)) if code is not None else {}
        if "request_method_list" in cells:
            return cells["request_method_list"].cell_contents
        view = getattr(view, "__wrapped__", None)
    return None


def pages():
    return {
        route.name: route.pattern
        for route in table()
        if route.door != "api" and "machine" not in route.audience and "GET" in (methods(route.view) or ["GET"])
    }


@dataclass
class Scene:
    """Who opens the pages, and what they find there."""

    given: Any
    whose: Person
    tokens: dict[str, str]
    actors: dict[str, Any]
    taken: UUID
    made: int = 0

    def more(self, rows):
        """Let everything that is listed have so many rows more, by the acts by which they come."""
        given, actors = self.given, self.actors
        begun = []
        for number in range(self.made, self.made + rows):
            begun.append(application_id := fill_in(given, self.whose))
            given.act(actions.submit, self.whose.actor, application_id=application_id)
            with mock.patch.object(Given, "settle", return_value=None):  # the worker comes once for all
                given.pay(self.whose.actor, application_id)
            given.act(actions.note, actors["officer"], application_id=self.taken, text=f"Seen {number} times.")
            days = {name: given.at.date() + timedelta(days=7 * number) for name in ("first_day", "last_day")}
            given.act(
                workflow.declare_closure,
                actors["officer"],
                whom="office",
                why="The river stood in the office.",
                order=str(number),
                **days,
            )
            hours = {"from_at": given.at - timedelta(hours=2), "to_at": given.at - timedelta(hours=1)}
            given.act(workflow.record_outage, actors["administrator"], why=f"The power was out, {number}.", **hours)
            post = {"kind": "open_post", "facts": {"office": "kl-village-adoor", "role": "village_clerk", "names": {}}}
            given.act(people.propose_arrangement, actors["administrator"], **post, order=f"Order {number}")
            if number < CODES:
                self.tokens["person"] = sign_in(given, "konni", self.whose.phone).token
        self.made += rows
        given.settle()
        for application_id in begun:
            asked = queries.application(self.whose.actor, application_id).number
            why = {"reason": "The hospital asks for this family, whose office is shut.", "minutes": 60}
            given.act(actions.ask_emergency, actors["above"], number=asked, **why)

    def asked(self):
        """Return how often each page asks the database, as it is opened again and again."""
        counted = {}
        with time_machine.travel(self.given.at, tick=False):
            for who, *addresses in GROWS.values():
                client = Client()
                client.cookies["citizen" if who == "person" else "officer"] = self.tokens[who]
                for address in (one.format(taken=self.taken) for one in addresses):
                    assert client.get(address).status_code == 200, address
                    with CaptureQueriesContext(connection) as captured:
                        body = client.get(address).content.decode()
                    counted[address] = len(captured)
                    assert body
        return counted


SEATS = {
    "officer": ("kl-village-konni", "village_officer"),
    "above": ("kl-taluk-adoor", "tahsildar"),
    "administrator": (SECRETARIAT, "administrator"),
}


@pytest.fixture
def scene(given, monkeypatch):
    whose = sign_in(given, "konni")
    given.pace = timedelta(seconds=1)
    seats = {name: seated(given, *seat) for name, seat in SEATS.items()}
    application_id = fill_in(given, whose)
    given.act(actions.submit, whose.actor, application_id=application_id)
    given.pay(whose.actor, application_id)
    actors = {name: actor for name, (actor, _) in seats.items()}
    assert given.act(actions.take_next, actors["officer"]) == application_id
    tokens = {name: token for name, (_, token) in seats.items()}
    return Scene(given, whose, {**tokens, "person": whose.token}, actors, application_id)


@pytest.mark.once
@pytest.mark.django_db
def test_twelve_rows_ask_no_more_than_two(scene):
    scene.more(FEW - 1)
    few = scene.asked()
    scene.more(MANY - FEW)
    assert scene.asked() == few


@pytest.mark.once
def test_every_page_is_held():
    known = pages()
    held = {*GROWS, *HELD, *(name for names in NO_ROWS.values() for name in names)}
    assert known.keys() - held == set(), "say in tests/desk/test_constant.py which rows these pages show, or why none"
    assert held - known.keys() == set(), "these are no pages any more"
    for place in HELD.values():
        file, _, word = place.partition("::")
        assert word in Path(file).read_text(encoding="utf-8"), place
