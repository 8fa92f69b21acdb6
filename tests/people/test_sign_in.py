"""Citizens and officers sign in, and guessers do not."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings

from janaseva import settings as shipped
from janaseva.core.action import LawBrokenError
from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.refusal import Invalid, Refusal
from janaseva.core.secret import Secret
from janaseva.people import actions, queries, rules
from janaseva.people.models import Budget, Challenge, Credential, Person, Session
from tests.people.acts import ANYONE, AT, SEED, SYSTEM, TOKENS, key, sign_in

PHONE = "+919447123456"


def ask(at=AT, phone=PHONE) -> actions.CodeAsked:
    return actions.request_code(by=ANYONE, at=at, key=key(), phone=phone, language="ml")


def code_of(asked: actions.CodeAsked, at=AT) -> str:
    found = queries.code_to_send(SYSTEM, asked.challenge_id, at)
    assert found
    return found.code


def confirm(challenge_id: UUID, code: str, at=AT, token: str | None = None) -> actions.Confirmed:
    return actions.confirm_code(
        by=ANYONE,
        at=at,
        key=key(),
        challenge_id=challenge_id,
        code=Secret(code),
        token_hash=rules.token_hash(token or secret_token()),
    )


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_citizen_signs_in_and_comes_back_as_the_same_person(db):
    asked = ask()
    token = secret_token()
    assert confirm(asked.challenge_id, code_of(asked), token=token).ok
    first = queries.signed_in(token, AT)
    assert first
    assert (first.kind, first.language, first.display_name) == ("citizen", "ml", "••••••••3456")
    assert first.actor == Actor.person(first.actor.person_id)
    assert queries.phone_of(first.actor.person_id) == PHONE

    again, other_token = ask(AT + timedelta(hours=2)), secret_token()
    confirm(again.challenge_id, code_of(again, AT + timedelta(hours=2)), AT + timedelta(hours=2), other_token)
    second = queries.signed_in(other_token, AT + timedelta(hours=2))
    assert second
    assert second.actor.person_id == first.actor.person_id


def test_a_code_is_good_once(db):
    asked = ask()
    code = code_of(asked)
    assert confirm(asked.challenge_id, code).ok
    assert not confirm(asked.challenge_id, code).ok
    assert queries.code_to_send(SYSTEM, asked.challenge_id, AT) is None
    assert Session.objects.count() == 1


def test_a_code_is_for_its_own_sign_in(db):
    first, second = ask(), ask()
    code = code_of(first)
    other = next(one for one in (second, ask(), ask()) if code_of(one) != code)
    assert not confirm(other.challenge_id, code).ok
    assert confirm(first.challenge_id, code).ok


def test_every_sign_in_and_every_failure_is_on_record(loaded):
    from janaseva.ledger.models import Event

    asked = ask()
    confirm(asked.challenge_id, wrong_for(code_of(asked)))
    confirm(asked.challenge_id, code_of(asked))
    check("vo", "wrong password")
    session = sign_in("vo")
    told = list(Event.objects.filter(name__startswith="people.").order_by("pk").values_list("name", "facts"))
    names = [name for name, _ in told if name not in {"people.directory_loaded", "people.officer_enrolled"}]
    assert names == [
        "people.code_requested",
        "people.sign_in_failed",
        "people.signed_in",
        "people.sign_in_failed",
        "people.password_accepted",
        "people.signed_in",
    ]
    failed = [facts["step"] for name, facts in told if name == "people.sign_in_failed"]
    assert failed == ["code", "password"]
    assert told[-1][1]["session_id"] == str(session.session_id)


def test_a_repeated_key_gives_the_same_session(db):
    asked = ask()
    given = {
        "by": ANYONE,
        "at": AT,
        "key": key(),
        "challenge_id": asked.challenge_id,
        "code": Secret(code_of(asked)),
        "token_hash": rules.token_hash("t"),
    }
    assert actions.confirm_code(**given) == actions.confirm_code(**given)
    assert Session.objects.count() == 1


def test_five_wrong_codes_are_counted_though_nothing_is_refused(db):
    asked = ask()
    code = code_of(asked)
    assert [confirm(asked.challenge_id, wrong_for(code)).left for _ in range(5)] == [4, 3, 2, 1, 0]
    assert not confirm(asked.challenge_id, code).ok
    assert not Person.objects.exists()


def test_an_old_code_and_an_unknown_challenge_get_the_same_answer(db):
    asked = ask()
    late = confirm(asked.challenge_id, code_of(asked), AT + rules.CODE_LIFE)
    assert late == confirm(uuid7(), "123456") == actions.Confirmed(ok=False, left=0, session_id=None)


def test_codes_to_one_number_run_out_and_come_back(db):
    for _ in range(rules.CODES.most):
        ask()
    with pytest.raises(Refusal) as caught:
        ask()
    assert (caught.value.code, caught.value.status) == ("too_many_requests", 429)
    assert 0 < caught.value.facts["seconds"] <= 3600
    assert ask(phone="9447000001")
    assert ask(AT + rules.CODES.window)


def test_wrong_codes_run_out_over_many_challenges(db):
    at, heard = AT, 0
    for hour in range(5):
        at = AT + timedelta(hours=hour)
        for _ in range(rules.CODES.most):
            asked = ask(at)
            code = code_of(asked, at)
            while confirm(asked.challenge_id, wrong_for(code), at).left:
                heard += 1
    assert heard <= rules.WRONG_CODES.most
    last = ask(at + timedelta(minutes=61))
    assert not confirm(last.challenge_id, code_of(last, at + timedelta(minutes=61)), at + timedelta(minutes=61)).ok


def test_numbers_of_nowhere_are_faults_of_the_field(db):
    with pytest.raises(Invalid) as caught:
        ask(phone="12")
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [("phone", "phone_not_valid")]
    assert not Challenge.objects.exists()


def test_only_the_sending_job_reads_a_code(db):
    asked = ask()
    row = Challenge.get_or_none(asked.challenge_id)
    code = code_of(asked)
    assert code not in row.sealed + row.answer_hash
    for by in (ANYONE, Actor.person(uuid7()), Actor(kind="officer", person_id=uuid7())):
        with pytest.raises(Refusal, match="not_found"):
            queries.code_to_send(by, asked.challenge_id, AT)


def test_nothing_personal_or_secret_is_in_the_record(db):
    from janaseva.ledger.models import Event, Key

    asked = ask()
    code, token = code_of(asked), secret_token()
    confirm(asked.challenge_id, code, token=token)
    record = json.dumps([list(Event.objects.values("facts", "rows")), list(Key.objects.values("answer"))], default=str)
    for personal in (PHONE, PHONE[3:], f'"{code}"', token):
        assert personal not in record


def test_an_officer_signs_in_with_one_charge_bound(loaded):
    session = sign_in("vo")
    assert session.actor.role == "village_officer"
    assert session.actor.grants == {"services.take", "services.decide", "people.stand_in"}
    assert session.actor.post_ids == {session.actor.post_id}
    assert session.charge
    assert session.charge.office.key == "vo-adoor"
    assert not session.needs_charge
    assert session.display_name == "Latha"


def check(login: str, password: str, at=AT) -> actions.PasswordChecked:
    return actions.check_password(by=ANYONE, at=at, key=key(), login=login, password=Secret(password))


def test_unknown_login_and_wrong_password_get_one_answer(loaded):
    known = [check("vo", "wrong password") for _ in range(rules.PASSWORDS.most + 1)]
    unknown = [check("nobody", "other password") for _ in range(rules.PASSWORDS.most + 1)]
    assert known == unknown
    assert known[-1].wait_seconds == rules.PASSWORDS.window.total_seconds()
    assert Budget.objects.count() == 4, "of two logins and of two passwords"


def test_a_spent_allowance_does_not_even_hear_the_right_password(loaded):
    one = next(one for one in queries.demonstration_sign_ins(SYSTEM, AT) if one.login == "vo")
    for _ in range(rules.PASSWORDS.most):
        check("vo", "wrong password")
    assert not check("vo", one.password).ok
    assert check("vo", one.password, AT + rules.PASSWORDS.window).ok


def test_a_totp_code_is_refused_the_second_time(loaded):
    one = next(one for one in queries.demonstration_sign_ins(SYSTEM, AT) if one.login == "vo")
    answers = []
    for _ in range(2):
        first = check("vo", one.password)
        answers.append(
            actions.confirm_totp(
                by=ANYONE,
                at=AT,
                key=key(),
                challenge_id=first.challenge_id,
                code=Secret(one.totp_now),
                token_hash=rules.token_hash(secret_token()),
            )
        )
    assert [answer.ok for answer in answers] == [True, False]
    assert answers[1].left == rules.CODE_TRIES - 1


def test_wrong_second_steps_run_out_whatever_the_password(loaded):
    one = next(one for one in queries.demonstration_sign_ins(SYSTEM, AT) if one.login == "vo")
    heard = 0
    for _ in range(4):
        first = check("vo", one.password)
        for _ in range(rules.CODE_TRIES):
            answer = actions.confirm_totp(
                by=ANYONE,
                at=AT,
                key=key(),
                challenge_id=first.challenge_id,
                code=Secret(wrong_for(one.totp_now)),
                token_hash=rules.token_hash(secret_token()),
            )
            assert not answer.ok
    heard = Budget.objects.get(spent__gt=1).spent
    assert heard == rules.SECOND_STEPS.most


def test_the_seed_is_sealed_and_the_password_hashed(loaded):
    one = queries.demonstration_sign_ins(SYSTEM, AT)[0]
    kept = " ".join(Credential.objects.values_list("secret", flat=True))
    assert one.totp_seed not in kept
    assert one.password not in kept


def test_passwords_are_hashed_slowly():
    assert shipped.PASSWORD_HASHERS == ["django.contrib.auth.hashers.ScryptPasswordHasher"]


def test_where_the_demonstration_is_off_nobody_of_it_gets_in(loaded, monkeypatch):
    one = queries.demonstration_sign_ins(SYSTEM, AT)[0]
    token = TOKENS[sign_in("vo").session_id]
    monkeypatch.setattr(settings.OPTIONS, "demonstration", False)
    assert not check("vo", one.password).ok
    assert queries.signed_in(token, AT) is None
    with pytest.raises(Refusal, match="not_found"):
        queries.demonstration_sign_ins(SYSTEM, AT)
    with pytest.raises(Refusal, match="not_found"):
        actions.enrol_demonstration(by=SYSTEM, at=AT, key=key())


def test_an_officer_is_enrolled_by_the_system_alone(db):
    given = {
        "at": AT,
        "login": "Real.Officer",
        "names": {"en": "Real"},
        "password": Secret("a long enough password"),
        "totp_seed": Secret(SEED),
    }
    with pytest.raises(Refusal, match="not_found"):
        actions.enrol_officer(by=Actor.person(uuid7()), key=key(), **given)
    person_id = actions.enrol_officer(by=SYSTEM, key=key(), **given)
    assert queries.person(SYSTEM, person_id).login == "real.officer"
    assert check("real.officer", "a long enough password").second_steps == ("totp",)
    assert actions.enrol_officer(by=SYSTEM, key=key(), **given | {"password": Secret("another umbrella")}) == person_id
    assert not check("real.officer", "a long enough password").ok
    assert check("REAL.officer", "another umbrella").ok
    with pytest.raises(Invalid) as caught:
        actions.enrol_officer(
            by=SYSTEM, key=key(), **given | {"login": "x", "password": Secret("x"), "totp_seed": Secret("!")}
        )
    assert {fault.place for fault in caught.value.faults} == {"login", "password", "totp_seed"}


def test_enrolling_the_demonstration_again_changes_nothing(loaded):
    before = list(Credential.objects.order_by("id").values_list("secret", "revision"))
    assert actions.enrol_demonstration(by=SYSTEM, at=AT, key=key()) == 0
    assert list(Credential.objects.order_by("id").values_list("secret", "revision")) == before


def test_a_door_that_passes_a_token_instead_of_its_hash_is_at_fault(db):
    asked = ask()
    with pytest.raises(ValueError, match="SHA-256"):
        actions.confirm_code(
            by=ANYONE,
            at=AT,
            key=key(),
            challenge_id=asked.challenge_id,
            code=Secret(code_of(asked)),
            token_hash=secret_token(),
        )
    assert not Session.objects.exists()


def test_actions_take_keywords_only(db):
    with pytest.raises(LawBrokenError):
        actions.request_code(ANYONE)
