"""What need not be kept for ever: deliveries that were made, and idempotency keys that nobody repeats any more."""

from datetime import datetime, timedelta
from typing import Any, Final

from janaseva.core.action import upkeep
from janaseva.core.ids import earliest
from janaseva.core.news import every
from janaseva.ledger.models import Delivery, Key

DELIVERIES_KEPT: Final = timedelta(days=30)
"""How long deliveries that were made stay visible; the events themselves stay for ever."""
KEYS_KEPT: Final = timedelta(days=90)
"""How long an act is known by its key, so that whoever repeats it is answered as the first time."""
AT_ONCE: Final = 5_000
"""So many rows go in one transaction, which holds nobody up for long."""
_TURNS: Final = 200
"""So many such transactions an hour at most: a million rows; the rest goes in the hours after."""


def _forget(model: Any, *, before: datetime, **only: Any) -> None:
    """Remove rows that were made before a moment, the oldest first.

    Identifiers tell when they were made and are in that order, so that this reads what goes and nothing else.
    """
    old = model.objects.filter(pk__lt=earliest(before), **only).order_by("pk")
    for _ in range(_TURNS):
        found = list(old.values_list("pk", flat=True)[:AT_ONCE])
        if found:
            with upkeep():
                model.objects.filter(pk__gte=found[0], pk__lte=found[-1], **only).delete()
        if len(found) < AT_ONCE:
            return


@every(seconds=3600)
def forget_deliveries(at: datetime) -> None:
    """Remove deliveries that were made of events more than a month old, so that the queue's table stays small."""
    _forget(Delivery, before=at - DELIVERIES_KEPT, state=Delivery.State.DONE)


@every(seconds=3600)
def forget_keys(at: datetime) -> None:
    """Remove idempotency keys of acts more than ninety days old; the acts' events stay for ever."""
    _forget(Key, before=at - KEYS_KEPT)
