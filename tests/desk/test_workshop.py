"""The definers' workshop: begin, write part by part, break, mend, and lay before a second person."""

import html
import re

import pytest

from janaseva.core.text import LANGUAGES
from janaseva.services import queries
from janaseva.services.rules.outline import PARTS, part_text
from tests.desk.office import post, words
from tests.given import SERVICE

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OFFICE = "kl-secretariat-it"
BEGIN = "/desk/workshop"


@pytest.fixture
def definer(office):
    return office.at_desk(office.post(OFFICE, "definer").id)


def begun(client, **fields):
    answer = post(client, BEGIN, **{"like": SERVICE, "service": "", **fields})
    assert answer.status_code == 302, words(answer)
    return answer["Location"]


def seen_in(page):
    return re.search(r'name="seen" value="([0-9a-f]{64})"', page.content.decode()).group(1)


def text_in(page):
    return html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page.content.decode(), re.DOTALL).group(1))


def test_a_version_begins_under_the_next_number_and_is_publishable_as_it_is(definer):
    there = begun(definer)
    told = words(definer.get(there))
    assert "This version can be laid before a second person" in told
    assert told.count("As written") >= 3
    general = text_in(definer.get(f"{there}/general"))
    assert "version: 2" in general
    assert "from: 2026-03-03" in general


def test_a_part_is_broken_told_at_its_line_and_mended(definer):
    there = begun(definer)
    page = definer.get(f"{there}/fee")
    sound = text_in(page)
    broken = sound.replace("fee:", "fee:\n  bogus: 1", 1)
    answer = post(definer, f"{there}/fee", text=broken, seen=seen_in(page))
    assert answer["Location"] == f"{there}/fee?done=saved"
    page = definer.get(answer["Location"])
    assert "What you wrote is kept" in words(page)
    assert "Line 2:" in words(page)
    assert text_in(page).rstrip() == broken.rstrip()
    outline = definer.get(there)
    assert "cannot be published yet" in words(outline)
    assert "1 to mend" in words(outline)
    post(definer, f"{there}/fee", text=sound, seen=seen_in(page))
    assert "This version can be laid before a second person" in words(definer.get(there))


def test_what_another_saved_meanwhile_is_not_written_over_and_nothing_typed_is_lost(definer):
    there = begun(definer)
    page = definer.get(f"{there}/general")
    first = text_in(page)
    post(definer, f"{there}/general", text=first.replace("summary:", "# mine\n  summary:"), seen=seen_in(page))
    answer = post(definer, f"{there}/general", text=first.replace("summary:", "# late\n  summary:"), seen=seen_in(page))
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "# late" in text_in(answer)
    assert "# mine" in told, "what is kept stands beside it"
    assert "# late" not in text_in(definer.get(f"{there}/general"))


def test_a_new_service_is_like_another(definer):
    there = begun(definer, service="kl-thrift-certificate")
    general = text_in(definer.get(f"{there}/general"))
    assert "key: kl-thrift-certificate" in general
    assert "version: 1" in general


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"like": "kl-nothing"}, "Choose a published service"),
        ({"service": "Thrift Certificate"}, "The key of a service begins"),
        ({"service": "kl"}, "The key of a service begins"),
    ],
)
def test_what_cannot_begin_is_told_beside_its_field(definer, fields, told):
    answer = post(definer, BEGIN, **{"like": SERVICE, "service": "", **fields})
    assert answer.status_code == 422
    assert told in words(answer)


def test_two_versions_of_one_service_are_not_written_at_once(definer):
    begun(definer)
    answer = post(definer, BEGIN, like=SERVICE, service="")
    assert answer.status_code == 422
    assert "already" in words(answer)


def test_nobody_else_finds_the_workshop(office, definer):
    there = begun(definer)
    other = office.at_desk(office.post("kl-village-adoor", "village_officer").id)
    for address in (BEGIN, there, f"{there}/fee"):
        assert other.get(address).status_code == 404
    assert definer.get(f"{there}/nothing").status_code == 404


def test_every_part_in_every_language(definer):
    there = begun(definer)
    for language in LANGUAGES:
        assert f'lang="{language}"' in definer.get(f"{there}?lang={language}").content.decode()
    for name in (*PARTS, "examples.yaml", "words.ml.yaml", "letter.typ"):
        assert definer.get(f"{there}/{name}").status_code == 200, name
    assert "/words.ml.yaml" in definer.get(there).content.decode()
    assert "/words.sd.yaml" not in definer.get(there).content.decode()
    assert definer.get(f"{there}/words.sd.yaml").status_code == 404


def test_the_text_shown_is_the_text_kept(definer):
    there = begun(definer)
    files = queries.published_files(SERVICE).files
    assert text_in(definer.get(f"{there}/process")).strip() == part_text(files["service.yaml"], "process").strip()


def test_a_service_from_nothing_has_no_fault_and_is_found_at_an_office(definer):
    page = definer.get(f"{BEGIN}/new")
    offered = html.unescape(page.content.decode())
    assert "Village Officer (Village Office)" in offered
    empty = post(definer, f"{BEGIN}/new", name="", department="", officer="")
    assert empty.status_code == 422
    assert empty.content.decode().count('class="error"') == 3
    chosen = {"department": "kl-revenue", "officer": "village_officer.village_office"}
    there = post(definer, f"{BEGIN}/new", name="Thrift certificate", **chosen)["Location"]
    told = words(definer.get(there))
    assert "kl-thrift-certificate" in told
    assert "This version can be laid before a second person" in told
    form = text_in(definer.get(f"{there}/form"))
    assert "within: lgd-state:32" in form
    assert "within: district" in form
    again = post(definer, f"{BEGIN}/new", name="Thrift certificate", **chosen)
    assert again.status_code == 422
    taken = post(definer, f"{BEGIN}/new", name="Income certificate", **chosen)
    assert "published already" in words(taken)
