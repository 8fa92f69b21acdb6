"""The news of contact. No payload names a person, a telephone number or a word of what was said."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(News):
    """A message waits to be sent."""

    name: ClassVar[str] = "contact.queued"
    message_id: UUID
    template: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(News):
    """A worker holds a message and hands it to the gateway."""

    name: ClassVar[str] = "contact.taken"
    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(News):
    """The gateway took a message."""

    name: ClassVar[str] = "contact.sent"
    message_id: UUID
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(News):
    """A message was given up; ``why`` is a code such as ``no_address``, ``no_gateway``, ``refused`` or ``too_late``."""

    name: ClassVar[str] = "contact.failed"
    message_id: UUID
    template: str
    why: str
