"""What holds for one application: its definition alone, for those who ask no more of it."""

from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.services.queries.applications import visible
from janaseva.services.queries.definitions import compiled
from janaseva.services.rules.definition import Definition


def definition_of(by: Actor, application_id: UUID) -> Definition:
    """Return what holds for an application that ``by`` may see.

    Raises:
        Refusal: ``not_found``.

    """
    row = visible(by, application_id)
    return compiled(row.definition_id, row.purpose)
