"""A demand to pay, and a gateway in memory."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from janaseva.core.actor import Actor

GATEWAY = Actor(kind="machine", name="payment-gateway")
SYSTEM = Actor.system("test")


@dataclass
class Given:
    """Does what payers, gateways and offices do, each time with another key."""

    at: datetime
    payer: Actor
    office_id: UUID

    def demand(self, *amounts_paise: int, office_id: UUID | None = None) -> UUID:
        from tests.payments.acts import make_demand

        return make_demand(
            by=SYSTEM,
            at=self.at,
            key=str(uuid4()),
            story=uuid4(),
            payer_person_id=self.payer.person_id,
            office_id=office_id or self.office_id,
            amounts_paise=list(amounts_paise),
        )

    def cancel(self, demand_id: UUID) -> None:
        from tests.payments.acts import cancel_demand

        cancel_demand(by=SYSTEM, at=self.at, key=str(uuid4()), demand_id=demand_id)

    def start(self, demand_id: UUID, **other: Any) -> Any:
        from janaseva.payments import actions

        given = {"by": self.payer, "at": self.at, "key": str(uuid4()), "demand_id": demand_id, **other}
        return actions.start(**given)

    def callback(self, body: bytes, signature: str, *, key: str = "", after: timedelta = timedelta(minutes=1)) -> Any:
        from janaseva.payments import actions

        return actions.hear_gateway(
            by=GATEWAY, at=self.at + after, key=key or str(uuid4()), body=body, signature=signature
        )


@pytest.fixture
def given(at):
    return Given(at=at, payer=Actor.person(uuid4()), office_id=uuid4())


@pytest.fixture
def gateway(settings):
    from janaseva.payments.adapters.connected import using
    from janaseva.payments.adapters.fake import Fake

    fake = Fake(key=settings.PAYMENT_GATEWAY_KEY)
    with using(fake):
        yield fake
