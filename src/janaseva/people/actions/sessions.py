"""A session's life: bound to a charge, kept, ended."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import FORBIDDEN, Fault, Invalid, Refusal, not_found
from janaseva.core.text import is_reading
from janaseva.people import events, rules
from janaseva.people.actions.opening import end_sessions, has_initial_password, open_session
from janaseva.people.models import Person, Session
from janaseva.people.queries._views import charges_in_force


def _live(session_id: UUID, at: datetime) -> Session | None:
    row = (
        Session.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk=session_id, ended_at=None)
        .first()
    )
    return row if row is not None and rules.is_live(row.kind, row.seen_at, row.ends_at, at) else None


@action
def choose_charge(*, by: Actor, at: datetime, key: str, session_id: UUID, charge_id: UUID, token_hash: str) -> UUID:
    """Act in one of the own charges from now on. The session gives way to a new one; return its id.

    Raises:
        Refusal: ``password_to_be_chosen`` before that.

    """
    old = _live(session_id, at)
    allow(old is not None and old.kind == "officer" and rules.may_choose(by, old.person_id))
    del key
    if old is None:
        raise not_found()
    if has_initial_password(old.person_id):
        raise Refusal("password_to_be_chosen", status=FORBIDDEN)
    held = charges_in_force(old.person_id, at)
    choices = [row for row in held if row.kind == "substantive"] or held
    charge = next((row for row in choices if row.id == charge_id), None)
    if charge is None:
        raise not_found()
    change(old, ended_at=at)
    new = open_session(old.person, kind="officer", charge=charge, token_hash=token_hash, at=at, ends_at=old.ends_at)
    tell(
        events.ChargeChosen(person_id=old.person_id, session_id=new.id, charge_id=charge.id),
        story=old.person_id,
        office_id=charge.office_id,
    )
    return new.id


@action
def keep_session(*, by: Actor, at: datetime, key: str, session_id: UUID) -> datetime:
    """Keep a session in use; return when it would end unused. Written at most every five minutes."""
    row = _live(session_id, at)
    allow(row is not None and rules.may_manage_session(by, row.person_id))
    del key
    if row is None:
        raise not_found()
    if rules.keep_due(row.seen_at, at):
        change(row, seen_at=at)
        tell(events.SessionKept(session_id=row.id), story=row.person_id)
    return rules.live_until(row.kind, row.seen_at, row.ends_at)


@action
def sign_out(*, by: Actor, at: datetime, key: str, session_id: UUID) -> None:
    """End one session. What has ended already stays ended."""
    row = Session.locked(session_id)
    allow(row is not None and rules.may_manage_session(by, row.person_id))
    del key
    if row is not None and row.ended_at is None:
        ended = end_sessions([row], at)
        tell(events.SignedOut(person_id=row.person_id, session_ids=ended), story=row.person_id)


@action
def sign_out_everywhere(*, by: Actor, at: datetime, key: str, person_id: UUID) -> int:
    """End all sessions of a person; return how many."""
    allow(rules.may_manage_session(by, person_id))
    del key
    ended = end_sessions(Session.objects.select_for_update().filter(person_id=person_id, ended_at=None), at)
    if ended:
        tell(events.SignedOut(person_id=person_id, session_ids=ended), story=person_id)
    return len(ended)


@action
def set_language(*, by: Actor, at: datetime, key: str, session_id: UUID, language: str) -> None:
    """Set the language of a session and, for the next one, of its person.

    Raises:
        Invalid: ``language_not_known``.

    """
    row = _live(session_id, at)
    allow(row is not None and rules.may_manage_session(by, row.person_id))
    del key
    if not is_reading(language):
        raise Invalid([Fault(place="language", code="language_not_known")])
    person = Person.locked(row.person_id) if row else None
    if row is None or person is None:
        raise not_found()
    change(row, language=language)
    change(person, language=language)
    tell(events.LanguageSet(person_id=person.id, language=language), story=person.id)
