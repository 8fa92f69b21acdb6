"""How monitor thinks: which authority must hear of an incident, by when, and how its clock stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from janaseva.core.actor import Actor

KINDS: Final = (
    "unauthorised_access",
    "data_breach",
    "data_leak",
    "tampering",
    "malicious_code",
    "denial_of_service",
    "defacement",
    "impersonation",
    "payment_system",
    "outage",
    "other",
)
"""What may have happened. Those of the Directions' annex are worded more widely; whoever reports chooses there."""

NO_ATTACK: Final = frozenset({"outage"})
"""Kinds that no authority for security must hear of; a flood that somebody sends is ``denial_of_service``."""

Standing = Literal["running", "late", "sent", "sent_late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who must hear of incidents, within how long of their being noticed, and by which law."""

    key: str
    title: str
    within_hours: int
    legal_basis: str


CERT_IN: Final = Authority(
    key="cert_in",
    title="Indian Computer Emergency Response Team (CERT-In)",
    within_hours=6,
    legal_basis="Directions of 28 April 2022 under section 70B(6) of the Information Technology Act 2000",
)
BOARD: Final = Authority(
    key="data_protection_board",
    title="Data Protection Board of India",
    within_hours=72,
    legal_basis="Digital Personal Data Protection Act 2023 and Rules 2025",
)
AUTHORITIES: Final = (CERT_IN, BOARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """By when an authority must have heard of an incident, and when it has."""

    authority: Authority
    due_at: datetime
    sent_at: datetime | None
    standing: Standing


def must_hear(kind: str, *, personal_data: bool) -> tuple[Authority, ...]:
    """Return the authorities that must hear of an incident; where it is doubtful they must."""
    security = () if kind in NO_ATTACK else (CERT_IN,)
    return (*security, BOARD) if personal_data else security


def clocks(
    kind: str, *, personal_data: bool, noticed_at: datetime, sent: Mapping[str, datetime], at: datetime
) -> tuple[Clock, ...]:
    """Return the clock of each authority that must hear of an incident, as it stands at ``at``."""
    return tuple(
        Clock(
            authority=one,
            due_at=due_at(noticed_at, one),
            sent_at=sent.get(one.key),
            standing=_standing(due_at(noticed_at, one), sent.get(one.key), at),
        )
        for one in must_hear(kind, personal_data=personal_data)
    )


def due_at(noticed_at: datetime, authority: Authority) -> datetime:
    """Return by when ``authority`` must have heard of what was noticed then."""
    return noticed_at + timedelta(hours=authority.within_hours)


def _standing(limit: datetime, sent_at: datetime | None, at: datetime) -> Standing:
    if sent_at is not None:
        return "sent" if sent_at <= limit else "sent_late"
    return "running" if at <= limit else "late"


def may_handle(by: Actor) -> bool:
    """Return whether ``by`` may read, record and close incidents: administrators, and the platform itself."""
    return by.may("monitor.handle")
