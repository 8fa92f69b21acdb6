"""Questions: to the applicant (the clock stands still, but at the highest desk) and to another post (it runs on)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, UNPROCESSABLE, Invalid, Refusal, not_found
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Case, Deadline, Pause, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _desks as desks
from janaseva.workflow.steps import _lapsing as lapsing
from janaseva.workflow.steps import _rows as rows

NO_PLACE = rules.Place()


def in_hand(by: Actor, case_id: UUID) -> tuple[Case, rules.Process, rules.Step, Task]:
    """Return the open case and its main task, which the actor holds and may work on."""
    case = rows.open_case(case_id)
    process = rows.process_of(case)
    here = rows.step_of(case, process)
    task = rows.main_task(case)
    rows.ensure_holder(by, task)
    if not rules.may_work(by, kind=here.kind):
        raise Refusal("not_permitted", status=FORBIDDEN)
    rows.ensure_other(by, case, other_person=here.other_person)
    return case, process, here, task


def _asked(text: str) -> str:
    if not text.strip():
        raise Refusal("question_empty", status=UNPROCESSABLE)
    return writing.free_text(text)


@step
def ask_applicant(*, by: Actor, at: datetime, case_id: UUID, question: str) -> UUID:
    """Ask the applicant; the clock stands still until the answer, except at the highest desk.

    Return the id of the applicant's task.

    Raises:
        Refusal: ``not_found``; ``case_ended``; ``not_holder``; ``not_permitted``; ``own_case``; ``own_move``;
            ``cannot_ask_here`` where the step does not provide for it; ``question_empty``; ``task_waits_for_answer``.

    """
    case, process, here, task = in_hand(by, case_id)
    if not here.ask_applicant:
        raise Refusal("cannot_ask_here", status=CONFLICT, step=here.key)
    text = _asked(question)
    rows.put_move(
        case, by=by, at=at, kind="question", source=here.key, target="applicant", post_id=task.post_id, note=text
    )
    stands = process.stands_still_at(here)
    if stands:
        pauses = Pause.where(case_id=case.id)
        pauses.append(put(Pause(case=case, office_id=case.office_id, why="applicant", from_at=at)))
        clocks.recount(case, pauses=pauses)
    rows.let_go(task, state="paused", due_at=None if stands else task.due_at)
    asked = put(
        Task(
            case=case,
            office_id=case.office_id,
            post_id=None,
            kind="applicant",
            step=here.key,
            title=here.title,
            state="waiting",
            arrived_at=case.arrived_at,
            since=at,
            question=text,
        )
    )
    lapsing.begin(case, process, rules.QUESTION, at)
    tell(events.Asked(case_id=case.id, task_id=asked.id), story=case.story, office_id=case.office_id)
    return asked.id


def _side(case: Case, kind: str) -> Task:
    task = rows.open_task(case, (kind,))
    if task is None:
        raise Refusal("nothing_was_asked", status=CONFLICT)
    return task


def resume(case: Case, at: datetime) -> clocks.Clocks:
    """End the pause (if any), count the clocks anew, and lay the main task back at its old place."""
    pauses = Pause.where(case_id=case.id)
    for pause in pauses:
        if pause.to_at is None:
            change(pause, to_at=at)
    counted = clocks.recount(case, pauses=pauses)
    lapsing.answered(case, rows.process_of(case), at)
    main = rows.main_task(case)
    rows.let_go(main, state="waiting", due_at=counted.task_at, since=at)
    return counted


@step
def applicant_answered(
    *, by: Actor, at: datetime, case_id: UUID, answer: str = "", documents: Sequence[UUID] = ()
) -> datetime | None:
    """Take the applicant's answer: the clock runs again, the task lies on the same desk at its old place.

    Return when the case is due now. What was answered in form fields is kept by whoever calls.

    Raises:
        Refusal: ``not_found`` for who may not answer; ``case_ended``; ``nothing_was_asked``; ``answer_empty``.

    """
    case = rows.case_locked(case_id)
    if not rules.may_answer(by, applicant_person_id=case.applicant_person_id, made_by_person_id=case.made_by_person_id):
        raise not_found()
    rows.ensure_open(case)
    task = _side(case, "applicant")
    if not answer.strip() and not documents:
        raise Refusal("answer_empty", status=UNPROCESSABLE)
    rows.put_move(
        case,
        by=by,
        at=at,
        kind="answer",
        source="applicant",
        target=case.state,
        post_id=None,
        note=writing.free_text(answer),
        documents=documents,
    )
    change(task, state="done", done_at=at)
    counted = resume(case, at)
    tell(
        events.Answered(case_id=case.id, task_id=task.id, due_at=rows.iso(counted.whole.at)),
        story=case.story,
        office_id=case.office_id,
    )
    return counted.whole.at


@step
def ask_report(*, by: Actor, at: datetime, case_id: UUID, report: str, question: str) -> UUID:
    """Ask another post for an enquiry report; the clock runs on. Return the id of that post's task.

    Raises:
        Refusal: as :func:`ask_applicant`; ``no_post_for_role``.

    """
    case, _, here, task = in_hand(by, case_id)
    wanted = here.report(report)
    if wanted is None:
        raise Refusal("cannot_ask_here", status=CONFLICT, step=here.key)
    text = _asked(question)
    desk = case.desks.get(f"{here.key}/{report}") or desks.resolve(
        rules.Desk(role=wanted.role, office=wanted.office), case.area_id
    )
    post_id, office_id = UUID(desk["post_id"]), UUID(desk["office_id"])
    rows.put_move(
        case,
        by=by,
        at=at,
        kind="ask_report",
        key=report,
        source=here.key,
        target=f"{here.key}/{report}",
        post_id=task.post_id,
        note=text,
    )
    due_at = clocks.own_time(case, wanted.limit, at)
    asked = put(
        Task(
            case=case,
            office_id=office_id,
            post_id=post_id,
            kind="report",
            step=here.key,
            report=report,
            title=wanted.title,
            state="waiting",
            arrived_at=case.arrived_at,
            since=at,
            due_at=min((moment for moment in (due_at, task.due_at) if moment is not None), default=None),
            question=text,
        )
    )
    rows.let_go(task, state="paused")
    tell(
        events.ReportAsked(case_id=case.id, task_id=asked.id, report=report, post_id=post_id),
        story=case.story,
        office_id=office_id,
    )
    return asked.id


@step
def report(
    *,
    by: Actor,
    at: datetime,
    case_id: UUID,
    text: str,
    documents: Sequence[UUID] = (),
    place: rules.Place = NO_PLACE,
    country: str = "IN",
    found: Mapping[str, Any] | None = None,
) -> UUID:
    """Send an enquiry report back to the post that asked; return the id of the line in the case's history.

    Raises:
        Refusal: ``not_found``; ``case_ended``; ``nothing_was_asked``; ``not_holder``; ``not_permitted``; ``own_case``;
            ``report_empty``; ``report_needs_photograph``.
        Invalid: where the place is missing or lies outside the country, and with every fault of ``found``.

    """
    case = rows.open_case(case_id)
    task = _side(case, "report")
    rows.ensure_holder(by, task)
    if not rules.may_work(by, kind="report"):
        raise Refusal("not_permitted", status=FORBIDDEN)
    rows.ensure_other(by, case, other_person=False)
    if not text.strip():
        raise Refusal("report_empty", status=UNPROCESSABLE)
    process = rows.process_of(case)
    wanted = rows.step_of(case, process).report(task.report)
    if wanted is not None and "photograph" in wanted.needs and not documents:
        raise Refusal("report_needs_photograph", status=UNPROCESSABLE)
    needed = wanted is not None and "place" in wanted.needs
    today = queries.calendar_or_plain(case.calendar_key).local_day(at)
    findings, wrong = rules.finding(wanted.finds if wanted else (), found or {}, move=task.report, today=today)
    if missing := [*rules.place_faults(place, country=country, needed=needed), *wrong]:
        raise Invalid(missing)
    made = rows.put_move(
        case,
        by=by,
        at=at,
        kind="report",
        key=task.report,
        source=f"{task.step}/{task.report}",
        target=case.state,
        post_id=task.post_id,
        note=writing.free_text(text),
        documents=documents,
        place=rules.kept_place(place),
        found=findings,
    )
    change(task, state="done", done_at=at)
    resume(case, at)
    tell(
        events.Reported(
            case_id=case.id,
            task_id=task.id,
            report=task.report,
            post_id=task.post_id,
            documents=tuple(documents),
        ),
        story=case.story,
        office_id=task.office_id,
    )
    return made.id


@step
def recall(*, by: Actor, at: datetime, case_id: UUID, note: str) -> datetime | None:
    """Take back a question, or a request for a report, that was not answered; return when the case is due now.

    Raises:
        Refusal: ``not_found`` for who does not have the desk that asked; ``case_ended``; ``nothing_was_asked``;
            ``not_permitted``; ``recall_needs_reason``.

    """
    case = rows.open_case(case_id)
    process = rows.process_of(case)
    main = rows.main_task(case)
    if not rules.may_take(by, post_id=main.post_id):
        raise not_found()
    if not rules.may_work(by, kind=rows.step_of(case, process).kind):
        raise Refusal("not_permitted", status=FORBIDDEN)
    task = rows.open_task(case, rows.SIDE)
    if task is None:
        raise Refusal("nothing_was_asked", status=CONFLICT)
    if not rules.is_reason(note):
        raise Refusal("recall_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    rows.put_move(
        case,
        by=by,
        at=at,
        kind="recall",
        source=task.kind,
        target=case.state,
        post_id=main.post_id,
        note=writing.free_text(note),
    )
    rows.void(task, at)
    if Pause.objects.filter(case_id=case.id, why="incomplete", to_at=None).exists():
        for deadline in Deadline.where(case_id=case.id, step="", began_at=None):
            change(deadline, began_at=case.arrived_at)
        rows.settle()
    counted = resume(case, at)
    tell(
        events.Recalled(case_id=case.id, task_id=task.id, kind=task.kind, due_at=rows.iso(counted.whole.at)),
        story=case.story,
        office_id=case.office_id,
    )
    return counted.whole.at
