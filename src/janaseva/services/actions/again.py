"""Asking again once something was issued: for its renewal, its correction, a second copy."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import action, allow, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import is_reading
from janaseva.forms import queries as form_queries
from janaseva.forms import steps as forms
from janaseva.services import events, queries
from janaseva.services.models import Application
from janaseva.services.rules import permissions, purposed


@action
def begin_again(
    *, by: Actor, at: datetime, key: str, application_id: UUID, purpose: str, language: str, channel: str = "online"
) -> UUID:
    """Begin an application that rests on the certificate of an earlier one; answer its id, or that of a draft of it.

    It is one of the same service, by the version in force today, and begins with the answers given before.

    Raises:
        Refusal: ``not_found``, also for a purpose of which the service says nothing; ``again_under_way``;
            ``earlier_ended``, ``earlier_suspended``, ``earlier_asked`` as the certificate stands;
            ``renewal_not_needed``, ``renewal_too_early``, ``renewal_too_late``, ``afterwards_expired`` by the day.

    """
    row = Application.locked(application_id)
    allow(row is not None and permissions.is_applicant(by, row.applicant_id))
    if row is None or not purpose:
        raise not_found()
    earlier = queries.earlier_of(row.id)
    published = queries.in_force(row.service_key, queries.today(at))
    definition = queries.compiled(published.id, purpose)
    refusal = queries.refusal_again(earlier, definition, at)
    if refusal is not None:
        raise refusal
    draft = Application.first_where(earlier_id=row.id, purpose=purpose, state="draft")
    if draft is not None:
        return draft.id
    made = put(
        Application(
            definition_id=published.id,
            service_key=row.service_key,
            purpose=purpose,
            earlier_id=row.id,
            applicant_id=row.applicant_id,
            language=language if is_reading(language) else "en",
            channel=channel,
            started_at=at,
        )
    )
    values = purposed.taken_over(definition, form_queries.answers_of(row.id), earlier.known)
    forms.keep(by=by, at=at, story=made.id, form_key=definition.key, form_version=definition.version, values=values)
    tell(events.DraftBegun(application_id=made.id, service=row.service_key), story=made.id)
    tell(
        events.AskedAgain(application_id=row.id, again_id=made.id, purpose=purpose),
        story=row.id,
        office_id=row.office_id,
    )
    return made.id
