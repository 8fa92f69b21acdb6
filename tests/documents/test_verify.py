"""Whether a document is genuine: each forgery and each accident has its own clear answer."""

import contextlib
import io
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from janaseva.cli.verify import command
from janaseva.core.action import action, allow
from janaseva.core.ids import uuid7
from janaseva.core.refusal import Refusal
from janaseva.core.words import find
from janaseva.documents import handlers, queries, rules, steps
from janaseva.documents.adapters.signing import FileSigner, make_keys
from janaseva.documents.models import Document
from janaseva.documents.queries import papers
from janaseva.documents.rules.qr import base45, from_base45
from janaseva.ledger import steps as ledger
from tests.documents.acts import AT, SYSTEM, issued, key, revoke

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def outcome(content: bytes, at: datetime = AT) -> str:
    return queries.verify_file(content, at=at).outcome


@pytest.fixture
def forger(tmp_path):
    make_keys(tmp_path / "forger", at=AT, issuer="Kerala")
    return FileSigner(tmp_path / "forger", issuer="Kerala")


class TestFile:
    def test_genuine(self, sealed):
        done, pdf = sealed
        verdict = queries.verify_file(pdf, at=AT)
        assert verdict.outcome == "genuine"
        assert verdict.is_valid
        assert verdict.number == done.number
        assert verdict.facts["income"] == "INR 120000"
        assert {check.result for check in verdict.checks} == {"passed"}

    @pytest.mark.parametrize("place", [0.02, 0.2, 0.4, 0.6, 0.8])
    def test_altered(self, sealed, place):
        _, pdf = sealed
        forged = bytearray(pdf)
        forged[int(len(pdf) * place)] ^= 1
        assert outcome(bytes(forged)) in ("altered", "not_ours")
        assert outcome(bytes(forged)) == "altered"

    @pytest.mark.parametrize(
        "more", [b"\n", b" ", b"%%EOF\n", b"\x00" * 100, b"1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n%%EOF\n"]
    )
    def test_appended(self, sealed, more):
        _, pdf = sealed
        assert outcome(pdf + more) == "appended"

    def test_appended_revision(self, sealed):
        _, pdf = sealed
        writer = PdfWriter(io.BytesIO(pdf), incremental=True)
        writer.add_metadata({"/Title": "Other"})
        out = io.BytesIO()
        writer.write(out)
        assert outcome(out.getvalue()) == "appended"

    def test_appended_second_seal(self, sealed, forger):
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers

        _, pdf = sealed
        twice = signers.PdfSigner(signers.PdfSignatureMetadata(field_name="Other"), forger._hanko).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf))
        )
        assert outcome(twice.getvalue()) == "appended"

    def test_truncated(self, sealed):
        _, pdf = sealed
        assert outcome(pdf[:-10]) == "altered"

    def test_prefixed(self, sealed):
        _, pdf = sealed
        assert outcome(b"%PDF-1.7\n" + pdf) in ("altered", "not_ours")
        assert outcome(b"x" + pdf) == "not_ours"

    def test_other_key(self, sealed, forger, monkeypatch):
        done, _ = sealed
        row = Document.objects.get(pk=done.document_id)
        monkeypatch.setattr(handlers, "signer", lambda: forger)
        waiting = queries.ToSeal(composed=papers._composed(row), letter=row.letter, story=row.story)
        forged, code = handlers.typeset_and_sign(waiting, at=AT, proof="")
        assert outcome(forged) == "unknown_key"
        assert queries.verify_qr(code, at=AT).outcome == "unknown_key"

    def test_number_reused(self, sealed):
        done, _ = sealed
        row = Document.objects.get(pk=done.document_id)
        other = replace(papers._composed(row), document_id=uuid7(), facts={"holder": {"name": "Another"}})
        forged, code = handlers.typeset_and_sign(
            queries.ToSeal(composed=other, letter="certificate", story=uuid7()), at=AT, proof=""
        )
        assert outcome(forged) == "number_reused"
        assert queries.verify_qr(code, at=AT).outcome == "number_reused"

    def test_sealed_but_not_what_the_record_holds(self, sealed):
        done, _ = sealed
        row = Document.objects.get(pk=done.document_id)
        other = replace(papers._composed(row), facts={"holder": {"name": "Another"}})
        forged, code = handlers.typeset_and_sign(
            queries.ToSeal(composed=other, letter="certificate", story=uuid7()), at=AT, proof=""
        )
        assert outcome(forged) == "record_differs"
        assert queries.verify_qr(code, at=AT).outcome == "record_differs"
        unknown = replace(papers._composed(row), document_id=uuid7(), number="NEVER-ISSUED")
        forged, _ = handlers.typeset_and_sign(
            queries.ToSeal(composed=unknown, letter="certificate", story=uuid7()), at=AT, proof=""
        )
        assert outcome(forged) == "record_differs"

    def test_expired_and_not_yet_valid(self, sealed):
        _, pdf = sealed
        assert outcome(pdf, AT + timedelta(days=365)) == "expired"
        assert outcome(pdf, AT - timedelta(days=2)) == "not_yet_valid"
        assert outcome(pdf, datetime(2027, 11, 22, 18, 29, tzinfo=UTC)) == "genuine"  # the last day, in India
        assert outcome(pdf, datetime(2027, 11, 22, 18, 31, tzinfo=UTC)) == "expired"

    def test_revoked(self, sealed):
        done, pdf = sealed
        revoke(by=SYSTEM, at=AT, key=key(), document_id=done.document_id, reason="obtained_by_fraud")
        verdict = queries.verify_file(pdf, at=AT)
        assert (verdict.outcome, verdict.revoked_at, verdict.revoked_reason) == ("revoked", AT, "obtained_by_fraud")
        code = Document.objects.get(pk=done.document_id).qr
        assert queries.verify_qr(code, at=AT).outcome == "revoked"
        assert queries.verify_number(done.number, done.code, at=AT).outcome == "revoked"
        assert queries.state_of(done.document_id) == "revoked"
        with pytest.raises(Refusal, match="document_revoked_already"):
            revoke(by=SYSTEM, at=AT, key=key(), document_id=done.document_id, reason="replaced")

    def test_an_end_needs_a_known_reason(self, sealed):
        done, _ = sealed
        with pytest.raises(Refusal, match="document_revocation_reason"):
            revoke(by=SYSTEM, at=AT, key=key(), document_id=done.document_id, reason="whim")
        assert queries.state_of(done.document_id) == "sealed"

    @pytest.mark.parametrize("content", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"\xff\xd8\xff", b"hello", b"%PDF-" * 1000])
    def test_what_is_not_ours(self, content, db):
        assert outcome(content) in ("not_ours", "unreadable")

    def test_malformed_seals_never_raise(self, sealed):
        _, pdf = sealed
        start = pdf.index(b"/Contents <") + 11
        for junk in (b"00", b"ff" * 40, b"30820102", b"3080", b"zz", b"a"):
            assert outcome(pdf[:start] + junk + pdf[start + len(junk) :]) in ("altered", "unknown_key")

    def test_mutations_are_never_genuine(self, sealed):
        _, pdf = sealed
        chance = random.Random(7)
        for _ in range(150):
            forged = bytearray(pdf)
            place = chance.randrange(len(pdf))
            forged[place] ^= 1 << chance.randrange(8)
            assert outcome(bytes(forged)) != "genuine", place


class TestLog:
    """The proof inside the file is checked without any network."""

    def read(self, pdf, **changes):
        return replace(rules.read_sealed_file(pdf, queries.key_ring()), **changes)

    def test_the_proof_is_of_these_facts(self, sealed):
        _, pdf = sealed
        ring = queries.key_ring()
        assert ring.log
        assert rules.log_check(self.read(pdf), ring.log) == "passed"
        assert rules.log_check(self.read(pdf, facts_sha256="0" * 64), ring.log) == "failed"
        assert rules.log_check(self.read(pdf, facts={"document_id": "x"}), ring.log) == "failed"
        proof = self.read(pdf).log_proof
        assert rules.log_check(self.read(pdf, log_proof=proof.replace("index 0", "index 7")), ring.log) == "failed"
        for log_proof, log in (("", ring.log), ("junk", ring.log), (proof, ""), (proof, "junk")):
            assert rules.log_check(self.read(pdf, log_proof=log_proof), log) == "unchecked"

    def test_a_sealed_file_that_the_log_contradicts_is_not_genuine(self, sealed):
        _, pdf = sealed
        ring = queries.key_ring()
        contradicted = self.read(pdf, facts_sha256="0" * 64)
        assert rules.judge_file_alone(contradicted, log=ring.log, today=AT.date()).outcome == "record_differs"


class TestNumber:
    def test_number_and_code(self, sealed):
        done, _ = sealed
        assert queries.verify_number(done.number, done.code, at=AT).outcome == "genuine"
        assert queries.verify_number(f" {done.number} ", done.code.lower(), at=AT).outcome == "genuine"
        spaced = f"{done.code[:4]} {done.code[4:]}"
        assert queries.verify_number(done.number, spaced, at=AT).outcome == "genuine"
        for number, code in (
            (done.number, "00000000"),
            ("X-1", done.code),
            (done.number, ""),
            ("", ""),
            ("é\0", "é"),
            ("\ud800", "\ud800"),
        ):
            verdict = queries.verify_number(number, code, at=AT)
            assert (verdict.outcome, verdict.facts, verdict.number) == ("not_found", {}, "")

    def test_before_the_seal(self, db):
        done = issued()
        assert queries.verify_number(done.number, done.code, at=AT).outcome == "not_sealed"


class TestCode:
    def test_genuine_alone_and_beside_the_record(self, sealed):
        done, _ = sealed
        text = Document.objects.get(pk=done.document_id).qr
        assert text.startswith("JS1:")
        assert queries.verify_qr(text, at=AT).outcome == "genuine"
        alone = rules.judge_qr_alone(rules.read_qr(text, queries.key_ring()), today=AT.date())
        assert (alone.outcome, alone.number, alone.facts) == ("genuine", done.number, {"income": "INR 120000"})
        assert alone.holder == "Ammini K. R."
        assert [check.name for check in alone.checks if check.result == "unchecked"] == ["record", "revocation"]

    def test_mutations(self, sealed):
        done, _ = sealed
        text = Document.objects.get(pk=done.document_id).qr
        letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
        chance = random.Random(3)
        seen = set()
        for _ in range(300):
            place = chance.randrange(len(text))
            match chance.randrange(4):
                case 0:
                    forged = text[:place] + chance.choice(letters) + text[place + 1 :]
                case 1:
                    forged = text[:place] + text[place + 1 :]
                case 2:
                    forged = text[:place] + chance.choice(letters) + text[place:]
                case _:
                    forged = text[:place]
            if forged == text:
                continue
            seen.add(queries.verify_qr(forged, at=AT).outcome)
        assert "genuine" not in seen
        assert seen <= {"altered", "unknown_key", "unreadable", "not_ours"}

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "JS1:",
            "JS1:::::",
            "HC1:ABC",
            "https://verify.example/?n=1",
            "JS1:" + "0" * 5000,
            "JS1:é",
            "js1:abc",
            "\0",
        ],
    )
    def test_strange_texts(self, text, db):
        assert queries.verify_qr(text, at=AT).outcome in ("not_ours", "unreadable")

    def test_an_algorithm_cannot_be_talked_down(self, sealed):
        import cbor2

        done, _ = sealed
        text = Document.objects.get(pk=done.document_id).qr
        protected, _, payload, signature = cbor2.loads(from_base45(text.removeprefix("JS1:")))
        header = cbor2.loads(protected)
        for forged in ({**header, 1: 5}, {**header, 1: 0}, {4: header[4]}, {**header, 2: [99]}):
            parts = [cbor2.dumps(forged, canonical=True), {}, payload, signature]
            told = "JS1:" + base45(cbor2.dumps(parts, canonical=True))
            assert queries.verify_qr(told, at=AT).outcome == "unreadable"


@given(st.binary(max_size=300))
def test_base45_goes_there_and_back(data):
    assert from_base45(base45(data)) == data


@given(st.text(max_size=60))
def test_base45_never_surprises(text):
    with contextlib.suppress(ValueError):
        assert base45(from_base45(text)) == text


def test_every_outcome_is_worded():
    for language in ("en", "ml", "hi", "ur", "sd"):
        for name in rules.OUTCOMES:
            assert find(f"verdict.{name}", language)


@action
def _erase(*, by, at, key, story) -> None:
    allow(rules.may_seal(by))
    steps.erase(by=by, at=at, story=story)
    ledger.erase(by=by, at=at, story=story)


def test_what_was_erased_is_shown_by_file_and_code_and_no_more_by_number(sealed):
    done, pdf = sealed
    row = Document.objects.get(pk=done.document_id)
    _erase(by=SYSTEM, at=AT, key=key(), story=row.story)
    held = Document.objects.get(pk=done.document_id)
    assert (held.qr, held.blob_id, held.sha256, bool(held.erased_at)) == ("", None, row.sha256, True)
    by_file, by_code = queries.verify_file(pdf, at=AT), queries.verify_qr(row.qr, at=AT)
    assert (by_file.outcome, by_file.facts["income"], bool(by_file.erased_at)) == ("genuine", "INR 120000", True)
    assert (by_code.outcome, by_code.facts["income"]) == ("genuine", "INR 120000")
    by_number = queries.verify_number(done.number, done.code, at=AT)
    assert (by_number.outcome, by_number.is_valid, by_number.rows) == ("erased", False, ())
    assert queries.verify_number(done.number, "0" * 8, at=AT).outcome == "not_found"
    revoke(by=SYSTEM, at=AT, key=key(), document_id=done.document_id, reason="obtained_by_fraud")
    assert queries.verify_number(done.number, done.code, at=AT).outcome == "revoked"
    assert queries.verify_file(pdf, at=AT).outcome == "revoked"


class TestCommand:
    def run(self, *arguments):
        return CliRunner().invoke(command, [str(argument) for argument in arguments])

    def test_file_with_keys_alone(self, sealed, tmp_path):
        done, pdf = sealed
        (tmp_path / "keys.json").write_text(queries.key_ring().to_json(), encoding="utf-8")
        (tmp_path / "good.pdf").write_bytes(pdf)
        (tmp_path / "bad.pdf").write_bytes(pdf + b"\n")
        Document.objects.none()
        result = self.run(tmp_path / "good.pdf", "--keys", tmp_path / "keys.json", "--json")
        told = json.loads(result.output)
        expected = "genuine" if date(2026, 11, 23) <= datetime.now(UTC).date() <= date(2027, 11, 22) else None
        if expected:
            assert (result.exit_code, told["outcome"], told["valid"]) == (0, "genuine", True)
        assert told["number"] == done.number
        result = self.run(tmp_path / "bad.pdf", "--keys", tmp_path / "keys.json")
        assert result.exit_code == 1
        assert "added after our seal" in result.output

    def test_beside_the_record(self, sealed, tmp_path):
        _, pdf = sealed
        (tmp_path / "good.pdf").write_bytes(pdf)
        result = self.run(tmp_path / "good.pdf", "--json")
        assert json.loads(result.output)["outcome"] in ("genuine", "not_yet_valid", "expired")
        assert self.run(tmp_path / "good.pdf", "--language", "ur").output

    def test_what_cannot_be_told(self, tmp_path, db):
        (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
        (tmp_path / "keys.json").write_text("{}", encoding="utf-8")
        assert self.run(tmp_path / "x.pdf").exit_code == 2
        assert self.run(tmp_path / "x.pdf", "--keys", tmp_path / "keys.json").exit_code == 2
        assert self.run().exit_code == 2

    def test_a_key_file_cannot_lie_about_ids(self, sealed):
        tree = json.loads(queries.key_ring().to_json())
        tree["keys"][0]["key_id"] = "0" * 16
        with pytest.raises(ValueError, match="is not the key"):
            rules.KeyRing.from_json(json.dumps(tree))
