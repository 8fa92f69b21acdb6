"""The authority hears an appeal and makes its order; the office below is then held to it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from janaseva.contact import steps as contact
from janaseva.core import writing
from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, Fault, Invalid, Refusal, not_found
from janaseva.documents import steps as documents
from janaseva.forms import queries as forms
from janaseva.people import queries as people_queries
from janaseva.people import steps as people
from janaseva.services import events, queries
from janaseva.services.models import Appeal, Application, Decision
from janaseva.services.rules import appealing, ordered, permissions, running
from janaseva.workflow import queries as workflow_queries
from janaseva.workflow import steps as workflow

MOVES: Final = {"allowed": "allow", "remanded": "remand", "dismissed": "dismiss"}
MOST_COMPLY_DAYS: Final = 366


def on_bench(by: Actor, at: datetime, appeal_id: UUID) -> tuple[Appeal, Application, UUID]:
    """Return an appeal on the desk of ``by``, its application and its case; permission is asked here, first.

    Raises:
        Refusal: ``not_found``; ``charge_ended``.

    """
    row = Appeal.locked(appeal_id)
    seen = row is not None and row.case_id is not None and workflow_queries.sees(by, row.case_id)
    allow(permissions.may_work(by) and seen)
    people.in_charge(by=by, at=at)
    application = Application.locked(row.application_id) if row is not None else None
    if row is None or application is None or row.case_id is None:
        raise not_found()
    return row, application, row.case_id


@action
def look_at_appeal(*, by: Actor, at: datetime, key: str, appeal_id: UUID) -> bool:
    """Record that the authority opened an appeal; ``False`` where this charge did so already today."""
    row, application, case_id = on_bench(by, at, appeal_id)
    first = workflow.looked(by=by, at=at, case_id=case_id)
    if first:
        tell(
            events.LookedAt(application_id=application.id, post_id=by.post_id),
            story=application.id,
            office_id=row.office_id,
        )
    return first


@action
def put_back_appeal(*, by: Actor, at: datetime, key: str, appeal_id: UUID, task_id: UUID) -> None:
    """Put an appeal back on its desk, at its old place."""
    on_bench(by, at, appeal_id)
    workflow.put_back(by=by, at=at, task_id=task_id)


@action
def set_hearing(*, by: Actor, at: datetime, key: str, appeal_id: UUID, hearing_at: datetime | None, place: str) -> None:
    """Set the day and place of the hearing, or set them anew; the applicant is told.

    Raises:
        Refusal: ``not_found``; ``appeal_ended``; and those of :func:`janaseva.workflow.steps.move`.
        Invalid: ``hearing_day_missing``; ``hearing_in_the_past``; ``hearing_place_missing``.

    """
    row, application, case_id = on_bench(by, at, appeal_id)
    if row.ended_at is not None:
        raise Refusal("appeal_ended", status=CONFLICT)
    faults = [] if place.strip() else [Fault(place="hearing_place", code="hearing_place_missing")]
    if hearing_at is None:
        faults.append(Fault(place="hearing_at", code="hearing_day_missing"))
    elif hearing_at <= at:
        faults.append(Fault(place="hearing_at", code="hearing_in_the_past"))
    if faults or hearing_at is None:
        raise Invalid(faults)
    case = workflow_queries.case(by, case_id, at)
    if not case.held_by_me:
        raise Refusal("not_holder", status=FORBIDDEN)
    if case.state == "received":
        workflow.move(by=by, at=at, case_id=case_id, move="hear")
    change(row, hearing_at=hearing_at, hearing_place=writing.free_text(place)[:200])
    contact.send(
        by=by, at=at, story=application.id, person_id=application.applicant_id, template="message.hearing_set",
        facts={"number": row.number, "day": queries.today(hearing_at)}, office_id=row.office_id,
    )  # fmt: skip
    tell(
        events.HearingSet(application_id=application.id, appeal_id=row.id, hearing_at=hearing_at.isoformat()),
        story=application.id,
        office_id=row.office_id,
    )


@action
def order_appeal(
    *,
    by: Actor,
    at: datetime,
    key: str,
    appeal_id: UUID,
    order: str,
    words: str,
    reason: str = "",
    comply_days: int | None = None,
    penalty_paise: int = 0,
    task_id: UUID | None = None,
) -> str:
    """Decide an appeal: allowed, remanded or dismissed; answer the order.

    An order in the applicant's favour puts an undecided or refused application back before its office, to be obeyed in
    the law's days, or in ``comply_days`` where the law names none. A penalty is ordered by the authority alone, within
    what the law allows; where the act says so it is the applicant's compensation.

    Raises:
        Refusal: ``not_found``; ``appeal_ended``; ``own_decision`` for who decided the application;
            ``nothing_to_remand`` where no decision stands; ``log_silent``; and those of
            :func:`janaseva.workflow.steps.move`.
        Invalid: ``order_missing``; ``comply_days_missing``; ``penalty_not_allowed``; and what the move needs.

    """
    row, application, case_id = on_bench(by, at, appeal_id)
    if row.ended_at is not None:
        raise Refusal("appeal_ended", status=CONFLICT)
    decision = Decision.objects.select_for_update().filter(application_id=application.id, set_aside_at=None).first()
    if decision is not None and decision.person_id == by.person_id:
        raise Refusal("own_decision", status=FORBIDDEN)
    if order == "remanded" and not _is_refusal(decision):
        raise Refusal("nothing_to_remand", status=CONFLICT)
    days = _checked(row, application, decision, at, order=order, comply_days=comply_days, penalty_paise=penalty_paise)
    moved = workflow.move(by=by, at=at, case_id=case_id, move=MOVES[order], note=words, reason=reason, task_id=task_id)
    compensation = penalty_paise if _paid_to_applicant(row, at) else 0
    comply_by = None
    if days is not None:
        comply_by = _back_to_office(row, application, decision, by=by, at=at, days=days)
    change(
        row,
        order=order,
        reason=reason if order == "dismissed" else "",
        words=writing.free_text(words),
        penalty_paise=penalty_paise,
        compensation_paise=compensation,
        post_id=by.post_id,
        person_id=by.person_id,
        ended_at=at,
        comply_by=comply_by,
    )
    _write_order(row, application, by=by, at=at)
    _tell_order(row, application, by=by, at=at, late=moved.late)
    return order


def _write_order(row: Appeal, application: Application, *, by: Actor, at: datetime) -> None:
    """Issue the order as a document of the application, which the applicant and the officers of the matter can read."""
    letter = ordered.order_letter(
        queries.compiled(application.definition_id, application.purpose),
        ordered.Ordered(
            level=row.level,
            order=row.order,
            reason=row.reason,
            words=row.words,
            penalty_paise=row.penalty_paise,
            compensation_paise=row.compensation_paise,
            comply_on=queries.today(row.comply_by) if row.comply_by else None,
        ),
        application_number=application.number or "",
        answers=forms.answers_of(application.id),
        issuer=queries.issuer_of(application.definition_id, row.office_id, post_id=by.post_id, at=at),
    )
    documents.issue(
        by=by,
        at=at,
        story=application.id,
        office_id=row.office_id,
        kind=ordered.KIND,
        number=row.number,
        title=letter.title,
        facts=letter.facts,
        letter="order",
        languages=queries.letter_languages(application.definition_id, application.language),
        valid_from=queries.today(at),
        holder_person_id=application.applicant_id,
    )


def _is_refusal(decision: Decision | None) -> bool:
    return decision is not None and decision.outcome in ("refused", "returned")


def _paid_to_applicant(row: Appeal, at: datetime) -> bool:
    allowed = queries.penalty_now(row, at)
    return allowed is not None and allowed.paid_to_applicant


def _checked(
    row: Appeal,
    application: Application,
    decision: Decision | None,
    at: datetime,
    *,
    order: str,
    comply_days: int | None,
    penalty_paise: int,
) -> int | None:
    """Return in how many days the order is to be obeyed; ``None`` where it directs nothing.

    Raises:
        Invalid: with every fault at once.

    """
    faults: list[Fault] = []
    if order not in MOVES:
        faults.append(Fault(place="order", code="order_missing"))
    directs = order in ("allowed", "remanded") and (application.state == "begun" or _is_refusal(decision))
    days = (
        appealing.comply_days(queries.compiled(application.definition_id, application.purpose)) or comply_days
        if directs
        else None
    )
    if directs and (days is None or not 1 <= days <= MOST_COMPLY_DAYS):
        faults.append(Fault(place="comply_days", code="comply_days_missing"))
    allowed = queries.penalty_now(row, at)
    if penalty_paise and (allowed is None or not allowed.allows(penalty_paise)):
        faults.append(Fault(place="penalty", code="penalty_not_allowed"))
    if faults:
        raise Invalid(faults)
    return days


def _back_to_office(
    row: Appeal, application: Application, decision: Decision | None, *, by: Actor, at: datetime, days: int
) -> datetime | None:
    """Hold the office to the order: a refusal is set aside and the matter lies on its desk again, on a new clock."""
    limit = appealing.limit(days).model_copy(update={"starts": "completeness"})
    calendar = queries.pack_of(application.definition_id).calendar
    if application.state == "begun" or decision is None:
        return workflow_queries.reckon(limit=limit, began_at=at, pauses=(), calendar_key=calendar).at
    definition = queries.compiled(application.definition_id, application.purpose)
    variant, area = definition.variant(application.variant), people_queries.area_by_reference(application.area)
    if variant is None or area is None:
        raise Refusal("application_without_office", status=CONFLICT)
    started = workflow.start(
        by=by,
        at=at,
        story=application.id,
        process=definition.process_for(variant),
        definition_key=definition.key,
        definition_version=str(definition.version),
        area_id=area.id,
        received_at=application.received_at or at,
        complete_at=at,
        applicant_person_id=application.applicant_id,
        calendar_key=calendar,
        limit=running.plain_limit(limit),
    )
    change(decision, set_aside_at=at)
    change(
        application, state="begun", outcome="", ended_at=None, case_id=started.case_id, due_at=started.due_at,
        missed_at=None,
    )  # fmt: skip
    tell(
        events.DecisionSetAside(
            application_id=application.id, decision_id=decision.id, appeal_id=row.id, case_id=started.case_id
        ),
        story=application.id,
        office_id=application.office_id,
    )
    return started.due_at


def _tell_order(row: Appeal, application: Application, *, by: Actor, at: datetime, late: bool) -> None:
    contact.send(
        by=by, at=at, story=application.id, person_id=application.applicant_id, template="message.appeal_ordered",
        facts={"number": row.number}, office_id=row.office_id,
    )  # fmt: skip
    tell(
        events.AppealOrdered(
            application_id=application.id,
            appeal_id=row.id,
            order=row.order,
            reason=row.reason,
            late=late,
            comply_by=row.comply_by.isoformat() if row.comply_by else None,
            penalty_paise=row.penalty_paise,
            compensation_paise=row.compensation_paise,
        ),
        story=application.id,
        office_id=row.office_id,
    )
