"""What happens to a message between its writing and its being sent or given up."""

from datetime import datetime, timedelta
from typing import Final, Literal

from janaseva.core.actor import Actor

Channel = Literal["sms", "email", "letter"]
MessageState = Literal["queued", "sent", "failed", "erased"]

CHANNELS: Final = ("sms", "email", "letter")
MESSAGE_STATES: Final = ("queued", "sent", "failed", "erased")

LEASE: Final = timedelta(minutes=2)
"""For so long one worker alone may hand a message to the gateway; longer than any gateway may take to answer."""

GIVE_UP_AFTER: Final = timedelta(hours=24)
"""A message that could not be sent for so long is given up: late news misleads."""


def may_send(by: Actor) -> bool:
    """Return whether ``by`` is the platform itself, which alone hands messages to gateways."""
    return by.kind in ("system", "clock")


def may_take(*, state: str, leased_until: datetime | None, at: datetime) -> bool:
    """Return whether a worker may take the message now: it waits, and no other worker holds it."""
    return state == "queued" and (leased_until is None or leased_until <= at)
