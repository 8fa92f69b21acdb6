"""Applying at the portal: page by page, kept as typed, saved and gone on with, sent once, paid."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from janaseva.cli.papers import sample_paper
from janaseva.core import promises
from janaseva.documents.adapters.scanning import FakeScanner
from janaseva.documents.handlers import scanning
from janaseva.documents.models import Blob
from janaseva.doorway.forms import typed as inputs
from janaseva.payments import actions as payments
from janaseva.payments import queries as payment_queries
from janaseva.payments.rules import signing
from janaseva.payments.rules.states import Report
from janaseva.services import queries
from janaseva.settings import OPTIONS
from tests.given import SERVICE, Given
from tests.portal.reader import at_the_storys_time, counting, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PAGES: dict[str, dict[str, Any]] = {
    "purpose": {"purpose": "state"},
    "applicant": {
        "applicant_name": "K. Anil",
        "applicant_name_ml": "കെ. അനിൽ",
        "date_of_birth.day": "14",
        "date_of_birth.month": "5",
        "date_of_birth.year": "1978",
        "applicant_is": "resident",
        "aadhaar": "2345 6789 0124",
        "mobile": "98470 12345",
    },
    "residence": {
        "house": "Puthenpurayil",
        "house_ml": "പുത്തൻപുരയിൽ",
        "district": "lgd-district:564",
        "taluk": "lgd-subdistrict:5683",
        "village": "Peringanad",
        "pin": "691551",
    },
    "income": {"members.0.name": "K. Anil", "members.0.relation": "self", "members.0.salary": "1,80,000"},
    "declaration": {"declared": "yes"},
}
PAPERS = {"identity": "aadhaar", "family": "ration_card", "income": "salary_certificate"}


@pytest.fixture(autouse=True)
def story(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    at_the_storys_time(given, monkeypatch)


def text(response) -> str:
    return response.content.decode()


def begin(client: Client, given: Given) -> str:
    answer = client.post(f"/apply/begin/{SERVICE}/", {"key": given.key()})
    assert answer.status_code == 302
    return str(answer["Location"])


def send(client: Client, given: Given, address: str, **posted: Any):
    return client.post(address, {"key": given.key(), **posted})


def fill(client: Client, given: Given, home: str) -> None:
    for page, answers in PAGES.items():
        assert send(client, given, f"{home}page/{page}/", **answers).status_code == 302, page
    for group, choice in PAPERS.items():
        paper = SimpleUploadedFile("paper.png", sample_paper(group))
        assert send(client, given, f"{home}papers/", group=group, choice=choice, file=paper).status_code == 302


def answers(actor, home: str):
    return queries.application(actor, home.split("/")[2]).answers


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_whole_way(given, language):
    client, actor = signed_in(given, language)
    home = begin(client, given)
    fill(client, given, home)
    shown = text(client.get(f"{home}check/"))
    assert "15.00" in shown
    assert "XXXX-XXXX-0124" in shown
    assert "2345 6789" not in shown
    assert ("അടൂർ" if language == "ml" else "Adoor") in shown
    unread = send(client, given, f"{home}check/")
    assert unread.status_code == 422
    assert 'name="spellings_read"' in text(unread)
    sent = send(client, given, f"{home}check/", spellings_read="on")
    assert sent.status_code == 302
    view = queries.application(actor, home.split("/")[2])
    assert (view.state, view.language) == ("submitted", language)
    assert sent["Location"] == f"/pay/{view.id}/"
    assert "15.00" in text(client.get(sent["Location"]))
    to_bank = send(client, given, sent["Location"])
    assert "/simulator/pay/" in to_bank["Location"]
    payment = payment_queries.payments_of(actor, view.demand_id)[0]
    back = f"/pay/return/{payment.id}/"
    waiting = client.get(back)
    assert waiting["Refresh"].startswith("5; url=")
    assert "Refresh" not in client.get(back, {"look": "12"})
    assert client.get(f"/pay/receipt/{payment.id}/").status_code == 404
    _bank_says(given, payment, "debited")
    settled = client.get(back)
    assert "Refresh" not in settled
    receipt = payment_queries.payment(actor, payment.id).receipt_number
    assert receipt in text(settled)
    assert receipt in text(client.get(f"/pay/receipt/{payment.id}/"))
    assert client.get(f"/pay/{view.id}/")["Location"] == f"/applications/{view.id}/"
    assert client.get(home)["Location"] == f"/pay/{view.id}/", "until the worker has heard of it"
    given.settle()
    assert client.get(home)["Location"] == f"/applications/{view.id}/"


def _bank_says(given: Given, payment, outcome: str) -> None:
    report = Report(
        reference=payment.reference,
        outcome=outcome,
        amount_paise=payment.amount_paise,
        debited_at=given.at if outcome == "debited" else None,
        gateway_number="B1",
    )
    from django.conf import settings

    from janaseva.cli.journey import GATEWAY

    body = signing.written(report)
    signature = signing.sign(settings.PAYMENT_GATEWAY_KEY, "callback", body)
    payments.hear_gateway(by=GATEWAY, at=given.tick(), key=given.key(), body=body, signature=signature)


def test_a_failed_payment_says_what_is_safe_and_can_be_tried_again(given):
    client, actor = signed_in(given)
    application_id = given.submitted(actor)
    send(client, given, f"/pay/{application_id}/")
    demand_id = queries.application(actor, application_id).demand_id
    payment = payment_queries.payments_of(actor, demand_id)[0]
    assert "do not pay again" in text(client.get(f"/pay/{application_id}/"))
    _bank_says(given, payment, "failed")
    told = text(client.get(f"/pay/return/{payment.id}/"))
    assert "nothing is paid" in told
    assert f'href="/pay/{application_id}/"' in told


def test_everything_typed_is_kept_beside_its_fault(given):
    client, actor = signed_in(given)
    home = begin(client, given)
    typed = {**PAGES["applicant"], "date_of_birth.month": "13", "mobile": "12", "aadhaar": "1111", "email": "a@b"}
    answer = send(client, given, f"{home}page/applicant/", **typed)
    told = text(answer)
    assert answer.status_code == 422
    for value in ("K. Anil", "കെ. അനിൽ", 'value="13"', 'value="12"', "a@b"):
        assert value in told
    assert 'value="1111"' not in told, "not even a wrong Aadhaar number is shown again"
    for place in ("date_of_birth", "mobile", "aadhaar", "email"):
        assert f'href="#f-{place}"' in told
        assert f'id="f-{place}"' in told
    assert answers(actor, home) == {}


def test_a_page_left_half_done_is_gone_on_with_later(given):
    client, actor = signed_in(given)
    home = begin(client, given)
    later = send(client, given, f"{home}page/applicant/", applicant_name="K. Anil", _next="later")
    assert later["Location"] == home
    assert answers(actor, home) == {"applicant_name": "K. Anil"}
    tasks = text(client.get(home))
    assert "In progress" in tasks
    assert "K. Anil" in text(client.get(f"{home}page/applicant/"))
    wrong = send(client, given, f"{home}page/applicant/", mobile="12", _next="later")
    assert wrong.status_code == 422, "what is wrong is not saved, only what is missing is let be"


def test_rows_come_and_go_without_script(given):
    client, _ = signed_in(given)
    address = f"{begin(client, given)}page/income/"
    two = text(send(client, given, address, **{"members.0.name": "A", "_add": "members"}))
    assert 'name="members.1.name"' in two
    assert 'value="A"' in two
    rows = {"members.0.name": "A", "members.1.name": "B", "_remove": "members.0"}
    one = text(send(client, given, address, **rows))
    assert 'value="B"' in one
    assert 'value="A"' not in one
    assert 'name="members.1.name"' not in one
    holed = {f"members.2.{key.split('.')[2]}": value for key, value in PAGES["income"].items()}
    faulty = text(send(client, given, address, **{**holed, "members.2.salary": "much"}))
    assert 'href="#f-members-0-salary"' in faulty, (
        "empty rows before it are left out, and the fault stands beside its row"
    )


def test_places_open_level_by_level_without_script(given):
    client, _ = signed_in(given)
    address = f"{begin(client, given)}page/residence/"
    first = text(client.get(address))
    assert "lgd-district:564" in first
    assert "lgd-subdistrict:5683" not in first
    second = send(client, given, address, district="lgd-district:564", village="X", _show="district")
    assert second.status_code == 200
    assert "lgd-subdistrict:5683" in text(second)
    assert 'value="X"' in text(second)
    other = {**PAGES["residence"], "taluk": "lgd-subdistrict:1"}
    assert send(client, given, address, **other).status_code == 422


def test_a_second_script_is_suggested_used_and_looked_at_and_never_written_by_itself(given):
    client, actor = signed_in(given)
    home = begin(client, given)
    address = f"{home}page/applicant/"
    assert 'name="_show" value="applicant_name_ml"' in text(client.get(address))
    offered = text(send(client, given, address, applicant_name="Sunil V.", _show="applicant_name_ml"))
    assert "സുനിൽ വി." in offered
    assert 'name="_use" value="applicant_name_ml"' in offered
    assert 'value="സുനിൽ വി."' not in offered
    used = text(send(client, given, address, applicant_name="Sunil V.", _use="applicant_name_ml"))
    assert 'value="സുനിൽ വി."' in used
    assert answers(actor, home) == {}
    own = text(send(client, given, address, applicant_name="Sunil V.", applicant_name_ml="സ", _use="x_ml"))
    assert 'value="സ"' in own
    place = text(send(client, given, f"{home}page/residence/", house="Kozhenchery", _show="house_ml"))
    assert "കോഴഞ്ചേരി" in place  # as the directory spells it, not as the rule would


def test_going_back_in_the_browser_and_sending_others_saves_others(given):
    client, actor = signed_in(given)
    home, key = begin(client, given), given.key()
    for purpose in ("state", "outside"):
        assert client.post(f"{home}page/purpose/", {"key": key, "purpose": purpose}).status_code == 302
    assert answers(actor, home)["purpose"] == "outside"


def test_a_strangers_draft_is_not_there(given):
    client, _ = signed_in(given)
    stranger, _ = signed_in(given)
    home = begin(client, given)
    for part in ("", "page/purpose/", "papers/", "check/", "let-go/"):
        assert stranger.get(home + part).status_code == 404
        assert send(stranger, given, home + part).status_code in (404, 405)
        assert Client().get(home + part)["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("safe_mode", ["", "log_late"])
def test_sent_twice_is_one_application_also_where_only_receipts_are_given(given, safe_mode, monkeypatch):
    client, actor = signed_in(given)
    home = begin(client, given)
    fill(client, given, home)
    key = given.key()
    monkeypatch.setattr(promises, "_looks", [lambda: safe_mode])
    keys = (key, key, given.key())
    ways = [client.post(f"{home}check/", {"key": one, "spellings_read": "on"})["Location"] for one in keys]
    assert len(set(ways)) == 1
    assert len(queries.mine(actor)) == 1
    other = client.post(f"/apply/begin/{SERVICE}/", {"key": given.key()})
    assert other.status_code == (503 if safe_mode else 302), "what is no receipt waits"


def test_every_fault_leads_to_its_page(given):
    client, _ = signed_in(given)
    home = begin(client, given)
    send(client, given, f"{home}page/purpose/", **PAGES["purpose"])
    answer = send(client, given, f"{home}check/")
    assert answer.status_code == 422
    told = text(answer)
    assert f"{home}page/applicant/?back=check&amp;mend=1#f-applicant_name" in told
    assert f"{home}papers/#f-documents-identity" in told
    mend = text(client.get(f"{home}page/applicant/?back=check&mend=1"))
    assert 'href="#f-applicant_name"' in mend
    back = send(client, given, f"{home}page/applicant/?back=check", **PAGES["applicant"])
    assert back["Location"] == f"{home}check/"


@pytest.mark.parametrize(
    ("content", "choice", "words"),
    [
        (b"", "aadhaar", "This file is empty"),
        (b"MZ\x90\x00 not a paper", "aadhaar", "Only PDF files and photos"),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 40, "aadhaar", "HEIC"),
        (b"%PDF-1.7 cut short", "aadhaar", "damaged"),
        (b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024), "aadhaar", "larger than 10 MB"),
        (None, "aadhaar", "No file was chosen"),
        (sample_paper("x"), "", "which paper this is"),
        (sample_paper("x"), "passport", "which paper this is"),
    ],
)
def test_papers_are_refused_beside_their_group(given, content, choice, words):
    client, _ = signed_in(given)
    home = begin(client, given)
    file = {} if content is None else {"file": SimpleUploadedFile("a.jpg", content)}
    answer = send(client, given, f"{home}papers/", group="identity", choice=choice, **file)
    assert answer.status_code == 422
    told = text(answer)
    assert words in told
    assert 'id="f-documents-identity-error"' in told


@pytest.mark.parametrize(("answers", "words"), [(True, "something that harms"), (False, "cannot be checked")])
def test_a_paper_that_the_scanner_does_not_let_through_is_not_taken(given, monkeypatch, answers, words):
    monkeypatch.setattr(OPTIONS, "scanner", "unix:/nobody/there")
    monkeypatch.setattr(scanning, "scanner", lambda: FakeScanner(answers=answers))
    client, actor = signed_in(given)
    home = begin(client, given)
    file = SimpleUploadedFile("a.png", sample_paper("x") + FakeScanner.MARK)
    answer = send(client, given, f"{home}papers/", group="identity", choice="aadhaar", file=file)
    assert answer.status_code == 422
    assert words in text(answer)
    assert 'id="f-documents-identity-error"' in text(answer)
    assert queries.application(actor, home.split("/")[2]).papers == ()
    assert not Blob.objects.exists()


def test_a_paper_is_given_and_taken_back(given):
    client, actor = signed_in(given)
    home = begin(client, given)
    file = SimpleUploadedFile("my paper.png", sample_paper("x"))
    send(client, given, f"{home}papers/", group="identity", choice="aadhaar", file=file)
    shown = text(client.get(f"{home}papers/"))
    assert "my paper.jpg" in shown
    link = re.search(r'href="(/applications/[^"]+/paper/[^"]+)"', shown)
    assert link is not None
    assert client.get(link[1]).status_code == 200
    paper = queries.application(actor, home.split("/")[2]).papers[0]
    assert send(client, given, f"{home}papers/take-back/", paper=str(paper.id)).status_code == 302
    assert queries.application(actor, home.split("/")[2]).papers == ()
    assert send(client, given, f"{home}papers/take-back/", paper="x").status_code == 404


def test_a_body_beyond_all_bounds_is_answered_with_a_page(given):
    client, _ = signed_in(given)
    home = begin(client, given)
    file = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"\0" * (13 * 1024 * 1024))
    answer = send(client, given, f"{home}papers/", group="identity", choice="aadhaar", file=file)
    assert answer.status_code == 413
    assert "too large" in text(answer)


def test_a_draft_is_let_go(given):
    client, actor = signed_in(given)
    home = begin(client, given)
    assert "cannot be undone" in text(client.get(f"{home}let-go/"))
    assert send(client, given, f"{home}let-go/")["Location"] == "/applications/"
    assert queries.mine(actor) == []


def test_the_task_list_asks_the_database_no_more_for_more(given):
    client, _ = signed_in(given)
    home = begin(client, given)
    client.get(home)
    with counting() as few:
        client.get(home)
    fill(client, given, home)
    client.get(home)
    with counting() as many:
        client.get(home)
    assert len(many) == len(few) <= 12


def test_what_was_kept_reads_as_it_was_typed(given):
    page = given.definition.form.pages[1]
    typed = {name: [value] for name, value in PAGES["applicant"].items()}
    read = inputs.read(page, typed, region="IN")
    assert inputs.read(page, inputs.typed_from(page.fields, read), region="IN") == read
