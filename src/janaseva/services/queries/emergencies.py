"""Emergency access: what was asked and allowed, as those concerned and the auditors see it, and what it opens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.documents import queries as documents
from janaseva.services.models import Application, Emergency
from janaseva.services.queries.applications import ApplicationView, application, paper_content
from janaseva.services.queries.definitions import compiled
from janaseva.services.queries.story import seats
from janaseva.services.rules import emergencies

MOST: Final = 200
_READER: Final = Actor.system("services.emergency")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyView:
    """One emergency access: what was asked, by which post, why, how it stands, and how often it was used."""

    id: UUID
    number: str
    service_name: Text
    reason: str
    minutes: int
    standing: str
    asked_at: datetime
    asked_by: tuple[Text, Text]
    decided_at: datetime | None
    decided_by: tuple[Text, Text]
    ends_at: datetime | None
    ended_at: datetime | None
    reads: int
    may_allow: bool
    may_read: bool
    may_end: bool


def list_emergencies(by: Actor, at: datetime) -> list[EmergencyView]:
    """Return the latest that ``by`` may know of: the own ones, and every one to who allows or audits."""
    wanted = Q() if emergencies.may_oversee(by) else Q(person_id=by.person_id)
    rows = list(
        Emergency.objects.filter(wanted).select_related("application").order_by("-asked_at", "-id")[:MOST]
        if by.kind == "officer"
        else ()
    )
    posts = seats({key for row in rows for key in (row.post_id, row.decided_post_id) if key is not None})
    return [_view(by, at, row, posts) for row in rows]


def _view(by: Actor, at: datetime, row: Emergency, posts: dict[UUID, tuple[Text, Text]]) -> EmergencyView:
    facts = emergencies.facts_of(row, row.application.applicant_id)
    standing = emergencies.standing(facts, at)
    nobody: tuple[Text, Text] = ({}, {})
    return EmergencyView(
        id=row.id,
        number=row.application.number or "",
        service_name=compiled(row.application.definition_id, row.application.purpose).what.name,
        reason=row.reason,
        minutes=row.minutes,
        standing=standing,
        asked_at=row.asked_at,
        asked_by=posts.get(row.post_id, nobody),
        decided_at=row.decided_at,
        decided_by=posts.get(row.decided_post_id, nobody) if row.decided_post_id else nobody,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        reads=row.reads,
        may_allow=standing == "asked" and emergencies.may_allow(by, facts),
        may_read=emergencies.may_read(by, facts, at),
        may_end=standing in ("asked", "allowed") and emergencies.may_end(by, facts, at),
    )


def _readable(by: Actor, emergency_id: UUID, at: datetime) -> Emergency:
    row = Emergency.get_or_none(emergency_id)
    applicant = Application.get_or_none(row.application_id) if row is not None else None
    if row is None or applicant is None:
        raise not_found()
    if not emergencies.may_read(by, emergencies.facts_of(row, applicant.applicant_id), at):
        raise not_found()
    return row


def emergency_record(by: Actor, emergency_id: UUID, at: datetime) -> tuple[EmergencyView, ApplicationView]:
    """Return the application that an emergency access opens, to who asked for it, while it lasts.

    Raises:
        Refusal: ``not_found``.

    """
    row = _readable(by, emergency_id, at)
    return _view(by, at, row, {}), application(_READER, row.application_id)


def emergency_paper(by: Actor, emergency_id: UUID, document_id: UUID, at: datetime) -> documents.Content:
    """Return a paper, or the certificate, of the application that an emergency access opens, while it lasts.

    Raises:
        Refusal: ``not_found``.

    """
    row = _readable(by, emergency_id, at)
    return paper_content(_READER, row.application_id, document_id)


def emergencies_passed(by: Actor, at: datetime) -> list[UUID]:
    """Return what has come to its end, or lapsed, and is not noted yet; for the platform itself."""
    if by.kind not in ("clock", "system"):
        return []
    over = Q(state="allowed", ends_at__lte=at) | Q(state="asked", asked_at__lte=at - emergencies.WAITS)
    return list(Emergency.objects.filter(over).order_by("asked_at").values_list("id", flat=True)[:MOST])
