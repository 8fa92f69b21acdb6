"""After a certificate was issued: the holder is heard before it is revoked; it is suspended, restored, surrendered."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.documents import rules as document_rules
from janaseva.documents import steps as documents
from janaseva.services import events, queries
from janaseva.services.actions.telling import send_message
from janaseva.services.models import Application, Decision, ShowCause
from janaseva.services.rules import afterwards, permissions

LONGEST = 4_000


@action
def ask_cause(*, by: Actor, at: datetime, key: str, application_id: UUID, reason: str, words: str) -> UUID:
    """Tell the holder that the certificate is to be revoked and why, and ask for their answer within the days.

    Raises:
        Refusal: ``not_permitted``; ``not_found``; ``document_revocation_reason``; ``cause_needs_words``;
            ``cause_asked_already``; ``document_revoked_already``.

    """
    decision, row = _of_office(by, application_id)
    if reason not in document_rules.REVOCATION_REASONS:
        raise Refusal("document_revocation_reason")
    _need(words)
    if decision.revoked_at is not None:
        raise Refusal("document_revoked_already", status=CONFLICT)
    if _open(decision) is not None:
        raise Refusal("cause_asked_already", status=CONFLICT)
    until = afterwards.answer_until(queries.today(at))
    if by.post_id is None or row.office_id is None:
        raise not_found()
    asked = put(
        ShowCause(decision=decision, office_id=row.office_id, post_id=by.post_id, reason=reason,
                  words=words.strip()[:LONGEST], given_at=at, answer_until=until)
    )  # fmt: skip
    send_message(row, "message.cause_asked", by=by, at=at, number=decision.certificate_number, due=until)
    tell(
        events.CauseAsked(
            application_id=row.id, document_id=_paper(decision), reason=reason, answer_until=until.isoformat()
        ),
        story=row.id,
        office_id=row.office_id,
    )
    return asked.id


@action
def answer_cause(*, by: Actor, at: datetime, key: str, application_id: UUID, words: str) -> None:
    """Answer the notice, as the holder; once.

    Raises:
        Refusal: ``not_found``; ``cause_needs_words``; ``nothing_was_asked`` where no notice is open or it is answered.

    """
    decision, row = _of_holder(by, application_id)
    _need(words)
    asked = _open(decision)
    if asked is None or asked.answered_at is not None:
        raise Refusal("nothing_was_asked", status=CONFLICT)
    change(asked, answer=words.strip()[:LONGEST], answered_at=at)
    tell(events.CauseAnswered(application_id=row.id), story=row.id, office_id=row.office_id)


@action
def drop_cause(*, by: Actor, at: datetime, key: str, application_id: UUID, words: str) -> None:
    """Drop the notice, since the answer or the office's own enquiry satisfied it; the certificate stays.

    Raises:
        Refusal: ``not_permitted``; ``not_found``; ``cause_needs_words``; ``cause_not_asked``.

    """
    decision, row = _of_office(by, application_id)
    _need(words)
    asked = _open(decision)
    if asked is None:
        raise Refusal("cause_not_asked", status=CONFLICT)
    change(asked, state="dropped", ended_at=at, ended_words=words.strip()[:LONGEST])
    send_message(row, "message.cause_dropped", by=by, at=at, number=decision.certificate_number)
    tell(events.CauseDropped(application_id=row.id), story=row.id, office_id=row.office_id)


@action
def revoke_certificate(*, by: Actor, at: datetime, key: str, application_id: UUID, reason: str, words: str) -> None:
    """Revoke a certificate after its holder was heard; a court's order alone needs no notice.

    Raises:
        Refusal: ``not_permitted``; ``not_found``; ``cause_needs_words``; ``cause_not_heard`` while the holder may still
            answer or was never asked; ``document_revoked_already``; ``document_revocation_reason``.

    """
    decision, row = _of_office(by, application_id)
    _need(words)
    asked = _open(decision)
    heard = afterwards.may_revoke_now(
        reason=reason,
        until=asked.answer_until if asked else None,
        answered=bool(asked and asked.answered_at),
        today=queries.today(at),
    )
    if decision.revoked_at is None and not heard:
        raise Refusal("cause_not_heard", status=CONFLICT)
    if asked is not None:
        change(asked, state="revoked", ended_at=at, ended_words=words.strip()[:LONGEST])
    documents.revoke(by=by, at=at, document_id=_paper(decision), reason=reason, words=words.strip()[:LONGEST])
    tell(events.CauseDecided(application_id=row.id, reason=reason), story=row.id, office_id=row.office_id)


@action
def suspend_certificate(*, by: Actor, at: datetime, key: str, application_id: UUID, reason: str, words: str) -> None:
    """Suspend a certificate while something is looked into: whoever verifies it is told that it does not hold.

    Raises:
        Refusal: ``not_permitted``; ``not_found``; ``cause_needs_words``; those of documents' ``suspend``.

    """
    decision, row = _of_office(by, application_id)
    _need(words)
    document_id = _paper(decision)
    documents.suspend(by=by, at=at, document_id=document_id, reason=reason, words=words.strip()[:LONGEST])
    send_message(row, "message.suspended", by=by, at=at, number=decision.certificate_number)


@action
def restore_certificate(*, by: Actor, at: datetime, key: str, application_id: UUID, words: str) -> None:
    """Lift the suspension: the certificate holds again.

    Raises:
        Refusal: ``not_permitted``; ``not_found``; ``cause_needs_words``; ``document_not_suspended``.

    """
    decision, row = _of_office(by, application_id)
    _need(words)
    document_id = _paper(decision)
    documents.lift(by=by, at=at, document_id=document_id, words=words.strip()[:LONGEST])
    send_message(row, "message.restored", by=by, at=at, number=decision.certificate_number)


@action
def surrender_certificate(*, by: Actor, at: datetime, key: str, application_id: UUID) -> None:
    """Give one's certificate back: whoever verifies it from now on is told that its holder did.

    Raises:
        Refusal: ``not_found``; ``document_revoked_already``; ``surrender_while_asked`` while a notice of the office is
            open, so that nobody escapes a finding by giving it back.

    """
    decision, _ = _of_holder(by, application_id)
    if _open(decision) is not None:
        raise Refusal("surrender_while_asked", status=CONFLICT)
    document_id = _paper(decision)
    documents.revoke(by=by, at=at, document_id=document_id, reason=document_rules.SURRENDERED)


def _of_office(by: Actor, application_id: UUID) -> tuple[Decision, Application]:
    row = Application.get_or_none(application_id)
    if row is None or not queries.may_see(by, row):
        raise not_found()  # nor does anybody else learn that there is a certificate
    decision = (
        Decision.objects.select_for_update().filter(application_id=application_id, set_aside_at__isnull=True).first()
    )
    if decision is None or decision.document_id is None:
        raise not_found()
    allow(afterwards.may_end(by, decision.office_id), "not_permitted")
    if row.office_id is None:
        raise not_found()
    return decision, row


def _of_holder(by: Actor, application_id: UUID) -> tuple[Decision, Application]:
    row = Application.get_or_none(application_id)
    if row is None:
        raise not_found()
    allow(permissions.is_applicant(by, row.applicant_id))
    decision = (
        Decision.objects.select_for_update().filter(application_id=application_id, set_aside_at__isnull=True).first()
    )
    if decision is None or decision.document_id is None:
        raise not_found()
    return decision, row


def _paper(decision: Decision) -> UUID:
    if decision.document_id is None:
        raise not_found()
    return UUID(str(decision.document_id))


def _open(decision: Decision) -> ShowCause | None:
    return ShowCause.objects.select_for_update().filter(decision=decision, state="open").first()


def _need(words: str) -> None:
    if len(words.strip()) < afterwards.FEWEST_LETTERS:
        raise Refusal("cause_needs_words", count=afterwards.FEWEST_LETTERS)
