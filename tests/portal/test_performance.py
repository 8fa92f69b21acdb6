"""The public figures at the portal: in every language, also as a file, kept by anyone, telling on nobody."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from janaseva.core.refusal import Refusal
from janaseva.core.text import LANGUAGES
from janaseva.core.words import say
from janaseva.services import actions, queries
from janaseva.services.models import Application
from janaseva.services.queries import public_figures
from tests.given import SERVICE, Given
from tests.portal.reader import at_the_storys_time, counting

pytestmark = [pytest.mark.django_db, pytest.mark.once]

OFFICE = "kl-village-adoor"
PAGES = ("/performance/", f"/performance/{SERVICE}/", f"/performance/offices/{OFFICE}/")


@pytest.fixture(autouse=True)
def story(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    public_figures._kept.clear()
    at_the_storys_time(given, monkeypatch)


def page(address: str, language: str = "en", **query: str) -> str:
    answer = Client().get(address, query, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_everything_is_said_in_every_language_and_small_numbers_are_not(given):
    owner = given.citizen()
    application_id, officer = given.taken(owner)
    refusal = {"move": "refuse", "reason": given.definition.out.reasons[0].key, "note": "The family lives elsewhere."}
    lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
    given.act(actions.move, officer, application_id=application_id, checked=lines, **refusal)
    given.begun(owner)
    for language in LANGUAGES:
        for address in PAGES:
            told = page(address, language)
            assert f'<html lang="{language}"' in told
            assert "portal.performance" not in told
    told = page(PAGES[1])
    assert "under 5" in told
    assert "More than 7 days left" in told
    for hidden in (str(owner.person_id), str(application_id)):
        assert hidden not in told
    assert f'href="/performance/{SERVICE}/"' in page(f"/services/{SERVICE}/"), "the charter leads to its figures"
    assert f'href="/services/{SERVICE}/"' in told, "and back"


def test_the_file_has_what_the_page_has(given):
    given.begun(given.citizen())
    answer = Client().get(PAGES[0], {"as": "csv", "days": "30"})
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"] == 'attachment; filename="performance-all-30-days.csv"'
    total, line = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (total["key"], line["key"], line["name"]) == ("all", SERVICE, "Income certificate")
    assert (line["waiting"], line["decided"], line["promised_days"]) == ("under_5", "0", "6")


def test_periods_are_ours_and_answers_are_kept(given):
    assert "Nothing to tell yet" in page("/performance/")
    for asked, shown in (("30", 30), ("365", 365), ("7", 90), ("x", 90)):
        assert f'href="/performance/?days={shown}" aria-current="page"' in page("/performance/", days=asked)
    assert Client().get("/performance/")["Cache-Control"].startswith("public, max-age=300")
    assert "Nothing to tell yet" in page("/performance/", page="99999999999")
    for missing in ("/performance/kl-nothing/", "/performance/offices/kl-nowhere/"):
        assert Client().get(missing).status_code == 404


def test_the_same_few_questions_however_many_there_are(given):
    page(PAGES[1])
    given.begun(given.citizen())
    for address in PAGES:
        given.at += timedelta(minutes=6)
        with counting() as asked:
            page(address)
        assert len(asked) <= 12, address
    with counting() as again:
        page(PAGES[0])
    assert len(again) <= 2, "counted once in five minutes for all readers"


def test_no_query_of_figures_looks_at_a_person(given):
    with counting() as asked:
        queries.service_performance(given.at, 90, SERVICE)
    assert not [one for one in asked if "applicant" in one["sql"] or "forms_" in one["sql"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_while_they_are_counted_nobody_waits_for_long_and_all_are_told_when_to_come_again(monkeypatch, language):
    def get(of, at, count):
        raise Refusal("still_counting", status=503, seconds=30)

    monkeypatch.setattr(public_figures._kept, "get", get)
    answers = [Client().get(address, headers={"accept-language": language}) for address in PAGES]
    answers.append(Client().get("/api/v1/performance", headers={"accept-language": language}))
    for name in ("title", "safe", "next"):
        assert all(say(f"design.error.soon.{name}", language) in one.content.decode() for one in answers[:3])
    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")
        assert "public" not in answer.get("Cache-Control", "")
        told = answer.json()["title"] if "json" in answer["Content-Type"] else answer.content.decode()
        assert all(part in told for part in say("refusal.still_counting", language, seconds=30).split("30"))


def test_each_page_shows_of_the_one_count_what_counting_by_hand_gives(given):
    owner = given.citizen()
    for number in range(7):
        application_id, officer = given.taken(owner)
        given.at += timedelta(days=number)
        given.approve(officer, application_id)
    everything = queries.performance(given.at, 90)
    of_office = queries.office_performance(given.at, 90, OFFICE).lines[0]
    of_service = queries.service_performance(given.at, 90, SERVICE)
    days = sorted(
        (queries.today(ended) - queries.today(received)).days
        for received, ended in Application.objects.filter(state="decided").values_list("received_at", "ended_at")
    )
    assert len(days) == 7
    for line in (everything.total, everything.lines[0], of_service.total, of_service.lines[0], of_office):
        assert (line.median_days, line.ninetieth_days) == (days[3], days[6])
        assert line.counts["decided"].value == 7
