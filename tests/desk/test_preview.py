"""The form of a draft as citizens will see it: asked, judged and priced by the portal's own code, with nothing kept."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.doorway.forms import typed as inputs
from janaseva.services import actions, queries
from janaseva.services.rules.trying import trial
from tests.desk.office import post, words
from tests.given import PACK, SERVICE
from tests.services.test_proposals import files

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OFFICE = "kl-secretariat-it"


@pytest.fixture
def definer(office):
    return office.at_desk(office.post(OFFICE, "definer").id)


@pytest.fixture
def drafted(office):
    """Save a draft of the service with these replacements; return its address in the workshop."""

    def saved(*changed):
        by = office.given.seat(OFFICE, "definer")
        done = office.given.act(actions.save_proposal, by, service=SERVICE, pack=PACK, files=files(*changed))
        return f"/desk/workshop/{done.proposal_id}"

    return saved


def hidden(page):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode())
    return {name: value for name, value in found if name != "key"}


def typed(definition, page, answers):
    return inputs.typed_from(definition.form.pages[page].fields, answers)


def test_a_form_is_gone_through_page_by_page_and_nothing_is_kept(definer, drafted):
    form = f"{drafted()}/preview/form?in=ur"
    tried = trial(queries.published_files(SERVICE).files)
    definition, answers = tried.definition, next(found for _, found in tried.examples)
    page = definer.get(form)
    assert '<html lang="ur" dir="rtl"' in page.content.decode()
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    with CaptureQueriesContext(connection) as asked:
        empty = post(definer, form, **hidden(page))
        assert empty.status_code == 422
        assert 'class="error-summary"' in empty.content.decode()
        for number in range(len(definition.form.pages)):
            page = post(definer, form, **{**hidden(page), **typed(definition, number, answers)})
            assert page.status_code == 200, words(page)
    assert not [one["sql"] for one in asked if re.match(r"INSERT|UPDATE|DELETE", one["sql"])]
    told = page.content.decode()
    assert hidden(page)["_page"] == "_check"
    assert "notice-good" in told, "no page is wrong"
    assert answers["applicant_name"] in told
    again = post(definer, form, **hidden(page), _go=definition.form.pages[1].key)
    assert f'value="{answers["applicant_name"]}"' in again.content.decode()
    assert definer.get("/desk/")["X-Frame-Options"] == "DENY"


def test_what_is_shown_and_due_follows_the_answers(definer, drafted):
    only_here = ("- key: certificate_use", "- key: certificate_use\n          when: purpose == 'state'")
    form = f"{drafted(only_here)}/preview/form"
    begun = words(definer.get(form))
    assert "No variant takes these answers yet" in begun
    assert "Not asked with these answers What is it for? purpose == &#39;state&#39;" in begun
    page = definer.get(f"{form}?example=0")
    assert "Handled as: For use in Kerala" in words(page)
    assert "Not asked" not in words(page)
    opened = post(definer, form, **hidden(definer.get(form)), purpose="state", _show="all")
    assert 'name="certificate_use"' in opened.content.decode()
    assert words(definer.get(f"{form}?example=99999")) == begun


def test_a_draft_with_faults_tells_them_in_place_of_the_form(definer, drafted):
    there = drafted(("fee:", "fee:\n  bogus: 1"))
    line = next(n for n, text in enumerate(files()["service.yaml"].splitlines(), 1) if text.startswith("fee:")) + 1
    told = words(definer.get(f"{there}/preview/form"))
    assert "The form cannot be shown yet" in told
    assert f"service.yaml, line {line}:" in told
    assert definer.get(f"{there}/preview?in=sd&size=phone").status_code == 200


def test_the_frames_show_the_form_as_wide_as_was_asked(definer, drafted):
    there = drafted()
    both = definer.get(f"{there}/preview?in=ml&example=1").content.decode()
    assert both.count("<iframe") == 2
    assert f'src="{there}/preview/form?in=ml&amp;example=1"' in both
    assert '<html lang="en"' in both, "the desk keeps its own language"
    assert definer.get(f"{there}/preview?size=phone&example=77").content.decode().count("<iframe") == 1


def test_a_preview_is_found_by_nobody_else_and_takes_whatever_is_posted(office, definer, drafted):
    there = drafted()
    other = office.at_desk(office.post("kl-village-adoor", "village_officer").id)
    for address in (f"{there}/preview", f"{there}/preview/form"):
        assert other.get(address).status_code == 404
    for strange in (
        {"_go": "nothing"},
        {"_page": "x"},
        {"_add": "x", "_page": "purpose"},
        {"_show": "x", "_page": "\0"},
    ):
        assert post(definer, f"{there}/preview/form", **strange).status_code in (200, 422), strange
