"""Opening and ending sessions, whichever way somebody signed in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from janaseva.core.action import change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import FORBIDDEN, Refusal
from janaseva.people import events, rules
from janaseva.people.models import Charge, Credential, Person, Session
from janaseva.people.queries._views import charges_in_force

_TOKEN_HASH: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerSignIn:
    """Whether an officer is signed in; ``left`` tries where not; how many charges there are to choose from."""

    ok: bool
    left: int
    session_id: UUID | None
    choices: int


REFUSED: Final = OfficerSignIn(ok=False, left=0, session_id=None, choices=0)


def open_session(
    person: Person, *, kind: str, charge: Charge | None, token_hash: str, at: datetime, ends_at: datetime | None = None
) -> Session:
    """Put a new session.

    Raises:
        ValueError: where the door passed something else than a SHA-256.

    """
    if not _TOKEN_HASH.fullmatch(token_hash):
        message = "a session is known by the SHA-256 of its token, 64 hexadecimal digits"
        raise ValueError(message)
    return put(
        Session(
            token_hash=token_hash,
            person=person,
            charge=charge,
            kind=kind,
            language=person.language,
            made_at=at,
            seen_at=at,
            ends_at=ends_at or rules.absolute_end(kind, at),
        )
    )


def has_initial_password(person_id: UUID) -> bool:
    """Return whether the officer has yet to choose a password."""
    return Credential.objects.filter(person_id=person_id, kind="password", label=rules.INITIAL, ended_at=None).exists()


def demand_fresh(by: Actor, session_id: UUID, at: datetime) -> None:
    """Go on only where the sign-in behind this session of one's own was a moment ago.

    Raises:
        Refusal: ``sign_in_again``.

    """
    row = Session.first_where(id=session_id, person_id=by.person_id, ended_at=None)
    if row is None or not rules.is_fresh(row.kind, row.ends_at, at):
        raise Refusal("sign_in_again", status=FORBIDDEN)


def open_officer_session(person: Person, *, token_hash: str, at: datetime) -> OfficerSignIn:
    """Open an officer's session, bound to the charge where there is only one to choose, and tell it.

    Who has yet to choose a password is in charge of nothing before.
    """
    held = charges_in_force(person.id, at)
    choices = [row for row in held if row.kind == "substantive"] or held
    charge = choices[0] if len(choices) == 1 and not has_initial_password(person.id) else None
    session = open_session(person, kind="officer", charge=charge, token_hash=token_hash, at=at)
    tell(
        events.SignedIn(person_id=person.id, session_id=session.id, charge_id=charge.id if charge else None),
        story=person.id,
        office_id=charge.office_id if charge else None,
    )
    return OfficerSignIn(ok=True, left=0, session_id=session.id, choices=len(choices))


def end_sessions(rows: Iterable[Session], at: datetime) -> tuple[UUID, ...]:
    """End live sessions and return their ids."""
    return tuple(change(row, ended_at=at).id for row in rows)


def may_be_here(person: Person) -> bool:
    """Return whether this person may sign in here: demonstration people only where the demonstration is on."""
    return rules.may_be_here(is_demonstration=person.is_demonstration, demonstration_on=settings.OPTIONS.demonstration)
