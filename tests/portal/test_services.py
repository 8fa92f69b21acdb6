"""Finding a service at the portal, its charter, and the check before one applies."""

import re
from dataclasses import replace

import pytest
from django.test import Client

from janaseva.core.text import LANGUAGES
from janaseva.people import rules as people_rules
from janaseva.people.actions import load_directory
from janaseva.services.actions import publish
from janaseva.services.adapters import PackFolder
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE, SYSTEM, Given
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


def test_the_charter_names_before_whom_one_appeals_and_what_of_the_act_is_unknown():
    told = page(f"/services/{SERVICE}/")
    appeal = told[told.index("If you do not agree") :]
    assert "Against the Village Officer, the Tahsildar" in appeal
    assert "Days for the first appeal under the Act of 2012" in appeal
    assert "rights.first.file_days" in appeal


def test_the_charter_says_what_need_not_be_uploaded(given):
    key = "kl-community-certificate"
    text = PackFolder(OPTIONS.packs_dir).read(PACK).published(key)
    given.act(publish, SYSTEM, pack=PACK, definition_text=text)
    told = page(f"/services/{key}/")
    appeal = " ".join(re.sub(r"<[^>]+>", "", told.partition("If you do not agree")[2]).split())
    assert appeal.startswith("First appealVillage Officer: Tahsildar, Taluk OfficeTahsildar: Revenue Divisional")
    papers = told.partition("Papers that you need")[2].partition("Who may apply")[0]
    assert "Nothing to upload" in papers
    assert f'href="/services/{key}/"' in papers
    assert "Nothing to upload" not in page(f"/services/{SERVICE}/")


def test_performance_is_found_from_every_page_and_the_site_map():
    assert page("/sitemap/").count('href="/performance/"') == 2
    assert 'href="/performance/"' in page("/")


def test_a_states_own_kind_of_office_and_its_roles_are_told_by_their_words(given):
    """Neither has a post yet: what people call them comes from the state's text, and no key is read anywhere."""
    text = PackFolder(OPTIONS.packs_dir).read(PACK).published(SERVICE)
    service = text.files["service.yaml"].replace("office: taluk_office", "office: fire_station")
    service = re.sub(r"(?m)^version: \d+", "version: 98", service).replace("role: tahsildar", "role: fire_officer")
    service = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service)
    own = people_rules.Directory(
        kinds=(people_rules.KindRow(kind="fire_station", names={"en": "Fire Station", "ml": "അഗ്നിരക്ഷാ നിലയം"}),),
        roles=(people_rules.RoleRow(role="fire_officer", names={"en": "Fire Officer", "ml": "അഗ്നിരക്ഷാ ഓഫീസർ"}),),
    )
    given.act(load_directory, SYSTEM, directory=own)
    given.act(publish, SYSTEM, pack=PACK, definition_text=replace(text, files={**text.files, "service.yaml": service}))
    for language, words in (("en", "Fire Officer, Fire Station"), ("ml", "അഗ്നിരക്ഷാ ഓഫീസർ, അഗ്നിരക്ഷാ നിലയം")):
        told = re.sub(r'<span[^>]* lang="en" dir="ltr">[^<]*</span>', "", page(f"/services/{SERVICE}/", language))
        read = " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]+>", "", told, flags=re.DOTALL).split())
        assert words in read
        sources = {"tesz_ml"}
        assert {*re.findall(r"\b[a-z]+_[a-z_]+\b|fire officer|fire station", read)} <= sources
    answer = Client().get(f"/api/v1/services/{SERVICE}").json()
    assert answer["role_names"]["fire_officer"]["en"] == "Fire Officer"
    assert answer["office_names"]["fire_station"]["ml"] == "അഗ്നിരക്ഷാ നിലയം"
    assert answer["office_names"]["village_office"]["en"] == "Village Office"


def test_the_check_asks_as_the_form_does_what_the_answers_before_it_leave_open(given):
    given.loaded(PACK, "kl-electricity-load-change")
    address, later = "/services/kl-electricity-load-change/check/", 'name="reduced_on.day"'
    assert later not in page(address)
    raised = Client().post(address, {"change": "more"}).content.decode()
    lowered = Client().post(address, {"change": "less"}).content.decode()
    assert "Day on which the supply began" not in raised
    assert later not in raised
    assert later in lowered
