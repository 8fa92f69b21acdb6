"""What people does when the clock says so."""

from datetime import datetime, timedelta
from typing import Final

from janaseva.core import secret_keys
from janaseva.core.actor import Actor
from janaseva.core.news import every
from janaseva.people import actions, queries

_SWEEP_SECONDS: Final = 600
_SWEEPS: Final = 40
"""So many acts at most each time: some three million sign-ins a day."""
KEY_OVERLAP: Final = timedelta(hours=1)
"""So long a relieved secret key is believed: longer than any code, and any sign-in that is half done."""


@every(seconds=_SWEEP_SECONDS)
def sweep(at: datetime) -> None:
    """Remove sessions, challenges and budgets that serve nothing any more; what is left, ten minutes later."""
    by, turn = Actor.system("people.sweep"), int(at.timestamp()) // _SWEEP_SECONDS
    for number in range(_SWEEPS):
        if not queries.is_stale(by, at):
            return
        actions.sweep_stale(by=by, at=at, key=f"sweep:{turn}:{number}")


def renew_seals(at: datetime) -> int:
    """Seal anew what a former secret key sealed; return how much it was. Cut short, it goes on where it was."""
    by, after, renewed = Actor.system("people.sealing"), None, 0
    while found := queries.seeds_sealed_before(by, after=after):
        key = f"reseal:{at.isoformat()}:{found[0]}"
        renewed += actions.reseal_seeds(by=by, at=at, key=key, credential_ids=found)
        after = found[-1]
    return renewed


@every(seconds=_SWEEP_SECONDS)
def end_former_key(at: datetime) -> None:
    """Seal anew what a former secret key sealed, and destroy that key an hour after another took over."""
    relieved_at = secret_keys.relieved_at()
    if len(secret_keys.believed()) > 1:
        renew_seals(at)
    if relieved_at is not None and at >= relieved_at + KEY_OVERLAP:
        secret_keys.end_overlap()
