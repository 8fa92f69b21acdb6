"""Officers sign in with a passkey; the authenticator is made of software here."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.refusal import Refusal
from janaseva.core.secret import Secret
from janaseva.people import actions, queries, rules
from janaseva.people.models import Credential, Session
from tests.people.acts import ANYONE, AT, SYSTEM, key, session_of, sign_in

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ORIGIN = str(settings.OPTIONS.public_url).rstrip("/")
HOST = settings.OPTIONS.public_url.host


@dataclass
class Authenticator:
    """A passkey of one key pair, ES256, without attestation."""

    handle: bytes = field(default_factory=lambda: uuid7().bytes)
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0
    flags: int = PRESENT | VERIFIED
    origin: str = ORIGIN

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        self.count += 1
        return hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big") + more

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        handle = bytes_to_base64url(self.handle)
        kept = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": handle, "rawId": handle, "type": "public-key", "response": kept})

    def register(self, options: str) -> str:
        numbers = self.private.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        more = bytes(16) + len(self.handle).to_bytes(2, "big") + self.handle + public
        data = self._data(self.flags | ATTESTED, more)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def sign(self, options: str) -> str:
        client, data = self._client("webauthn.get", options), self._data(self.flags)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)


def remove(by: Actor, credential_id, at=AT) -> None:
    actions.remove_passkey(by=by, at=at, key=key(), credential_id=credential_id, session_id=session_of(by))


def register(by: Actor, device: Authenticator, at=AT):
    begun = actions.begin_passkey_registration(by=by, at=at, key=key(), session_id=session_of(by))
    return actions.register_passkey(
        by=by,
        at=at,
        key=key(),
        challenge_id=begun.challenge_id,
        response=device.register(begun.options),
        label="My phone",
    )


def confirm(challenge_id, response, token=None, at=AT):
    return actions.confirm_passkey(
        by=ANYONE,
        at=at,
        key=key(),
        challenge_id=challenge_id,
        response=response,
        token_hash=rules.token_hash(token or secret_token()),
    )


@pytest.fixture
def officer(loaded):
    return sign_in("vo").actor


def test_an_officer_adds_a_passkey_and_signs_in_with_it_alone(officer):
    device, token = Authenticator(), secret_token()
    register(officer, device)
    assert [view.label for view in queries.passkeys(officer)] == ["My phone"]
    begun = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key())
    assert confirm(begun.challenge_id, device.sign(begun.options), token).ok
    assert queries.signed_in(token, AT).actor == officer


def test_an_answer_is_good_once_and_for_its_challenge(officer):
    device = Authenticator()
    register(officer, device)
    begun = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key())
    other = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key())
    answer = device.sign(begun.options)
    assert not confirm(other.challenge_id, answer).ok
    assert confirm(begun.challenge_id, answer).ok
    assert not confirm(begun.challenge_id, answer).ok
    late = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key())
    assert not confirm(late.challenge_id, device.sign(late.options), at=AT + timedelta(minutes=5)).ok


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://janaseva.example.evil"},
        {"flags": PRESENT},
        {"private": ec.generate_private_key(ec.SECP256R1())},
        {"handle": b"another"},
        {"count": 0},
    ],
    ids=["origin", "unverified user", "another key", "another handle", "a count gone back"],
)
def test_a_wrong_answer_is_counted_and_opens_nothing(officer, change):
    device = Authenticator(count=5)
    register(officer, device)
    before = Session.objects.count()
    for name, value in change.items():
        setattr(device, name, value)
    begun = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key())
    answer = confirm(begun.challenge_id, device.sign(begun.options))
    assert (answer.ok, answer.left) == (False, rules.CODE_TRIES - 1)
    assert Session.objects.count() == before


@pytest.mark.parametrize("nonsense", ["", "{}", "[]", "null", "{" * 500, '{"id": 1}', "x" * 50_000])
def test_nonsense_is_answered_and_not_a_fault(officer, nonsense):
    begun = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key())
    assert not confirm(begun.challenge_id, nonsense).ok
    new = actions.begin_passkey_registration(by=officer, at=AT, key=key(), session_id=session_of(officer))
    with pytest.raises(Refusal, match="passkey_not_accepted"):
        actions.register_passkey(
            by=officer, at=AT, key=key(), challenge_id=new.challenge_id, response=nonsense, label=""
        )
    assert not Credential.objects.filter(kind="passkey").exists()


def test_a_passkey_as_second_step_must_be_the_same_officers(officer):
    own, foreign = Authenticator(), Authenticator()
    register(officer, own)
    register(sign_in("clerk").actor, foreign)
    one = next(one for one in queries.demonstration_sign_ins(SYSTEM, AT) if one.login == "vo")
    first = actions.check_password(by=ANYONE, at=AT, key=key(), login="vo", password=Secret(one.password))
    assert first.second_steps == ("totp", "passkey")
    begun = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key(), second_step_id=first.challenge_id)
    assert len(json.loads(begun.options)["allowCredentials"]) == 1
    assert not confirm(begun.challenge_id, foreign.sign(begun.options)).ok
    assert confirm(begun.challenge_id, own.sign(begun.options)).ok


def test_a_removed_passkey_opens_nothing(officer):
    device = Authenticator()
    credential_id = register(officer, device)
    with pytest.raises(Refusal, match="not_found"):
        remove(sign_in("clerk").actor, credential_id)
    with pytest.raises(Refusal, match="sign_in_again"):
        remove(officer, credential_id, AT + timedelta(minutes=10))
    assert len(queries.passkeys(officer)) == 1
    remove(officer, credential_id)
    assert queries.passkeys(officer) == []
    begun = actions.begin_passkey_sign_in(by=ANYONE, at=AT, key=key())
    assert not confirm(begun.challenge_id, device.sign(begun.options)).ok


def test_only_the_one_who_began_adds_the_passkey(officer):
    begun = actions.begin_passkey_registration(by=officer, at=AT, key=key(), session_id=session_of(officer))
    given = {"at": AT, "challenge_id": begun.challenge_id, "response": Authenticator().register(begun.options)}
    with pytest.raises(Refusal, match="passkey_not_accepted"):
        actions.register_passkey(by=sign_in("clerk").actor, key=key(), **given)
    with pytest.raises(Refusal, match="not_found"):
        actions.begin_passkey_registration(by=Actor.person(uuid7()), at=AT, key=key(), session_id=uuid7())
    assert base64url_to_bytes(json.loads(begun.options)["user"]["id"]) == officer.person_id.bytes


def test_a_passkey_is_added_soon_after_signing_in_or_after_signing_in_again(officer):
    begin = actions.begin_passkey_registration
    late, strange = AT + timedelta(minutes=10), sign_in("clerk").session_id
    for at, session_id in ((late, session_of(officer)), (AT, strange), (AT, uuid7())):
        with pytest.raises(Refusal, match="sign_in_again"):
            begin(by=officer, at=at, key=key(), session_id=session_id)
    again = sign_in("vo", late)
    assert begin(by=again.actor, at=late, key=key(), session_id=again.session_id).options
