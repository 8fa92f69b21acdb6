"""Officers sign in with login name and password, then with an authenticator's code."""

import functools
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import hashers

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.secret import Secret, unseal
from janaseva.people import events, rules
from janaseva.people.actions.allowances import purse
from janaseva.people.actions.opening import REFUSED, OfficerSignIn, may_be_here, open_officer_session
from janaseva.people.models import Challenge, Credential


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChecked:
    """Whether the password was right; then which second steps (``totp``, ``passkey``) there are, under which id.

    ``wait_seconds`` above 0 says that the allowance of wrong passwords is spent: nothing was checked.
    """

    ok: bool
    challenge_id: UUID | None
    second_steps: tuple[str, ...]
    wait_seconds: int


@functools.cache
def _nobodys_hash() -> str:
    """Return a hash to check against where there is no such login, so that the answer takes as long."""
    return hashers.make_password("nobody's password")


def _password_of(login: str, at: datetime) -> Credential | None:
    row = (
        Credential.objects.select_related("person").filter(person__login=login, kind="password", ended_at=None).first()
    )
    if row is None or rules.is_over(row.label, row.made_at, at) or not may_be_here(row.person):
        return None
    return row


@action
def check_password(*, by: Actor, at: datetime, key: str, login: str, password: Secret) -> PasswordChecked:
    """Take the first of an officer's two steps. Wrong ones are counted by login name, known or not, and by password.

    The answer and the work are the same for an unknown login and for a wrong password.
    """
    allow(rules.may_sign_in(by))
    del key
    name = rules.tidy_login(login)
    wrong = purse(rules.PASSWORDS, name, at)
    given = rules.tidy_password(password.reveal())
    same = purse(rules.SAME_PASSWORD, given, at)
    if (wait := wrong.wait_seconds() or same.wait_seconds()) > 0:
        return PasswordChecked(ok=False, challenge_id=None, second_steps=(), wait_seconds=wait)
    credential = _password_of(name, at)
    right = hashers.check_password(given, credential.secret if credential else _nobodys_hash())
    if credential is None or not right:
        wrong.spend()
        same.spend()
        tell(events.SignInFailed(step="password", challenge_id=None))
        return PasswordChecked(ok=False, challenge_id=None, second_steps=(), wait_seconds=0)
    challenge = put(
        Challenge(kind="second_step", person=credential.person, made_at=at, ends_at=at + rules.SECOND_STEP_LIFE)
    )
    kinds = Credential.objects.filter(person=credential.person, ended_at=None).values_list("kind", flat=True)
    tell(events.PasswordAccepted(person_id=credential.person_id, challenge_id=challenge.id), story=challenge.id)
    steps = tuple(kind for kind in ("totp", "passkey") if kind in set(kinds))
    return PasswordChecked(ok=True, challenge_id=challenge.id, second_steps=steps, wait_seconds=0)


def _accepted_step(credential: Credential | None, code: Secret, at: datetime) -> int | None:
    if credential is None:
        return None
    seed = unseal("totp", credential.secret, bound_to=str(credential.id))
    return rules.totp_step(seed, rules.tidy_code(code.reveal()), at=at, after=credential.counter)


@action
def confirm_totp(
    *, by: Actor, at: datetime, key: str, challenge_id: UUID, code: Secret, token_hash: str
) -> OfficerSignIn:
    """Take the second step with an authenticator's code; each code is good once. Wrong ones are counted."""
    allow(rules.may_sign_in(by))
    del key
    challenge = (
        Challenge.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk=challenge_id, kind="second_step")
        .first()
    )
    if (
        challenge is None
        or challenge.person is None
        or not rules.is_open(challenge.ends_at, challenge.used_at, challenge.tries, at)
    ):
        return REFUSED
    wrong = purse(rules.SECOND_STEPS, str(challenge.person_id), at)
    if wrong.wait_seconds() > 0:
        return REFUSED
    rows = Credential.objects.select_for_update().filter(person=challenge.person, kind="totp", ended_at=None)
    credential = rows.first()
    step = _accepted_step(credential, code, at)
    if credential is None or step is None:
        change(challenge, tries=challenge.tries + 1)
        wrong.spend()
        tell(events.SignInFailed(step="totp", challenge_id=challenge.id), story=challenge.id)
        return OfficerSignIn(ok=False, left=rules.CODE_TRIES - challenge.tries, session_id=None, choices=0)
    change(credential, counter=step)
    change(challenge, used_at=at)
    return open_officer_session(challenge.person, token_hash=token_hash, at=at)
