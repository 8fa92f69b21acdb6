"""What people does when the clock says so."""

from datetime import datetime

from janaseva.core.actor import Actor
from janaseva.core.news import every
from janaseva.people import actions

_SWEEP_SECONDS = 600


@every(seconds=_SWEEP_SECONDS)
def sweep(at: datetime) -> None:
    """Remove sessions, challenges and budgets that serve nothing any more."""
    by = Actor.system("people.sweep")
    actions.sweep_stale(by=by, at=at, key=f"sweep:{int(at.timestamp()) // _SWEEP_SECONDS}")
