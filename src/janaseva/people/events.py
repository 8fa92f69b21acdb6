"""What people tells: ids alone, never a name, a number or a login."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequested(News):
    """Somebody asked for a one-time code; who delivers it asks ``queries.code_to_send``."""

    name: ClassVar[str] = "people.code_requested"
    challenge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFailed(News):
    """A code, password or passkey was wrong. ``step`` is ``code``, ``password``, ``totp`` or ``passkey``."""

    name: ClassVar[str] = "people.sign_in_failed"
    step: str
    challenge_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordAccepted(News):
    """An officer's password was right; the second step is still to come."""

    name: ClassVar[str] = "people.password_accepted"
    person_id: UUID
    challenge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched(News):
    """An officer looked something up by its number; what was opened then is told by its own room."""

    name: ClassVar[str] = "people.searched"
    charge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyChallenged(News):
    """A challenge for a passkey was made; ``purpose`` is ``sign_in`` or ``registration``."""

    name: ClassVar[str] = "people.passkey_challenged"
    challenge_id: UUID
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRegistered(News):
    """An officer added a passkey."""

    name: ClassVar[str] = "people.passkey_registered"
    person_id: UUID
    credential_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRemoved(News):
    """An officer ended a passkey."""

    name: ClassVar[str] = "people.passkey_removed"
    person_id: UUID
    credential_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(News):
    """A session began. ``charge_id`` is empty for citizens and for officers who have yet to choose."""

    name: ClassVar[str] = "people.signed_in"
    person_id: UUID
    session_id: UUID
    charge_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeChosen(News):
    """An officer chose in which charge to act; the old session gave way to a new one."""

    name: ClassVar[str] = "people.charge_chosen"
    person_id: UUID
    session_id: UUID
    charge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionKept(News):
    """A session was still in use."""

    name: ClassVar[str] = "people.session_kept"
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(News):
    """Sessions were ended by the one whose they were, or by an administrator."""

    name: ClassVar[str] = "people.signed_out"
    person_id: UUID
    session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSet(News):
    """A person chose a language."""

    name: ClassVar[str] = "people.language_set"
    person_id: UUID
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerEnrolled(News):
    """An officer was given a password and a second factor, for the first time or anew."""

    name: ClassVar[str] = "people.officer_enrolled"
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerClosed(News):
    """An officer can sign in no more; ``ended_session_ids`` are the sessions that this ended."""

    name: ClassVar[str] = "people.officer_closed"
    person_id: UUID
    ended_session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(News):
    """An officer chose another password; ``ended_session_ids`` are the other sessions, which this ended."""

    name: ClassVar[str] = "people.password_changed"
    person_id: UUID
    ended_session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeHandedOver(News):
    """A post passed from one holder to the next; ``ended_session_ids`` are the sessions that this ended."""

    name: ClassVar[str] = "people.charge_handed_over"
    post_id: UUID
    old_charge_id: UUID
    new_charge_id: UUID
    old_person_id: UUID
    new_person_id: UUID
    ended_session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInBegun(News):
    """A colleague may act for a post from one moment to another."""

    name: ClassVar[str] = "people.stand_in_begun"
    post_id: UUID
    charge_id: UUID
    person_id: UUID
    for_charge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInEnded(News):
    """A stand-in was ended before its time."""

    name: ClassVar[str] = "people.stand_in_ended"
    post_id: UUID
    charge_id: UUID
    ended_session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementProposed(News):
    """An administrator proposed an order about an office or a post; ``kind`` says what it does."""

    name: ClassVar[str] = "people.arrangement_proposed"
    arrangement_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementWithdrawn(News):
    """An order that was proposed was taken back, by who proposed it or by another who may."""

    name: ClassVar[str] = "people.arrangement_withdrawn"
    arrangement_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementMade(News):
    """A second person put an order in force; ``post_ids`` are the posts that it made, gave, vacated or ended."""

    name: ClassVar[str] = "people.arrangement_made"
    arrangement_id: UUID
    kind: str
    post_ids: tuple[UUID, ...]
    ended_session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSucceeded(News):
    """An office takes nothing new: what lies there goes to its successor, and then it ends."""

    name: ClassVar[str] = "people.office_succeeded"
    office_id: UUID
    successor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeEnded(News):
    """An office is no more; its posts and their charges have ended with it."""

    name: ClassVar[str] = "people.office_ended"
    office_id: UUID
    ended_session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLoaded(News):
    """Areas, departments, offices, posts, grants and demonstration officers were brought up to date."""

    name: ClassVar[str] = "people.directory_loaded"
    added: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedsResealed(News):
    """Seeds of authenticators were sealed anew, for the secret key was changed."""

    name: ClassVar[str] = "people.seeds_resealed"
    resealed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleSwept(News):
    """Sessions, challenges and budgets that serve nothing any more were removed."""

    name: ClassVar[str] = "people.stale_swept"
    removed: int
