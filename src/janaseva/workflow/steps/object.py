"""Objections to what a public notice says: lodged by anybody but the applicant while it lasts, and taken back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, Fault, Invalid, Refusal, not_found
from janaseva.workflow import events, rules
from janaseva.workflow.models import Case, Notice, Objection
from janaseva.workflow.steps import _rows as rows

NAME_CHARACTERS = 200


def notice_locked(by: Actor, at: datetime, notice_id: UUID) -> tuple[Notice, Case, UUID]:
    """Return a notice to which objections may come now, its case, and who asks.

    The case is held: no move passes an objection by.

    Raises:
        Refusal: ``not_found``; ``notice_over``.

    """
    seen = Notice.get_or_none(notice_id)
    if seen is None or by.kind != "person" or by.person_id is None or not seen.takes_objections:
        raise not_found()
    case = rows.case_locked(seen.case_id)
    notice = Notice.objects.get(pk=notice_id)
    if notice.closed_at is not None or (notice.until_at is not None and at > notice.until_at):
        raise Refusal("notice_over", status=CONFLICT)
    return notice, case, by.person_id


@step
def lodge_objection(
    *,
    by: Actor,
    at: datetime,
    notice_id: UUID,
    number: str,
    name: str,
    text: str,
    documents: Sequence[UUID] = (),
) -> UUID:
    """Object to a case whose notice is public; return the objection's id.

    Raises:
        Refusal: ``not_found``; ``notice_over``; ``own_application``; ``objection_already_lodged``.
        Invalid: where the name or the words are missing.

    """
    notice, case, person_id = notice_locked(by, at, notice_id)
    if rules.is_own_matter(by, applicant_person_id=case.applicant_person_id, made_by_person_id=case.made_by_person_id):
        raise Refusal("own_application", status=FORBIDDEN)
    if Objection.objects.filter(notice_id=notice.id, person_id=person_id, withdrawn_at=None).exists():
        raise Refusal("objection_already_lodged", status=CONFLICT)
    given = {"objection_name": name, "objection_text": text}
    missing = [Fault(place=place, code="objection_incomplete") for place, words in given.items() if not words.strip()]
    if missing:
        raise Invalid(missing)
    kept = put(
        Objection(
            notice=notice,
            case=case,
            office_id=case.office_id,
            number=number,
            person_id=person_id,
            name=writing.free_text(name)[:NAME_CHARACTERS],
            text=writing.free_text(text),
            documents=[str(key) for key in documents],
            lodged_at=at,
        )
    )
    tell(
        events.ObjectionLodged(case_id=case.id, objection_id=kept.id),
        story=case.story,
        office_id=case.office_id,
    )
    return kept.id


@step
def withdraw_objection(*, by: Actor, at: datetime, objection_id: UUID) -> None:
    """Take one's own objection back while its notice lasts.

    Raises:
        Refusal: ``not_found``; ``notice_over``; ``objection_withdrawn_already``.

    """
    seen = Objection.get_or_none(objection_id)
    if seen is None or by.person_id is None or seen.person_id != by.person_id:
        raise not_found()
    _, case, _ = notice_locked(by, at, seen.notice_id)
    objection = Objection.objects.get(pk=objection_id)
    if objection.withdrawn_at is not None:
        raise Refusal("objection_withdrawn_already", status=CONFLICT)
    change(objection, withdrawn_at=at)
    tell(
        events.ObjectionWithdrawn(case_id=case.id, objection_id=objection.id),
        story=case.story,
        office_id=case.office_id,
    )
