"""What is done with a case in hand: moves, notes, looks, transfer, withdrawal, and the passing of time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, UNPROCESSABLE, Invalid, Refusal, not_found
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Hearing, Look, Note, Pause, Task
from janaseva.workflow.steps import _carrying as carrying
from janaseva.workflow.steps import _desks as desks
from janaseva.workflow.steps import _lapsing as lapsing
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps._carrying import Given, MovedCase, carry_out
from janaseva.workflow.steps.agree import agree


@step
def move(
    *,
    by: Actor,
    at: datetime,
    case_id: UUID,
    move: str,
    note: str = "",
    reason: str = "",
    checked: Sequence[str] = (),
    documents: Sequence[UUID] = (),
    found: Mapping[str, Any] | None = None,
    task_id: UUID | None = None,
) -> MovedCase:
    """Make a move of the process: recommend, return, approve, refuse ...

    Pass the ``task_id`` that the officer had before the eyes, so that a decision on what has meanwhile moved on is
    refused. The applicant's own case and (where the step says so) one's own earlier moves are not one's to act on.

    Raises:
        Refusal: ``not_found``; ``case_ended``; ``case_moved_on``; ``task_waits_for_answer``; ``not_holder``;
            ``not_permitted``; ``own_case``; ``own_move``; ``move_not_possible``; ``hearing_not_held``; ``case_lapses``;
            ``joint_same_person``.
        Invalid: with every missing note, reason or line of the checklist, and every fault of ``found``, at once.

    """
    case = rows.open_case(case_id)
    process = rows.process_of(case)
    here = rows.step_of(case, process)
    task = rows.seat_task(case, by, task_id) if here.joint else rows.main_task(case, task_id)
    rows.ensure_holder(by, task)
    if not rules.may_work(by, kind=here.kind):
        raise Refusal("not_permitted", status=FORBIDDEN)
    rows.ensure_other(by, case, other_person=here.other_person)
    lapsing.ensure_in_time(case, process, at)
    chosen = here.move(move)
    if chosen is None:
        raise Refusal("move_not_possible", status=CONFLICT, move=move, step=here.key)
    if here.kind == "hearing" and not Hearing.objects.filter(task_id=task.id, state="held").exists():
        raise Refusal("hearing_not_held", status=CONFLICT)
    today = queries.calendar_or_plain(case.calendar_key).local_day(at)
    findings, wrong = rules.finding(chosen.finds, found or {}, move=chosen.key, today=today)
    missing = rules.missing(process=process, step=here, move=chosen, note=note, reason=reason, checked=checked)
    if missing or wrong:
        raise Invalid([*missing, *wrong])
    given = Given(note=note, reason=reason, checked=tuple(checked), documents=tuple(documents), found=findings)
    if here.joint:
        return agree(case, process, here, task, chosen, by=by, at=at, given=given)
    return carry_out(case, process, task, chosen, by=by, at=at, given=given)


@step
def pass_time(*, by: Actor, at: datetime, task_id: UUID) -> bool:
    """Make the move of a step that waited for time to pass; return ``False`` where it is not over, or done.

    Where objections could be lodged, they choose between its two moves.

    Raises:
        Refusal: ``not_found`` for anyone but the clock and the system.

    """
    seen = Task.get_or_none(task_id)
    if seen is None or by.kind not in ("clock", "system"):
        raise not_found()
    case = rows.case_locked(seen.case_id)
    task = Task.objects.get(pk=task_id)
    over = task.kind == "time" and task.state == "waiting" and task.due_at is not None and task.due_at <= at
    over = over and task.awaits != rules.FEE  # a payment may still be on its way: services see to it
    if not over or case.ended_at is not None:
        return False
    process = rows.process_of(case)
    chosen = rules.way_on(rows.step_of(case, process), objections=queries.objections_open(by, case.id))
    carry_out(case, process, task, chosen, by=by, at=at)
    return True


@step
def withdraw(*, by: Actor, at: datetime, case_id: UUID, note: str = "") -> None:
    """End the case on the applicant's word.

    Raises:
        Refusal: ``not_found`` for whoever is no party to it; ``case_ended``.

    """
    case = rows.case_locked(case_id)
    if not rules.may_answer(by, applicant_person_id=case.applicant_person_id, made_by_person_id=case.made_by_person_id):
        raise not_found()
    rows.ensure_open(case)
    rows.put_move(
        case,
        by=by,
        at=at,
        kind="withdrawal",
        source=case.state,
        target="withdrawn",
        post_id=None,
        note=writing.free_text(note),
    )
    for task in Task.where(case_id=case.id, state=rows.OPEN):
        rows.void(task, at)
    laying.leave(case, at)
    for pause in Pause.objects.filter(case_id=case.id, to_at=None).exclude(why__in=laying.STANDS):
        change(pause, to_at=at)
    late = carrying.end(case, "withdrawn", at)
    carrying.tell_end(case, late=late)


@step
def transfer(*, by: Actor, at: datetime, case_id: UUID, area_id: UUID, note: str) -> UUID:
    """Send the case, as it stands, to the office that serves another area; return the post that has it now.

    The clock does not begin anew, and the case keeps its place by its arrival.

    Raises:
        Refusal: ``not_found``; ``case_ended``; ``task_waits_for_answer``; ``not_holder``; ``not_permitted``;
            ``own_case``; ``no_post_for_role``; ``transfer_to_same_desk``; ``transfer_needs_reason``.

    """
    case = rows.open_case(case_id)
    process = rows.process_of(case)
    here = rows.step_of(case, process)
    task = rows.main_task(case)
    rows.ensure_holder(by, task)
    if not rules.may_work(by, kind=here.kind):
        raise Refusal("not_permitted", status=FORBIDDEN)
    rows.ensure_other(by, case, other_person=False)
    if not rules.is_reason(note):
        raise Refusal("transfer_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    found = desks.resolve_all(process, area_id)
    office_id, post_id = UUID(found[here.key]["office_id"]), UUID(found[here.key]["post_id"])
    before, post_before = case.office_id, case.post_id
    if post_id == post_before:
        raise Refusal("transfer_to_same_desk", status=CONFLICT)
    rows.put_move(
        case,
        by=by,
        at=at,
        kind="transfer",
        source=case.state,
        target=case.state,
        post_id=post_before,
        note=writing.free_text(note),
    )
    rows.let_go(task, state="waiting", post_id=post_id, office_id=office_id, since=at, out_of_turn="")
    change(case, area_id=area_id, office_id=office_id, post_id=post_id, desks=found)
    tell(
        events.Transferred(case_id=case.id, from_office_id=before, to_office_id=office_id, post_id=post_id),
        story=case.story,
        office_id=office_id,
    )
    return post_id


@step
def note(*, by: Actor, at: datetime, case_id: UUID, text: str) -> UUID:
    """Write a note beside the case; officers who may see the case read it, the applicant does not.

    Raises:
        Refusal: ``not_found``; ``note_empty``.

    """
    case = rows.case_locked(case_id)
    if by.kind != "officer" or not queries.is_visible(by, case):
        raise not_found()
    if not text.strip():
        raise Refusal("note_empty", status=UNPROCESSABLE)
    kept = put(
        Note(
            case=case,
            office_id=case.office_id,
            post_id=by.post_id,
            charge_id=by.charge_id,
            person_id=by.person_id,
            at=at,
            text=writing.free_text(text),
        )
    )
    tell(
        events.Noted(case_id=case.id, note_id=kept.id, post_id=by.post_id),
        story=case.story,
        office_id=case.office_id,
    )
    return kept.id


@step
def looked(*, by: Actor, at: datetime, case_id: UUID) -> bool:
    """Mark that an officer opened the case; return ``False`` where this charge did so already today.

    Raises:
        Refusal: ``not_found``.

    """
    case = rows.case_locked(case_id)
    if by.kind != "officer" or by.charge_id is None or not queries.is_visible(by, case):
        raise not_found()
    day = queries.calendar_or_plain(case.calendar_key).local_day(at)
    if Look.objects.filter(case_id=case.id, charge_id=by.charge_id, day=day).exists():
        return False
    put(
        Look(
            case=case,
            office_id=case.office_id,
            post_id=by.post_id,
            charge_id=by.charge_id,
            person_id=by.person_id,
            day=day,
            at=at,
        )
    )
    tell(events.Looked(case_id=case.id, post_id=by.post_id), story=case.story, office_id=case.office_id)
    return True
