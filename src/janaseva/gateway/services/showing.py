"""From the rooms' views to the API's shapes, and from a posted file to one that may be kept."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.core.words import find
from janaseva.documents import queries as documents
from janaseva.documents import rules as document_rules
from janaseva.gateway.api.paging import not_known, place_of
from janaseva.gateway.api.reading import read_file
from janaseva.gateway.services import fees, shapes
from janaseva.payments import queries as payments
from janaseva.services import queries
from janaseva.services.rules import deciding


def return_path(payment_id: UUID) -> str:
    """Return the portal's page to which the payer's browser comes back, since a machine has none of its own."""
    return f"/pay/return/{payment_id}/"


def moment_of(after: str) -> datetime:
    """Return the moment that a cursor of applications names.

    Raises:
        Invalid: ``cursor_not_known``.

    """
    try:
        found = datetime.fromisoformat(place_of(after))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):  # the second for moments that other zones put before the year 1
        raise not_known() from None
    raise not_known()


def received(request: HttpRequest, *, fields: Iterable[str] = ()) -> tuple[document_rules.Received, Mapping[str, str]]:
    """Return the posted file, cleaned, and the fields beside it.

    Raises:
        Refusal: those of :func:`janaseva.documents.queries.receive` and of reading.

    """
    file = read_file(request, fields=fields)
    return documents.receive(filename=file.name, content=file.content), file.fields


def line(view: queries.ApplicationLine) -> shapes.ApplicationLine:
    """Return one line of the list."""
    return shapes.ApplicationLine.model_validate(
        {
            "id": str(view.id),
            "service": view.service,
            "service_name": dict(view.service_name),
            "number": view.number,
            "state": view.state,
            "outcome": view.outcome,
            "started_at": view.started_at,
            "submitted_at": view.submitted_at,
            "due_at": view.due_at,
            "has_question": view.has_question,
        }
    )


def whole(by: Actor, view: queries.ApplicationView, language: str) -> shapes.Application:
    """Return one application with everything that belongs to it."""
    owed = queries.fees_of(by, view)
    first = next((one for one in owed if not one.is_later), None)
    return shapes.Application.model_validate(
        {
            "id": str(view.id),
            "service": view.service,
            "service_name": dict(view.definition.what.name),
            "version": view.definition.version,
            "language": view.language,
            "state": view.state,
            "outcome": view.outcome,
            "number": view.number,
            "purpose": view.purpose,
            "earlier": str(view.earlier_id) if view.earlier_id else None,
            "started_at": view.started_at,
            "submitted_at": view.submitted_at,
            "received_at": view.received_at,
            "due_at": view.due_at,
            "ended_at": view.ended_at,
            "erased_at": view.erased_at,
            "answers": dict(view.answers),
            "found": queries.found_of(by, view.id, view.definition, visible=True),
            "papers": [_paper(one) for one in view.papers],
            "queries": [_question(one) for one in view.queries],
            "documents": [_issued(one) for one in documents.documents_of(by, view.id)],
            "decision": _decision(view.decision),
            "owed": None if first is None else fees.Owed(**_owed(first.demand)),
            "demands": [_demanded(one) for one in owed if one.is_later],
            "timeline": [_happened(one, language) for one in queries.story(by, view.id)],
        }
    )


def _paper(view: queries.PaperView) -> shapes.Paper:
    return shapes.Paper(
        id=str(view.id),
        group=view.group,
        choice=view.choice,
        document_id=str(view.document_id),
        filename=view.filename,
        media_type=view.media_type,
        size_bytes=view.size_bytes,
        pages=view.pages,
        given_at=view.given_at,
    )


def _question(view: queries.QueryView) -> shapes.Question:
    return shapes.Question(
        id=str(view.id),
        question=view.question,
        asked_at=view.asked_at,
        answer=view.answer,
        answered_at=view.answered_at,
    )


def _issued(view: documents.DocumentView) -> shapes.Issued:
    return shapes.Issued.model_validate(
        {
            "document_id": str(view.document_id),
            "kind": view.kind,
            "number": view.number,
            "code": view.code,
            "title": dict(view.title),
            "state": view.state,
            "issued_at": view.issued_at,
            "sha256": view.sha256,
            "revoked_at": view.revoked_at,
        }
    )


def _decision(view: queries.DecisionView | None) -> shapes.Decision | None:
    if view is None:
        return None
    return shapes.Decision(
        outcome=view.outcome,
        reason=view.reason,
        reason_title=dict(view.reason_title),
        reason_law=view.reason_law,
        words=view.words,
        decided_at=view.decided_at,
        document_id=str(view.document_id) if view.document_id else None,
        certificate_number=view.certificate_number,
    )


def _words(text: Text | str) -> dict[str, str]:
    if isinstance(text, str):
        return {"en": text} if text else {}
    return dict(text)


def _owed(demand: payments.DemandView) -> dict[str, Any]:
    lines = [
        fees.OwedLine(key=one.key, title=dict(one.title), amount_paise=one.amount_paise, order=_words(one.order))
        for one in demand.lines
    ]
    return {"state": demand.state, "total_paise": demand.total_paise, "lines": lines}


def _demanded(fee: queries.FeeView) -> fees.Demanded:
    received = fee.account.received
    return fees.Demanded(
        **_owed(fee.demand),
        id=str(fee.demand.id),
        step=fee.demand.step,
        title=dict(fee.title),
        demanded_at=fee.demand.demanded_at,
        pay_by=fee.pay_by,
        receipt_number=received.receipt_number if received else "",
    )


def _happened(one: queries.Happened, language: str) -> shapes.Happened:
    return shapes.Happened(
        event=one.name,
        title=find(f"event.{one.name}", language) or one.name,
        at=one.at,
        post=dict(one.post),
        office=dict(one.office),
        log_index=one.log_index,
    )


def judged(one: deciding.Judged) -> shapes.Judged:
    """Return one condition of eligibility and whether it is met."""
    return shapes.Judged(
        key=one.condition.key,
        title=one.condition.title,
        outcome=one.outcome,
        missing=list(one.missing),
        message=one.condition.message if one.outcome == "not_met" else {},
        told=one.told,
        law=one.condition.law,
    )
