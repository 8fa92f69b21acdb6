"""Verification at the portal: each way, each outcome on its own page, nothing shown before possession is proved."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from janaseva.core.text import LANGUAGES
from janaseva.core.words import say
from janaseva.documents import queries as documents
from janaseva.documents import rules
from janaseva.documents.queries import verifying
from janaseva.doorway import limits
from janaseva.services import queries
from tests.documents.acts import revoke
from tests.given import SYSTEM, Given
from tests.portal.reader import at_the_storys_time

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.papers]


@pytest.fixture(autouse=True)
def story(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    limits.forget_all()
    at_the_storys_time(given, monkeypatch)


@pytest.fixture
def certificate(given):
    """A sealed certificate: its line and its bytes."""
    owner = given.citizen()
    application_id, _ = given.decided(owner)
    given.settle()
    view = queries.application(owner, application_id)
    line = next(
        one for one in documents.documents_of(owner, application_id) if one.document_id == view.decision.document_id
    )
    return line, queries.paper_content(owner, application_id, line.document_id).content


def sent(content: bytes) -> str:
    file = SimpleUploadedFile("certificate.pdf", content, "application/pdf")
    response = Client().post("/verify/file/", {"file": file})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def title(outcome: str, language: str = "en") -> str:
    return say(f"portal.verdict.{outcome}.title", language)


def test_the_file_tells_what_it_certifies(certificate):
    line, content = certificate
    told = sent(content)
    assert title("genuine") in told
    assert line.number in told
    assert "K. Anil" in told


def test_forgeries_each_have_their_own_answer(certificate, monkeypatch):
    _, content = certificate
    place = content.rindex(b"stream", 0, len(content) // 2) + 40
    altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    assert title("altered") in sent(altered)
    assert title("appended") in sent(content + b"\n% more")
    assert title("not_ours") in sent(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    with monkeypatch.context() as other:
        other.setattr(verifying, "key_ring", lambda: rules.KeyRing.of([]))
        told = sent(content)
        assert title("unknown_key") in told
        assert "K. Anil" not in told
    with monkeypatch.context() as other:
        claimed = verifying._claimed
        other.setattr(verifying, "_claimed", lambda *facts: (None, claimed(*facts)[1]))
        told = sent(content)
        assert title("number_reused") in told
        assert "K. Anil" not in told, "what a forger writes is not repeated"


def test_a_revoked_certificate_says_when_and_why(certificate, given):
    line, content = certificate
    given.act(revoke, SYSTEM, document_id=line.document_id, reason="issued_in_error")
    told = sent(content)
    assert title("revoked") in told
    assert "Issued in error" in told
    assert "March 2026" in told


def test_number_and_code_prove_possession(certificate):
    line, _ = certificate
    wrong = Client().post("/verify/number/", {"number": line.number, "secret": "0000-0000"}).content.decode()
    assert title("not_found") in wrong
    assert "K. Anil" not in wrong
    right = Client().post("/verify/number/", {"number": line.number, "secret": line.code.lower()}).content.decode()
    assert title("genuine") in right
    assert "K. Anil" in right


def test_the_code_on_paper_tells_its_facts(certificate):
    line, _ = certificate
    from janaseva.documents.models import Document

    code = Document.objects.get(pk=line.document_id).qr
    told = Client().post("/verify/code/", {"code": f" {code}\r\n"}).content.decode()
    assert title("genuine") in told
    assert "K. Anil" in told
    assert title("not_ours") in Client().post("/verify/code/", {"code": "hello"}).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", rules.OUTCOMES)
def test_every_outcome_is_worded_in_every_language(outcome, language, given, monkeypatch):
    verdict = rules.Verdict(outcome=outcome, number="KL/1", revoked_reason="replaced", checks=())
    monkeypatch.setattr(documents, "verify_qr", lambda *_, **__: verdict)
    response = Client(headers={"accept-language": language}).post("/verify/code/", {"code": "x"})
    assert response.status_code == 200
    assert title(outcome, language) in response.content.decode()


def test_what_is_missing_is_said_beside_its_field(given):
    for address, place in (("file", "file"), ("code", "code"), ("number", "number")):
        response = Client().post(f"/verify/{address}/", {"code": ""})
        assert response.status_code == 422
        assert f'href="#f-{place}"' in response.content.decode()
        assert Client().get(f"/verify/{address}/")["Location"] == "/verify/"


def test_guessing_is_slowed(given, one_window):
    client = Client()
    answers = [client.post("/verify/number/", {"number": "KL/1", "secret": "x"}).status_code for _ in range(11)]
    assert answers[:10] == [200] * 10
    assert answers[10] == 429


def test_only_the_page_with_the_forms_may_use_the_camera(given):
    assert "camera=(self)" in Client().get("/verify/")["Permissions-Policy"]
    assert "camera=()" in Client().get("/verify/keys/")["Permissions-Policy"]


@pytest.mark.usefixtures("certificate")
def test_keys_are_shown_and_given_as_a_file():
    page = Client().get("/verify/keys/").content.decode()
    ring = documents.key_ring()
    assert ring.keys
    for key in ring.keys:
        assert key in page
    given_out = Client().get("/verify/keys.json")
    assert rules.KeyRing.from_json(given_out.content.decode()).keys.keys() == ring.keys.keys()
    assert "attachment" in given_out["Content-Disposition"]
    assert not re.search(r"PRIVATE", page + given_out.content.decode())
