"""Officers look things up by number, a bounded number of times an hour, and each time is on record."""

from datetime import datetime

from janaseva.core.action import action, allow, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import TOO_MANY, Refusal, not_found
from janaseva.people import events, rules
from janaseva.people.actions.allowances import purse


@action
def spend_search(*, by: Actor, at: datetime, key: str) -> None:
    """Count one more search of this officer, whichever process hears it and whichever post it is made from.

    Raises:
        Refusal: ``too_many_requests`` with the seconds to wait, once the hour's allowance is spent; it is on record.

    """
    allow(rules.may_search(by))
    del key
    if by.charge_id is None or by.person_id is None:
        raise not_found()
    searches = purse(rules.SEARCHES, str(by.person_id), at)
    if (wait := searches.wait_seconds()) > 0:
        raise Refusal("too_many_requests", status=TOO_MANY, seconds=wait)
    searches.spend()
    tell(events.Searched(charge_id=by.charge_id), story=by.person_id)
