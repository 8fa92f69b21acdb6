"""What the officers found on the way of an application."""

from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.services.models import Application
from janaseva.services.queries.again import earlier_ids
from janaseva.services.queries.applications import visible as visible_row
from janaseva.services.rules.definition import Definition
from janaseva.workflow import queries as workflow
from janaseva.workflow import rules as workflow_rules


def found_of(by: Actor, application_id: UUID, definition: Definition, *, visible: bool = False) -> dict[str, Any]:
    """Return what was found for an application, and for those on whose certificates it rests: the last holds.

    ``visible``: the caller has already decided that ``by`` may see it.

    Raises:
        Refusal: ``not_found``.

    """
    if not visible:
        visible_row(by, application_id)
    if not definition.found_fields:
        return {}
    ids = earlier_ids(application_id)
    cases = dict(Application.objects.filter(pk__in=ids).values_list("id", "case_id"))
    found = (workflow.found(by, case_id, visible=True) for key in reversed(ids) if (case_id := cases[key]) is not None)
    return workflow_rules.held(found)
