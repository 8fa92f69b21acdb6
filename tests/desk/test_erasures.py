"""Erasing and holds at the desk; and what every page shows of an application once it was erased."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from janaseva.documents import queries as documents
from janaseva.services import handlers, queries
from janaseva.services.adapters import FakeErasures
from janaseva.services.models import Erasure, Hold
from janaseva.services.rules import erasing
from tests.desk.office import post, words
from tests.given import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WHY = "It was asked for in writing, and nothing needs it any more."
PAGE = "/desk/erasures"
HOLDER = "K. Anil"


@pytest.fixture
def erased(office, monkeypatch):
    """Two officers at the page, and a decided application whose applicant is signed in."""
    monkeypatch.setattr(erasing, "NOTICE", timedelta(minutes=1))  # so that sessions last until it is done
    monkeypatch.setattr(handlers, "remembered_erasures", FakeErasures)
    given = office.given
    token, whose = given.session()
    application_id, officer = given.decided(whose)
    given.settle()
    collector = office.at_desk(office.post("kl-collectorate-pathanamthitta", "district_collector").id)
    administrator = office.at_desk(office.post("kl-secretariat-it", "administrator").id)
    citizen = Client()
    citizen.cookies["citizen"] = token
    return application_id, collector, administrator, citizen, (token, officer)


def test_from_the_proposal_to_pages_that_show_nothing(office, erased):
    application_id, collector, administrator, citizen, (token, officer) = erased
    given, number = office.given, office.number(erased[0])
    assert "Nothing was proposed, announced or erased yet" in words(collector.get(PAGE))
    refused = post(collector, PAGE, asked="propose", number="X-1", words="because")
    assert refused.status_code == 422
    assert "No application with this number" in words(refused)
    assert "Choose why" in words(refused)
    assert 'value="X-1"' in refused.content.decode()
    sent = post(collector, PAGE, asked="propose", number=number, ground="request", words=WHY)
    assert sent["Location"] == f"{PAGE}?done=proposed"
    assert "Allow, and tell" not in words(collector.get(PAGE)), "nobody allows what they proposed"
    assert WHY in words(administrator.get(PAGE))
    row = Erasure.objects.get()
    assert post(administrator, f"{PAGE}/{row.id}/allow")["Location"] == f"{PAGE}?done=allow"
    office.now()
    office.now()
    handlers.erase_announced(given.at)
    assert "Erased" in words(administrator.get(PAGE))
    paper = documents.documents_of(SYSTEM, application_id, story_visible=True)[-1]
    verified = Client().post("/verify/number/", {"number": paper.number, "secret": paper.code})
    village = office.at_desk(officer.post_id)
    found = village.get("/desk/find", {"q": number})
    api = {"authorization": f"Bearer {token}"}
    pages = {
        "own": citizen.get(f"/applications/{application_id}/"),
        "list": citizen.get("/applications/"),
        "case": village.get(found["Location"]),
        "verify": verified,
        "api": Client(headers=api).get(f"/api/v1/applications/{application_id}"),
    }
    for name, page in pages.items():
        assert page.status_code == 200, name
        assert HOLDER not in page.content.decode(), name
    assert "erased" in words(pages["own"])
    assert "The number, the outcome" in words(pages["case"])
    assert "What it states was erased from our records" in words(verified)
    assert "Genuine and valid" not in words(verified)
    assert paper.number in words(verified)
    assert pages["api"].json()["erased_at"]
    assert pages["api"].json()["answers"] == {}


def test_a_hold_is_placed_shown_and_lifted_by_another(office, erased):
    application_id, collector, administrator, _, _ = erased
    number = office.number(application_id)
    assert "Nothing is on hold" in words(collector.get(PAGE))
    refused = post(collector, PAGE, asked="hold", number=number, what="one", words=WHY)
    assert "Name the order" in words(refused)
    assert WHY in words(refused)
    sent = post(collector, PAGE, asked="hold", number=number, what="person", order="WP 7 of 2026", words=WHY)
    assert sent["Location"] == f"{PAGE}?done=placed"
    held = Hold.objects.get()
    assert held.of_person
    assert "Lift the hold" not in words(collector.get(PAGE))
    tried = post(administrator, PAGE, asked="propose", number=number, ground="order", words=WHY)
    assert "on hold and must not be erased" in words(tried)
    short = post(administrator, f"{PAGE}/hold/{held.id}/lift")
    assert short.status_code == 422
    done = post(administrator, f"{PAGE}/hold/{held.id}/lift", **{f"words-{held.id}": WHY})
    assert done["Location"] == f"{PAGE}?done=lift"
    assert "Lifted by" in words(administrator.get(PAGE))
    assert queries.holds(SYSTEM)[0].lifted_at


def test_the_page_asks_the_same_for_many(office, erased, django_assert_max_num_queries):
    _, collector, _, _, _ = erased
    with django_assert_max_num_queries(30):
        page = collector.get(PAGE)
    assert re.search(r"<h1>", page.content.decode())
