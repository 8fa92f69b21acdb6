"""Finding a service at the portal, its charter, and the check before one applies."""

import pytest
from django.test import Client

from janaseva.core.text import LANGUAGES
from tests.given import SERVICE, Given
from tests.portal.reader import at_the_storys_time, counting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def story(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_storys_time(given, monkeypatch)


def page(address: str, language: str = "en", **query: str) -> str:
    answer = Client().get(address, query, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("words", ["income", "വരുമാനം", "incme", "scholarship"])
def test_found_by_words_in_any_language(words):
    assert f"/services/{SERVICE}/" in page("/services/", q=words)


def test_nothing_found_says_what_to_do():
    told = page("/services/", q="zzzz")
    assert "No service has these words" in told
    assert "0 services found" in told


def test_narrowed_by_state_without_script():
    assert SERVICE in page("/services/", state="kl-edistrict")
    assert SERVICE in page("/services/", state="nowhere"), "an unknown state narrows nothing"


def test_one_query_however_many_services():
    page("/services/")
    with counting() as asked:
        page("/services/")
    assert len(asked) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_charter_says_everything_in_every_language(language):
    told = page(f"/services/{SERVICE}/", language)
    for part in ("15.00", "18.00", f"/apply/begin/{SERVICE}/", "Kerala State Right to Service Act 2012"):
        assert part in told


def test_the_charter_names_what_is_unknown():
    told = page(f"/services/{SERVICE}/")
    assert "Village Officer" in told
    assert "6 days" in told
    assert "Not known yet" in told
    assert "still to be found out" in told
    assert "Sources disagree" in told


def test_no_such_service():
    for address in ("/services/kl-nothing/", "/services/kl-nothing/check/"):
        assert Client().get(address).status_code == 404


def test_the_check_keeps_nothing_and_names_the_way():
    client = Client()
    with counting() as asked:
        answer = client.post(f"/services/{SERVICE}/check/", {"purpose": "outside", "applicant_is": "resident"})
    assert "For use outside Kerala" in answer.content.decode()
    assert not [one for one in asked if one["sql"].startswith(("INSERT", "UPDATE"))]
    wrong = client.post(f"/services/{SERVICE}/check/", {"purpose": "mars"})
    assert wrong.status_code == 422
    assert 'href="#f-purpose"' in wrong.content.decode()
