"""How the platform tells how it is: each part forced to fail once, figures for who may ask, lines without people."""

import json
import logging
import re
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError, OperationalError
from django.test import Client

from janaseva.core import promises
from janaseva.core.actor import Actor
from janaseva.core.logs import JsonLines
from janaseva.core.postgresql import lending
from janaseva.core.text import LANGUAGES
from janaseva.core.words import say
from janaseva.gateway.health import looking
from janaseva.ledger import actions, queries
from janaseva.monitor.queries import Standing
from janaseva.settings import OPTIONS

CANARY = "Zebrafinch Quagga"

pytestmark = pytest.mark.django_db


def _refusing(error):
    raise error


def _parts(at):
    return {part.name: part for part in looking.looked_at(at)}


def _raising(*_):
    raise OperationalError(CANARY)


def _worker(**changed):
    from dataclasses import replace

    real = queries.worker_status()
    return lambda: replace(real, **changed)


def _backup(at, *, hours=1.0, proof_days=1.0, findings=0):
    made, proven = at - timedelta(hours=hours), at - timedelta(days=proof_days)
    return lambda: queries.BackupStanding(made_at=made, log_size=1, verified_at=proven, findings=findings)


def _ending(at, *, days):
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, at - timedelta(days=1), at + timedelta(days=days))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


FORCED = {
    "database": lambda at, patch: patch(looking, "LOOKS", (("database", _raising), *looking.LOOKS[1:])),
    "record": lambda at, patch: patch(promises, "_looks", [lambda: "record_behind"]),
    "quorum": lambda at, patch: patch(looking, "weaknesses", lambda: ("fsync is off",)),
    "pooler": lambda at, patch: patch(lending, "_found", [False]),
    "clock": lambda at, patch: patch(looking, "CLOCK_OFFSET", timedelta(seconds=-1)),
    "log": lambda at, patch: patch(looking.ledger, "unpublished_seconds", lambda _: 61),
    "queue": lambda at, patch: patch(looking.ledger, "worker_status", _worker(oldest_due_at=at - timedelta(minutes=6))),
    "failed": lambda at, patch: patch(looking.ledger, "worker_status", _worker(dead=1)),
    "backup": lambda at, patch: patch(looking.ledger, "backup_standing", _backup(at, hours=27)),
    "incidents": lambda at, patch: patch(
        looking.monitor, "standing", lambda *_: Standing(open=1, late=1, next_due=None)
    ),
    "disk": lambda at, patch: patch(looking, "LEAST_DISK_BYTES", 2**80),
    "scanner": lambda at, patch: patch(looking.documents, "scanner_answers", lambda: (False, None)),
    "certificates": lambda at, patch: patch(looking.documents, "seal_certificates", lambda: [_ending(at, days=29)]),
}
SERVE = {"pooler", "scanner", "log", "queue", "failed", "backup", "incidents", "disk", "certificates"}


@pytest.mark.parametrize("name", FORCED)
def test_each_part_can_fail_and_only_what_cannot_be_done_without_ends_service(name, at, monkeypatch):
    monkeypatch.setattr(looking, "weaknesses", lambda: ())  # the tests' own server is not durable
    monkeypatch.setattr(looking.ledger, "backup_standing", _backup(at))
    monkeypatch.setattr(looking, "CLOCK_OFFSET", timedelta(days=10_000))  # a test's moment is not the server's
    assert not any(part.wrong for part in looking.looked_at(at))
    FORCED[name](at, monkeypatch.setattr)
    parts = _parts(at)
    assert parts[name].wrong
    assert parts[name].serves is (name in SERVE)
    monkeypatch.setattr("janaseva.gateway.health.views.at", lambda _: at)
    response = Client().get("/ready")
    assert response.status_code == (200 if name in SERVE else 503)
    assert response.json()[name] != "ok"
    assert CANARY not in response.content.decode()
    assert Client().get("/health").status_code == 200


def test_a_backup_is_judged_by_its_age_its_proof_and_what_that_found(at, monkeypatch):
    for given in ({"proof_days": 9}, {"findings": 2}):
        monkeypatch.setattr(looking.ledger, "backup_standing", _backup(at, **given))
        assert _parts(at)["backup"].wrong
    monkeypatch.undo()
    assert "ever" in _parts(at)["backup"].wrong
    by, facts = Actor.system("test"), {"backup": "a", "kind": "full", "manifest": "0" * 64, "size_bytes": 1}
    for key in ("a", "a"):
        actions.note_backup(by=by, at=at, key=key, log_size=7, **facts)
    actions.note_backup_verified(by=by, at=at, key="b", backup="a", log_size=7, findings=0)
    assert not _parts(at)["backup"].wrong
    assert queries.backup_standing().log_size == 7
    assert len(queries.story(by, UUID(int=2))) == 2


def test_the_certificate_that_ends_first_is_told_and_one_that_cannot_be_read(at, monkeypatch, tmp_path):
    monkeypatch.setattr(looking.documents, "seal_certificates", lambda: [_ending(at, days=400)])
    good, soon = tmp_path / "good.pem", tmp_path / "soon.pem"
    good.write_text(_ending(at, days=90))
    soon.write_text(_ending(at, days=200) + _ending(at, days=20))

    def told(*paths):
        monkeypatch.setattr(OPTIONS, "certificates", list(paths))
        part = _parts(at)["certificates"]
        assert part.serves
        return part.wrong, round(dict(part.figures)["certificate_left_seconds"] / 86_400)

    assert told() == ("", 400)
    assert told(good) == ("", 90)
    wrong, days = told(good, soon)
    assert ("soon.pem" in wrong, days) == (True, 20)
    assert told(tmp_path / "none.pem") == ("none.pem cannot be read: FileNotFoundError", 400)
    soon.write_text("-----BEGIN CERTIFICATE-----\nnonsense")
    assert told(soon, good) == ("soon.pem cannot be read: ValueError", 90)


def test_nobody_but_the_system_tells_of_backups(at):
    from janaseva.core.refusal import Refusal

    with pytest.raises(Refusal, match="not_permitted"):
        actions.note_backup_verified(by=Actor.anyone(), at=at, key="x", backup="a", log_size=0, findings=0)


def test_figures_are_for_who_may_ask(monkeypatch):
    assert Client().get("/metrics").status_code == 404
    monkeypatch.setattr(OPTIONS, "metrics_token", "a-long-token")
    for header in ("", "Bearer ", "Bearer another", "Bearer a-long-tokenx"):
        assert Client().get("/metrics", headers={"Authorization": header}).status_code == 404
    told = Client().get("/metrics", headers={"Authorization": "Bearer a-long-token"}).content.decode()
    assert 'janaseva_ok{part="database"} 1.0' in told
    assert re.search(r"^janaseva_queue_waiting 0\.0$", told, re.MULTILINE)
    monkeypatch.setattr(OPTIONS, "metrics_token", "")
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    monkeypatch.setattr(OPTIONS, "metrics_addresses", ["127.0.0.0/8"])
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="10.1.2.3").get("/metrics").status_code == 404


@pytest.mark.parametrize(("age", "old"), [(timedelta(days=6), False), (timedelta(days=8), True), (None, True)])
def test_old_signatures_of_the_scanner_are_told(at, monkeypatch, age, old):
    monkeypatch.setattr(looking.documents, "scanner_answers", lambda: (True, at - age if age else None))
    assert bool(_parts(at)["scanner"].wrong) == old


def test_every_figure_is_told_in_the_handbook(at, monkeypatch):
    from tests.house.source import TREE

    monkeypatch.setattr(looking.documents, "scanner_answers", lambda: (True, at))

    handbook = (TREE / "docs" / "operations" / "watching.md").read_text(encoding="utf-8")
    named = {f"janaseva_{name}" for part in looking.looked_at(at) for name, _ in part.figures}
    assert not {name for name in named if f"`{name}`" not in handbook}


@pytest.mark.once
@pytest.mark.parametrize("language", LANGUAGES)
def test_in_safe_mode_pages_say_so_and_what_is_sent_is_refused(language, monkeypatch):
    monkeypatch.setattr(promises, "_looks", [lambda: "record_behind"])
    title = say("design.error.paused.title", language)
    told = Client().get("/status/", {"lang": language})
    assert title in told.content.decode()
    assert say("portal.status.state.stopped", language) in told.content.decode()
    before = queries.worker_status().log_size, len(queries.story(Actor.system("test"), UUID(int=2)))
    sent = Client().post(
        "/sign-in/", {"phone": "+919400000001", "key": "k", "lang": language}, query_params={"lang": language}
    )
    assert sent.status_code == 503
    assert say("refusal.record_behind", language) in sent.content.decode()
    assert (queries.worker_status().log_size, len(queries.story(Actor.system("test"), UUID(int=2)))) == before


@pytest.mark.once
def test_while_receipts_are_given_the_server_stays_in_service_and_pages_say_what_can_be_done(at, monkeypatch):
    monkeypatch.setattr(promises, "_looks", [lambda: "log_late"])
    assert _parts(at)["record"].serves
    assert ("safe_mode_receives", 1.0) in _parts(at)["record"].figures
    told = Client().get("/status/").content.decode()
    assert say("design.error.paused.receiving", "en") in told
    assert say("portal.status.state.receiving", "en") in told
    assert say("design.error.paused.title", "en") not in told


@pytest.mark.once
def test_log_lines_hold_nothing_that_a_person_gave():
    lines = []
    handler = logging.Handler()
    handler.setFormatter(JsonLines())
    handler.emit = lambda record: lines.append(handler.format(record))
    log = logging.getLogger("janaseva.test.lines")
    log.addHandler(handler)
    error = IntegrityError(f"DETAIL: Key (name)=({CANARY}) exists")
    try:
        _refusing(error)
    except IntegrityError:
        log.exception("could not be kept")
    log.error("%s happened", error)
    log.error(error)
    log.error("a\nforged line %s", "x\ny")
    log.error("Internal Server Error: %s", f"/track/?name={CANARY}")
    log.removeHandler(handler)
    told = [json.loads(line) for line in lines]
    assert all("\n" not in line for line in lines)
    assert told[0]["exception"] == "IntegrityError"
    assert told[0]["places"]
    assert [one["message"] for one in told[1:3]] == ["IntegrityError happened", "IntegrityError"]
    assert told[3]["message"] == "a forged line x y"
    assert told[4]["message"] == "Internal Server Error: /track/"
    assert CANARY not in "".join(lines)
