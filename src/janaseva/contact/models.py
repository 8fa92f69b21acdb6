"""Tables of contact."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from janaseva.contact.rules import sending
from janaseva.core.row import Row


class Message(Row):
    """One thing said to one person on one channel, in the words that were sent.

    The text of a one-time code is never kept here, except in a demonstration, whose mailbox shows it: ``challenge_id``
    names where the worker fetches the code from.
    """

    personal: ClassVar[tuple[str, ...]] = ("person_id", "address", "text")

    story = models.UUIDField(null=True, db_index=True)
    office_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True, db_index=True)
    challenge_id = models.UUIDField(null=True, unique=True)
    address = models.CharField(max_length=254)
    channel = models.CharField(max_length=8)
    template = models.CharField(max_length=80)
    template_id = models.CharField(max_length=32, default="")
    language = models.CharField(max_length=8)
    text = models.TextField(default="")
    segments = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8)
    why = models.CharField(max_length=40, default="")
    gateway_number = models.CharField(max_length=64, default="")
    queued_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=sending.MESSAGE_STATES), name="message_state_known"),
            models.CheckConstraint(condition=Q(channel__in=sending.CHANNELS), name="message_channel_known"),
        )
        indexes = (models.Index(fields=["queued_at"], condition=Q(state="queued"), name="message_waiting"),)
