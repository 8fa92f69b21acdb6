"""From issued to sealed: states, repeats, failures, languages, and what the file carries."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date

import pytest
from pypdf import PdfReader

from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Refusal
from janaseva.documents import actions, handlers, queries, rules
from janaseva.documents.adapters.typesetting import ChildTypesetter, FakeTypesetter, LetterError, _Inbox
from janaseva.documents.models import Blob, Document
from janaseva.documents.queries import papers
from tests.documents.acts import AT, HOLDER, SYSTEM, issued, key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_issued_is_sealed_with_facts_and_proof(sealed):
    done, pdf = sealed
    assert queries.state_of(done.document_id) == "sealed"
    attached = PdfReader(io.BytesIO(pdf)).attachments
    facts = json.loads(attached["facts.json"][0])
    assert facts["number"] == done.number
    assert facts["document_id"] == str(done.document_id)
    assert attached["log-proof.txt"][0].startswith(b"c2sp.org/tlog-proof@v1")
    row = Document.objects.get(pk=done.document_id)
    assert rules.facts_hash(papers._composed(row)) == row.facts_sha256
    assert "R. Menon" in text_of(pdf)


def test_sealed_file_is_archivable_and_accessible(sealed):
    page = pytest.importorskip("page", reason="page-validation is not installed")
    _, pdf = sealed
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        report = page.validate_pdf_bytes(pdf, profile=profile)
        told = [(failure.rule_id, failure.message) for failure in report.failures]
        # a stream whose last byte happens to be a carriage return: the validator takes it for a part of the line's end
        lengths = [one for one in told if one[0] == "PDFA3A-STREAM-LENGTH-001"]
        assert len(lengths) <= pdf.count(b"\r\nendstream"), told
        assert len(told) == len(lengths), told


def test_pyhanko_agrees_that_the_seal_covers_the_whole_file(sealed):
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    _, pdf = sealed
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    signature.compute_integrity_info()
    assert signature.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    assert signature.field_name == "Seal"
    signed = signature.signer_info["signed_attrs"]
    assert [one["type"].native for one in signed] == ["content_type", "message_digest", "signing_certificate_v2"]
    named = signed[2]["values"][0]["certs"][0]["cert_hash"].native
    assert named == hashlib.sha256(signature.signer_cert.dump()).digest()


@pytest.mark.parametrize("languages", [("en", "ml"), ("ml", "en"), ("hi", "en"), ("ur", "en"), ("sd", "en")])
@pytest.mark.parametrize("letter", ["certificate", "acknowledgement", "order", "receipt"])
def test_every_language_is_set_without_a_missing_letter(languages, letter, settle):
    done = issued(languages=languages, letter=letter)
    settle()
    pdf = queries.content(SYSTEM, done.document_id).content  # PDF/A-3a refuses a missing glyph: sealed means none
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"].lower().startswith(languages[0])
    assert len(reader.pages) == 1
    assert done.number in text_of(pdf)


def test_a_letter_holds_nothing_of_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    setter = ChildTypesetter(tmp_path)
    first, second = (
        handlers.letter_data(papers._composed(Document.objects.get(pk=issued(number).document_id)), "JS1:X", at=AT)
        for number in ("KL-INC-2026-1", "KL-INC-2026-2")
    )
    second["facts"] = json.loads(json.dumps(second["facts"]).replace("Ammini K. R.", "Someone Else"))

    def set_letter(data: dict) -> str:
        return text_of(setter.pdf("certificate", data, attached={"facts.json": b"{}"}, at=AT))

    try:
        told, other, again = set_letter(first), set_letter(second), set_letter(first)
        kept = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
        assert "Ammini" in told
        assert told == again
        assert second["number"] in other
        assert "Someone Else" in other
        assert not {"Ammini", first["number"], first["code"][:4]} & set(other.split())
        assert {path.name for path in kept} == {"typst.toml", "lib.typ"}, "a person's data lie on a disk"
    finally:
        setter.close()
    assert not list(tmp_path.iterdir())


def test_hearing_twice_seals_once(sealed):
    done, pdf = sealed
    handlers._seal(done.document_id, at=AT, proof="again")
    assert queries.content(SYSTEM, done.document_id).content == pdf
    with pytest.raises(Refusal, match="document_sealed_already"):
        actions.seal(
            by=SYSTEM, at=AT, key=key(), document_id=done.document_id, content=b"%PDF-other", key_id="x", qr=""
        )
    assert Blob.objects.count() == 1


def test_a_retired_key_seals_nothing(settle):
    done = issued()
    with pytest.raises(Refusal, match="document_key_retired"):
        actions.seal(by=SYSTEM, at=AT, key=key(), document_id=done.document_id, content=b"x", key_id="unknown", qr="")
    assert queries.state_of(done.document_id) == "to_seal"


def test_the_public_keys_are_written_for_offline_verifiers(sealed):
    _, pdf = sealed
    handlers.publish_keys(AT)
    text = (handlers.OPTIONS.data_dir / "keys" / "public_keys.json").read_text(encoding="utf-8")
    assert rules.read_sealed_file(pdf, rules.KeyRing.from_json(text)).outcome == "genuine"


def test_only_the_worker_seals(settle):
    done = issued()
    with pytest.raises(Refusal, match="not_found"):
        actions.seal(
            by=Actor.person(HOLDER), at=AT, key=key(), document_id=done.document_id, content=b"x", key_id="", qr=""
        )
    assert queries.state_of(done.document_id) == "to_seal"


def test_a_broken_letter_is_seen_and_mended(settle, tmp_path, monkeypatch):
    folder = tmp_path / "kl" / "services"
    folder.mkdir(parents=True)
    (folder / "letter.typ").write_text("#nonsense()", encoding="utf-8")
    typesetter = ChildTypesetter(tmp_path)
    monkeypatch.setattr(handlers, "typesetter", lambda: typesetter)
    done = issued(letter="kl/services/letter.typ")
    settle()
    assert [view.failure for view in queries.failed(SYSTEM)] == ["document_letter_broken"]
    with pytest.raises(Refusal, match="document_not_sealed"):
        queries.content(SYSTEM, done.document_id)
    (folder / "letter.typ").write_text(
        '#import "@janaseva/letter:1.0.0": *\n#show: order\n#statement()', encoding="utf-8"
    )
    actions.seal_again(by=SYSTEM, at=AT, key=key(), document_id=done.document_id)
    settle()
    assert queries.state_of(done.document_id) == "sealed"
    typesetter.close()


def test_a_document_waits_for_the_log(monkeypatch, settle):
    monkeypatch.setattr(handlers.ledger, "proof", lambda event_id, with_record: None)
    done = issued()
    settle()
    assert queries.state_of(done.document_id) == "to_seal"


def test_numbers_are_used_once():
    issued("KL-INC-2026-7")
    with pytest.raises(Refusal, match="document_number_taken"):
        issued("KL-INC-2026-7")
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    "letter", ["nonsense", "../../etc/passwd", "/etc/x.typ", "a/../b.typ", "a/.git/b.typ", "x.typ"]
)
def test_a_letter_outside_the_packs_is_refused(letter):
    with pytest.raises(Refusal, match="document_letter_unknown"):
        issued(letter=letter)


def test_a_retry_with_the_same_key_is_answered_alike():
    from tests.documents.acts import facts, issue

    given = {
        "by": SYSTEM, "at": AT, "key": key(), "story": uuid7(), "facts": facts(), "number": "N-1",
        "letter": "certificate", "languages": ["en"], "until": date(2027, 1, 1),
    }  # fmt: skip
    assert issue(**given) == issue(**given)
    assert Document.objects.count() == 1


def test_who_may_read(sealed):
    done, pdf = sealed
    assert queries.content(Actor.person(HOLDER), done.document_id).content == pdf
    assert queries.content(Actor.anyone(), done.document_id, story_visible=True).content == pdf
    for by in (Actor.anyone(), Actor.person(uuid7())):
        with pytest.raises(Refusal, match="not_found"):
            queries.content(by, done.document_id)
    assert [view.number for view in queries.documents_held(Actor.person(HOLDER))] == [done.number]
    assert queries.documents_held(Actor.person(uuid7())) == []


class TestTypesetter:
    """The letter's process: bounded, confined, replaceable."""

    DATA = {"languages": ["en"], "document_title": "T", "author": "A", "day": {"year": 2026, "month": 1, "day": 1}}

    def set_letter(self, tmp_path, text, seconds=2.0):
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / "letter.typ").write_text(text, encoding="utf-8")
        typesetter = ChildTypesetter(tmp_path, seconds=seconds)
        try:
            return typesetter.pdf("p/letter.typ", self.DATA, attached={}, at=AT)
        finally:
            typesetter.close()

    @pytest.mark.parametrize(
        "text",
        [
            '#read("/etc/passwd")',
            '#read("../secret")',
            '#read("/../../secret")',
            '#include "../../x.typ"',
            '#import "@preview/cetz:0.3.0"',
            '#import "@pre" + "view/cetz:0.3.0"',
            '#import "@janaseva/letter:9.9.9": *',
            '#plugin("/x.wasm")',
            "#panic()",
            "#let f(x) = f(x + 1)\n#f(1)",
            "#image(bytes((0, 1, 2)))",
        ],
    )
    def test_a_letter_reaches_nothing(self, tmp_path, text):
        (tmp_path / "secret").write_text("secret", encoding="utf-8")
        with pytest.raises(LetterError):
            self.set_letter(tmp_path, text)

    def test_a_letter_that_runs_for_ever_is_ended(self, tmp_path):
        with pytest.raises(LetterError, match="seconds"):
            self.set_letter(
                tmp_path, "#let n = 0\n#for i in range(30000) { for j in range(30000) { n += j } }", seconds=1.0
            )

    def test_a_letter_that_eats_memory_is_ended(self, tmp_path):
        with pytest.raises(LetterError):
            self.set_letter(tmp_path, '#let s = "xxxxxxxxxxxxxxxx"\n#for i in range(60) { s = s + s }', seconds=5.0)

    def test_after_a_fault_the_next_letter_is_set(self, tmp_path):
        (tmp_path / "p").mkdir()
        (tmp_path / "p" / "bad.typ").write_text("#for i in range(30000) { for j in range(30000) {} }", encoding="utf-8")
        (tmp_path / "p" / "good.typ").write_text("= Fine", encoding="utf-8")
        typesetter = ChildTypesetter(tmp_path, seconds=1.0)
        with pytest.raises(LetterError):
            typesetter.pdf("p/bad.typ", self.DATA, attached={}, at=AT)
        assert typesetter.pdf("p/good.typ", self.DATA, attached={}, at=AT).startswith(b"%PDF-1.7")
        typesetter.close()

    def test_what_a_killed_process_left_is_taken_away_and_nothing_that_is_in_use(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        other = subprocess.Popen(
            [sys.executable, "-c", "from janaseva.documents.adapters.typesetting import _Inbox as I; a = I(); input()"],
            stdin=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)},
        )  # fmt: skip
        end = time.monotonic() + 20
        while not list(tmp_path.glob("janaseva-letter-*/janaseva/data/1.0.0/data.json")):
            assert time.monotonic() < end
            time.sleep(0.02)
        (used,) = tmp_path.glob("janaseva-letter-*")
        (tmp_path / "janaseva-letter-file").write_text("no folder")
        (tmp_path / "elsewhere" / "kept").mkdir(parents=True)
        (tmp_path / "janaseva-letter-link").symlink_to(tmp_path / "elsewhere")
        first = _Inbox()
        assert used.exists(), "its process lives"
        other.kill()
        other.communicate()
        second = _Inbox()
        assert not used.exists()
        assert first.packages.exists()
        first.close()
        second.close()
        left = {path.name for path in tmp_path.iterdir()}
        assert left == {"janaseva-letter-file", "janaseva-letter-link", "elsewhere"}
        assert (tmp_path / "elsewhere" / "kept").exists()

    def test_the_fake_behaves_alike(self):
        assert FakeTypesetter().pdf("certificate", {"number": "1"}, attached={}, at=AT).startswith(b"%PDF")
        with pytest.raises(LetterError):
            FakeTypesetter().pdf("order", {"number": "1"}, attached={}, at=AT)
