"""Removing what serves nothing any more."""

from datetime import datetime
from typing import Final

from janaseva.core.action import action, allow, remove, tell
from janaseva.core.actor import Actor
from janaseva.people import events, rules
from janaseva.people.queries.sessions import stale

_MOST: Final = 500


@action
def sweep_stale(*, by: Actor, at: datetime, key: str) -> int:
    """Remove challenges, budgets and sessions that ended a day ago, some hundreds at a time; return how many."""
    allow(rules.may_load(by))
    del key
    found = [row for rows in stale(at) for row in rows[:_MOST]]
    for row in found:
        remove(row)
    if found:
        tell(events.StaleSwept(removed=len(found)))
    return len(found)
