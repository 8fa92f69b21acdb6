"""Removing what serves nothing any more."""

from datetime import datetime
from typing import Final

from janaseva.core.action import action, allow, remove, tell
from janaseva.core.actor import Actor
from janaseva.people import events, rules
from janaseva.people.models import Budget, Challenge, Session

_MOST: Final = 500


@action
def sweep_stale(*, by: Actor, at: datetime, key: str) -> int:
    """Remove challenges, budgets and sessions that ended a day ago, some hundreds at a time; return how many."""
    allow(rules.may_load(by))
    del key
    before = at - rules.SWEPT_AFTER
    stale = [
        *Challenge.objects.filter(ends_at__lt=before).order_by("ends_at")[:_MOST],
        *Budget.objects.filter(ends_at__lt=before).order_by("ends_at")[:_MOST],
        *Session.objects.filter(ends_at__lt=before).order_by("ends_at")[:_MOST],
    ]
    for row in stale:
        remove(row)
    if stale:
        tell(events.StaleSwept(removed=len(stale)))
    return len(stale)
