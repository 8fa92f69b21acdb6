"""Objections to an application whose notice is public: lodged with papers and a number, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import UNPROCESSABLE, Refusal, not_found
from janaseva.documents import rules as document_rules
from janaseva.documents import steps as documents
from janaseva.ledger import steps as ledger
from janaseva.people import queries as people
from janaseva.services import events, queries
from janaseva.services.actions.handling import of_case
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application
from janaseva.services.rules import permissions, running
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import steps as workflow

MOST_PAPERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodged:
    """An objection that was taken in, under its number."""

    objection_id: UUID
    number: str


@action
def lodge_objection(
    *,
    by: Actor,
    at: datetime,
    key: str,
    notice_id: UUID,
    name: str,
    text: str,
    papers: Sequence[document_rules.Received] = (),
) -> Lodged:
    """Object to what a public notice says, with a name, in words and with papers; the answer is the number.

    Raises:
        Refusal: ``not_found``; ``too_many_papers``; and those of
            :func:`janaseva.workflow.steps.lodge_objection`.
        Invalid: where the name or the words are missing.

    """
    allow(permissions.may_apply(by))
    notice = workflow_queries.notice(by, at, notice_id)
    row = of_case(workflow_queries.case_of_notice(by, notice_id))
    office = people.office(notice.office_id)
    if office is None:
        raise not_found()
    if len(papers) > MOST_PAPERS:
        raise Refusal("too_many_papers", status=UNPROCESSABLE, count=MOST_PAPERS)
    year = queries.today(at).year
    number = running.objection_number(office.key, year, ledger.number(series=f"objection/{office.key}", year=year))
    kept = [
        documents.attach(by=by, at=at, story=row.id, received=one, kind="objection", office_id=office.id)
        for one in papers
    ]
    objection_id = workflow.lodge_objection(
        by=by, at=at, notice_id=notice_id, number=number, name=name, text=text, documents=kept
    )
    send_message(row, "message.objection_lodged", by=by, at=at, person_id=_person(by), number=number)
    send_message(row, "message.objection_came", by=by, at=at)
    return Lodged(objection_id=objection_id, number=number)


def _person(by: Actor) -> UUID:
    if by.person_id is None:
        raise not_found()
    return by.person_id


@action
def withdraw_objection(*, by: Actor, at: datetime, key: str, objection_id: UUID) -> None:
    """Take one's own objection back while its notice lasts.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.withdraw_objection`.

    """
    allow(permissions.may_apply(by))
    workflow.withdraw_objection(by=by, at=at, objection_id=objection_id)


@action
def follow_case(*, by: Actor, at: datetime, key: str, case_id: UUID) -> None:
    """Keep an application's due date with its case's, after the case went on by itself. A repeat changes nothing."""
    allow(permissions.is_own_work(by))
    row = Application.objects.select_for_update().filter(case_id=case_id).first()
    due_at = workflow_queries.case_due_at(by, case_id)
    if row is None or row.ended_at is not None or row.due_at == due_at:
        return
    change(row, due_at=due_at)
    tell(events.Handled(application_id=row.id, what="went_on"), story=row.id, office_id=row.office_id)
