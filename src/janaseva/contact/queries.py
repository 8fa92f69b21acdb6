"""What may be asked of contact: what was said in a matter, what waits, and the demonstration's mailbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.conf import settings

from janaseva.contact.models import Message
from janaseva.contact.rules import sending
from janaseva.contact.rules.sending import Channel, MessageState
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.people.rules import masked

MAILBOX_LENGTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message as it was sent, or why it was not; ``masked`` is its address, mostly hidden."""

    id: UUID
    story: UUID | None
    channel: Channel
    masked: str
    template: str
    language: str
    text: str
    segments: int
    state: MessageState
    why: str
    queued_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message with its address, for the worker alone. ``challenge_id`` is set where it carries a one-time code."""

    message_id: UUID
    challenge_id: UUID | None
    address: str
    channel: Channel
    template: str
    template_id: str
    language: str
    text: str
    state: MessageState
    leased_until: datetime | None


def _view(row: Message) -> MessageView:
    return MessageView(
        id=row.id,
        story=row.story,
        channel=cast("Channel", row.channel),
        masked=masked(row.address),
        template=row.template,
        language=row.language,
        text=row.text,
        segments=row.segments,
        state=cast("MessageState", row.state),
        why=row.why,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
    )


def messages_of(by: Actor, story: UUID, *, story_visible: bool = False) -> list[MessageView]:
    """Return what was said in one matter, first said first: to the person it was said to, or to whom may see it all."""
    rows = Message.objects.filter(story=story).order_by("id")
    if not (story_visible or by.kind == "system"):
        rows = rows.filter(person_id=by.person_id) if by.kind == "person" and by.person_id else rows.none()
    return [_view(row) for row in rows]


def mailbox(by: Actor, phone: str | None = None) -> list[MessageView]:
    """Return the latest messages, to one number or to all, the latest first; in a demonstration only.

    It stands for the telephones of people who have no session yet, so it is read by anyone but machines.

    Raises:
        Refusal: ``not_found`` anywhere else.

    """
    if not settings.OPTIONS.demonstration or by.kind == "machine":
        raise not_found()
    rows = Message.objects.filter(state="sent").order_by("-id")
    if phone is not None:
        rows = rows.filter(address=phone)
    return [_view(row) for row in rows[:MAILBOX_LENGTH]]


def parcel(by: Actor, message_id: UUID) -> Parcel:
    """Return a message with its address, for the worker that sends it.

    Raises:
        Refusal: ``not_found``.

    """
    row = Message.get_or_none(message_id) if sending.may_send(by) else None
    if row is None:
        raise not_found()
    return Parcel(
        message_id=row.id,
        challenge_id=row.challenge_id,
        address=row.address,
        channel=cast("Channel", row.channel),
        template=row.template,
        template_id=row.template_id,
        language=row.language,
        text=row.text,
        state=cast("MessageState", row.state),
        leased_until=row.leased_until,
    )


def stale(by: Actor, at: datetime) -> list[UUID]:
    """Return the messages that waited for so long that they would mislead, for the worker to give up."""
    if not sending.may_send(by):
        raise not_found()
    rows = Message.objects.filter(state="queued", queued_at__lte=at - sending.GIVE_UP_AFTER)
    return list(rows.values_list("id", flat=True))
