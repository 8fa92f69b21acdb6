"""Moves of a case: recommend, return, approve, refuse; what an approval brings; and what may be done after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.documents import queries as attached
from janaseva.documents import steps as documents
from janaseva.forms import queries as forms
from janaseva.ledger import steps as ledger
from janaseva.people import queries as people
from janaseva.services import events, queries
from janaseva.services.actions.demanding import demand_at
from janaseva.services.actions.entering import entered
from janaseva.services.actions.handling import hand_next, on_desk
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, Decision
from janaseva.services.rules import outcomes, permissions, purposes, running
from janaseva.services.rules.definition import Definition
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import steps as workflow

ENDED = {"surrendered": "message.surrendered", "replaced": "message.superseded"}
"""What a holder is told of an end that is no reproach, by its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOn:
    """Where an application stands after a move; ``outcome`` is empty while it goes on.

    ``awaited``: it was agreed to the move, and others must still do so. ``next_id`` is the application (or appeal) that
    the officer was handed in the same act, where that was asked for and something waited.
    """

    application_id: UUID
    outcome: str
    document_id: UUID | None
    certificate_number: str
    awaited: bool = False
    next_id: UUID | None = None


@action
def move(
    *,
    by: Actor,
    at: datetime,
    key: str,
    application_id: UUID,
    move: str,
    note: str = "",
    reason: str = "",
    checked: Sequence[str] = (),
    found: Mapping[str, Any] | None = None,
    task_id: UUID | None = None,
    then_next: bool = False,
) -> MovedOn:
    """Make a move of the process. Approving issues the certificate and its entry; refusing needs a coded reason.

    With ``then_next`` the officer is handed what came first on their desks in the same act, so that who works through
    a queue does one act a case: both are done, or neither.

    Raises:
        Refusal: ``not_found``; ``fee_not_computable`` where the move leads to a demand that lacks something; and those
            of :func:`janaseva.workflow.steps.move`; ``no_desk`` where the next was asked for by who may not take.
        Invalid: with every missing note, reason or line of the checklist, and every fault of ``found``, at once.

    """
    row, case_id = on_desk(by, at, application_id)
    moved = workflow.move(
        by=by,
        at=at,
        case_id=case_id,
        move=move,
        note=note,
        reason=reason,
        checked=checked,
        found=found,
        task_id=task_id,
    )
    if moved.outcome in ("refused", "returned") and queries.is_deemed_granted(row.id):
        raise Refusal("deemed_granted_already", status=CONFLICT)
    if moved.outcome:
        done = _decide(row, by=by, at=at, outcome=moved.outcome, reason=reason, words=note, late=moved.late)
    else:
        if moved.case_due_at != row.due_at:
            change(row, due_at=moved.case_due_at)
        demand_at(row, moved.rests_at, by=by, at=at)
        done = MovedOn(
            application_id=row.id,
            outcome="",
            document_id=None,
            certificate_number="",
            awaited=moved.awaited,
        )
    return replace(done, next_id=hand_next(by, at)) if then_next else done


def _decide(row: Application, *, by: Actor, at: datetime, outcome: str, reason: str, words: str, late: bool) -> MovedOn:
    if by.post_id is None or by.charge_id is None or by.person_id is None or by.office_id is None:
        raise not_found()
    definition = queries.compiled(row.definition_id, row.purpose)
    decision_id = uuid7()
    issued: tuple[UUID | None, str, date | None] = (None, "", None)
    if outcome == "approved":
        issued = _issue(row, definition, by=by, at=at, decision_id=decision_id)
    put(
        Decision(
            id=decision_id,
            application_id=row.id,
            outcome=outcome,
            reason=reason if outcome == "refused" else "",
            words=words,
            office_id=by.office_id,
            post_id=by.post_id,
            charge_id=by.charge_id,
            person_id=by.person_id,
            decided_at=at,
            document_id=issued[0],
            certificate_number=issued[1],
            renewal_told_on=purposes.renewal_told_on(definition.afterwards, until=issued[2], today=queries.today(at)),
        )
    )
    change(row, state="decided", outcome=outcome, ended_at=at)
    send_message(row, f"message.{outcome}", by=by, at=at)
    was_public = any(step.notice is not None for step in definition.process.steps)
    for person_id, number in workflow_queries.objectors(by, row.case_id) if row.case_id and was_public else ():
        send_message(row, "message.objection_decided", by=by, at=at, number=number, person_id=person_id)
    tell(
        events.Decided(
            application_id=row.id,
            decision_id=decision_id,
            outcome=outcome,
            reason=reason if outcome == "refused" else "",
            late=late,
            document_id=issued[0],
            certificate_number=issued[1],
        ),
        story=row.id,
        office_id=row.office_id,
    )
    return MovedOn(application_id=row.id, outcome=outcome, document_id=issued[0], certificate_number=issued[1])


def _issue(
    row: Application, definition: Definition, *, by: Actor, at: datetime, decision_id: UUID
) -> tuple[UUID | None, str, date | None]:
    """Issue what the definition says comes out of an approval: a certificate, an entry in a register, or both."""
    variant = definition.variant(row.variant)
    office = people.office(by.office_id) if by.office_id else None
    if variant is None or office is None:
        raise Refusal("application_without_office", status=CONFLICT)
    today = queries.today(at)
    earlier = queries.earlier_of(row.earlier_id) if row.earlier_id is not None else None
    if earlier is not None and (hindrance := queries.hindrance(earlier)) is not None:
        raise hindrance
    found = queries.found_of(by, row.id, definition, visible=True)
    document_id: UUID | None = None
    number, until = "", None
    certificate = definition.out.certificate
    if certificate is not None:
        value = ledger.number(series=f"{certificate.series}/{office.key}", year=today.year)
        number = running.certificate_number(certificate.series, office.key, today.year, value)
        letter = outcomes.certificate(
            definition,
            variant,
            answers=forms.answers_of(row.id),
            today=today,
            directory=queries.PLACES,
            area_names=queries.area_names,
            issuer=queries.issuer_of(row.definition_id, office.id, post_id=by.post_id, at=at),
            application_number=row.number or "",
            earlier=None if earlier is None else earlier.known,
            found=found,
        )
        issued = documents.issue(
            by=by,
            at=at,
            story=row.id,
            office_id=office.id,
            kind=certificate.kind,
            number=number,
            title=letter.title,
            facts={**letter.facts, **_portrait(row, certificate.photograph, by=by)},
            letter=queries.letter_of(row.definition_id),
            languages=queries.letter_languages(row.definition_id, row.language),
            valid_from=today,
            valid_until=letter.valid_until,
            holder_person_id=row.applicant_id,
        )
        document_id, until = issued.document_id, letter.valid_until
    if earlier is not None:
        documents.revoke(by=by, at=at, document_id=earlier.document_id, reason="replaced", words=number)
    number_in = number or row.number or str(decision_id)
    entered(row, definition, by=by, at=at, office_id=office.id, number=number_in, found=found)
    return document_id, number, until


def _portrait(row: Application, group: str | None, *, by: Actor) -> dict[str, str]:
    """Return which photograph the certificate shows, by its SHA-256: the last that was given; nothing without one."""
    if group is None:
        return {}
    given = [one for one in attached.attachments_of(by, row.id, story_visible=True) if one.kind.startswith(f"{group}.")]
    return {"photograph": given[-1].sha256} if given else {}


@action
def transfer(*, by: Actor, at: datetime, key: str, application_id: UUID, area: str, note: str) -> None:
    """Send an application to the office that serves another area; the clock does not begin anew.

    Raises:
        Refusal: ``not_found``; and those of :func:`janaseva.workflow.steps.transfer`.

    """
    row, case_id = on_desk(by, at, application_id)
    found = people.area_by_reference(area)
    if found is None:
        raise not_found()
    workflow.transfer(by=by, at=at, case_id=case_id, area_id=found.id, note=note)
    change(row, area=area)


@action
def record_revocation(*, by: Actor, at: datetime, key: str, document_id: UUID, reason: str) -> None:
    """Mark a decision whose certificate was revoked, and tell its applicant. A repeat changes nothing.

    Documents revokes; this follows on the news of it.
    """
    allow(permissions.is_own_work(by))
    decision = Decision.objects.select_for_update().filter(document_id=document_id).first()
    row = Application.get_or_none(decision.application_id) if decision is not None else None
    if decision is None or row is None or decision.revoked_at is not None:
        return
    change(decision, revoked_at=at)
    send_message(row, ENDED.get(reason, "message.revoked"), by=by, at=at, number=decision.certificate_number)
    tell(
        events.CertificateRevoked(application_id=row.id, document_id=document_id, reason=reason),
        story=row.id,
        office_id=row.office_id,
    )


@action
def tell_ready(*, by: Actor, at: datetime, key: str, document_id: UUID) -> None:
    """Tell the applicant that the certificate of a decision is signed and can be downloaded.

    Any other document that was sealed, such as an acknowledgement, needs no message: nothing is written for it. The
    same document is told once, since the listener gives it the same key.
    """
    allow(permissions.is_own_work(by))
    decision = Decision.first_where(document_id=document_id)
    row = Application.get_or_none(decision.application_id) if decision is not None else None
    if decision is None or row is None:
        return
    send_message(row, "message.ready", by=by, at=at)
    tell(events.ReadyTold(application_id=row.id, document_id=document_id), story=row.id, office_id=row.office_id)
