"""Break-glass: reading in an emergency without a reason, without a second person, by another, and after its end."""

import logging
from contextlib import suppress
from datetime import timedelta

import pytest
from django.test import Client

from janaseva.core.refusal import Refusal
from janaseva.services import actions, queries
from tests.attacks.guards import answers, attack, replaced
from tests.attacks.state import seated

pytestmark = pytest.mark.django_db

REASON = "The river took the village office; the hospital asks for this family."
WITHOUT = ("", " ", "urgent", "\u00a0" * 40, "\u200b" * 40, "x" * 19, "\n\t" * 30)


@pytest.fixture
def scene(given):
    whose = given.citizen()
    application_id, _ = given.taken(whose)
    number = queries.application(whose, application_id).number
    return whose, number, given.seat("kl-taluk-adoor", "tahsildar"), application_id


def ask(given, scene, **more):
    return given.act(actions.ask_emergency, scene[2], **{"number": scene[1], "reason": REASON, "minutes": 15, **more})


@attack(
    "A10", "asked for without a reason",
    answers("janaseva.services.rules.emergencies.is_reason", value=True), quick=True,
)  # fmt: skip
def test_without_a_reason(given, scene, tries):
    loot = []
    for words in WITHOUT:
        tries()
        with suppress(Refusal):
            ask(given, scene, reason=words)
            loot.append(f"asked with {words!r}")
    return loot


@attack(
    "A10", "allowed by who asked, by a clerk, by the applicant, and read before anybody allowed it",
    answers("janaseva.services.rules.emergencies.may_allow", value=True),
    replaced("janaseva.services.rules.emergencies.may_read",
             lambda real, by, facts, at: by.charge_id == facts.charge_id),
)  # fmt: skip
def test_without_a_second_person(given, scene, tries):
    emergency_id, loot = ask(given, scene), []
    tries(4)
    with suppress(Refusal):
        given.act(actions.read_in_emergency, scene[2], emergency_id=emergency_id)
        loot.append("read before it was allowed")
    for who in (given.seat("kl-village-adoor", "village_clerk"), scene[0]):
        with suppress(Refusal):
            given.act(actions.decide_emergency, who, emergency_id=emergency_id, allowed=True)
            loot.append(f"allowed by a {who.role or 'person'}")
    held = queries.list_emergencies(scene[2], given.at)
    return loot + [one.standing for one in held if one.standing not in ("asked", "lapsed")]


@attack(
    "A10", "read after its end, by another officer, and by who handed the charge over",
    replaced("janaseva.services.rules.emergencies.standing", lambda real, facts, at: facts.state),
    replaced("janaseva.services.rules.emergencies.may_read",
             lambda real, by, facts, at: real.__globals__["standing"](facts, at) == "allowed"),
)  # fmt: skip
def test_after_its_end_and_by_others(given, scene, monkeypatch, tries):
    from janaseva.doorway import visitor

    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    emergency_id = ask(given, scene)
    second, token = seated(given, "kl-collectorate-pathanamthitta", "district_collector")
    given.act(actions.decide_emergency, second, emergency_id=emergency_id, allowed=True)
    _, asker = seated(given, "kl-taluk-adoor", "tahsildar")
    monkeypatch.setattr(visitor, "now", lambda: given.at)
    paper = queries.application(scene[0], scene[3]).papers[0].document_id
    pages = (f"/desk/emergencies/{emergency_id}/record", f"/desk/emergencies/{emergency_id}/paper/{paper}")
    loot = []

    def opened(officer, page):
        client = Client()
        client.cookies["officer"] = officer
        tries()
        return client.get(page).status_code == 200

    assert all(opened(asker, page) for page in pages), "who asked reads it, or nothing is shown here"
    loot += [f"the second person read {page}" for page in pages if opened(token, page)]
    given.at += timedelta(minutes=15)
    return loot + [f"{page} after its end" for page in pages if opened(asker, page)]
