"""What may be done with incidents: recorded, their persons listed and told, reported to authorities, closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.ledger import steps as ledger
from janaseva.monitor import events, rules
from janaseva.monitor.models import Affected, Incident, Report

_TOLERANCE = timedelta(minutes=1)
"""By how much clocks may differ before a moment is said to lie ahead."""


@action
def record_incident(
    *,
    by: Actor,
    at: datetime,
    key: str,
    kind: str,
    words: str,
    noticed_at: datetime,
    personal_data: bool,
    occurred_at: datetime | None = None,
    cause: UUID | None = None,
) -> UUID:
    """Record an incident; its clocks run from ``noticed_at``. One cause makes one incident, however often it is heard.

    Raises:
        Refusal: ``not_permitted``; ``incident_kind_unknown``; ``incident_words_missing``; ``incident_ahead``.

    """
    allow(rules.may_handle(by), code="not_permitted")
    before = Incident.first_where(cause=cause) if cause is not None else None
    if before is not None:
        return before.id
    _hold(kind=kind, words=words, moments=(noticed_at, occurred_at), at=at)
    number = ledger.number(series="incident", year=at.year)
    row = put(
        Incident(
            number=f"INC-{at.year}-{number:04d}",
            kind=kind,
            words=words.strip(),
            personal_data=personal_data,
            occurred_at=occurred_at,
            noticed_at=noticed_at,
            recorded_at=at,
            cause=cause,
        )
    )
    news = events.IncidentRecorded(
        incident_id=row.id, kind=kind, personal_data=personal_data, noticed_at=noticed_at.isoformat()
    )
    tell(news, story=row.id)
    return row.id


def _hold(*, kind: str, words: str, moments: Sequence[datetime | None], at: datetime) -> None:
    if kind not in rules.KINDS:
        raise Refusal("incident_kind_unknown")
    if not words.strip():
        raise Refusal("incident_words_missing")
    if any(moment is not None and moment > at + _TOLERANCE for moment in moments):
        raise Refusal("incident_ahead")


def _open(by: Actor, incident_id: UUID) -> Incident:
    """Return an open incident, held; permission is asked here, first.

    Raises:
        Refusal: ``not_found``; ``incident_closed``.

    """
    row = Incident.locked(incident_id)
    allow(row is not None and rules.may_handle(by))
    if row is None:
        raise not_found()
    if row.closed_at is not None:
        raise Refusal("incident_closed", status=CONFLICT)
    return row


@action
def judge_incident(*, by: Actor, at: datetime, key: str, incident_id: UUID, kind: str, personal_data: bool) -> None:
    """Say what an incident was, once somebody has looked; its clocks go on running from when it was noticed.

    Raises:
        Refusal: ``not_found``; ``incident_closed``; ``incident_kind_unknown``; ``incident_has_persons`` where persons
            are listed and it is said to be no matter of personal data.

    """
    row = _open(by, incident_id)
    if kind not in rules.KINDS:
        raise Refusal("incident_kind_unknown")
    if not personal_data and Affected.first_where(incident_id=row.id) is not None:
        raise Refusal("incident_has_persons", status=CONFLICT)
    change(row, kind=kind, personal_data=personal_data)
    tell(events.IncidentJudged(incident_id=row.id, kind=kind, personal_data=personal_data), story=row.id)


@action
def list_affected(*, by: Actor, at: datetime, key: str, incident_id: UUID, person_ids: Sequence[UUID]) -> int:
    """Add persons whose data an incident concerns; those listed before stay. Return how many are new.

    Whoever is affected makes it a matter of personal data, with the longer clock beside the shorter.

    Raises:
        Refusal: ``not_found``; ``incident_closed``.

    """
    row = _open(by, incident_id)
    held = {one.person_id for one in Affected.where(incident_id=row.id)}
    new = [one for one in dict.fromkeys(person_ids) if one not in held]
    for person_id in new:
        put(Affected(incident_id=row.id, person_id=person_id))
    if new and not row.personal_data:
        change(row, personal_data=True)
    tell(events.AffectedListed(incident_id=row.id, count=len(new)), story=row.id)
    return len(new)


@action
def note_told(*, by: Actor, at: datetime, key: str, incident_id: UUID) -> int:
    """Note that all who are listed and were not told before have been told now; return how many.

    Raises:
        Refusal: ``not_found``; ``incident_closed``.

    """
    row = _open(by, incident_id)
    waiting = Affected.where(incident_id=row.id, told_at=None)
    for one in waiting:
        change(one, told_at=at)
    tell(events.AffectedTold(incident_id=row.id, count=len(waiting)), story=row.id)
    return len(waiting)


@action
def note_reported(
    *, by: Actor, at: datetime, key: str, incident_id: UUID, authority: str, sent_at: datetime, reference: str
) -> None:
    """Note that an authority was told, and under which reference it took it; said once for each.

    Raises:
        Refusal: ``not_found``; ``incident_closed``; ``incident_authority_unknown``; ``incident_ahead``;
            ``incident_reported_before``.

    """
    row = _open(by, incident_id)
    if authority not in {one.key for one in rules.AUTHORITIES}:
        raise Refusal("incident_authority_unknown")
    if sent_at > at + _TOLERANCE:
        raise Refusal("incident_ahead")
    if Report.first_where(incident_id=row.id, authority=authority) is not None:
        raise Refusal("incident_reported_before", status=CONFLICT)
    put(Report(incident_id=row.id, authority=authority, sent_at=sent_at, reference=reference.strip()))
    news = events.IncidentReported(incident_id=row.id, authority=authority, sent_at=sent_at.isoformat())
    tell(news, story=row.id)


@action
def close_incident(*, by: Actor, at: datetime, key: str, incident_id: UUID, words: str) -> None:
    """Close an incident that every authority which must hear of it has heard of, and whose persons were told.

    Raises:
        Refusal: ``not_found``; ``incident_closed``; ``incident_words_missing``; ``incident_not_reported``;
            ``incident_persons_not_told``.

    """
    row = _open(by, incident_id)
    if not words.strip():
        raise Refusal("incident_words_missing")
    sent = {one.authority for one in Report.where(incident_id=row.id)}
    if any(one.key not in sent for one in rules.must_hear(row.kind, personal_data=row.personal_data)):
        raise Refusal("incident_not_reported", status=CONFLICT)
    if Affected.first_where(incident_id=row.id, told_at=None) is not None:
        raise Refusal("incident_persons_not_told", status=CONFLICT)
    change(row, closed_at=at, closed_words=words.strip())
    tell(events.IncidentClosed(incident_id=row.id), story=row.id)
