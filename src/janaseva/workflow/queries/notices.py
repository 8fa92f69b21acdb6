"""What is public of cases while they wait, and what was objected to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.workflow.models import Case, Deadline, Notice, Objection
from janaseva.workflow.queries.cases import is_visible


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A public notice: which service, which office and area, its words, and until when it may be objected to."""

    notice_id: UUID
    definition_key: str
    office_id: UUID
    area_id: UUID
    title: Text
    statement: Text
    published_at: datetime
    until_at: datetime | None
    takes_objections: bool
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionView:
    """An objection. ``name`` is empty and ``documents`` are none where the reader may not know who objects."""

    objection_id: UUID
    notice_id: UUID
    notice_title: Text
    number: str
    name: str
    text: str
    documents: tuple[UUID, ...]
    lodged_at: datetime
    withdrawn_at: datetime | None
    may_withdraw: bool


def case_due_at(by: Actor, case_id: UUID) -> datetime | None:
    """Return when the whole case is due, for rooms above who keep it beside what is theirs; nothing for strangers."""
    row = Case.get_or_none(case_id)
    if row is None or not is_visible(by, row):
        return None
    found = Deadline.first_where(case_id=case_id, step="")
    return found.due_at if found else None


def objections_open(by: Actor, case_id: UUID) -> int:
    """Return how many objections stand against a case, for the rules by which it goes on; nought for anyone else."""
    if by.kind not in ("system", "clock"):
        return 0
    return Objection.objects.filter(case_id=case_id, withdrawn_at=None).count()


def objectors(by: Actor, case_id: UUID) -> list[tuple[UUID, str]]:
    """Return who objects to a case and under which number, for rooms above that tell them; nothing for strangers."""
    row = Case.get_or_none(case_id)
    if row is None or not (by.is_official and is_visible(by, row)):
        return []
    standing = Objection.where(case_id=case_id, withdrawn_at=None, order=("lodged_at", "id"))
    return [(row.person_id, row.number) for row in standing]


def _view(row: Notice, at: datetime) -> NoticeView:
    return NoticeView(
        notice_id=row.id,
        definition_key=row.definition_key,
        office_id=row.office_id,
        area_id=row.area_id,
        title=row.title,
        statement=row.statement,
        published_at=row.published_at,
        until_at=row.until_at,
        takes_objections=row.takes_objections,
        is_open=row.closed_at is None and (row.until_at is None or at <= row.until_at),
    )


def notices(by: Actor, at: datetime, *, area_ids: Collection[UUID] | None = None, most: int = 50) -> list[NoticeView]:
    """Return the notices that are public now, the latest first; they are for everyone."""
    del by
    rows = Notice.objects.filter(closed_at=None).exclude(until_at__lt=at).order_by("-published_at", "-id")
    if area_ids is not None:
        rows = rows.filter(area_id__in=area_ids)
    return [_view(row, at) for row in rows[:most]]


def notice(by: Actor, at: datetime, notice_id: UUID) -> NoticeView:
    """Return a notice that is public, or to which ``by`` has objected.

    Raises:
        Refusal: ``not_found``.

    """
    row = Notice.get_or_none(notice_id)
    view = _view(row, at) if row is not None else None
    if view is None or not (view.is_open or _own(by).filter(notice_id=view.notice_id).exists()):
        raise not_found()
    return view


def case_of_notice(by: Actor, notice_id: UUID) -> UUID:
    """Return the case behind a notice, for rooms above that act on it for whoever may read the notice.

    Raises:
        Refusal: ``not_found``.

    """
    row = Notice.get_or_none(notice_id)
    if row is None or not (row.closed_at is None or _own(by).filter(notice_id=row.id).exists()):
        raise not_found()
    return row.case_id


def _own(by: Actor) -> QuerySet[Objection]:
    if by.kind != "person" or by.person_id is None:
        return Objection.objects.none()
    return Objection.objects.filter(person_id=by.person_id)


def own_objections(by: Actor, at: datetime, *, notice_id: UUID | None = None) -> list[ObjectionView]:
    """Return one's own objections, the latest first."""
    rows = _own(by).select_related("notice").order_by("-lodged_at", "-id")
    if notice_id is not None:
        rows = rows.filter(notice_id=notice_id)
    return [_objection(row, inside=True, at=at, own=True) for row in rows[:50]]


def objections(by: Actor, case_id: UUID, *, visible: bool = False) -> list[ObjectionView]:
    """Return what was objected to a case that ``by`` may see, in the order in which it came.

    Officers read who objects; the applicant reads what is objected, so that it can be answered.

    Raises:
        Refusal: ``not_found``.

    """
    row = Case.get_or_none(case_id)
    if row is None or not (visible or is_visible(by, row)):
        raise not_found()
    return [_objection(one, inside=by.is_official, at=None, own=False) for one in _lodged(case=case_id)]


@Question
def _lodged(*, case: UUID) -> QuerySet[Objection]:
    return Objection.objects.filter(case_id=case).select_related("notice").order_by("lodged_at", "id")


def _objection(row: Objection, *, inside: bool, at: datetime | None, own: bool) -> ObjectionView:
    standing = row.withdrawn_at is None
    return ObjectionView(
        objection_id=row.id,
        notice_id=row.notice_id,
        notice_title=row.notice.title,
        number=row.number,
        name=row.name if inside else "",
        text=row.text,
        documents=tuple(UUID(key) for key in row.documents) if inside else (),
        lodged_at=row.lodged_at,
        withdrawn_at=row.withdrawn_at,
        may_withdraw=own and standing and at is not None and row.notice.closed_at is None,
    )
