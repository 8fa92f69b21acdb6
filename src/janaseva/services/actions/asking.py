"""Questions on the way: to the applicant (the clock stands still), and to another post for an enquiry report."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.documents import rules as document_rules
from janaseva.documents import steps as documents
from janaseva.services import events, queries
from janaseva.services.actions.handling import on_desk
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, Attachment, Query
from janaseva.services.rules import permissions
from janaseva.workflow import rules as workflow_rules
from janaseva.workflow import steps as workflow

NO_PLACE = workflow_rules.Place()


@action
def ask(*, by: Actor, at: datetime, key: str, application_id: UUID, question: str) -> UUID:
    """Ask the applicant something; until the answer the clock stands still. Answer the question's id.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.ask_applicant`.

    """
    row, case_id = on_desk(by, at, application_id)
    if by.office_id is None or by.post_id is None:
        raise not_found()
    workflow.ask_applicant(by=by, at=at, case_id=case_id, question=question)
    query = put(
        Query(
            application_id=row.id,
            office_id=by.office_id,
            post_id=by.post_id,
            question=writing.free_text(question),
            asked_at=at,
        )
    )
    send_message(row, "message.query_asked", by=by, at=at)
    tell(events.Asked(application_id=row.id, query_id=query.id), story=row.id, office_id=row.office_id)
    return query.id


@action
def answer(*, by: Actor, at: datetime, key: str, application_id: UUID, query_id: UUID, text: str) -> None:
    """Answer the office's question; papers for it were given before. The clock runs again.

    Raises:
        Refusal: ``not_found``; ``nothing_was_asked`` where it was answered or taken back; ``answer_empty``.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_applicant(by, row.applicant_id))
    query = Query.first_where(id=query_id, application_id=application_id)
    if row is None or query is None or row.case_id is None:
        raise not_found()
    if query.answered_at is not None:
        raise Refusal("nothing_was_asked", status=CONFLICT)
    given = Attachment.objects.filter(application_id=row.id, group="answer", given_at__gte=query.asked_at)
    due_at = workflow.applicant_answered(
        by=by,
        at=at,
        case_id=row.case_id,
        answer=text,
        documents=list(given.values_list("document_id", flat=True)),
    )
    change(query, answer=writing.free_text(text), answered_at=at)
    change(row, due_at=due_at)
    tell(events.Answered(application_id=row.id, query_id=query.id), story=row.id, office_id=row.office_id)


@action
def request_report(*, by: Actor, at: datetime, key: str, application_id: UUID, report: str, question: str) -> UUID:
    """Ask another post for an enquiry report; the clock runs on. Answer the id of that post's task.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.ask_report`.

    """
    _, case_id = on_desk(by, at, application_id)
    return workflow.ask_report(by=by, at=at, case_id=case_id, report=report, question=question)


@action
def report(
    *,
    by: Actor,
    at: datetime,
    key: str,
    application_id: UUID,
    text: str,
    photographs: Sequence[document_rules.Received] = (),
    place: workflow_rules.Place = NO_PLACE,
    found: Mapping[str, Any] | None = None,
) -> UUID:
    """Send the enquiry report back, with its photographs and what was found; answer the id of its line in the history.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.report`.

    """
    row, case_id = on_desk(by, at, application_id)
    kept = _photographs(row, photographs, by=by, at=at)
    return workflow.report(
        by=by,
        at=at,
        case_id=case_id,
        text=text,
        documents=kept,
        place=place,
        found=found,
        country=queries.compiled(row.definition_id, row.purpose).pack_country,
    )


def _photographs(
    row: Application, photographs: Sequence[document_rules.Received], *, by: Actor, at: datetime
) -> list[UUID]:
    """Keep the photographs of a report or an opinion with the application; return their documents."""
    kept = [
        documents.attach(by=by, at=at, story=row.id, received=one, kind="report", office_id=by.office_id)
        for one in photographs
    ]
    for document_id in kept:
        put(
            Attachment(
                application_id=row.id,
                group="report",
                choice="photograph",
                document_id=document_id,
                given_at=at,
                office_id=by.office_id,
            )
        )
    return kept


@action
def give_opinion(
    *,
    by: Actor,
    at: datetime,
    key: str,
    application_id: UUID,
    task_id: UUID,
    recommends: Literal["approve", "refuse", ""],
    text: str,
    photographs: Sequence[document_rules.Received] = (),
    place: workflow_rules.Place = NO_PLACE,
    found: Mapping[str, Any] | None = None,
) -> bool:
    """Give the opinion of one of several desks; answer whether it was the last one needed, so that the case went on.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.opine`.
        Invalid: with everything that is missing, at once.

    """
    row, case_id = on_desk(by, at, application_id)
    kept = _photographs(row, photographs, by=by, at=at)
    moved = workflow.opine(
        by=by,
        at=at,
        case_id=case_id,
        task_id=task_id,
        recommends=recommends,
        text=text,
        documents=kept,
        place=place,
        found=found,
        country=queries.compiled(row.definition_id, row.purpose).pack_country,
    )
    if moved is not None:
        change(row, due_at=moved.case_due_at)
    return moved is not None


@action
def recall(*, by: Actor, at: datetime, key: str, application_id: UUID, note: str) -> None:
    """Take back an unanswered question, or a request for a report; the clock runs again.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.recall`.

    """
    row, case_id = on_desk(by, at, application_id)
    due_at = workflow.recall(by=by, at=at, case_id=case_id, note=note)
    for query in Query.where(application_id=row.id, answered_at=None):
        change(query, answered_at=at)
    change(row, due_at=due_at, missing=[], missing_words="") if row.missing_words else change(row, due_at=due_at)
