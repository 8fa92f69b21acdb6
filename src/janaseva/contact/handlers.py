"""What contact does by itself: send what is queued, once each, and give up what would come too late.

A message is handed to its gateway under a lease. Only where a worker dies between the gateway's yes and the record of
it can a gateway be called twice for one message; a person may then read the same words twice, and never miss them.
"""

from datetime import datetime

from django.conf import settings

from janaseva.contact import actions, events, queries
from janaseva.contact.adapters import Outgoing, UndeliverableError, UnreachableError
from janaseva.contact.adapters.connected import connected
from janaseva.contact.queries import Parcel
from janaseva.contact.rules.wording import filled
from janaseva.core.actor import Actor
from janaseva.core.news import Heard, NotYet, every, hears
from janaseva.core.secret import Secret
from janaseva.people import events as people_events
from janaseva.people import queries as people

CODES = Actor.system("contact.codes")
SENDER = Actor.system("contact.deliver")


@hears(people_events.CodeRequested)
def code_requested(heard: Heard[people_events.CodeRequested]) -> None:
    """Queue the one-time code that somebody asked for, unless it is over by now."""
    code = people.code_to_send(CODES, heard.news.challenge_id, heard.at)
    if code is not None:
        actions.queue_code(
            by=CODES,
            at=heard.at,
            key=f"code:{heard.event_id}",
            challenge_id=heard.news.challenge_id,
            phone=Secret(code.phone),
            language=code.language,
        )


@hears(events.Queued)
def deliver(heard: Heard[events.Queued]) -> None:
    """Hand one message to its gateway.

    Raises:
        NotYet: where another worker holds it, or the gateway cannot be reached now.

    """
    parcel = queries.parcel(SENDER, heard.news.message_id)
    if parcel.state != "queued":
        return
    if parcel.leased_until is not None and parcel.leased_until > heard.at:
        raise NotYet
    sender, text = connected(parcel.channel), _text(parcel, heard.at)
    if sender is None or not text:
        _give_up(heard, "no_gateway" if sender is None else "too_late")
        return
    taken = actions.take(
        by=SENDER,
        at=heard.at,
        key=f"take:{heard.event_id}:{heard.at.isoformat()}",
        message_id=parcel.message_id,
    )
    if not taken:
        raise NotYet
    is_code = parcel.challenge_id is not None
    try:
        outgoing = Outgoing(address=parcel.address, text=text, template_id=parcel.template_id, is_code=is_code)
        gateway_number = sender.send(outgoing)
    except UndeliverableError as error:
        _give_up(heard, error.code)
        return
    except UnreachableError as error:
        raise NotYet from error
    actions.mark_sent(
        by=SENDER,
        at=heard.at,
        key=f"sent:{heard.event_id}",
        message_id=parcel.message_id,
        gateway_number=gateway_number,
        code_text=Secret(text if is_code else ""),
    )


def _text(parcel: Parcel, at: datetime) -> str:
    """Return the words of a parcel; nothing where its code is over."""
    if parcel.challenge_id is None:
        return parcel.text
    code = people.code_to_send(CODES, parcel.challenge_id, at)
    if code is None:
        return ""
    return filled(parcel.template, parcel.language, {"code": code.code}, zone=settings.TIME_ZONE)


def _give_up(heard: Heard[events.Queued], why: str) -> None:
    actions.give_up(by=SENDER, at=heard.at, key=f"give_up:{heard.event_id}", message_id=heard.news.message_id, why=why)


@every(seconds=600)
def give_up_stale(at: datetime) -> None:
    """Give up messages that have waited for a day."""
    for message_id in queries.stale(SENDER, at):
        actions.give_up(by=SENDER, at=at, key=f"stale:{message_id}", message_id=message_id, why="too_late")
