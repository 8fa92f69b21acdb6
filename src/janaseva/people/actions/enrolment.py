"""Officers get their credentials from the administrator's command."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth import hashers

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Fault, Invalid, not_found
from janaseva.core.secret import Secret, derive, lasting_hash, seal
from janaseva.core.secret_keys import lasting
from janaseva.people import events, rules
from janaseva.people.actions.opening import end_sessions
from janaseva.people.models import Credential, Person, Session

_LEAST_SEED_BYTES = 16


def _seed_faults(seed: str) -> tuple[Fault, ...]:
    """Return what is wrong with a TOTP seed: RFC 4226 §4 demands 128 bits at least, in base 32."""
    try:
        long_enough = len(base64.b32decode(seed)) >= _LEAST_SEED_BYTES
    except (binascii.Error, ValueError):
        long_enough = False
    return () if long_enough else (Fault(place="totp_seed", code="seed_not_valid"),)


def _set_credential(person: Person, kind: str, secret: str, *, label: str, at: datetime) -> None:
    """Set the password hash or the seed; a seed is sealed to its row."""
    row = Credential.objects.select_for_update().filter(person=person, kind=kind, ended_at=None).first()
    new = row or Credential(person=person, kind=kind, made_at=at)
    kept = seal("totp", secret, bound_to=str(new.id)) if kind == "totp" else secret
    if row is None:
        new.secret, new.label = kept, label
        put(new)
    else:
        change(row, secret=kept, label=label, counter=0, made_at=at)


def _enrol(person: Person, *, password_hash: str, seed: str, label: str, at: datetime) -> None:
    _set_credential(person, "password", password_hash, label=label, at=at)
    _set_credential(person, "totp", seed, label=label, at=at)
    end_sessions(Session.objects.select_for_update().filter(person=person, kind="officer", ended_at=None), at)
    tell(events.OfficerEnrolled(person_id=person.id), story=person.id)


@action
def enrol_officer(
    *,
    by: Actor,
    at: datetime,
    key: str,
    login: str,
    names: Mapping[str, str],
    password: Secret,
    totp_seed: Secret,
    language: str = "en",
) -> UUID:
    """Give an officer, new or known by this login, a password and an authenticator seed (base 32); return the person.

    The password is good for three days and to choose another with. Sessions under the old credentials end.

    Raises:
        Invalid: ``login_not_valid``, ``password_length``, ``password_too_simple``, ``seed_not_valid``.

    """
    allow(rules.may_enrol(by))
    del key
    name = rules.tidy_login(login)
    chosen = rules.tidy_password(password.reveal())
    faults = (
        *rules.login_faults(name),
        *rules.password_faults(chosen, login=name),
        *_seed_faults(totp_seed.reveal()),
    )
    if faults:
        raise Invalid(faults)
    person = Person.objects.select_for_update().filter(login=name).first()
    if person is None:
        person = put(Person(login=name, names=dict(names), language=language, made_at=at))
    _enrol(person, password_hash=hashers.make_password(chosen), seed=totp_seed.reveal(), label=rules.INITIAL, at=at)
    return person.id


@action
def close_officer(*, by: Actor, at: datetime, key: str, login: str) -> UUID:
    """Take away all by which an officer could sign in, and end every session; what was done stays as it was done.

    The posts are given to others at the desk. Enrolling the officer again opens the account anew.
    """
    person = Person.objects.select_for_update().filter(login=rules.tidy_login(login)).first()
    allow(person is not None and rules.may_enrol(by))
    del key
    if person is None:
        raise not_found()
    for row in Credential.objects.select_for_update().filter(person=person, ended_at=None):
        change(row, ended_at=at)
    ended = end_sessions(Session.objects.select_for_update().filter(person=person, ended_at=None), at)
    tell(events.OfficerClosed(person_id=person.id, ended_session_ids=ended), story=person.id)
    return person.id


@action
def enrol_demonstration(*, by: Actor, at: datetime, key: str) -> int:
    """Give every demonstration officer the sign-in that ``queries.demonstration_sign_ins`` prints; return how many.

    Those who have it already are left alone, so that repeating costs nothing. The password is one for all and is hashed
    once.
    """
    allow(rules.may_enrol(by) and settings.OPTIONS.demonstration)
    del key
    secret = derive("demonstration", secret_key=lasting())
    label = f"demonstration {lasting_hash('demonstration', 'label')[:16]}"
    kept = Credential.objects.filter(kind="totp", ended_at=None, label=label).values_list("person_id", flat=True)
    rows = Person.objects.select_for_update().filter(is_demonstration=True, login__isnull=False)
    due = list(rows.exclude(pk__in=list(kept)))
    if not due:
        return 0
    password_hash = hashers.make_password(rules.demonstration_password(secret))
    for person in due:
        seed = rules.demonstration_seed(secret, str(person.login))
        _enrol(person, password_hash=password_hash, seed=seed, label=label, at=at)
    return len(due)
