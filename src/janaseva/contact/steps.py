"""What contact does inside the actions of higher rooms: let somebody be told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from janaseva.contact import events
from janaseva.contact.models import Message
from janaseva.contact.rules.segments import segments
from janaseva.contact.rules.sending import Channel
from janaseva.contact.rules.wording import filled
from janaseva.core.action import empty, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.text import interface_of
from janaseva.people import queries as people

WRITER = Actor.system("contact.send")


@step
def send(
    *,
    by: Actor,
    at: datetime,
    story: UUID | None,
    person_id: UUID,
    template: str,
    facts: Mapping[str, Any],
    channel: Channel = "sms",
    office_id: UUID | None = None,
) -> UUID:
    """Queue a message to a person, in the person's language, and return its id; the worker sends it after the commit.

    ``template`` is a key of words such as ``message.submitted``; a fact may be words by language or a day. Where the
    person has no address on the channel, the message is kept as failed: the matter itself must not stop for it.
    """
    reach = people.reach_of(WRITER, person_id)
    language, address = reach.language, reach.phone if channel == "sms" else ""
    text = filled(template, language, facts, zone=settings.TIME_ZONE)
    row = put(
        Message(
            story=story,
            office_id=office_id,
            person_id=person_id,
            address=address,
            channel=channel,
            template=template,
            template_id=_template_id(template, language),
            language=language,
            text=text,
            segments=segments(text).parts,
            state="queued" if address else "failed",
            why="" if address else "no_address",
            queued_at=at,
        )
    )
    if address:
        queued = events.Queued(message_id=row.id, template=template, channel=channel)
        tell(queued, story=story, office_id=office_id)
    else:
        failed = events.Failed(message_id=row.id, template=template, why="no_address")
        tell(failed, story=story, office_id=office_id)
    return row.id


@step
def send_code(
    *,
    by: Actor,
    at: datetime,
    challenge_id: UUID,
    phone: str,
    language: str,
) -> UUID:
    """Queue a one-time code and return the message's id. The code itself stays with people until it is sent."""
    row = put(
        Message(
            challenge_id=challenge_id,
            address=phone,
            channel="sms",
            template="message.code",
            template_id=_template_id("message.code", language),
            language=language,
            state="queued",
            queued_at=at,
        )
    )
    tell(events.Queued(message_id=row.id, template="message.code", channel="sms"))
    return row.id


def _template_id(template: str, language: str) -> str:
    """Return the DLT id under which a template is registered in a language; empty where the settings know none."""
    return str(settings.OPTIONS.sms_templates.get(f"{template}.{interface_of(language)}", ""))


@step
def erase(*, by: Actor, at: datetime, story: UUID) -> None:
    """Erase what was said in a matter, to whom and to which number; that something was said, and when, stays."""
    empty(Message.where(story=story, lock=True))
