"""The gateway spoken to by signed JSON over HTTP: the simulator of a demonstration speaks it too."""

import json
from uuid import UUID

import requests

from janaseva.core.canonical import canonical
from janaseva.core.refusal import Refusal
from janaseva.payments.adapters import GatewayError, Returned
from janaseva.payments.rules import signing
from janaseva.payments.rules.signing import SIGNATURE_HEADER, Purpose
from janaseva.payments.rules.states import Report

CONNECT_SECONDS = 3
ANSWER_SECONDS = 10


class SignedGateway:
    """Asks ``POST <base>/status`` and ``POST <base>/refund``; both sides sign with the shared key.

    The first of ``keys`` is what is signed with; an answer under any of them is believed.
    """

    def __init__(self, *, base: str, keys: tuple[str, ...]) -> None:
        self.base = base.rstrip("/")
        self.keys = keys

    def _ask(self, purpose: Purpose, question: dict[str, str | int]) -> bytes | None:
        body = canonical(question)
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signing.sign(self.keys[0], purpose, body)}
        try:
            answer = requests.post(
                f"{self.base}/{purpose}",
                data=body,
                headers=headers,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise GatewayError(type(error).__name__) from error
        if answer.status_code == requests.codes.not_found:
            return None
        signature = answer.headers.get(SIGNATURE_HEADER, "")
        genuine = signing.genuine(self.keys, purpose, answer.content, signature)
        if answer.status_code != requests.codes.ok or not genuine:
            message = f"answer {answer.status_code} is not the gateway's"
            raise GatewayError(message)
        return answer.content

    def status(self, reference: str) -> Report | None:
        """Return what the gateway knows of a payment; see :class:`~janaseva.payments.adapters.Gateway`."""
        answer = self._ask("status", {"reference": reference})
        try:
            return None if answer is None else signing.read(answer)
        except Refusal as error:
            raise GatewayError(error.code) from error

    def refund(self, reference: str, *, refund_id: UUID, amount_paise: int) -> Returned:
        """Ask for money to be sent back; see :class:`~janaseva.payments.adapters.Gateway`."""
        question: dict[str, str | int] = {
            "reference": reference,
            "refund_id": str(refund_id),
            "amount_paise": amount_paise,
        }
        answer = self._ask("refund", question)
        if answer is None:
            return Returned(outcome="refused")
        try:
            return Returned(**json.loads(answer))
        except (ValueError, TypeError) as error:
            message = "the answer to a refund cannot be read"
            raise GatewayError(message) from error
