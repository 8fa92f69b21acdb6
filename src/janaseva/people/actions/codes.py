"""Citizens sign in with a phone number and a one-time code."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import TOO_MANY, Fault, Invalid, Refusal
from janaseva.core.secret import Secret, is_keyed_hash, keyed_hash, seal
from janaseva.core.text import is_reading
from janaseva.people import events, rules
from janaseva.people.actions.allowances import purse, put_first
from janaseva.people.actions.opening import open_session
from janaseva.people.models import Challenge, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAsked:
    """A code is on its way, or looks so: the answer is the same whoever owns the number."""

    challenge_id: UUID
    ends_at: datetime
    phone_masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Whether the code was right. ``left`` is how many tries remain; at 0 a new code must be asked for."""

    ok: bool
    left: int
    session_id: UUID | None


@action
def request_code(
    *, by: Actor, at: datetime, key: str, phone: str, language: str = "en", region: str = "IN"
) -> CodeAsked:
    """Ask for a one-time code to a mobile number of India or Pakistan; ``region`` where no +country was typed.

    Raises:
        Invalid: ``phone_not_valid``.
        Refusal: ``too_many_requests`` with the seconds to wait, once the number's allowance is spent.

    """
    allow(rules.may_sign_in(by))
    del key
    number = rules.normal_phone(phone, region=region)
    if number is None:
        raise Invalid([Fault(place="phone", code="phone_not_valid")])
    codes = purse(rules.CODES, number, at)
    if (wait := codes.wait_seconds()) > 0:
        raise Refusal("too_many_requests", status=TOO_MANY, seconds=wait)
    codes.spend()
    digits = rules.code_of(secrets.randbelow(10**rules.CODE_DIGITS))
    challenge = Challenge(
        kind="code",
        phone=number,
        language=language if is_reading(language) else "en",
        made_at=at,
        ends_at=at + rules.CODE_LIFE,
    )
    challenge.answer_hash = keyed_hash("code", str(challenge.id), digits)
    challenge.sealed = seal("code", digits, bound_to=str(challenge.id))
    put(challenge)
    tell(events.CodeRequested(challenge_id=challenge.id), story=challenge.id)
    return CodeAsked(challenge_id=challenge.id, ends_at=challenge.ends_at, phone_masked=rules.masked(number))


def _person(challenge: Challenge, at: datetime) -> Person:
    person = Person.first_where(phone=challenge.phone)
    if person is None:
        person = Person(phone=challenge.phone, language=challenge.language, made_at=at)
        put_first(person)
    return person


@action
def confirm_code(*, by: Actor, at: datetime, key: str, challenge_id: UUID, code: Secret, token_hash: str) -> Confirmed:
    """Sign in with the code that was sent. A wrong code is counted, so it is an answer and not a refusal.

    The door makes the token (``core.ids.secret_token``), keeps it in the cookie and passes its hash
    (``rules.token_hash``).
    """
    allow(rules.may_sign_in(by))
    del key
    challenge = Challenge.objects.select_for_update().filter(pk=challenge_id, kind="code").first()
    expected = challenge.answer_hash if challenge else ""
    right = is_keyed_hash(expected, "code", str(challenge_id), rules.tidy_code(code.reveal()))
    if challenge is None or not rules.is_open(challenge.ends_at, challenge.used_at, challenge.tries, at):
        return Confirmed(ok=False, left=0, session_id=None)
    wrong = purse(rules.WRONG_CODES, challenge.phone, at)
    if wrong.wait_seconds() > 0:
        return Confirmed(ok=False, left=0, session_id=None)
    if not right:
        change(challenge, tries=challenge.tries + 1)
        wrong.spend()
        tell(events.SignInFailed(step="code", challenge_id=challenge.id), story=challenge.id)
        return Confirmed(ok=False, left=rules.CODE_TRIES - challenge.tries, session_id=None)
    person = _person(challenge, at)
    change(challenge, used_at=at, sealed="")
    session = open_session(person, kind="citizen", charge=None, token_hash=token_hash, at=at)
    tell(events.SignedIn(person_id=person.id, session_id=session.id, charge_id=None), story=person.id)
    return Confirmed(ok=True, left=0, session_id=session.id)
