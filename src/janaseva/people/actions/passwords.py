"""An officer chooses the own password; whoever else knew the old one, or sits in another session, is out."""

import functools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from uuid import UUID

from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.password_validation import CommonPasswordValidator

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Fault, Invalid, not_found
from janaseva.core.secret import Secret
from janaseva.people import events, rules
from janaseva.people.actions.allowances import purse
from janaseva.people.actions.opening import demand_fresh, end_sessions
from janaseva.people.models import Credential, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged:
    """Whether the old password was right; ``wait_seconds`` above 0 says that nothing was checked."""

    ok: bool
    wait_seconds: int = 0


@functools.cache
def common_passwords() -> Collection[str]:
    """Return the 20,000 most usual passwords, as Django brings them; read when the first one is chosen."""
    return frozenset(CommonPasswordValidator().passwords)


@functools.cache
def lost_passwords() -> rules.Breached:
    """Return the passwords that others lost; read when the first one is chosen."""
    return rules.Breached((resources.files("janaseva.people") / "lost" / "passwords").read_bytes())


def chosen_faults(password: str, *, login: str) -> tuple[Fault, ...]:
    """Return what is wrong with a password that an officer would choose."""
    return rules.password_faults(
        password,
        login=login,
        common=common_passwords(),
        local=rules.local_words(str(settings.OPTIONS.state_name)),
        lost=lost_passwords(),
    )


@action
def change_password(
    *, by: Actor, at: datetime, key: str, session_id: UUID, old: Secret, new: Secret
) -> PasswordChanged:
    """Give oneself another password, soon after signing in; all other sessions end. A wrong old one is counted.

    Raises:
        Refusal: ``sign_in_again`` where the sign-in was not a moment ago.
        Invalid: ``password_length``, ``password_too_simple``, ``password_common``, ``password_same``.

    """
    rows = Credential.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(person_id=by.person_id, kind="password", ended_at=None).first() if by.person_id else None
    allow(row is not None and rules.may_choose(by, row.person_id))
    del key
    if row is None:
        raise not_found()
    demand_fresh(by, session_id, at)
    login = row.person.login or ""
    wrong = purse(rules.PASSWORDS, login, at)
    if (wait := wrong.wait_seconds()) > 0:
        return PasswordChanged(ok=False, wait_seconds=wait)
    if not hashers.check_password(rules.tidy_password(old.reveal()), row.secret):
        wrong.spend()
        tell(events.SignInFailed(step="password", challenge_id=None), story=row.person_id)
        return PasswordChanged(ok=False)
    chosen = rules.tidy_password(new.reveal())
    same = Fault(place="password", code="password_same")
    faults = chosen_faults(chosen, login=login) or ((same,) if hashers.check_password(chosen, row.secret) else ())
    if faults:
        raise Invalid(faults)
    change(row, secret=hashers.make_password(chosen), label="", made_at=at)
    others = Session.objects.select_for_update().filter(person_id=row.person_id, kind="officer", ended_at=None)
    ended = end_sessions(others.exclude(pk=session_id), at)
    tell(events.PasswordChanged(person_id=row.person_id, ended_session_ids=ended), story=row.person_id)
    return PasswordChanged(ok=True)
