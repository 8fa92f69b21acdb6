"""What people does inside the actions of rooms above."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import change, step
from janaseva.core.actor import Actor
from janaseva.core.refusal import FORBIDDEN, Refusal
from janaseva.people import rules
from janaseva.people.models import Challenge, Charge


@step
def forget_code(*, by: Actor, at: datetime, challenge_id: UUID) -> None:
    """Erase the readable form of a one-time code, once it was sent. Repeats do nothing."""
    del by, at
    row = Challenge.locked(challenge_id)
    if row is not None and row.kind == "code" and row.sealed:
        change(row, sealed="")


@step
def in_charge(*, by: Actor, at: datetime) -> None:
    """Refuse an officer whose charge has ended since the request began; the charge is held to the end of the act.

    Raises:
        Refusal: ``charge_ended`` (403). A hand-over that commits first wins; one that comes later waits for this act.

    """
    if by.kind != "officer":
        return
    row = Charge.locked(by.charge_id) if by.charge_id else None
    if row is None or row.person_id != by.person_id or not rules.in_force(row.from_at, row.to_at, at):
        raise Refusal("charge_ended", status=FORBIDDEN)
