"""One's own applications at the portal: what is shown, to whom, and what can be done."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from janaseva.cli.papers import sample_paper
from janaseva.contact import queries as contact
from janaseva.core import promises
from janaseva.core.actor import Actor
from janaseva.core.text import LANGUAGES
from janaseva.ledger import queries as ledger
from janaseva.portal.applications import reading
from janaseva.services import actions, queries
from janaseva.services.rules.rights import LevelLaw
from tests.documents.acts import revoke
from tests.given import SYSTEM, Given
from tests.portal.reader import at_the_storys_time, counting, fresh, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def story(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_storys_time(given, monkeypatch)


def page(client: Client, application_id, **options) -> str:
    response = client.get(f"/applications/{application_id}/", **options)
    assert response.status_code == 200
    return response.content.decode()


def test_nobody_is_led_to_the_sign_in(given):
    response = Client().get("/applications/")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=%2Fapplications%2F")


def test_the_empty_list_says_what_to_do(given):
    client, _ = signed_in(given)
    told = client.get("/applications/").content.decode()
    assert "You have no applications yet" in told
    assert 'href="/services/"' in told


def test_a_stranger_finds_nothing(given):
    _, owner = signed_in(given)
    stranger, _ = signed_in(given)
    application_id = given.begun(owner)
    acknowledgement = next(one.document_id for one in _issued(owner, application_id))
    for address in ("", "withdraw/", f"paper/{acknowledgement}/"):
        assert stranger.get(f"/applications/{application_id}/{address}").status_code == 404
    for address in ("withdraw/", "answer/"):
        sent = stranger.post(f"/applications/{application_id}/{address}", {"key": fresh(), "answer": "mine"})
        assert sent.status_code == 404
    assert queries.application(owner, application_id).state == "begun"


def _issued(owner, application_id):
    from janaseva.documents import queries as documents

    return documents.documents_of(owner, application_id)


def test_a_draft_leads_to_the_form(given):
    client, owner = signed_in(given)
    application_id = given.draft(owner)
    assert client.get(f"/applications/{application_id}/")["Location"] == f"/apply/{application_id}/"
    assert f"/apply/{application_id}/" in client.get("/applications/").content.decode()


def test_a_free_application_has_its_date_as_soon_as_it_is_handed_in(given):
    given.loaded("jk-edistrict", "jk-birth-certificate")
    client, actor = signed_in(given)
    application_id = given.submitted(actor)
    view = queries.application(actor, application_id)
    assert (view.state, view.due_at is not None) == ("begun", True)
    told = page(client, application_id)
    assert "It is being handed to the office" not in told
    assert f"/pay/{application_id}/" not in told


def test_a_free_application_received_in_safe_mode_asks_for_no_fee_before_the_worker_begins_it(given, monkeypatch):
    given.loaded("jk-edistrict", "jk-birth-certificate")
    client, actor = signed_in(given)
    application_id = given.draft(actor)
    with monkeypatch.context() as safe_mode:
        safe_mode.setattr(promises, "_looks", [lambda: "log_late"])
        given.act(actions.submit, actor, application_id=application_id)
    assert queries.application(actor, application_id).state == "submitted"
    told = page(client, application_id)
    assert "It is being handed to the office" in told
    assert f"/pay/{application_id}/" not in told
    lines = client.get("/applications/").content.decode()
    assert "Received" in lines
    assert "Payment due" not in lines


def test_an_unpaid_application_asks_for_the_fee(given):
    client, owner = signed_in(given)
    application_id = given.submitted(owner)
    told = page(client, application_id)
    assert "The fee has not been paid yet" in told
    assert 'href="/pay/' in told


def test_an_application_under_way_tells_where_it_stands_and_why(given):
    client, owner = signed_in(given)
    application_id, officer = given.taken(owner)
    given.act(actions.look, officer, application_id=application_id)
    told = page(client, application_id)
    view = queries.application(owner, application_id)
    assert view.number in told
    assert "Why this date?" in told
    assert "Application received; not counted" in told
    assert "Receipt number" in told
    assert "Village Officer" in told, "who looked, by post"
    index = next(one.log_index for one in queries.story(owner, application_id) if one.log_index is not None)
    assert f"/log/entry/?index={index}" in told


def test_every_language_shows_every_state(given):
    client, owner = signed_in(given)
    refused_id, officer = given.taken(owner)
    given.refuse(officer, refused_id)
    decided_id, _ = given.decided(owner)
    begun_id = given.begun(owner)
    for language in LANGUAGES:
        for shown in (refused_id, decided_id, "", f"{begun_id}/withdraw"):
            told = client.get(f"/applications/{shown}/?lang={language}".replace("//?", "/?"))
            assert told.status_code == 200, shown
            assert f'lang="{language}"' in told.content.decode(), shown


def test_a_certificate_being_signed_is_looked_for_again_and_then_given(given):
    client, owner = signed_in(given)
    application_id, _ = given.decided(owner)
    first = client.get(f"/applications/{application_id}/")
    assert "Your certificate is being signed" in first.content.decode()
    assert first["Refresh"] == f"8; url=/applications/{application_id}/?again=1"
    assert "Refresh" not in client.get(f"/applications/{application_id}/?again=15")
    given.settle()
    ready = client.get(f"/applications/{application_id}/")
    assert "Your certificate is ready" in ready.content.decode()
    assert "Refresh" not in ready
    document_id = queries.application(owner, application_id).decision.document_id
    file = client.get(f"/applications/{application_id}/paper/{document_id}/")
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"].startswith("attachment; filename=")
    assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "no-store")
    assert file.content.startswith(b"%PDF-")


def test_the_applicant_is_told_once_that_the_certificate_is_ready(given):
    _, owner = signed_in(given)
    application_id, _ = given.decided(owner)
    given.settle()
    document_id = queries.application(owner, application_id).decision.document_id

    def ready() -> int:
        return sum(one.template == "message.ready" for one in contact.messages_of(SYSTEM, application_id))

    assert ready() == 1
    given.act(
        actions.tell_ready, Actor.system("services.tell_ready"), key=f"ready:{document_id}", document_id=document_id
    )
    assert ready() == 1, "the listener's key tells it once"
    assert sum(one.name == "services.ready_told" for one in ledger.story(SYSTEM, application_id)) == 1


def test_a_refusal_is_told_with_reason_law_words_and_appeal(given):
    client, owner = signed_in(given)
    application_id, officer = given.taken(owner)
    given.refuse(officer, application_id)
    told = page(client, application_id)
    ground = next(one for one in given.definition.out.reasons if one.key == "income-not-proved")
    assert ground.title["en"] in told
    assert "The pay slip is of 2019." in told
    assert "How to appeal" in told


def test_the_days_for_an_appeal_that_the_service_leaves_out_are_those_of_the_states_act(given, monkeypatch):
    client, owner = signed_in(given)
    application_id, officer = given.taken(owner)
    given.refuse(officer, application_id)
    levels = {
        1: LevelLaw(
            level=1,
            authority={},
            seats={},
            file_days=30,
            decide_days=41,
            triggers=frozenset(),
            own_motion=False,
            law="S. 9",
        ),
        2: None,
    }
    monkeypatch.setattr(reading, "level_law", lambda _, level: levels[level])
    told = page(client, application_id)
    assert "30 days" in told
    assert "41 days" in told
    assert "Where to appeal is not known here yet." in told


def test_answering_with_a_paper_lets_the_clock_run_again(given):
    client, owner = signed_in(given)
    application_id, officer = given.taken(owner)
    query_id = given.act(actions.ask, officer, application_id=application_id, question="Which pay slip is newest?")
    told = client.get("/applications/").content.decode()
    assert "The office waits for you" in told
    told = page(client, application_id)
    assert "Which pay slip is newest?" in told
    assert "stands still" in told
    address = f"/applications/{application_id}/answer/"
    empty = client.post(address, {"key": fresh(), "query": query_id, "answer": ""})
    assert empty.status_code == 422
    assert "There is a problem" in empty.content.decode()
    bad = SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 200)
    wrong = client.post(address, {"key": fresh(), "query": query_id, "answer": "It is this.", "paper": bad})
    assert wrong.status_code == 422
    assert "It is this." in wrong.content.decode(), "what was typed is kept"
    paper = SimpleUploadedFile("slip.png", sample_paper("slip"))
    more = client.post(address, {"key": fresh(), "query": query_id, "answer": "It", "paper": paper, "more": "1"})
    assert more.status_code == 200
    assert "slip.jpg" in more.content.decode()
    sent = {"key": fresh(), "query": query_id, "answer": "It is the one of February."}
    for _ in range(2):  # the same form twice answers once
        done = client.post(address, sent)
        assert (done.status_code, done["Location"]) == (302, f"/applications/{application_id}/")
    view = queries.application(owner, application_id)
    assert view.queries[0].answer == "It is the one of February."
    assert view.due_at is not None
    assert [one.group for one in view.papers].count("answer") == 1
    assert "Questions and answers" in page(client, application_id)


def test_an_answer_to_nothing_is_refused(given):
    client, owner = signed_in(given)
    application_id = given.begun(owner)
    sent = client.post(f"/applications/{application_id}/answer/", {"key": fresh(), "query": "x", "answer": "It"})
    assert sent.status_code == 404


def test_taking_back_asks_first_and_then_does_it(given):
    client, owner = signed_in(given)
    application_id = given.begun(owner)
    asked = client.get(f"/applications/{application_id}/withdraw/").content.decode()
    assert "This cannot be undone" in asked
    assert queries.application(owner, application_id).state == "begun"
    done = client.post(f"/applications/{application_id}/withdraw/", {"key": fresh()})
    assert done.status_code == 302
    assert queries.application(owner, application_id).state == "withdrawn"
    assert "You took this application back" in page(client, application_id)
    again = client.post(f"/applications/{application_id}/withdraw/", {"key": fresh()})
    assert again.status_code == 409


def test_the_list_pages_and_asks_the_same_number_of_questions(given, monkeypatch):
    client, owner = signed_in(given)
    for _ in range(2):
        given.draft(owner)
    client.get("/applications/")
    with counting() as few:
        client.get("/applications/")
    for _ in range(3):
        given.draft(owner)
    client.get("/applications/")  # the session is kept alive here, not below
    with counting() as more:
        client.get("/applications/")
    assert len(more) == len(few)
    monkeypatch.setattr("janaseva.portal.applications.views.PAGE", 3)
    first = client.get("/applications/").content.decode()
    assert first.count('class="task"') == 3
    older = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(older).content.decode()
    assert second.count('class="task"') == 2


def test_the_page_of_one_asks_a_bounded_number_of_questions(given):
    client, owner = signed_in(given)
    application_id, officer = given.taken(owner)
    page(client, application_id)
    with counting() as few:
        page(client, application_id)
    for _ in range(3):
        given.act(actions.note, officer, application_id=application_id, text="Seen again.")
    given.act(actions.look, officer, application_id=application_id)
    page(client, application_id)  # the session is kept alive here, not below
    with counting() as more:
        page(client, application_id)
    assert len(more) <= len(few) + 2
    assert len(more) < 60


def test_a_revoked_certificate_is_not_offered(given):
    client, owner = signed_in(given)
    application_id, _ = given.decided(owner)
    given.settle()
    document_id = queries.application(owner, application_id).decision.document_id
    given.act(revoke, SYSTEM, document_id=document_id, reason="issued_in_error")
    given.settle()
    told = page(client, application_id)
    assert "This certificate was revoked" in told
    assert "Download the certificate" not in told
    listed = client.get("/applications/").content.decode()
    assert "Revoked" in listed
    assert "Download the certificate" not in listed


def test_the_move_that_decides_is_told_once(given):
    client, owner = signed_in(given)
    application_id, _ = given.decided(owner)
    told = page(client, application_id)
    assert "The application was approved" in told
    assert "The application went to the next step" not in told


def test_a_holder_answers_a_notice_and_may_give_the_certificate_back(given):
    client, owner = signed_in(given)
    application_id, officer = given.decided(owner, variant="outside")
    given.settle()
    home = f"/applications/{application_id}/certificate/"
    assert home in page(client, application_id)
    why = {"reason": "facts_changed", "words": "They moved away in May."}
    given.act(actions.ask_cause, officer, application_id=application_id, **why)
    assert "They moved away in May." in client.get(home).content.decode()
    assert client.post(f"{home}answer/", {"key": fresh(), "words": "no"}).status_code == 422
    sent = client.post(f"{home}answer/", {"key": fresh(), "words": "We came back in June."})
    assert sent["Location"] == home
    assert "We came back in June." in client.get(home).content.decode()
    assert client.post(f"{home}surrender/", {"key": fresh(), "sure": "yes"}).status_code == 409
    given.act(actions.drop_cause, officer, application_id=application_id, words="They live here again.")
    assert client.post(f"{home}surrender/", {"key": fresh()}).status_code == 422
    assert client.post(f"{home}surrender/", {"key": fresh(), "sure": "yes"})["Location"] == home
    given.settle()
    assert "Not valid any more" in client.get(home).content.decode()
