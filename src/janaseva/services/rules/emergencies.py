"""Reading outside one's charge in an emergency: who may ask, who allows it, for how long; it is to read and no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.services.rules import permissions

STATES: Final[tuple[str, ...]] = ("asked", "allowed", "refused", "ended")
MINUTES: Final[tuple[int, ...]] = (15, 30, 60)
"""For how long one may ask; never for more than an hour at once, and a further hour needs a second person again."""
WAITS: Final = timedelta(hours=4)
"""How long a request waits for the second person: an emergency that can wait longer is none."""
FEWEST_LETTERS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of an emergency access decides who may do what with it."""

    person_id: UUID
    charge_id: UUID
    applicant_id: UUID
    state: str
    asked_at: datetime
    ends_at: datetime | None


class Held(Protocol):
    """What is kept of an emergency access, as far as the rules read it."""

    person_id: UUID
    charge_id: UUID
    state: str
    asked_at: datetime
    ends_at: datetime | None


def facts_of(row: Held, applicant_id: UUID) -> Facts:
    """Return what decides, from what is kept and whose the application is."""
    return Facts(
        person_id=row.person_id,
        charge_id=row.charge_id,
        applicant_id=applicant_id,
        state=row.state,
        asked_at=row.asked_at,
        ends_at=row.ends_at,
    )


def standing(facts: Facts, at: datetime) -> str:
    """Return how it stands at a moment: it ends, and a request lapses, by time alone, noted or not."""
    if facts.state == "asked" and at >= facts.asked_at + WAITS:
        return "lapsed"
    if facts.state == "allowed" and (facts.ends_at is None or at >= facts.ends_at):
        return "ended"
    return facts.state


def may_ask(by: Actor) -> bool:
    """Return whether ``by`` may ask at all: an officer whose post has the grant."""
    return permissions.may_work(by) and by.may("services.ask_emergency")


def is_reason(words: str) -> bool:
    """Return whether a reason says enough for the second person, and later for the auditor."""
    return len(words.strip()) >= FEWEST_LETTERS


def may_allow(by: Actor, facts: Facts) -> bool:
    """Return whether ``by`` may allow or refuse it: another officer with the grant, whose own matter it is not."""
    return (
        permissions.may_work(by)
        and by.may("services.allow_emergency")
        and by.person_id not in (facts.person_id, facts.applicant_id)
    )


def may_read(by: Actor, facts: Facts, at: datetime) -> bool:
    """Return whether ``by`` may read under it now: who asked, in the same charge, once allowed and before its end."""
    return permissions.may_work(by) and by.charge_id == facts.charge_id and standing(facts, at) == "allowed"


def may_end(by: Actor, facts: Facts, at: datetime) -> bool:
    """Return whether ``by`` may end it: who asked, or the platform once its time is over."""
    if permissions.is_own_work(by):
        return standing(facts, at) in ("ended", "lapsed")
    return permissions.may_work(by) and by.person_id == facts.person_id


def may_oversee(by: Actor) -> bool:
    """Return whether ``by`` may see every emergency access: those who audit the record, and those who allow."""
    return permissions.may_work(by) and (by.may("ledger.audit") or by.may("services.allow_emergency"))
