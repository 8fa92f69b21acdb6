"""Payment gateways: what one must offer, the one spoken to by signed HTTP, and a fake."""

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from janaseva.payments.rules.states import Report


class GatewayError(Exception):
    """The gateway could not be reached, or its answer could not be believed; ask again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a gateway says of a refund: done, still on its way, or refused."""

    outcome: Literal["done", "pending", "refused"]
    gateway_number: str = ""


class Gateway(Protocol):
    """What every payment gateway must offer. The address of its page is made by :mod:`..rules.signing`."""

    def status(self, reference: str) -> Report | None:
        """Return what the gateway knows of a payment, ``None`` where it has never heard of it.

        Raises:
            GatewayError: where it cannot be asked now.

        """

    def refund(self, reference: str, *, refund_id: UUID, amount_paise: int) -> Returned:
        """Ask for money to be sent back; the same ``refund_id`` is the same refund, however often it is asked.

        Raises:
            GatewayError: where it cannot be asked now.

        """
