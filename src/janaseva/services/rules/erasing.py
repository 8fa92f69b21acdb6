"""Erasing and holding: who may propose, allow, hold and lift; on which ground; what stands in the way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.services.rules import permissions

GROUNDS: Final[tuple[str, ...]] = ("schedule", "request", "order", "again")
"""The law's time is over; the person asked; a court or authority ordered it; it was erased before, and a backup
brought it back."""
OFFICERS_GROUNDS: Final = ("request", "order")
BY_ITSELF: Final = ("schedule", "again")
STATES: Final[tuple[str, ...]] = ("proposed", "announced", "refused", "withdrawn", "done")
OPEN: Final = ("proposed", "announced")
NOTICE: Final = timedelta(hours=48)
"""How long before it the person is told (DPDP Rules 2025, rule 8: at least forty-eight hours)."""
FEWEST_LETTERS: Final = 20
LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What of a proposed erasure decides who may do what with it; nobody proposed what is due by schedule."""

    proposed_by_id: UUID | None
    applicant_id: UUID
    in_reach: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of an application decides whether it may be erased now."""

    kind: str
    is_erased: bool
    is_held: bool
    is_open: bool
    """An appeal may still be filed, or one, a notice to its holder, a renewal or a payment of it is under way."""
    is_unsealed: bool


def hindrance(standing: Standing) -> str:
    """Return why an application cannot be erased as it stands, as the code of a refusal; empty where it can."""
    if standing.is_erased:
        return "erased_already"
    if standing.is_held:
        return "erasure_held"
    if not standing.kind or standing.is_open:
        return "erasure_not_ended"
    return "document_not_sealed" if standing.is_unsealed else ""


def may_propose(by: Actor, *, in_reach: bool) -> bool:
    """Return whether ``by`` may propose to erase an application: an officer with the grant, whose area it is in."""
    return permissions.may_work(by) and by.may("services.propose_erasure") and in_reach


def may_allow(by: Actor, facts: Facts) -> bool:
    """Return whether ``by`` may allow or refuse what another proposed; never one's own matter."""
    return (
        permissions.may_work(by)
        and by.may("services.allow_erasure")
        and facts.in_reach
        and by.person_id not in (facts.proposed_by_id, facts.applicant_id)
    )


def may_withdraw(by: Actor, facts: Facts) -> bool:
    """Return whether ``by`` may stop an erasure before it is done: who proposed it, and whoever may allow one."""
    if permissions.is_own_work(by):
        return True
    if not (permissions.may_work(by) and facts.in_reach) or by.person_id == facts.applicant_id:
        return False
    return by.may("services.allow_erasure") or by.person_id == facts.proposed_by_id


def may_hold(by: Actor, *, in_reach: bool) -> bool:
    """Return whether ``by`` may hold an application, or all of a person, against erasing."""
    return permissions.may_work(by) and by.may("services.hold_records") and in_reach


def may_lift(by: Actor, placed_by_id: UUID, *, in_reach: bool) -> bool:
    """Return whether ``by`` may lift a hold: a second person with the grant."""
    return may_hold(by, in_reach=in_reach) and by.person_id != placed_by_id


def may_oversee(by: Actor) -> bool:
    """Return whether ``by`` may see what is to be erased, what was, and what is held."""
    rights = ("services.propose_erasure", "services.allow_erasure", "services.hold_records", "ledger.audit")
    return permissions.may_work(by) and any(by.may(one) for one in rights)


def says_enough(words: str) -> bool:
    """Return whether a ground is told so that a second person and an auditor can judge it."""
    return len(words.strip()) >= FEWEST_LETTERS


def erases_at(announced_at: datetime) -> datetime:
    """Return from when on what was announced is erased."""
    return announced_at + NOTICE
