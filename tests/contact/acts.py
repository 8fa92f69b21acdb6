"""An action that stands in for those of a higher room, whose steps contact offers."""

from datetime import date, datetime
from uuid import UUID

from janaseva.contact import steps
from janaseva.core.action import action, allow
from janaseva.core.actor import Actor


@action
def say_submitted(*, by: Actor, at: datetime, key: str, story: UUID, person_id: UUID, channel: str = "sms") -> UUID:
    allow(True)
    service = {"en": "Income Certificate", "ml": "വരുമാന സർട്ടിഫിക്കറ്റ്"}
    facts = {"service": service, "number": "KL/1", "due": date(2026, 12, 1)}
    return steps.send(
        by=by, at=at, story=story, person_id=person_id, template="message.paid", facts=facts, channel=channel
    )
