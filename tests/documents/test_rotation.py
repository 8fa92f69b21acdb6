"""Keys take over from keys: what was sealed stays genuine, and whoever seals goes on with the new ones."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.documents import actions, handlers, queries, rules
from janaseva.documents.adapters.signing import FileSigner, make_keys, replace_keys
from janaseva.documents.models import Document
from janaseva.documents.queries import verifying
from janaseva.ledger import rules as ledger_rules
from tests.documents.acts import AT, SYSTEM, issued, key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def outcome(content: bytes) -> str:
    return queries.verify_file(content, at=AT).outcome


class TestRotation:
    def test_what_the_old_key_sealed_stays_genuine(self, sealed, settle, tmp_path, monkeypatch):
        done, pdf = sealed
        before = queries.key_ring()
        folder = tmp_path / "keys"
        make_keys(folder, at=AT, issuer="Kerala")
        fresh = FileSigner(folder, issuer="Kerala")
        monkeypatch.setattr(handlers, "signer", lambda: fresh)
        handlers.prepare(AT + timedelta(hours=1))
        second = issued("KL-INC-2026-2")
        settle(AT + timedelta(hours=2))
        new = queries.content(SYSTEM, second.document_id).content
        assert outcome(pdf) == outcome(new) == "genuine"
        assert len(queries.key_ring().keys) == len(before.keys) + 2
        actions.distrust_key(
            by=SYSTEM, at=AT, key=key(), key_id=Document.objects.get(pk=done.document_id).key_id, since=AT
        )
        assert outcome(pdf) == "unknown_key"
        assert outcome(new) == "genuine"

    def test_a_worker_that_runs_goes_on_with_the_new_keys(self, sealed, settle, tmp_path, monkeypatch):
        done, pdf = sealed
        old = Document.objects.get(pk=done.document_id).key_id
        monkeypatch.setattr(handlers, "key_folder", lambda: tmp_path)
        handlers.prepare(AT)
        first = handlers.signer().seal_key.key_id
        handlers.rotate(AT + timedelta(hours=1))
        third = issued("KL-INC-2026-3")
        settle(AT + timedelta(hours=2))
        by = Document.objects.get(pk=third.document_id).key_id
        assert by == handlers.signer().seal_key.key_id
        assert by not in (first, old)
        assert outcome(queries.content(SYSTEM, third.document_id).content) == outcome(pdf) == "genuine"
        retired = queries.key_ring().find(first, "seal")
        assert retired.trusted_at(AT + timedelta(hours=1, minutes=59))
        assert not retired.trusted_at(AT + timedelta(hours=2, minutes=1))

    def test_in_a_device_the_key_is_made_there(self, monkeypatch):
        monkeypatch.setattr(handlers.OPTIONS, "pkcs11_module", "/usr/lib/none.so")
        with pytest.raises(handlers.KeyInDeviceError):
            handlers.rotate(AT)

    def test_a_proof_under_an_earlier_key_of_the_log_is_checked(self, sealed):
        _, pdf = sealed
        line = queries.key_ring().log
        other = ledger_rules.verifier_of("log.example/log", ledger_rules.PrivateKey.generate()).text()
        for log, expected in ((f"{other}\n{line}", "passed"), (other, "unchecked"), ("nonsense", "unchecked")):
            assert rules.log_check(rules.read_sealed_file(pdf, queries.key_ring()), log) == expected

    def test_a_certificate_of_another_key_is_not_signed_with(self, tmp_path):
        make_keys(tmp_path, at=AT, issuer="x")
        make_keys(tmp_path / "other", at=AT, issuer="x")
        (tmp_path / "other" / "certificate.pem").replace(tmp_path / "certificate.pem")
        with pytest.raises(ValueError, match="not of"):
            FileSigner(tmp_path, issuer="x")

    def test_set_aside(self, tmp_path):
        make_keys(tmp_path, at=AT, issuer="x")
        old = FileSigner(tmp_path, issuer="x").seal_key.key_id
        make_keys(tmp_path, at=AT, issuer="x")
        assert FileSigner(tmp_path, issuer="x").seal_key.key_id == old
        replace_keys(tmp_path, at=AT, issuer="x")
        assert FileSigner(tmp_path, issuer="x").seal_key.key_id != old
        assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


class TestRing:
    """By which keys codes are verified: read every five seconds, for they change a few times in years."""

    @pytest.fixture
    def code(self, sealed):
        return Document.objects.get(pk=sealed[0].document_id).qr

    @pytest.fixture
    def seconds(self, monkeypatch):
        """Move this process's clock on by hand."""
        now = [1000.0]
        monkeypatch.setattr(verifying.time, "monotonic", lambda: now[0])
        return lambda more: now.__setitem__(0, now[0] + more)

    def test_they_are_read_once_in_five_seconds(self, code, seconds):
        asked = []
        for wait in (0, 4.9, 0.2):
            seconds(wait)
            with CaptureQueriesContext(connection) as said:
                assert queries.verify_qr(code, at=AT).outcome == "genuine"
            asked.append(sum("documents_key" in one["sql"] for one in said))
        assert asked == [1, 0, 1]

    def test_elsewhere_a_key_is_believed_for_five_seconds_after_it_was_distrusted(self, code, seconds, monkeypatch):
        assert queries.verify_qr(code, at=AT).outcome == "genuine"
        key_id = next(one.key_id for one in queries.key_ring().keys.values() if one.use == "qr")
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(actions.queries, "forget_ring", lambda: None)
            actions.distrust_key(by=SYSTEM, at=AT, key=key(), key_id=key_id, since=AT)
        assert queries.verify_qr(code, at=AT).outcome == "genuine"
        seconds(5)
        assert queries.verify_qr(code, at=AT).outcome == "unknown_key"

    def test_where_a_key_is_distrusted_it_is_believed_no_more_at_once(self, code, seconds):
        assert queries.verify_qr(code, at=AT).outcome == "genuine"
        key_id = next(one.key_id for one in queries.key_ring().keys.values() if one.use == "qr")
        actions.distrust_key(by=SYSTEM, at=AT, key=key(), key_id=key_id, since=AT)
        assert queries.verify_qr(code, at=AT).outcome == "unknown_key"

    def test_a_new_key_is_known_at_once(self, code, seconds, monkeypatch):
        with monkeypatch.context() as before:
            before.setattr(verifying, "_keys", lambda: rules.KeyRing.of([]))
            verifying._ring_lately()  # as it was read before there was any key
        assert queries.verify_qr(code, at=AT).outcome == "genuine"
