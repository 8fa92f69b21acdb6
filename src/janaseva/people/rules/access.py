"""Who may: hand over, stand in, choose a charge, see a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from janaseva.core.actor import Actor

CHARGE_KINDS: Final = ("substantive", "stand_in")
ARRANGEMENTS: Final = (
    *("open_office", "change_office", "close_office"),
    *("open_post", "fill_post", "vacate_post", "end_post"),
)
"""What an order about an office or a post may do."""

PERMISSIONS: Final = frozenset(
    {
        "services.take",
        "services.decide",
        "services.report",
        "services.recommend",
        "services.define",
        "services.publish",
        "services.pendency",
        "services.ask_emergency",
        "services.allow_emergency",
        "services.propose_erasure",
        "services.allow_erasure",
        "services.hold_records",
        "people.hand_over",
        "people.stand_in",
        "people.arrange",
        "payments.refund",
        "ledger.audit",
        "ledger.retry",
        "ledger.search",
        "monitor.handle",
        "documents.revoke",
        "workflow.close_office",
        "workflow.close_area",
        "workflow.record_outage",
    }
)
"""Every permission that a role may be granted; anything else in a directory is a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFacts:
    """What of a charge decides who may change it. ``above`` is its office and every office that this one is under."""

    charge_id: UUID
    person_id: UUID
    post_id: UUID
    above: Collection[UUID]


def in_force(from_at: datetime, to_at: datetime | None, at: datetime) -> bool:
    """Return whether something that runs from, and up to but not including, ``to_at`` runs at ``at``."""
    return from_at <= at and (to_at is None or at < to_at)


def _over(by: Actor, charge: ChargeFacts, permission: str) -> bool:
    if by.kind == "system":
        return True
    if by.kind != "officer" or by.charge_id is None:
        return False
    return by.charge_id == charge.charge_id or (by.may(permission) and by.office_id in charge.above)


def may_hand_over(by: Actor, charge: ChargeFacts) -> bool:
    """Return whether ``by`` may pass this charge on: its holder, or one so permitted in an office above it."""
    return _over(by, charge, "people.hand_over")


def may_stand_in(by: Actor, charge: ChargeFacts) -> bool:
    """Return whether ``by`` may name a stand-in for this charge: its holder, or one so permitted above it."""
    return _over(by, charge, "people.stand_in")


def may_choose(by: Actor, person_id: UUID) -> bool:
    """Return whether ``by`` may act in a charge of this person: the person alone."""
    return by.kind == "officer" and by.person_id == person_id


def may_sign_in(by: Actor) -> bool:
    """Return whether ``by`` may try to sign in: anyone may."""
    return by.kind in ("anyone", "person", "officer")


def may_manage_session(by: Actor, person_id: UUID) -> bool:
    """Return whether ``by`` may keep or end a session of this person: the person, or the system."""
    return by.kind == "system" or (by.kind in ("person", "officer") and by.person_id == person_id)


def may_register_passkey(by: Actor) -> bool:
    """Return whether ``by`` may add a passkey: a signed-in officer, to the own account."""
    return by.kind == "officer" and by.person_id is not None


def may_search(by: Actor) -> bool:
    """Return whether ``by`` may look something up by its number: an officer in charge of a post."""
    return by.kind == "officer" and by.charge_id is not None


def may_enrol(by: Actor) -> bool:
    """Return whether ``by`` may give officers their credentials: the administrator's command alone."""
    return by.kind == "system"


def may_load(by: Actor) -> bool:
    """Return whether ``by`` may load the directory: the administrator's command alone."""
    return by.kind == "system"


def may_see_person(by: Actor, person_id: UUID) -> bool:
    """Return whether ``by`` may see this person's name and masked number: the person, and officials."""
    return by.is_official or (by.kind == "person" and by.person_id == person_id)


def may_be_here(*, is_demonstration: bool, demonstration_on: bool) -> bool:
    """Return whether a person may be signed in at all: demonstration people only where the demonstration is on."""
    return demonstration_on or not is_demonstration


def may_arrange(by: Actor, *, reach: Collection[UUID], area_id: UUID | None) -> bool:
    """Return whether ``by`` may propose, confirm and read orders about offices of this area.

    ``reach`` are the areas within that of the own office: an administrator of one state arranges nothing in another.
    """
    return by.kind == "officer" and by.charge_id is not None and by.may("people.arrange") and area_id in reach


def is_second_person(by: Actor, *, made_by: UUID, gains: UUID | None) -> bool:
    """Return whether ``by`` may put an order in force: not who proposed it, nor who is given a post by it."""
    return by.person_id not in (None, made_by, gains)
