"""The first pages, the log and the status: for everybody, in every language, kept only where nobody is signed in."""

import pytest
from django.test import Client

from janaseva.core.text import LANGUAGES
from janaseva.ledger import queries as ledger
from janaseva.ledger import rules
from janaseva.portal.home import views
from tests.given import SERVICE, Given
from tests.portal.reader import at_the_storys_time, counting, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PAGES = ("/", "/about/", "/policies/", "/help/", "/contact/", "/sitemap/", "/verify/keys/", "/log/", "/status/")


@pytest.fixture(autouse=True)
def story(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    views._kept.clear()
    at_the_storys_time(given, monkeypatch)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", [*PAGES, "/verify/"])
def test_everybody_reads_it_in_their_language(given, address, language):
    response = Client(headers={"accept-language": language}).get(address)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_it_is_kept_only_for_strangers(given, address):
    assert Client().get(address)["Cache-Control"].startswith("public, max-age=")
    person, _ = signed_in(given)
    assert person.get(address)["Cache-Control"] == "no-store"


def test_the_first_page_leads_everywhere(given):
    told = Client().get("/").content.decode()
    for address in ('action="/services/"', "/services/?state=kl-edistrict", "/verify/", "/applications/", "/sign-in/"):
        assert address in told
    assert "The last 30 days" not in told, "no figures where there are none"


def test_figures_and_the_most_asked_are_counted(given):
    owner = given.citizen()
    given.decided(owner)
    views._kept.clear()
    told = Client().get("/").content.decode()
    assert "Most asked for" in told
    assert f"/services/{SERVICE}/" in told
    assert "The last 30 days" in told
    assert "1 / 1" in told


def test_the_first_page_asks_the_same_number_of_questions(given):
    owner = given.citizen()
    given.begun(owner)
    Client().get("/")
    views._kept.clear()
    with counting() as few:
        Client().get("/")
    given.begun(owner)
    views._kept.clear()
    with counting() as more:
        Client().get("/")
    assert len(more) == len(few)


def test_robots_and_icon(given):
    told = Client().get("/robots.txt").content.decode()
    assert "Disallow: /applications/" in told
    assert "Disallow: /\n" not in told
    assert Client().get("/favicon.ico")["Location"].startswith("/static/emblem.svg")


def test_an_entry_of_the_log_is_shown_with_a_proof_that_holds(given):
    given.begun(given.citizen())
    given.settle()
    told = Client().get("/log/entry/?index=3").content.decode()
    assert "The signed log holds this entry" in told
    text = Client().get("/log/proof/3").content.decode()
    verifier = rules.Verifier.parse(ledger.verifier())
    assert rules.prove(rules.Proof.parse(text), leaf=ledger.entries(first=3, last=4)[0], verifier=verifier).size > 3


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40, "99999999", "१२"])
def test_an_entry_that_is_not_there_is_said_beside_the_field(given, typed):
    response = Client().get("/log/entry/", {"index": typed})
    assert response.status_code == 422
    assert 'href="#f-index"' in response.content.decode()
    assert Client().get("/log/proof/99999999").status_code == 404


def test_the_status_tells_when_work_waits(given, monkeypatch):
    given.begun(given.citizen())
    given.settle()
    assert "Everything is working" in Client().get("/status/").content.decode()
    given.submitted(given.citizen())
    given.at = given.at.replace(day=given.at.day + 1)
    told = Client().get("/status/").content.decode()
    assert "Something is not working" in told
    assert "What was sent and confirmed is safe" in told
