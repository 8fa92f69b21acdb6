"""Versions of services at the desk: read as tracked changes, laid before a second person, published or given back."""

import pytest

from janaseva.services import actions, queries
from tests.desk.office import post, words
from tests.given import PACK, SERVICE
from tests.services.test_proposals import files

pytestmark = pytest.mark.django_db
SECRETARIAT = "kl-secretariat-it"


@pytest.fixture
def draft(office):
    by = office.given.seat(SECRETARIAT, "definer")
    text = files(("summary: ", "summary: <b>Mended.</b> "))
    return office.given.act(actions.save_proposal, by, service=SERVICE, pack=PACK, files=text).proposal_id


def test_from_draft_to_published(office, draft):
    definer = office.at_desk(office.post(SECRETARIAT, "definer").id)
    page = f"/desk/services/{draft}"
    assert "Being written" in words(definer.get("/desk/services"))
    shown = definer.get(page)
    assert "what › summary" in words(shown)
    assert "<ins>  summary: &lt;b&gt;Mended.&lt;/b&gt;" in shown.content.decode()
    assert "examples come out as written" in words(shown)
    assert post(definer, f"{page}/propose", propose_words="new").status_code == 422
    done = post(definer, f"{page}/propose", propose_words="The summary says more.")
    assert done["Location"] == f"{page}?done=proposed"
    assert post(definer, f"{page}/approve").status_code == 403, "a definer's post does not publish"
    publisher = office.at_desk(office.post(SECRETARIAT, "publisher").id)
    assert "Waits for a second person" in words(publisher.get("/desk/services"))
    assert "Approve and publish" in words(publisher.get(page))
    late = {"from_day.day": "1", "from_day.month": "3", "from_day.year": "2026"}
    seen = queries.proposal(office.given.seat(SECRETARIAT, "publisher"), draft).files_sha256
    refused = post(publisher, f"{page}/approve", seen=seen, **late)
    assert refused.status_code == 422
    assert "which has come or gone" in words(refused)
    assert post(publisher, f"{page}/approve", seen=seen)["Location"] == f"{page}?done=approved"
    assert "running cases keep their version" in words(publisher.get(f"{page}?done=approved"))
    assert queries.published_files(SERVICE).version == 2


def test_given_back_and_let_go(office, draft):
    definer = office.at_desk(office.post(SECRETARIAT, "definer").id)
    page = f"/desk/services/{draft}"
    post(definer, f"{page}/propose", propose_words="The summary says more.")
    publisher = office.at_desk(office.post(SECRETARIAT, "publisher").id)
    assert post(publisher, f"{page}/reject", reject_words="").status_code == 422
    post(publisher, f"{page}/reject", reject_words="Which order says so?")
    assert "Which order says so?" in words(definer.get(page))
    assert post(definer, f"{page}/discard")["Location"] == "/desk/services"
    assert "Let go" in words(definer.get("/desk/services"))


def test_whoever_neither_writes_nor_publishes_does_not_find_it(office, draft):
    officer = office.at_desk(office.post("kl-taluk-adoor", "tahsildar").id)
    assert officer.get("/desk/services").status_code == 404
    assert officer.get(f"/desk/services/{draft}").status_code == 404
    assert "/desk/services" not in officer.get("/desk/").content.decode()


@pytest.mark.parametrize("language", ["ml", "ur"])
def test_in_other_languages_and_directions(office, draft, language):
    client = office.at_desk(office.post(SECRETARIAT, "definer").id)
    client.cookies["language"] = language
    assert client.get(f"/desk/services/{draft}").status_code == 200
    assert client.get("/desk/services").status_code == 200
