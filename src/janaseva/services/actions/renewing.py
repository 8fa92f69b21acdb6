"""What the clock does before a certificate ends: its holder is told once that the renewal may be asked for."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.services import events, queries
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, Decision
from janaseva.services.rules import permissions


@action
def tell_renewal(*, by: Actor, at: datetime, key: str, decision_id: UUID) -> bool:
    """Tell a holder that the renewal may be asked for; once. ``False``: it cannot be, or was told.

    Whose certificate is suspended, was given up, or is being renewed already is not told; nor is it looked at again.
    """
    allow(permissions.is_own_work(by))
    decision = Decision.locked(decision_id)
    row = Application.get_or_none(decision.application_id) if decision is not None else None
    if decision is None or row is None or decision.renewal_told_at is not None or decision.renewal_told_on is None:
        return False
    if queries.today(at) < decision.renewal_told_on:
        return False
    until = queries.renewable_until(by, row, at) if decision.set_aside_at is None else None
    change(decision, renewal_told_at=at)
    if until is not None:
        send_message(row, "message.renewal_near", by=by, at=at, number=decision.certificate_number, due=until)
    tell(
        events.RenewalTold(application_id=row.id, decision_id=decision.id, sent=until is not None),
        story=row.id,
        office_id=row.office_id,
    )
    return until is not None
