"""Ways out for messages: what each must offer, the state's text gateway, a mailbox for demonstrations, and a fake."""

from dataclasses import dataclass
from typing import Protocol

from janaseva.contact.rules.sending import Channel


class UnreachableError(Exception):
    """The gateway could not be reached, or did not say whether it took the message; try again later."""


class UndeliverableError(Exception):
    """The gateway will never take this message; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message as a gateway gets it: a number in E.164, the words, and the id of the registered template."""

    address: str
    text: str
    template_id: str
    is_code: bool


class Sender(Protocol):
    """What every way out must offer."""

    def send(self, message: Outgoing) -> str:
        """Hand over one message and return the gateway's number for it.

        Raises:
            UnreachableError: try again later.
            UndeliverableError: never try again.

        """


__all__ = ["Channel", "Outgoing", "Sender", "UndeliverableError", "UnreachableError"]
