"""Which way out is connected to a channel: by the settings, or what a test puts in its place."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from janaseva.contact.adapters import Channel, Sender
from janaseva.contact.adapters.mailbox import Mailbox
from janaseva.contact.adapters.mobile_seva import MobileSeva

_instead: list[Sender] = []


def connected(channel: Channel) -> Sender | None:
    """Return the way out of a channel, or ``None`` where it has none."""
    options = settings.OPTIONS
    if _instead:
        return _instead[-1]
    if channel == "sms" and options.sms_gateway_url:
        return MobileSeva(
            url=options.sms_gateway_url,
            username=options.sms_username,
            password=options.sms_password,
            sender=options.sms_sender,
            key=options.sms_key,
        )
    return Mailbox() if options.demonstration else None


@contextmanager
def using(sender: Sender) -> Iterator[None]:
    """Put another way out in the connected ones' place, for a test or a rehearsal."""
    _instead.append(sender)
    try:
        yield
    finally:
        _instead.remove(sender)
