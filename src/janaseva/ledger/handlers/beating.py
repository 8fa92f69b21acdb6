"""The platform's own pulse: one row that a working worker touches, so that a silence is noticed when it is over."""

from datetime import datetime, timedelta
from typing import Final

from janaseva.core.action import upkeep
from janaseva.core.actor import Actor
from janaseva.ledger import actions
from janaseva.ledger.models import Round

PULSE: Final = "ledger.handlers.beating.beat"
EVERY: Final = timedelta(seconds=60)
SILENCE: Final = timedelta(minutes=5)
"""A shorter silence is a restart, and is not told."""


def beat(at: datetime) -> bool:
    """Touch the pulse once a minute; return whether a silence ended with it, which is then told once.

    It is told before the pulse is touched, under a key of the moment at which the silence began: if this worker falls
    over in between, or another comes back at the same time, it is still told once.
    """
    last_at = Round.objects.filter(name=PULSE).values_list("last_at", flat=True).first()
    if last_at is None:
        with upkeep():
            Round.objects.bulk_create([Round(name=PULSE, last_at=at)], ignore_conflicts=True)
        return False
    if at - last_at < EVERY:
        return False
    over = at - last_at >= SILENCE
    if over:
        key = f"returned:{last_at.isoformat()}"
        actions.note_return(by=Actor.system("ledger.beat"), at=at, key=key, from_at=last_at)
    with upkeep():
        Round.objects.filter(name=PULSE, last_at=last_at).update(last_at=at)
    return over
