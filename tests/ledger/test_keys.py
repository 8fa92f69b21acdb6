"""The log's key is replaced while work goes on: both sign for a time, all that was signed before still verifies."""

from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from janaseva.cli import keys as cli
from janaseva.cli import log as log_cli
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger import actions, adapters, queries, rules
from janaseva.ledger.handlers import LogBrokenError, auditing, own_verifiers, publishing
from janaseva.ledger.models import Event
from tests.ledger.acts import attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(tmp_path, monkeypatch):
    held = adapters.FileKey(tmp_path / "keys" / "log_key.pem")
    for part in (publishing, auditing):
        monkeypatch.setattr(part, "key_store", lambda: held)
    monkeypatch.setattr(cli.ledger, "key_store", lambda: held)
    return held


def _act(at):
    attempt(by=Actor.system("test"), at=at, key=str(uuid4()), count=1)
    publishing.publish(at)
    return Event.objects.order_by("-pk").values_list("pk", flat=True)[0]


def _opens(line):
    try:
        return rules.open_checkpoint(queries.checkpoint(), rules.Verifier.parse(line)).size
    except rules.NoteError:
        return 0


def _wrong():
    return [found.code for found in auditing.audit()]


def test_both_keys_sign_until_the_overlap_ends_and_old_proofs_verify(at, later, key_file):
    with pytest.raises(LogBrokenError):
        publishing.rotate_key(at)
    early = _act(at)
    old = queries.verifier()
    old_proof = queries.proof(early)
    done = CliRunner().invoke(cli.command, ["rotate", "log"])
    assert done.exit_code == 0, done.output
    new = queries.verifiers()[0]
    assert new in done.output
    assert queries.verifiers() == [new, old]
    assert own_verifiers().splitlines() == [new, old]
    assert _wrong() == [], "signed by the old key alone until something is published"
    publishing.publish(later(hours=1))
    assert _opens(old) == _opens(new) > 0
    assert queries.verifier() == new
    assert _wrong() == []
    assert CliRunner().invoke(cli.command, ["end-overlap"]).exit_code == 0
    _act(later(hours=2))
    assert (_opens(old), _opens(new) > 0, _wrong()) == (0, True, [])
    leaf = queries.leaf(early)
    assert rules.prove(old_proof, leaf=leaf, verifier=rules.Verifier.parse(old)).size
    assert rules.prove(queries.proof(early), leaf=leaf, verifier=rules.Verifier.parse(new)).size
    assert key_file.retiring() is None
    told = CliRunner().invoke(cli.command, ["list"]).output
    assert f"{new}  signs" in told
    assert f"{old}  ended" in told
    assert CliRunner().invoke(log_cli.command, ["verify", "--rows-only", "--verifier", old]).exit_code == 1


@pytest.mark.parametrize("cut", ["note_log_key", "take_over"])
def test_a_rotation_that_was_cut_short_is_ended_by_the_next(cut, at, key_file, monkeypatch):
    def fell(*_, **__):
        raise OSError

    _act(at)
    old = queries.verifier()
    where = actions if cut == "note_log_key" else key_file
    with monkeypatch.context() as patched:
        patched.setattr(where, cut, fell)
        with pytest.raises(OSError):
            publishing.rotate_key(at)
    _act(at + timedelta(minutes=1))
    assert _opens(old)
    new = publishing.rotate_key(at)
    _act(at + timedelta(minutes=2))
    assert queries.verifiers() == [new, old]
    assert _opens(new)
    assert len(queries.story(Actor.system("test"), rules.LOG_KEYS)) == 1
    assert all(path.stat().st_mode & 0o077 == 0 for path in key_file.path.parent.iterdir())


def test_nobody_else_tells_of_keys(at):
    with pytest.raises(Refusal, match="not_permitted"):
        actions.note_log_key(by=Actor.anyone(), at=at, key="x", verifier="a", before="b")
    assert queries.verifiers() == []
