"""Parallel work: each desk gives its opinion for itself, and the last one needed lets the case go on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import change, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, FORBIDDEN, Fault, Invalid, Refusal
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Case, Move, Task
from janaseva.workflow.steps import _laying as laying
from janaseva.workflow.steps import _rows as rows
from janaseva.workflow.steps._carrying import MovedCase, carry_out

NO_PLACE = rules.Place()


@step
def opine(
    *,
    by: Actor,
    at: datetime,
    case_id: UUID,
    task_id: UUID,
    recommends: Literal["approve", "refuse", ""],
    text: str,
    country: str,
    documents: Sequence[UUID] = (),
    place: rules.Place = NO_PLACE,
    found: Mapping[str, Any] | None = None,
) -> MovedCase | None:
    """Give the opinion of one branch; return where the case went, or ``None`` while others are awaited.

    Two opinions at the same moment follow each other, since each holds the case.

    Raises:
        Refusal: ``not_found``; ``case_ended``; ``case_moved_on``; ``not_holder``; ``not_permitted``; ``own_case``;
            ``own_move``.
        Invalid: with everything that is missing, at once.

    """
    case = rows.open_case(case_id)
    process = rows.process_of(case)
    here = rows.step_of(case, process)
    task = Task.first_where(id=task_id, case_id=case.id, kind="branch", state=rows.OPEN)
    branch = here.branch(task.report) if task is not None and here.by_itself else None
    if task is None or branch is None:
        raise Refusal("case_moved_on", status=CONFLICT)
    rows.ensure_holder(by, task)
    if not rules.may_work(by, kind=here.kind):
        raise Refusal("not_permitted", status=FORBIDDEN)
    rows.ensure_other(by, case, other_person=task.other_person)
    today = queries.calendar_or_plain(case.calendar_key).local_day(at)
    findings, wrong = rules.finding(branch.finds, found or {}, move=branch.key, today=today)
    missing = [
        *_missing(branch, recommends, text, documents),
        *wrong,
        *rules.place_faults(place, country=country, needed="place" in branch.needs),
    ]
    if missing:
        raise Invalid(missing)
    rows.put_move(
        case,
        by=by,
        at=at,
        kind="opinion",
        key=branch.key,
        source=f"{here.key}/{branch.key}",
        target=here.key,
        post_id=task.post_id,
        note=writing.free_text(text),
        recommends=recommends,
        documents=documents,
        place=rules.kept_place(place),
        found=findings,
    )
    change(task, state="done", done_at=at)
    _tell(case, task, branch, documents)
    rows.settle()
    return join(case, process, here, task, at=at)


def _tell(case: Case, task: Task, branch: rules.Branch, documents: Sequence[UUID]) -> None:
    tell(
        events.OpinionGiven(
            case_id=case.id,
            task_id=task.id,
            branch=branch.key,
            post_id=task.post_id,
            documents=tuple(documents),
        ),
        story=case.story,
        office_id=task.office_id,
    )


def _missing(branch: rules.Branch, recommends: str, text: str, documents: Sequence[UUID]) -> list[Fault]:
    found = []
    if recommends not in ("approve", "refuse"):
        found.append(Fault(place="opinion", code="opinion_missing"))
    if not text.strip():
        found.append(Fault(place="opinion_text", code="opinion_without_reasons"))
    if "photograph" in branch.needs and not documents:
        found.append(Fault(place="photographs.0", code="photograph_missing"))
    return found


def join(case: Case, process: rules.Process, here: rules.Step, task: Task, *, at: datetime) -> MovedCase | None:
    """Let the case go on where enough have answered since these branches were laid down; the others need not."""
    given = Move.objects.filter(case_id=case.id, kind__in=("opinion", "silence"), target=here.key, at__gte=task.since)
    opinions = list(given.values_list("recommends", flat=True))
    if len(opinions) < here.answers_needed:
        return None
    for other in Task.where(case_id=case.id, kind="branch", state=rows.OPEN):
        rows.void(other, at)
    return carry_out(case, process, None, rules.join(here, opinions), by=laying.BY_RULE, at=at)
