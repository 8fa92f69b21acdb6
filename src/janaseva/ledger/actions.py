"""What an administrator may do with the ledger itself."""

from datetime import datetime

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.ledger import events
from janaseva.ledger.models import Delivery


@action
def retry(*, by: Actor, at: datetime, key: str) -> int:
    """Put every delivery that was given up back to be tried again at ``at``; return how many.

    Args:
        by: the system, or an officer who may ``ledger.retry``.
        at: when they are due.
        key: the idempotency key.

    Raises:
        Refusal: ``not_permitted`` for anybody else.

    """
    allow(by.may("ledger.retry"), code="not_permitted")
    dead = list(Delivery.objects.select_for_update().filter(state=Delivery.State.DEAD).order_by("pk"))
    for delivery in dead:
        change(delivery, state=Delivery.State.WAITING, attempts=0, due_at=at)
    tell(events.Retried(count=len(dead)))
    return len(dead)
