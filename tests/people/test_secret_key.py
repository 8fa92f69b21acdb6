"""The secret key is changed while people sign in: nobody is shut out, and the former key is destroyed in the end."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from janaseva.cli import keys as cli
from janaseva.core import secret_keys
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.refusal import Refusal
from janaseva.core.secret import Secret, is_sealed_before, unseal
from janaseva.ledger import adapters
from janaseva.ledger.handlers import auditing
from janaseva.ledger.models import Event
from janaseva.people import actions, handlers, queries, rules
from janaseva.people.models import Budget, Credential
from tests.people.acts import ANYONE, AT, SEED, SYSTEM, key
from tests.people.test_sign_in import ask, check, code_of, confirm, wrong_for

PASSWORD = "Kuttiyum kolum 1907"


@pytest.fixture
def folder(tmp_path, settings):
    (tmp_path / secret_keys.OWN).write_text("the first of all", encoding="ascii")
    settings.SECRET_KEY_FOLDER = tmp_path
    return tmp_path


@pytest.fixture
def own_log(tmp_path, monkeypatch):
    """Let the audit read a folder of this test's own: what other tests published is not of this database."""
    monkeypatch.setattr(auditing, "tile_store", lambda: adapters.DirectoryTiles(tmp_path / "log"))


@pytest.fixture
def officer(folder, loaded):
    """Let one officer have an authenticator of their own, sealed under the first key."""
    facts = {"names": {"en": "Latha"}, "password": Secret(PASSWORD), "totp_seed": Secret(SEED)}
    actions.enrol_officer(by=SYSTEM, at=AT, key=key(), login="vo", **facts)
    return Credential.objects.get(kind="totp", ended_at=None, person__login="vo")


def _second_step(challenge_id, at):
    code, token = Secret(rules.totp_at(SEED, at)), rules.token_hash(secret_token())
    return actions.confirm_totp(by=ANYONE, at=at, key=key(), challenge_id=challenge_id, code=code, token_hash=token).ok


def test_who_is_half_signed_in_goes_on(officer):
    asked, half = ask(), check("vo", PASSWORD)
    code = code_of(asked)
    secret_keys.take_over()
    assert code_of(asked) == code, "the job that sends it can read it still"
    assert not confirm(asked.challenge_id, wrong_for(code)).ok
    assert confirm(asked.challenge_id, code).ok
    assert _second_step(half.challenge_id, AT)


def test_what_was_spent_stays_spent(folder, db):
    for _ in range(rules.CODES.most - 1):
        ask()
    spent = Budget.objects.get()
    secret_keys.take_over()
    ask()
    assert Budget.objects.get().spent != spent.spent, "the same purse, under its new name"
    assert Budget.objects.get().subject != spent.subject
    with pytest.raises(Refusal, match="too_many_requests"):
        ask()
    secret_keys.end_overlap()
    with pytest.raises(Refusal, match="too_many_requests"):
        ask()


def test_the_worker_seals_anew_and_destroys_the_former_key_an_hour_later(officer, own_log):
    seeds = {row.id: unseal("totp", row.secret, bound_to=str(row.id)) for row in Credential.objects.filter(kind="totp")}
    secret_keys.take_over()
    left = queries.seeds_sealed_before(SYSTEM)
    assert set(left) == set(seeds)
    assert queries.seeds_sealed_before(SYSTEM, after=left[0], most=2) == left[1:3]
    handlers.end_former_key(now())
    assert queries.seeds_sealed_before(SYSTEM) == []
    told = Event.objects.filter(name="people.seeds_resealed")
    assert [one.facts for one in told] == [{"resealed": len(seeds)}]
    assert len(secret_keys.believed()) == 2, "codes on their way are read by it still"
    handlers.end_former_key(now() + handlers.KEY_OVERLAP + timedelta(seconds=1))
    assert len(secret_keys.believed()) == 1
    for row in Credential.objects.filter(kind="totp"):
        assert unseal("totp", row.secret, bound_to=str(row.id)) == seeds[row.id]
    assert _second_step(check("vo", PASSWORD).challenge_id, AT)
    assert [found.code for found in auditing.audit()] == [], "each row is as the record says"
    handlers.end_former_key(now())
    assert told.count() == 1, "nothing is told where nothing was to be done"


def test_the_former_key_is_not_destroyed_before_everything_is_sealed_anew(officer, monkeypatch):
    secret_keys.take_over()

    def broken(**_):
        raise Refusal("changed_meanwhile", status=409)

    monkeypatch.setattr(actions, "reseal_seeds", broken)
    with pytest.raises(Refusal):
        handlers.end_former_key(now() + handlers.KEY_OVERLAP + timedelta(days=1))
    assert len(secret_keys.believed()) == 2


def test_it_is_the_platforms_own_work(officer):
    secret_keys.take_over()
    for by in (ANYONE, Actor.person(uuid7()), Actor(kind="officer", person_id=uuid7())):
        with pytest.raises(Refusal):
            actions.reseal_seeds(by=by, at=AT, key=key(), credential_ids=[officer.id])
        with pytest.raises(Refusal, match="not_found"):
            queries.seeds_sealed_before(by)
    officer.refresh_from_db()
    assert is_sealed_before("totp", officer.secret, bound_to=str(officer.id))
    once = {"by": SYSTEM, "at": AT, "key": key(), "credential_ids": [officer.id]}
    assert [actions.reseal_seeds(**once), actions.reseal_seeds(**once)] == [1, 1], "asked twice, done once"
    assert actions.reseal_seeds(**{**once, "key": key()}) == 0


def _run(*words):
    return CliRunner().invoke(cli.command, words)


def test_the_administrators_commands(officer):
    (name,) = (line for line in _run("list").output.splitlines() if line.startswith("secret"))
    assert "the first of all" not in name
    assert name.endswith("seals and hashes")
    announced = _run("rotate", "secret", "--announce")
    assert (announced.exit_code, "Carry keys/" in announced.output) == (0, True)
    assert len(secret_keys.believed()) == 2
    done = _run("rotate", "secret")
    assert (done.exit_code, "within the hour" in done.output) == (0, True)
    assert not any(one in done.output + announced.output for one in secret_keys.believed())
    listed = _run("list").output
    assert f"{name.split()[1]}  believed" in listed
    assert "seeds of authenticators are sealed by another" in listed
    again = _run("rotate", "secret")
    assert (again.exit_code, "Nothing was changed" in again.output) == (1, True)
    handlers.end_former_key(now())
    assert "sealed by another" not in _run("list").output
    assert _run("rotate", "seal", "--announce").exit_code == 2


def test_keys_of_the_settings_are_told_where_to_change(settings, db):
    settings.SECRET_KEY_FOLDER = None
    said = _run("rotate", "secret")
    assert said.exit_code == 1
    assert "JANASEVA_SECRET_KEY_FALLBACKS" in said.output
