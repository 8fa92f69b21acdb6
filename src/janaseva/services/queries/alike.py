"""Whether one asks for what one has asked for already."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.forms import queries as forms
from janaseva.services.models import Application
from janaseva.services.queries.definitions import compiled
from janaseva.services.rules import states
from janaseva.services.rules.sameness import sameness

MOST: Final = 20
"""So many of one's applications under way are looked at, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """An application of the same person for the same, which is under way."""

    id: UUID
    number: str
    submitted_at: datetime | None


def alike(by: Actor, application_id: UUID) -> list[Alike]:
    """Return one's own applications under way for the same service with the same telling facts, the latest first."""
    row = Application.first_where(id=application_id, applicant_id=by.person_id)
    if row is None or by.person_id is None or by.kind != "person":
        return []
    others = list(
        Application.objects.filter(
            applicant_id=by.person_id,
            service_key=row.service_key,
            purpose=row.purpose,
            earlier_id=row.earlier_id,
            state__in=sorted(states.OPEN),
        )
        .exclude(pk=row.id)
        .order_by("-submitted_at")[:MOST]
    )
    if not others:
        return []
    answers = forms.answers_of_all({row.id, *(one.id for one in others)})
    definition = compiled(row.definition_id, row.purpose)
    wanted = sameness(definition, answers.get(row.id, {}))
    return [
        Alike(id=one.id, number=one.number or "", submitted_at=one.submitted_at)
        for one in others
        if sameness(definition, answers.get(one.id, {})) == wanted
    ]
