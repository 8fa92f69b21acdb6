"""Conditions of which people are only told, as an application stood when it was handed in."""

from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.forms import queries as forms
from janaseva.forms import rules as form_rules
from janaseva.services.queries.applications import visible
from janaseva.services.queries.definitions import PLACES, compiled
from janaseva.services.queries.packs import today
from janaseva.services.rules import deciding
from janaseva.services.rules.deciding import Judged


def conditions_not_met(by: Actor, application_id: UUID) -> tuple[Judged, ...]:
    """Return the conditions that an application handed in does not meet, and that stopped nobody: a refusal is likely.

    Raises:
        Refusal: ``not_found``.

    """
    row = visible(by, application_id)
    definition = compiled(row.definition_id, row.purpose)
    if row.submitted_at is None or not any(one.told for one in definition.who.eligibility):
        return ()
    day, answers = today(row.submitted_at), forms.answers_of(row.id)
    applied = form_rules.apply(definition.form, answers, today=day, directory=PLACES)
    judged = deciding.eligibility(definition, applied.answers, today=day)
    return tuple(one for one in judged.conditions if one.told)
