"""What the worker does with messages: take one, record that it was sent, or give it up."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from janaseva.contact import events, steps
from janaseva.contact.models import Message
from janaseva.contact.rules import sending
from janaseva.contact.rules.segments import segments
from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.secret import Secret
from janaseva.people import steps as people


@action
def queue_code(*, by: Actor, at: datetime, key: str, challenge_id: UUID, phone: Secret, language: str) -> UUID | None:
    """Queue a one-time code that people made; ``None`` where it is queued already."""
    allow(sending.may_send(by))
    if Message.objects.filter(challenge_id=challenge_id).exists():
        return None
    return steps.send_code(by=by, at=at, challenge_id=challenge_id, phone=phone.reveal(), language=language)


def _held(message_id: UUID) -> Message:
    row = Message.locked(message_id)
    if row is None:
        raise not_found()
    return row


@action
def take(*, by: Actor, at: datetime, key: str, message_id: UUID) -> bool:
    """Take a message in order to send it; return whether it is this worker's. A lease ends by itself.

    Raises:
        Refusal: ``not_found``.

    """
    allow(sending.may_send(by))
    row = _held(message_id)
    if not sending.may_take(state=row.state, leased_until=row.leased_until, at=at):
        return False
    change(row, leased_until=at + sending.LEASE)
    tell(events.Taken(message_id=row.id), story=row.story, office_id=row.office_id)
    return True


@action
def mark_sent(
    *,
    by: Actor,
    at: datetime,
    key: str,
    message_id: UUID,
    gateway_number: str,
    code_text: Secret,
) -> None:
    """Record that the gateway took a message; a repeat changes nothing.

    ``code_text`` is the text of a one-time code and empty otherwise: it is kept in a demonstration only, so that the
    mailbox can show it.

    Raises:
        Refusal: ``not_found``.

    """
    allow(sending.may_send(by))
    row = _held(message_id)
    if row.state in ("sent", "erased"):
        return
    change(row, sent_at=at, leased_until=None, gateway_number=gateway_number, state="sent", why="")
    if row.challenge_id is not None:
        kept = settings.OPTIONS.demonstration
        change(row, segments=segments(code_text.reveal()).parts, state="sent" if kept else "erased")
        change(row, text=code_text.reveal() if kept else "")
        people.forget_code(by=by, at=at, challenge_id=row.challenge_id)
    tell(events.Sent(message_id=row.id, template=row.template), story=row.story, office_id=row.office_id)


@action
def give_up(*, by: Actor, at: datetime, key: str, message_id: UUID, why: str) -> None:
    """Record that a message will not be sent, and why, as a code; a repeat changes nothing.

    Raises:
        Refusal: ``not_found``.

    """
    allow(sending.may_send(by))
    row = _held(message_id)
    if row.state != "queued":
        return
    change(row, state="failed", why=why, leased_until=None)
    failed = events.Failed(message_id=row.id, template=row.template, why=why)
    tell(failed, story=row.story, office_id=row.office_id)
