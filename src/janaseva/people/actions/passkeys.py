"""Officers sign in with a passkey (WebAuthn level 2), alone or after the password; the user is always verified."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import webauthn
from django.conf import settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from janaseva.core import writing
from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal, not_found
from janaseva.people import events, rules
from janaseva.people.actions.allowances import purse, put_first
from janaseva.people.actions.opening import REFUSED, OfficerSignIn, demand_fresh, may_be_here, open_officer_session
from janaseva.people.models import Challenge, Credential, Person

_MAX_RESPONSE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyOptions:
    """What the browser is asked (``options``: JSON for ``navigator.credentials``), and under which id it answers."""

    challenge_id: UUID
    options: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Party:
    """This installation as passkeys know it (WebAuthn's relying party): its host name and its origin."""

    id: str
    origin: str


def _party() -> _Party:
    url = settings.OPTIONS.public_url
    default = {"http": 80, "https": 443}[url.scheme]
    port = "" if url.port in (None, default) else f":{url.port}"
    return _Party(id=str(url.host), origin=f"{url.scheme}://{url.host}{port}")


def _handles(person: Person) -> list[PublicKeyCredentialDescriptor]:
    rows = Credential.objects.filter(person=person, kind="passkey", ended_at=None)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(str(row.handle))) for row in rows]


def _put_challenge(kind: str, person: Person | None, options: Any, at: datetime) -> PasskeyOptions:
    challenge = put(
        Challenge(
            kind=kind,
            person=person,
            sealed=bytes_to_base64url(options.challenge),
            made_at=at,
            ends_at=at + rules.SECOND_STEP_LIFE,
        )
    )
    purpose = "registration" if kind == "passkey_new" else "sign_in"
    tell(events.PasskeyChallenged(challenge_id=challenge.id, purpose=purpose), story=challenge.id)
    return PasskeyOptions(challenge_id=challenge.id, options=webauthn.options_to_json(options))


@action
def begin_passkey_registration(*, by: Actor, at: datetime, key: str, session_id: UUID) -> PasskeyOptions:
    """Begin to add a passkey to one's own account, soon after signing in.

    Raises:
        Refusal: ``sign_in_again``.

    """
    allow(rules.may_register_passkey(by))
    del key
    person = Person.get_or_none(by.person_id) if by.person_id else None
    if person is None:
        raise not_found()
    demand_fresh(by, session_id, at)
    options = webauthn.generate_registration_options(
        rp_id=_party().id,
        rp_name=settings.OPTIONS.state_name,
        user_id=person.id.bytes,
        user_name=person.login or "",
        user_display_name=str(person.names.get("en", person.login)),
        exclude_credentials=_handles(person),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return _put_challenge("passkey_new", person, options, at)


def _open_challenge(kind: str, challenge_id: UUID, at: datetime) -> Challenge | None:
    row = Challenge.objects.select_for_update().filter(pk=challenge_id, kind=kind).first()
    return row if row is not None and rules.is_open(row.ends_at, row.used_at, row.tries, at) else None


@action
def register_passkey(*, by: Actor, at: datetime, key: str, challenge_id: UUID, response: str, label: str = "") -> UUID:
    """Add the passkey that the browser made; ``response`` is its JSON. Return the credential's id.

    Raises:
        Refusal: ``passkey_not_accepted`` where the challenge is over or the response does not answer it.

    """
    allow(rules.may_register_passkey(by))
    del key
    challenge = _open_challenge("passkey_new", challenge_id, at)
    owner = challenge.person_id if challenge else None
    if challenge is None or owner is None or owner != by.person_id or len(response) > _MAX_RESPONSE:
        raise Refusal("passkey_not_accepted")
    party = _party()
    try:
        verified = webauthn.verify_registration_response(
            credential=response,
            expected_challenge=base64url_to_bytes(challenge.sealed),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise Refusal("passkey_not_accepted") from error
    change(challenge, used_at=at, sealed="")
    credential = Credential(
        person_id=owner,
        kind="passkey",
        secret=bytes_to_base64url(verified.credential_public_key),
        handle=bytes_to_base64url(verified.credential_id),
        counter=verified.sign_count,
        label=writing.tidy(label)[:80],
        made_at=at,
    )
    put_first(credential)
    tell(events.PasskeyRegistered(person_id=owner, credential_id=credential.id), story=owner)
    return credential.id


@action
def remove_passkey(*, by: Actor, at: datetime, key: str, credential_id: UUID, session_id: UUID) -> None:
    """End a passkey of one's own account, soon after signing in.

    Raises:
        Refusal: ``sign_in_again``.

    """
    row = Credential.locked(credential_id)
    allow(row is not None and row.kind == "passkey" and rules.may_choose(by, row.person_id))
    del key
    demand_fresh(by, session_id, at)
    if row is not None and row.ended_at is None:
        change(row, ended_at=at)
        tell(events.PasskeyRemoved(person_id=row.person_id, credential_id=row.id), story=row.person_id)


@action
def begin_passkey_sign_in(*, by: Actor, at: datetime, key: str, second_step_id: UUID | None = None) -> PasskeyOptions:
    """Ask the browser for a passkey: any, or, after the password (``second_step_id``), one of that officer."""
    allow(rules.may_sign_in(by))
    del key
    person = None
    if second_step_id is not None:
        first = _open_challenge("second_step", second_step_id, at)
        if first is None:
            raise not_found()
        person = first.person
    options = webauthn.generate_authentication_options(
        rp_id=_party().id,
        allow_credentials=_handles(person) if person else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _put_challenge("passkey", person, options, at)


def _verified_count(credential: Credential, response: str, challenge: Challenge) -> int | None:
    """Return the passkey's new signature count, or ``None`` where the response is not its answer."""
    party = _party()
    try:
        verified = webauthn.verify_authentication_response(
            credential=response,
            expected_challenge=base64url_to_bytes(challenge.sealed),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(credential.secret),
            credential_current_sign_count=credential.counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    return int(verified.new_sign_count)


def _credential(response: str) -> Credential | None:
    if len(response) > _MAX_RESPONSE:
        return None
    try:
        handle = bytes_to_base64url(parse_authentication_credential_json(response).raw_id)
    except (WebAuthnException, ValueError):
        return None
    rows = Credential.objects.select_for_update(of=("self",)).select_related("person")
    return rows.filter(kind="passkey", handle=handle, ended_at=None).first()


@action
def confirm_passkey(
    *, by: Actor, at: datetime, key: str, challenge_id: UUID, response: str, token_hash: str
) -> OfficerSignIn:
    """Sign in with a passkey; ``response`` is the browser's JSON. Wrong answers are counted."""
    allow(rules.may_sign_in(by))
    del key
    challenge = _open_challenge("passkey", challenge_id, at)
    if challenge is None:
        return REFUSED
    credential = _credential(response)
    count = None
    if (
        credential is not None
        and challenge.person_id in (None, credential.person_id)
        and may_be_here(credential.person)
        and purse(rules.SECOND_STEPS, str(credential.person_id), at).wait_seconds() == 0
    ):
        count = _verified_count(credential, response, challenge)
    if credential is None or count is None:
        change(challenge, tries=challenge.tries + 1)
        tell(events.SignInFailed(step="passkey", challenge_id=challenge.id), story=challenge.id)
        return OfficerSignIn(ok=False, left=rules.CODE_TRIES - challenge.tries, session_id=None, choices=0)
    change(credential, counter=count)
    change(challenge, used_at=at, sealed="")
    return open_officer_session(credential.person, token_hash=token_hash, at=at)
