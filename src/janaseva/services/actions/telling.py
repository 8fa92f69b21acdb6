"""What the people of a matter are told within an action: by its number, and by the name of its service."""

from datetime import datetime
from uuid import UUID

from janaseva.contact import steps as contact
from janaseva.core.actor import Actor
from janaseva.services import queries
from janaseva.services.models import Application


def send_message(
    row: Application,
    template: str,
    *,
    by: Actor,
    at: datetime,
    number: str | None = None,
    person_id: UUID | None = None,
    office_id: UUID | None = None,
    due: object = None,
) -> None:
    """Send a message about an application to its applicant or to ``person_id``, by its number or by ``number``."""
    facts = {
        "number": (row.number or "") if number is None else number,
        "service": dict(queries.compiled(row.definition_id, row.purpose).what.name),
    }
    contact.send(
        by=by,
        at=at,
        story=row.id,
        person_id=person_id or row.applicant_id,
        template=template,
        facts={**facts, "due": due} if due else facts,
        office_id=office_id or row.office_id,
    )
