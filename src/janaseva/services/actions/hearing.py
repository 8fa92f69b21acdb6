"""Hearings on the way to a decision: those whom it concerns are told the day, and what was said is recorded."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, change
from janaseva.core.actor import Actor
from janaseva.services.actions.handling import on_desk
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import steps as workflow


@action
def fix_hearing(
    *, by: Actor, at: datetime, key: str, application_id: UUID, hearing_at: datetime | None, place: str
) -> UUID:
    """Fix the day and place of a hearing; the applicant and all who objected are told. Answer the hearing's id.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.fix_hearing`.
        Invalid: with everything that is wrong with the day and the place, at once.

    """
    row, case_id = on_desk(by, at, application_id)
    hearing_id = workflow.fix_hearing(by=by, at=at, case_id=case_id, hearing_at=hearing_at, place=place)
    _told(row, case_id, "message.case_hearing", by=by, at=at, hearing_at=hearing_at)
    return hearing_id


@action
def adjourn_hearing(
    *, by: Actor, at: datetime, key: str, application_id: UUID, hearing_at: datetime | None, place: str, reason: str
) -> UUID:
    """Put a hearing off to another day, for a reason; all are told. Answer the new hearing's id.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.adjourn_hearing`.
        Invalid: with everything that is wrong with the day and the place, at once.

    """
    row, case_id = on_desk(by, at, application_id)
    hearing_id = workflow.adjourn_hearing(
        by=by, at=at, case_id=case_id, hearing_at=hearing_at, place=place, reason=reason
    )
    _told(row, case_id, "message.case_hearing_moved", by=by, at=at, hearing_at=hearing_at)
    return hearing_id


@action
def record_hearing(
    *, by: Actor, at: datetime, key: str, application_id: UUID, attended: Sequence[str], record: str
) -> UUID:
    """Record who came to a hearing and what was said; the case may then go on. Answer the hearing's id.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.record_hearing`.
        Invalid: ``hearing_record_empty``; ``hearing_unknown_party``.

    """
    row, case_id = on_desk(by, at, application_id)
    hearing_id = workflow.record_hearing(by=by, at=at, case_id=case_id, attended=attended, record=record)
    _follow(row, case_id, by=by)
    return hearing_id


def _told(
    row: Application, case_id: UUID, template: str, *, by: Actor, at: datetime, hearing_at: datetime | None
) -> None:
    """Tell the applicant, and each who objected by the number of the objection; keep the due date with the case's."""
    send_message(row, template, by=by, at=at, due=hearing_at)
    for person_id, number in workflow_queries.objectors(by, case_id):
        send_message(row, template, by=by, at=at, number=number, person_id=person_id, due=hearing_at)
    _follow(row, case_id, by=by)


def _follow(row: Application, case_id: UUID, *, by: Actor) -> None:
    due_at = workflow_queries.case_due_at(by, case_id)
    if row.due_at != due_at:
        change(row, due_at=due_at)
