"""Hearings: a day is fixed with notice, adjourned with a reason, what was said is recorded; then the case goes on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Fault, Invalid, Refusal
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Case, Hearing, Objection, Pause, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps.ask import in_hand

PLACE_CHARACTERS = 200


def _at_hearing(by: Actor, case_id: UUID) -> tuple[Case, rules.Step, Task, list[Hearing]]:
    """Return the case in hand, its step and task, and the hearings of this task, the latest first."""
    case, _, here, task = in_hand(by, case_id)
    if here.hearing is None:
        raise Refusal("no_hearing_here", status=CONFLICT)
    return case, here, task, Hearing.where(task_id=task.id, order=("-fixed_at", "-id"))


def _to_come(hearings: Sequence[Hearing]) -> Hearing:
    found = next((one for one in hearings if one.state == "fixed"), None)
    if found is None:
        raise Refusal("hearing_not_fixed", status=CONFLICT)
    return found


def _fix(
    case: Case, here: rules.Step, task: Task, *, by: Actor, at: datetime, hearing_at: datetime | None, place: str
) -> Hearing:
    calendar = queries.calendar_or_plain(case.calendar_key)
    least = here.hearing.notice_days if here.hearing else 0
    faults = rules.hearing_faults(
        hearing_at=hearing_at,
        day=calendar.local_day(hearing_at) if hearing_at else None,
        today=calendar.local_day(at),
        place=place,
        least=least,
    )
    if faults or hearing_at is None:
        raise Invalid(faults)
    made = put(
        Hearing(
            case=case,
            task=task,
            office_id=task.office_id,
            post_id=task.post_id,
            charge_id=by.charge_id,
            person_id=by.person_id,
            hearing_at=hearing_at,
            place=writing.free_text(place.strip())[:PLACE_CHARACTERS],
            state="fixed",
            fixed_at=at,
        )
    )
    tell(
        events.HearingFixed(case_id=case.id, hearing_id=made.id, hearing_at=hearing_at.isoformat()),
        story=case.story,
        office_id=case.office_id,
    )
    return made


def _line(case: Case, task: Task, kind: str, *, by: Actor, at: datetime, note: str) -> None:
    rows.put_move(case, by=by, at=at, kind=kind, source=case.state, target=case.state, post_id=task.post_id, note=note)


@step
def fix_hearing(*, by: Actor, at: datetime, case_id: UUID, hearing_at: datetime | None, place: str) -> UUID:
    """Fix the day and place of the hearing, with the days of notice that the definition wants.

    Raises:
        Refusal: as :func:`janaseva.workflow.steps.move`; ``no_hearing_here``; ``hearing_fixed_already``.
        Invalid: ``hearing_day_missing``; ``hearing_too_soon``; ``hearing_place_missing``.

    """
    case, here, task, hearings = _at_hearing(by, case_id)
    if any(one.state in ("fixed", "held") for one in hearings):
        raise Refusal("hearing_fixed_already", status=CONFLICT)
    made = _fix(case, here, task, by=by, at=at, hearing_at=hearing_at, place=place)
    _line(case, task, "hearing", by=by, at=at, note=made.place)
    if here.clock == "stands":
        change(task, due_at=laying.stand(case, at, why="hearing").task_at)
    return made.id


@step
def adjourn_hearing(
    *, by: Actor, at: datetime, case_id: UUID, hearing_at: datetime | None, place: str, reason: str
) -> UUID:
    """Put the hearing off to another day, for a reason; those concerned have the days of notice again.

    Raises:
        Refusal: as :func:`janaseva.workflow.steps.move`; ``no_hearing_here``; ``hearing_not_fixed``;
            ``adjourn_needs_reason``.
        Invalid: ``hearing_day_missing``; ``hearing_too_soon``; ``hearing_place_missing``.

    """
    case, here, task, hearings = _at_hearing(by, case_id)
    before = _to_come(hearings)
    if not rules.is_reason(reason):
        raise Refusal("adjourn_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    words = writing.free_text(reason.strip())
    change(before, state="adjourned", record=words, recorded_at=at)
    rows.settle()
    made = _fix(case, here, task, by=by, at=at, hearing_at=hearing_at, place=place)
    _line(case, task, "adjourned", by=by, at=at, note=words)
    return made.id


@step
def record_hearing(*, by: Actor, at: datetime, case_id: UUID, attended: Sequence[str], record: str) -> UUID:
    """Record who came to the hearing and what was said; the clock runs again, and the case may go on.

    ``attended`` holds ``applicant`` and the numbers of objections whose objectors came; nobody may have come.

    Raises:
        Refusal: as :func:`janaseva.workflow.steps.move`; ``no_hearing_here``; ``hearing_not_fixed``;
            ``hearing_not_yet``.
        Invalid: ``hearing_record_empty``; ``hearing_unknown_party``.

    """
    case, _, task, hearings = _at_hearing(by, case_id)
    hearing = _to_come(hearings)
    if at < hearing.hearing_at:
        raise Refusal("hearing_not_yet", status=CONFLICT)
    known = {"applicant", *Objection.objects.filter(case_id=case.id).values_list("number", flat=True)}
    faults = [] if record.strip() else [Fault(place="hearing_record", code="hearing_record_empty")]
    if not known.issuperset(attended):
        faults.append(Fault(place="attended", code="hearing_unknown_party"))
    if faults:
        raise Invalid(faults)
    words = writing.free_text(record.strip())
    change(hearing, state="held", attended=sorted(set(attended)), record=words, recorded_at=at)
    _line(case, task, "heard", by=by, at=at, note=words)
    pauses = Pause.where(case_id=case.id)
    for pause in pauses:
        if pause.to_at is None and pause.why == "hearing":
            change(pause, to_at=at)
            change(task, due_at=clocks.recount(case, pauses=pauses).task_at)
    tell(events.HearingHeld(case_id=case.id, hearing_id=hearing.id), story=case.story, office_id=case.office_id)
    return hearing.id
