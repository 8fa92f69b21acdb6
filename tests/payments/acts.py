"""Actions that stand in for those of a higher room, whose steps payments offers."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow
from janaseva.core.actor import Actor
from janaseva.payments import steps
from janaseva.payments.rules.lines import Line


@action
def make_demand(
    *,
    by: Actor,
    at: datetime,
    key: str,
    story: UUID,
    payer_person_id: UUID,
    office_id: UUID,
    amounts_paise: list[int],
) -> UUID:
    allow(True)
    lines = [
        Line(key=f"line_{n}", title={"en": f"Fee {n}"}, amount_paise=paise, order={"en": "G.O."})
        for n, paise in enumerate(amounts_paise)
    ]
    return steps.demand(
        by=by, at=at, story=story, payer_person_id=payer_person_id, office_id=office_id, lines=lines, receipt_series="x"
    )


@action
def cancel_demand(*, by: Actor, at: datetime, key: str, demand_id: UUID) -> None:
    allow(True)
    steps.cancel(by=by, at=at, demand_id=demand_id, why="withdrawn")
