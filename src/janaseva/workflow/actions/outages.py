"""Times in which the platform itself was out of order: noticed by itself, recorded, and corrected with a reason."""

from datetime import datetime, timedelta
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, flush, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Refusal, not_found
from janaseva.workflow import events, rules
from janaseva.workflow.models import Outage

BY_ITSELF = "The platform did not run: its worker was not heard of in this time."
"""What is written as the reason of an outage that the platform noticed on its return."""


@action
def record_outage(
    *, by: Actor, at: datetime, key: str, from_at: datetime, to_at: datetime, why: str, source: str = ""
) -> UUID:
    """Record that the platform was out of order; limits that ran then are counted again when the news is heard.

    Raises:
        Refusal: ``not_permitted``; ``outage_times``; ``outage_needs_reason``; ``outage_known``.

    """
    allow(rules.may_record_outage(by), "not_permitted")
    return _record(by=by, at=at, from_at=from_at, to_at=to_at, why=why, source=source)


def _record(*, by: Actor, at: datetime, from_at: datetime, to_at: datetime, why: str, source: str) -> UUID:
    if not from_at < to_at <= at or to_at - from_at > timedelta(days=rules.CLOSURE_MOST_DAYS):
        raise Refusal("outage_times", status=UNPROCESSABLE, most=rules.CLOSURE_MOST_DAYS)
    if not rules.is_reason(why):
        raise Refusal("outage_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    if Outage.objects.filter(from_at=from_at, to_at=to_at, lifted_at=None).exists():
        raise Refusal("outage_known", status=CONFLICT)
    made = put(
        Outage(
            from_at=from_at,
            to_at=to_at,
            why=writing.free_text(why.strip())[:200],
            source=writing.free_text(source.strip())[:300],
            person_id=by.person_id,
            at=at,
        )
    )
    tell(events.OutageRecorded(outage_id=made.id, from_at=from_at.isoformat(), to_at=to_at.isoformat()))
    return made.id


@action
def notice_return(*, by: Actor, at: datetime, key: str, from_at: datetime, to_at: datetime) -> int:
    """Record that the platform did not run, when it is back; answer how many outages that is (a long one is parted).

    What was recorded before of the same time is not recorded again.
    """
    allow(by.kind == "system")
    count = 0
    for begins, ends in rules.parted(from_at, min(to_at, at)):
        if not Outage.objects.filter(from_at=begins, to_at=ends).exists():
            _record(by=by, at=at, from_at=begins, to_at=ends, why=BY_ITSELF, source="")
            count += 1
    return count


@action
def correct_outage(
    *,
    by: Actor,
    at: datetime,
    key: str,
    outage_id: UUID,
    why: str,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
) -> UUID | None:
    """Lift a recorded outage with a reason, and record what it was instead; without times there was none.

    Raises:
        Refusal: ``not_permitted``; ``not_found``; ``outage_lifted_already``; ``outage_needs_reason``; ``outage_times``.

    """
    allow(rules.may_record_outage(by), "not_permitted")
    row = Outage.locked(outage_id)
    if row is None:
        raise not_found()
    if row.lifted_at is not None:
        raise Refusal("outage_lifted_already", status=CONFLICT)
    if not rules.is_reason(why):
        raise Refusal("outage_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    words = writing.free_text(why.strip())[:200]
    change(row, lifted_at=at, lifted_by_person_id=by.person_id, lifted_why=words)
    tell(events.OutageLifted(outage_id=row.id, from_at=row.from_at.isoformat(), to_at=row.to_at.isoformat()))
    flush()
    if from_at is None or to_at is None:
        return None
    return _record(by=by, at=at, from_at=from_at, to_at=to_at, why=why, source=row.source)
