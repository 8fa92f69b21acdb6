"""The clock notices: a limit that passed, an order that was obeyed or not, a further time that ran out."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.services import events
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Appeal, Application, DeemedRequest
from janaseva.services.rules import permissions
from janaseva.workflow import queries as workflow


@action
def notice_missed(*, by: Actor, at: datetime, key: str, application_id: UUID) -> bool:
    """Note that an application's limit passed without a decision, and tell the applicant; once. ``False``: not so."""
    allow(permissions.is_own_work(by))
    row = Application.locked(application_id)
    if row is None or row.case_id is None:
        raise not_found()
    due_at = workflow.due_passed(by, row.case_id, at)
    if row.state != "begun" or row.missed_at is not None or due_at is None:
        return False
    change(row, missed_at=at, due_at=due_at)
    send_message(row, "message.late", by=by, at=at)
    tell(events.LimitMissed(application_id=row.id, due_at=due_at.isoformat()), story=row.id, office_id=row.office_id)
    return True


@action
def record_compliance(*, by: Actor, at: datetime, key: str, application_id: UUID, decided_at: datetime) -> int:
    """Record that the office decided, as orders in appeal or a written request asked; return how many that settles."""
    allow(permissions.is_own_work(by))
    request = DeemedRequest.objects.select_for_update().filter(application_id=application_id, answered_at=None).first()
    if request is not None and request.granted_at is None:
        change(request, answered_at=decided_at)
        tell(
            events.DeemedAnswered(application_id=application_id, request_id=request.id),
            story=application_id,
            office_id=request.office_id,
        )
    open_ = Appeal.objects.select_for_update().filter(
        application_id=application_id, comply_by__isnull=False, complied_at=None, ended_at__lte=decided_at
    )
    count = 0
    for row in open_:
        late = row.comply_by is not None and decided_at > row.comply_by
        change(row, complied_at=decided_at)
        tell(
            events.OrderComplied(application_id=application_id, appeal_id=row.id, late=late),
            story=application_id,
            office_id=row.office_id,
        )
        count += 1
    return count


@action
def notice_order_missed(*, by: Actor, at: datetime, key: str, appeal_id: UUID) -> bool:
    """Note that an order in appeal was not obeyed by its day, and tell the applicant; once. ``False``: not so."""
    allow(permissions.is_own_work(by))
    row = Appeal.locked(appeal_id)
    application = Application.locked(row.application_id) if row is not None else None
    if row is None or application is None:
        raise not_found()
    passed = row.comply_by is not None and row.comply_by < at
    if not passed or row.complied_at is not None or row.missed_at is not None or application.state != "begun":
        return False
    change(row, missed_at=at)
    send_message(application, "message.order_missed", by=by, at=at)
    tell(
        events.OrderMissed(application_id=application.id, appeal_id=row.id),
        story=application.id,
        office_id=row.office_id,
    )
    return True
