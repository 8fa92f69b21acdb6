"""Actions that stand in for those of a higher room, whose steps registers offers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import action, allow
from janaseva.core.actor import Actor
from janaseva.registers import steps


@action
def enter(
    *, by: Actor, at: datetime, key: str, story: UUID, office_id: UUID, number: str, facts: dict[str, Any],
    holder: UUID | None = None, register: str = "kl-income",
) -> UUID:  # fmt: skip
    allow(True)
    return steps.record(
        by=by, at=at, story=story, office_id=office_id, register=register, facts=facts, number=number,
        holder_person_id=holder,
    )  # fmt: skip


@action
def mend(
    *, by: Actor, at: datetime, key: str, entry_id: UUID, facts: dict[str, Any], why: str, valid_from: date | None
) -> int:
    allow(True)
    return steps.correct(by=by, at=at, entry_id=entry_id, facts=facts, why=why, valid_from=valid_from)
