"""What the clock does with an application that comes to nothing: a reminder, and its end as lapsed, told in words."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.services import events, queries
from janaseva.services.actions.demanding import let_go_of_demands
from janaseva.services.actions.handling import of_case
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Query
from janaseva.services.rules import permissions
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import steps as workflow


@action
def remind_lapse(*, by: Actor, at: datetime, key: str, lapse_id: UUID) -> bool:
    """Remind the applicant once that the application ends by itself; ``False`` where there is nothing to remind of."""
    allow(permissions.is_own_work(by))
    near = workflow.lapse_reminded(by=by, at=at, lapse_id=lapse_id)
    if near is None:
        return False
    row = of_case(near.case_id)
    send_message(row, "message.lapse_near", by=by, at=at, due=near.last_day)
    return True


@action
def lapse(*, by: Actor, at: datetime, key: str, lapse_id: UUID, case_id: UUID) -> bool:
    """End an application whose time by law is over, and tell its applicant and who objected; ``False``: not so.

    What the law deems granted is granted: it does not lapse.
    """
    allow(permissions.is_own_work(by))
    row = of_case(case_id)
    if queries.is_deemed_granted(row.id):
        return False
    ended = workflow.lapse(by=by, at=at, lapse_id=lapse_id)
    if ended is None:
        return False
    for query in Query.where(application_id=row.id, answered_at=None):
        change(query, answered_at=at)
    let_go_of_demands(row, by=by, at=at)
    change(row, state="lapsed", outcome="lapsed", ended_at=at)
    send_message(row, "message.lapsed", by=by, at=at, due=ended.last_day)
    definition = queries.compiled(row.definition_id, row.purpose)
    was_public = any(step.notice is not None for step in definition.process.steps)
    for person_id, number in workflow_queries.objectors(by, ended.case_id) if was_public else ():
        send_message(row, "message.objection_lapsed", by=by, at=at, number=number, person_id=person_id)
    tell(
        events.Lapsed(application_id=row.id, lapse=ended.key, last_day=ended.last_day.isoformat()),
        story=row.id,
        office_id=row.office_id,
    )
    return True
