"""An officer's password: made for the first time, chosen, changed, lost; and the account's end."""

import secrets
from datetime import timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given as drawn
from hypothesis import strategies as st

from janaseva.core.ids import secret_token
from janaseva.core.refusal import Invalid, Refusal
from janaseva.core.secret import Secret
from janaseva.ledger.models import Event
from janaseva.people import actions, queries, rules
from janaseva.people.actions.passwords import chosen_faults, common_passwords, lost_passwords
from janaseva.people.models import Budget, Credential, Session
from janaseva.people.rules.breached import digest, written
from tests.people.acts import ANYONE, AT, SEED, SYSTEM, TOKENS, key, person_of, sign_in

FIRST, CHOSEN = "made for you, once", "copper lantern walks upstream"


def enrol(login="vo", at=AT, password=FIRST):
    given = {"names": {"en": "Latha"}, "password": Secret(password), "totp_seed": Secret(SEED)}
    return actions.enrol_officer(by=SYSTEM, at=at, key=key(), login=login, **given)


def check(password, at=AT, login="vo"):
    return actions.check_password(by=ANYONE, at=at, key=key(), login=login, password=Secret(password))


def enter(password, at=AT, login="vo"):
    """Sign in with a password and the seed of ``enrol``."""
    token = secret_token()
    done = actions.confirm_totp(
        by=ANYONE,
        at=at,
        key=key(),
        challenge_id=check(password, at, login).challenge_id,
        code=Secret(rules.totp_at(SEED, at)),
        token_hash=rules.token_hash(token),
    )
    assert done.ok
    return queries.signed_in(token, at)


def changed(session, old, new, at=AT, by=None):
    return actions.change_password(
        by=by or session.actor, at=at, key=key(), session_id=session.session_id, old=Secret(old), new=Secret(new)
    )


def faults(password, login="vo"):
    found = rules.password_faults(
        password, login=login, common=common_passwords(), local=rules.local_words("State of Utopia")
    )
    return [one.code for one in found]


@pytest.mark.once
def test_common_passwords_and_what_is_made_of_them_are_refused():
    long = sorted(one for one in common_passwords() if len(one) >= rules.MIN_PASSWORD_LENGTH)
    assert len(common_passwords()) > 19_000
    assert all(faults(one) for one in long)
    made = ("Password1234!", "iloveyou123456", "qwertyuiop-12", "letmein_football", "dragon2024monkey", "123456789012")
    assert [one for one in made if not faults(one)] == []
    for chosen in (CHOSEN, FIRST, "കായലോരത്ത് ഒരു മഴ", "four words in a row", "k7#Vq2!xTz9w", "7d29f0c1ab34"):
        assert faults(chosen) == [], chosen


@pytest.mark.once
def test_what_others_lost_is_refused_however_its_letters_are_written():
    assert len(lost_passwords()) > 40_000
    lost = ("q1w2e3r4t5y6", "qazwsxedcrfv", "leavemealone", "ghjcnjgfhjkm", "sonyericsson", "intelligence")
    for one in lost:
        for typed in (one, one.upper(), one.title(), one.replace("e", "\uff45")):
            assert chosen_faults(typed, login="kl.vo")[0].code == "password_common", typed
    made = (secrets.token_urlsafe(12) for _ in range(2_000))
    assert not [one for one in made if one in lost_passwords()]


@pytest.mark.once
@drawn(st.sets(st.text(min_size=1), max_size=30), st.text(min_size=1))
def test_a_list_of_lost_passwords_knows_its_own_alone(lost, other):
    kept = rules.Breached(written(lost))
    assert all(one in kept for one in lost)
    same = {digest(one) for one in lost}
    assert (other in kept) == (digest(other) in same)
    assert len(kept) == len(same)
    if lost:
        with pytest.raises(ValueError, match="cut short"):
            rules.Breached(written(lost)[:-1])


@pytest.mark.once
def test_words_of_the_place_are_refused():
    refused = (
        "tahsildar kerala",
        "Kerala@123456",
        "VillageOfficer1",
        "janaseva-2026-x",
        "utopia-2026-07",
        "Revenue Office 9",
    )
    assert {code for one in refused for code in faults(one)} == {"password_of_the_place"}
    assert [one for one in refused if not faults(one)] == []
    assert faults("the collector lost seven umbrellas") == []


@pytest.mark.once
def test_any_signs_go_and_nothing_is_cut_or_altered():
    for free in ("a" * 2 + "bcd" * 21, "x y z w " * 8, "9!q@Z#3$4%k^7&", "പുഴ" * 20 + "കടൽ മല", "тихая река ночью"):
        assert faults(free) == [], free
    assert rules.tidy_password("Aß b\tC ") == "Aß b\tC "
    assert len(rules.tidy_password("x" * 200)) == 200


def test_a_chosen_password_opens_as_typed_and_for_ever(loaded):
    long = "Seven Quiet Boats " * 5
    enrol()
    session = enter(FIRST)
    assert changed(session, FIRST, long).ok
    for wrong in (long.lower(), long[:72], long.strip(), f" {long}", FIRST):
        assert not check(wrong).ok, wrong
    assert check(long, AT + timedelta(days=3650)).ok


def test_who_changes_it_stays_and_all_others_are_out(loaded):
    enrol()
    other, at = enter(FIRST), AT + timedelta(minutes=1)
    changed(other, FIRST, CHOSEN)
    another = enter(CHOSEN, at)
    mine = enter(CHOSEN, at + timedelta(minutes=1))
    now = at + timedelta(minutes=2)
    assert changed(mine, CHOSEN, "umbrella repair on tuesdays", now).ok
    left = Session.objects.filter(person_id=mine.actor.person_id, ended_at=None).values_list("id", flat=True)
    assert list(left) == [mine.session_id]
    told = Event.objects.filter(name="people.password_changed").latest("pk").facts
    assert set(told["ended_session_ids"]) == {str(other.session_id), str(another.session_id)}


def test_the_old_one_is_asked_for_and_guesses_are_counted(loaded):
    enrol()
    session = enter(FIRST)
    for _ in range(rules.PASSWORDS.most):
        assert changed(session, "not this one either", CHOSEN).ok is False
    assert changed(session, FIRST, CHOSEN).wait_seconds > 0
    assert Budget.objects.get().spent == rules.PASSWORDS.most
    assert check(FIRST, AT + rules.PASSWORDS.window).ok


def test_what_is_refused_changes_nothing(loaded):
    enrol()
    session, stranger = enter(FIRST), sign_in("clerk")
    before = Credential.objects.get(person_id=session.actor.person_id, kind="password").secret
    for bad, code in (
        ("short", "password_length"),
        (FIRST, "password_same"),
        ("password1234", "password_of_the_place"),
    ):
        with pytest.raises(Invalid) as caught:
            changed(session, FIRST, bad)
        assert [fault.code for fault in caught.value.faults] == [code]
    with pytest.raises(Refusal, match="sign_in_again"):
        changed(session, FIRST, CHOSEN, AT + timedelta(minutes=10))
    with pytest.raises(Refusal, match="sign_in_again"):
        changed(session, FIRST, CHOSEN, by=stranger.actor)
    with pytest.raises(Refusal, match="not_found"):
        changed(session, FIRST, CHOSEN, by=ANYONE)
    assert Credential.objects.get(person_id=session.actor.person_id, kind="password").secret == before


def test_a_password_that_was_made_is_for_choosing_another_and_soon(loaded):
    enrol()
    session = enter(FIRST)
    assert session.needs_charge, "the only charge is not taken by itself"
    assert queries.has_to_choose_password(session.actor)
    charge = queries.choices_of(session.actor, AT)[0]
    facts = {"session_id": session.session_id, "charge_id": charge.id, "token_hash": rules.token_hash("t")}
    with pytest.raises(Refusal, match="password_to_be_chosen"):
        actions.choose_charge(by=session.actor, at=AT, key=key(), **facts)
    assert not check(FIRST, AT + timedelta(days=3)).ok
    changed(session, FIRST, CHOSEN)
    assert not queries.has_to_choose_password(session.actor)
    actions.choose_charge(by=session.actor, at=AT, key=key(), **facts)
    assert check(CHOSEN, AT + timedelta(days=30)).ok


def test_a_new_sign_in_is_given_by_the_administrator_alone_and_ends_the_old(loaded):
    old = sign_in("vo")
    with pytest.raises(Refusal, match="not_found"):
        actions.enrol_officer(
            by=old.actor, at=AT, key=key(), login="vo", names={}, password=Secret(CHOSEN), totp_seed=Secret(SEED)
        )
    assert enrol() == old.actor.person_id
    assert queries.signed_in(TOKENS[old.session_id], AT) is None
    answer = check(FIRST)
    assert answer.ok
    assert answer.second_steps == ("totp",), "the second step is asked for as before"


def test_a_closed_account_opens_nothing_and_its_sessions_are_over(loaded):
    session, person_id = sign_in("vo"), person_of("vo")
    with pytest.raises(Refusal, match="not_found"):
        actions.close_officer(by=session.actor, at=AT, key=key(), login="vo")
    with pytest.raises(Refusal, match="not_found"):
        actions.close_officer(by=SYSTEM, at=AT, key=key(), login="nobody")
    assert queries.signed_in(TOKENS[session.session_id], AT)
    assert actions.close_officer(by=SYSTEM, at=AT, key="close", login="VO") == person_id
    assert actions.close_officer(by=SYSTEM, at=AT, key="close", login="VO") == person_id
    assert queries.signed_in(TOKENS[session.session_id], AT) is None
    assert not Credential.objects.filter(person_id=person_id, ended_at=None).exists()
    assert not check(CHOSEN).ok
    enrol()
    assert enter(FIRST).actor.person_id == person_id


def test_the_administrators_commands(loaded, monkeypatch):
    from janaseva.cli import officers

    monkeypatch.setattr(officers, "now", lambda: AT)
    run = CliRunner().invoke
    made = run(officers.command, ["enrol", "new.officer", "--name", "en=Anu"])
    assert made.exit_code == 0, made.output
    password, seed = (made.output.partition(word)[2].split()[0] for word in ("Password", "Seed"))
    token = secret_token()
    checked = check(password, login="new.officer")
    actions.confirm_totp(
        by=ANYONE,
        at=AT,
        key=key(),
        challenge_id=checked.challenge_id,
        code=Secret(rules.totp_at(seed, AT)),
        token_hash=rules.token_hash(token),
    )
    assert queries.signed_in(token, AT).needs_charge
    assert "1 sessions" in run(officers.command, ["end-sessions", "new.officer"]).output
    assert queries.signed_in(token, AT) is None
    assert run(officers.command, ["close", "new.officer"]).exit_code == 0
    assert not check(password, login="new.officer").ok
    assert run(officers.command, ["close", "nobody"]).exit_code == 1
    assert run(officers.command, ["enrol", "9", "--name", "Anu"]).exit_code == 1
