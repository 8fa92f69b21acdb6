"""Appeals and requests for deemed approval: as their parties see them, what may be filed now, what the clock awaits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.people import queries as people
from janaseva.services.models import Appeal, Application, Attachment, Decision, DeemedRequest
from janaseva.services.queries.applications import PaperView, may_see, papers_of
from janaseva.services.queries.definitions import compiled
from janaseva.services.queries.packs import today
from janaseva.services.rules import appealing, permissions
from janaseva.services.rules.appealing import Filing, Opening, Proposal
from janaseva.services.rules.rights import LevelLaw
from janaseva.workflow import queries as workflow

PAPERS = "appeal"
"""The group of papers that are given with an appeal; the choice is the appeal's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealView:
    """One appeal as its parties and its authority see it."""

    id: UUID
    application_id: UUID
    application_number: str
    service_name: Text
    number: str
    level: int
    cause: str
    opened_by: str
    grounds: str
    late_cause: str
    case_id: UUID | None
    office: Text
    opened_at: datetime
    due_at: datetime | None
    hearing_at: datetime | None
    hearing_place: str
    order: str
    reason: str
    words: str
    penalty_paise: int
    compensation_paise: int
    ended_at: datetime | None
    comply_by: datetime | None
    complied_at: datetime | None
    missed_at: datetime | None
    papers: tuple[PaperView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemedView:
    """A written request after the limit, and what came of it."""

    id: UUID
    application_id: UUID
    application_number: str
    service_name: Text
    number: str
    words: str
    office: Text
    requested_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    granted_at: datetime | None
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MayFile:
    """An appeal that the applicant may file now: what opened it, by when, before whom as the law names it."""

    opening: Opening
    filing: Filing
    law: LevelLaw
    has_authority: bool


def matter_of(row: Application) -> appealing.Matter:
    """Return what appeals ask of an application; for this room's own use."""
    decided = Decision.first_where(application_id=row.id, set_aside_at=None)
    appeals = Appeal.where(application_id=row.id, order=("opened_at", "id"))
    return appealing.Matter(
        state=row.state,
        outcome=row.outcome,
        decided_at=decided.decided_at if decided is not None else None,
        due_at=row.due_at,
        missed_at=row.missed_at,
        appeals=[
            appealing.Before(
                level=one.level, due_at=one.due_at, ended_at=one.ended_at, order=one.order, missed_at=one.missed_at
            )
            for one in appeals
        ],
    )


class Laid(NamedTuple):
    """What of an application tells before whom an appeal against it is laid."""

    definition_id: UUID
    purpose: str
    variant: str
    area: str


def seat_of(row: Laid | Application, law: LevelLaw) -> tuple[UUID, UUID, str, str] | None:
    """Return the office and the post before which an appeal is laid, with their kinds; ``None`` where there is none."""
    variant = compiled(row.definition_id, row.purpose).variant(row.variant)
    area = people.area_by_reference(row.area)
    seat = law.seat(variant.officer.role) if variant is not None else None
    if seat is None or area is None:
        return None
    office = people.office_for(seat.office, area.id)
    post = people.post_in(office.id, seat.role) if office else None
    return (office.id, post.id, seat.role, seat.office) if office and post else None


def may_file(by: Actor, application_id: UUID, at: datetime) -> MayFile | None:
    """Return the appeal that the applicant may file now, or ``None``; whoever is not the applicant may file none."""
    row = Application.first_where(id=application_id)
    if row is None or row.erased_at is not None or not permissions.is_applicant(by, row.applicant_id):
        return None
    definition = compiled(row.definition_id, row.purpose)
    opening = appealing.opening(matter_of(row), at)
    law = None if opening is None else appealing.level_law(definition, opening.level)
    if opening is None or law is None:
        return None
    filing = appealing.filing(definition, law, today(opening.since), today(at))
    return MayFile(opening=opening, filing=filing, law=law, has_authority=seat_of(row, law) is not None)


def may_see_appeal(by: Actor, row: Appeal) -> bool:
    """Return whether ``by`` is a party to this appeal: its applicant, its authority, or the office below."""
    if by.kind == "officer" and row.case_id is not None and workflow.sees(by, row.case_id):
        return True
    application = Application.objects.get(pk=row.application_id)
    return may_see(by, application)


def appeal(by: Actor, appeal_id: UUID) -> AppealView:
    """Return one appeal to its applicant, its authority, or the office appealed against.

    Raises:
        Refusal: ``not_found``.

    """
    row = Appeal.first_where(id=appeal_id)
    if row is None or not may_see_appeal(by, row):
        raise not_found()
    return _views(by, [row])[0]


def appeals_of(by: Actor, application_id: UUID) -> list[AppealView]:
    """Return the appeals in the matter of an application that ``by`` may see, the earliest first."""
    row = Application.first_where(id=application_id)
    if row is None or not may_see(by, row):
        raise not_found()
    return _views(by, Appeal.where(application_id=row.id, order=("opened_at", "id")))


def _views(by: Actor, rows: list[Appeal]) -> list[AppealView]:
    if not rows:
        return []
    application = Application.objects.get(pk=rows[0].application_id)
    papers = papers_of(by, application.id) if _has_papers(application.id) else ()
    offices = {view.id: view.names for view in people.offices_by_id({row.office_id for row in rows})}
    return [_view(row, application, papers, offices.get(row.office_id, {})) for row in rows]


def _has_papers(application_id: UUID) -> bool:
    return Attachment.objects.filter(application_id=application_id, group=PAPERS).exists()


def _view(row: Appeal, application: Application, papers: Collection[PaperView], office: Text) -> AppealView:
    return AppealView(
        id=row.id,
        application_id=row.application_id,
        application_number=application.number or "",
        service_name=compiled(application.definition_id, application.purpose).what.name,
        number=row.number,
        level=row.level,
        cause=row.cause,
        opened_by=row.opened_by,
        grounds=row.grounds,
        late_cause=row.late_cause,
        case_id=row.case_id,
        office=office,
        opened_at=row.opened_at,
        due_at=row.due_at,
        hearing_at=row.hearing_at,
        hearing_place=row.hearing_place,
        order=row.order,
        reason=row.reason,
        words=row.words,
        penalty_paise=row.penalty_paise,
        compensation_paise=row.compensation_paise,
        ended_at=row.ended_at,
        comply_by=row.comply_by,
        complied_at=row.complied_at,
        missed_at=row.missed_at,
        papers=tuple(paper for paper in papers if paper.group == PAPERS and paper.choice == row.number),
    )


def proposed_penalty(by: Actor, appeal_id: UUID, at: datetime) -> Proposal | None:
    """Return the penalty that the law allows in an appeal, for its authority; ``None`` where nobody has found it."""
    row = Appeal.first_where(id=appeal_id)
    if row is None or not may_see_appeal(by, row):
        raise not_found()
    return penalty_now(row, at)


def penalty_now(row: Appeal, at: datetime) -> Proposal | None:
    """Return the penalty that the law allows now; for this room's own use.

    The delay runs from the day the application was due to the day it was decided, or to this day while it is not. A
    service that was not late, and was refused in time, has no delay to pay for by the day.
    """
    application = Application.objects.get(pk=row.application_id)
    definition = compiled(application.definition_id, application.purpose)
    ended = application.ended_at or at
    before = (
        Appeal.objects.filter(application_id=application.id, missed_at__isnull=False).order_by("-opened_at").first()
    )
    since = before.comply_by if row.cause == "not_complied" and before is not None else application.due_at
    late = appealing.days_late(today(since) if since else None, today(ended))
    return appealing.proposal(appealing.penalty_of(definition, row.cause), days_late=late)


def appeal_paper(by: Actor, appeal_id: UUID) -> UUID:
    """Return the application of an appeal that ``by`` may see, so that its papers can be read.

    Raises:
        Refusal: ``not_found``.

    """
    row = Appeal.first_where(id=appeal_id)
    if row is None or not may_see_appeal(by, row):
        raise not_found()
    return row.application_id


def deemed_of(by: Actor, application_id: UUID) -> DeemedView | None:
    """Return the written request in the matter of an application that ``by`` may see, if there is one.

    Raises:
        Refusal: ``not_found``.

    """
    application = Application.first_where(id=application_id)
    if application is None or not may_see(by, application):
        raise not_found()
    row = DeemedRequest.first_where(application_id=application_id)
    return None if row is None else _deemed(row, application)


def _deemed(row: DeemedRequest, application: Application) -> DeemedView:
    definition = compiled(application.definition_id, application.purpose)
    office = people.office(row.office_id)
    return DeemedView(
        id=row.id,
        application_id=row.application_id,
        application_number=application.number or "",
        service_name=definition.what.name,
        number=row.number,
        words=row.words,
        office=office.names if office else {},
        requested_at=row.requested_at,
        answer_by=row.answer_by,
        answered_at=row.answered_at,
        granted_at=row.granted_at,
        message=definition.deemed.message if definition.deemed else {},
    )


def may_request_deemed(by: Actor, application_id: UUID) -> bool:
    """Return whether the applicant may ask now in writing, so that the law's deemed approval can follow."""
    row = Application.first_where(id=application_id)
    if row is None or not permissions.is_applicant(by, row.applicant_id):
        return False
    open_to = (
        compiled(row.definition_id, row.purpose).deemed is not None
        and row.state == "begun"
        and row.missed_at is not None
    )
    return open_to and not DeemedRequest.objects.filter(application_id=row.id).exists()


def is_deemed_granted(application_id: UUID) -> bool:
    """Return whether an application is deemed granted by law; for this room's own actions."""
    return DeemedRequest.objects.filter(application_id=application_id, granted_at__isnull=False).exists()


def is_decision_awaited(by: Actor, application_id: UUID) -> bool:
    """Return whether an order in appeal or a written request asks for a decision; for the platform itself."""
    if not permissions.is_own_work(by):
        return False
    ordered = Appeal.where(application_id=application_id, complied_at=None)
    if any(row.comply_by is not None for row in ordered):
        return True
    return DeemedRequest.first_where(application_id=application_id, answered_at=None) is not None


# What the clock looks for.


def missed(by: Actor, at: datetime, *, most: int = 500) -> list[UUID]:
    """Return the applications whose limit has passed and was not yet noticed; for the clock, nothing for others."""
    if by.kind != "clock":
        return []
    passed = workflow.passed_of(by, at, OuterRef("case_id"))  # exact; the date that was told follows it
    rows = Application.objects.filter(state="begun", missed_at=None, due_at__lt=at).alias(passed_at=passed)
    return list(rows.filter(passed_at__isnull=False).order_by("due_at").values_list("id", flat=True)[:most])


def orders_missed(by: Actor, at: datetime, *, most: int = 500) -> list[UUID]:
    """Return the appeals whose order was not obeyed by its day and was not yet noticed; for the clock."""
    if by.kind != "clock":
        return []
    rows = Appeal.objects.filter(comply_by__lt=at, complied_at=None, missed_at=None)
    return list(rows.order_by("comply_by").values_list("id", flat=True)[:most])


def undecided(by: Actor, at: datetime, *, most: int = 500) -> list[UUID]:
    """Return the applications whose first appeal is past its own time, with no second one yet; for the clock."""
    if by.kind != "clock":
        return []
    second = Exists(Appeal.objects.filter(level=2, application_id=OuterRef("application_id")))
    rows = Appeal.objects.filter(~second, level=1, ended_at=None, due_at__lt=at)
    return list(rows.order_by("due_at").values_list("application_id", flat=True)[:most])


def deemed_due(by: Actor, at: datetime, *, most: int = 500) -> list[UUID]:
    """Return the written requests whose further time has passed without an answer; for the clock."""
    if by.kind != "clock":
        return []
    rows = DeemedRequest.objects.filter(granted_at=None, answered_at=None, answer_by__lt=at, application__state="begun")
    return list(rows.order_by("answer_by").values_list("id", flat=True)[:most])
