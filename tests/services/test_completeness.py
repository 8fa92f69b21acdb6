"""Jammu and Kashmir's Form-1: a date where the application is complete; else a list of what is missing, and no date."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from janaseva.cli.papers import sample_paper
from janaseva.core.refusal import Refusal
from janaseva.documents.models import Document
from janaseva.documents.rules import receive
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.settings import OPTIONS
from janaseva.workflow import queries as workflow
from tests.given import SYSTEM
from tests.portal.reader import at_the_storys_time, fresh, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PACK, SERVICE = "jk-edistrict", "jk-permanent-resident-certificate"
LATER = ("title: Voter list of 1951 or 1957", "needed: optional", "needed: later")


@pytest.fixture
def jammu(given):
    """The certificate of a permanent resident in a pack of its own, of which one paper may come later."""
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    files = dict(text.services[SERVICE])
    before, after = files["service.yaml"].split(LATER[0])
    files["service.yaml"] = LATER[0].join([before, after.replace(LATER[1], LATER[2], 1)])
    given.loaded(PACK, SERVICE, files)
    return given


def view(application_id):
    return queries.application(SYSTEM, application_id)


def acknowledged(application_id):
    letter = Document.objects.get(story=application_id, kind="acknowledgement")
    return letter.facts["values"]["due_on"], [row["value"] for row in letter.facts["rows"] if "missing" in row["key"]]


def give(given, by, application_id, group, choice):
    paper = receive(filename="paper.png", content=sample_paper("a paper"))
    return given.act(actions.give_paper, by, application_id=application_id, group=group, choice=choice, received=paper)


def without(given, group):
    """Begin an application to which one group of papers is still to come."""
    by = given.citizen()
    application_id = given.draft(by)
    for paper in view(application_id).papers:
        if paper.group == group:
            given.act(actions.take_back_paper, by, application_id=application_id, paper_id=paper.id)
    given.act(actions.submit, by, application_id=application_id)
    given.pay(by, application_id)
    return by, application_id


def test_a_paper_that_may_come_later_is_listed_no_date_is_stated_and_the_clock_begins_when_it_comes(jammu):
    by, application_id = without(jammu, "old_voter_list")
    found = view(application_id)
    assert (found.missing, found.due_at) == (("old_voter_list",), None)
    due_on, missing = acknowledged(application_id)
    assert due_on is None
    assert [title["en"] for title in missing] == ["Voter list of 1951 or 1957"]
    assert workflow.why_due(SYSTEM, found.case_id).due.standing == "not_begun"
    jammu.at += timedelta(days=9)
    give(jammu, by, application_id, "old_voter_list", "list_1951")
    after = view(application_id)
    why = workflow.why_due(SYSTEM, found.case_id)
    assert after.missing == ()
    assert why.began_at == jammu.at
    assert after.due_at == why.due.at is not None


def test_the_officer_finds_it_incomplete_once_and_the_clock_begins_with_the_last_paper(jammu):
    by, application_id = without(jammu, "none")
    officer = jammu.holder(application_id)
    jammu.act(actions.take_next, officer)
    groups = sorted({one.group for one in view(application_id).papers})[:2]
    facts = {"application_id": application_id, "words": "These two cannot be read."}
    with pytest.raises(Refusal) as strange:
        jammu.act(actions.find_incomplete, officer, **facts, missing=["no_such_group"])
    assert strange.value.code == "incomplete_needs_papers"
    assert view(application_id).missing == ("old_voter_list",) or view(application_id).missing == ()
    jammu.act(actions.find_incomplete, officer, **facts, missing=groups)
    assert view(application_id).due_at is None
    assert view(application_id).missing_words == facts["words"]
    papers = {one.group: one.choice for one in view(application_id).papers}
    for group in view(application_id).missing:
        jammu.at += timedelta(days=2)
        assert workflow.why_due(SYSTEM, view(application_id).case_id).began_at is None
        give(jammu, by, application_id, group, papers.get(group, "list_1951"))
    found = view(application_id)
    assert found.due_at is not None
    assert workflow.why_due(SYSTEM, found.case_id).began_at == jammu.at
    case = workflow.case(SYSTEM, found.case_id, jammu.at, visible=True)
    assert (case.task.state, case.side) == ("waiting", None)
    jammu.act(actions.take_next, officer)
    with pytest.raises(Refusal) as again:
        jammu.act(actions.find_incomplete, officer, **facts, missing=groups)
    assert again.value.code == "incomplete_too_late"
    assert view(application_id).due_at == found.due_at


def test_the_pages_lead_the_officer_and_the_applicant_through_it(jammu, monkeypatch):
    at_the_storys_time(jammu, monkeypatch)
    client, by = signed_in(jammu)
    application_id = jammu.begun(by)
    address = f"/applications/{application_id}/"
    if not view(application_id).missing:
        officer = jammu.holder(application_id)
        jammu.act(actions.take_next, officer)
        jammu.act(
            actions.find_incomplete,
            officer,
            application_id=application_id,
            missing=["old_voter_list"],
            words="The list is needed.",
        )
    page = client.get(address).content.decode()
    assert "Voter list of 1951 or 1957" in page
    assert "no date can be promised yet" in page
    bare = client.post(f"{address}missing/", {"key": fresh(), "which": ""})
    assert bare.status_code == 422
    paper = SimpleUploadedFile("list.png", sample_paper("a list"), content_type="image/png")
    given_ = {"key": fresh(), "which": "old_voter_list.list_1951", "missing_paper": paper}
    assert client.post(f"{address}missing/", given_).status_code == 302
    assert view(application_id).missing == ()
    assert "no date can be promised yet" not in client.get(address).content.decode()


def test_a_paper_that_may_come_later_may_be_given_at_once(jammu, monkeypatch):
    at_the_storys_time(jammu, monkeypatch)
    client, by = signed_in(jammu)
    application_id = jammu.act(actions.begin, by, service=SERVICE, language="en", channel="online")
    page = f"/apply/{application_id}/papers/"
    shown = client.get(page).content.decode()
    assert 'id="g-old_voter_list"' in shown
    assert "You need not give it now." in shown
    paper = SimpleUploadedFile("list.png", sample_paper("a list"), content_type="image/png")
    given_ = {"key": fresh(), "group": "old_voter_list", "choice": "list_1951", "file": paper}
    assert client.post(page, given_).status_code == 302
    assert [one.group for one in view(application_id).papers] == ["old_voter_list"]
    assert "You need not give it now." not in client.get(page).content.decode()


def test_a_finding_that_is_taken_back_leaves_the_clock_as_it_was(jammu):
    _, application_id = without(jammu, "none")
    officer = jammu.holder(application_id)
    jammu.act(actions.take_next, officer)
    before = view(application_id).due_at
    group = view(application_id).papers[0].group
    jammu.act(actions.find_incomplete, officer, application_id=application_id, missing=[group], words="Not readable.")
    jammu.act(actions.recall, officer, application_id=application_id, note="It was readable after all")
    assert view(application_id).missing == ()
    assert view(application_id).due_at == before or before is None


def test_where_the_limit_runs_from_receipt_nothing_is_found_incomplete(given):
    application_id, officer = given.taken(given.citizen())
    group = view(application_id).papers[0].group
    before = view(application_id)
    with pytest.raises(Refusal) as caught:
        given.act(
            actions.find_incomplete, officer, application_id=application_id, missing=[group], words="Not readable."
        )
    assert caught.value.code == "incomplete_too_late"
    assert view(application_id) == before
