"""An officer's desk: what is due first, what came first, what is in hand, and what waits for others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from janaseva.core.actor import Actor
from janaseva.workflow import rules
from janaseva.workflow.models import Move, Task
from janaseva.workflow.queries._views import TaskView, task_view
from janaseva.workflow.queries.calendars import plain_calendar, zones
from janaseva.workflow.queries.cases import readable

PAGE = 50
"""How many tasks a list on the desk shows at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCounts:
    """How many tasks there are of each sort, over all of the officer's posts."""

    waiting: int
    held: int
    paused: int
    reports: int
    overdue: int
    due_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """All that a desk shows. ``waiting`` is in order of arrival, ``due_first`` (waiting and in hand) by due date.

    ``next`` is what :func:`janaseva.workflow.steps.take_next` would hand out. ``reports`` are those asked of this desk;
    ``paused`` are those that wait for the applicant or for somebody's report (``waits_for``).
    """

    next: TaskView | None
    counts: DeskCounts
    due_first: tuple[TaskView, ...]
    waiting: tuple[TaskView, ...]
    held: tuple[TaskView, ...]
    paused: tuple[TaskView, ...]
    reports: tuple[TaskView, ...]


def queue(by: Actor) -> QuerySet[Task]:
    """Return the tasks that wait on the actor's posts, those that arrived first before the others.

    What the actor may not act on is left out: own matters, and steps that want another person than moved the case.
    """
    moved = Move.objects.filter(case_id=OuterRef("case_id"), kind="move", person_id=by.person_id).exclude(
        source=OuterRef("step")
    )
    tasks = Task.objects.filter(post_id__in=rules.posts_of(by), state="waiting", kind__in=("main", "branch", "report"))
    if by.person_id is not None:
        own = Q(case__applicant_person_id=by.person_id) | Q(case__made_by_person_id=by.person_id)
        tasks = tasks.exclude(own).exclude(Q(other_person=True) & Exists(moved))
    return cast("QuerySet[Task]", tasks.order_by("arrived_at", "id"))


def _read(tasks: QuerySet[Any]) -> QuerySet[Any]:
    """Return the tasks with the little of their cases that a list shows."""
    return tasks.select_related("case").defer("case__process", "case__desks")


def _views(tasks: Iterable[Task], *, by: Actor, at: datetime, first: int | None = None) -> list[TaskView]:
    rows = list(tasks)
    known = {row.case.calendar_key for row in rows}
    calendars = zones(known)
    return [
        task_view(row, row.case, by=by, at=at, zones=calendars, place=0 if first is None else first + index)
        for index, row in enumerate(rows)
    ]


def _counts(by: Actor, at: datetime) -> DeskCounts:
    open_ = Q(state__in=("waiting", "held"))
    calendar = plain_calendar()
    tonight = calendar.end_of(calendar.local_day(at))
    counted = Task.objects.filter(post_id__in=rules.posts_of(by)).aggregate(
        waiting=Count("id", filter=Q(state="waiting")),
        held=Count("id", filter=Q(state="held", held_by_charge_id=by.charge_id)),
        paused=Count("id", filter=Q(state="paused")),
        reports=Count("id", filter=open_ & Q(kind="report")),
        overdue=Count("id", filter=open_ & Q(due_at__lt=at)),
        due_today=Count("id", filter=open_ & Q(due_at__gte=at, due_at__lte=tonight)),
    )
    return DeskCounts(**counted)


def desk(by: Actor, at: datetime, *, after: int = 0) -> DeskView:
    """Return the actor's desk; ``after`` pages the waiting list. Who has no post has an empty desk.

    The number of queries does not depend on how much lies there.
    """
    mine = Task.objects.filter(post_id__in=rules.posts_of(by))
    in_hand = Q(state="held", held_by_charge_id=by.charge_id)
    waiting = _views(_read(queue(by))[after : after + PAGE], by=by, at=at, first=after + 1)
    due_first = _read(mine.filter(Q(state="waiting") | in_hand)).order_by(
        F("due_at").asc(nulls_last=True), "arrived_at", "id"
    )
    side = Task.objects.filter(
        case_id=OuterRef("case_id"), kind__in=("report", "applicant"), state__in=("waiting", "held")
    ).values("kind")[:1]
    paused = _read(mine.filter(state="paused")).annotate(waits_for=Subquery(side)).order_by("since")
    reports = _read(mine.filter(kind="report").filter(Q(state="waiting") | in_hand)).order_by("arrived_at", "id")
    return DeskView(
        next=waiting[0] if waiting and after == 0 else next_task(by, at),
        counts=_counts(by, at),
        due_first=tuple(_views(due_first[:PAGE], by=by, at=at)),
        waiting=tuple(waiting),
        held=tuple(_views(_read(mine.filter(in_hand)).order_by("arrived_at", "id")[:PAGE], by=by, at=at)),
        paused=tuple(_views(paused[:PAGE], by=by, at=at)),
        reports=tuple(_views(reports[:PAGE], by=by, at=at)),
    )


def next_task(by: Actor, at: datetime) -> TaskView | None:
    """Return the task that the actor would be handed now, or ``None``."""
    found = _views(_read(queue(by))[:1], by=by, at=at, first=1)
    return found[0] if found else None


def task(by: Actor, at: datetime, task_id: UUID) -> TaskView | None:
    """Return a task on one of the actor's posts, or ``None``."""
    found = _views(_read(Task.objects.filter(pk=task_id, post_id__in=rules.posts_of(by))), by=by, at=at)
    return found[0] if found else None


def holding(by: Actor) -> list[UUID]:
    """Return the charges that hold tasks now, for the system; nothing for anyone else."""
    if by.kind != "system":
        return []
    held = Task.objects.filter(state="held", held_by_charge_id__isnull=False)
    return sorted({charge for charge in held.values_list("held_by_charge_id", flat=True) if charge is not None})


def silent(by: Actor, at: datetime) -> list[UUID]:
    """Return the tasks of offices that were asked and did not answer in their time, for the clock."""
    if by.kind not in ("clock", "system"):
        return []
    rows = Task.objects.filter(kind="branch", state__in=("waiting", "held"), silent_at__lte=at)
    return list(rows.order_by("silent_at").values_list("id", flat=True)[:500])


def awaiting(by: Actor, register: str, number: str) -> list[UUID]:
    """Return the cases that wait for this entry of a register, or for one that facts alone name; for the system."""
    if by.kind != "system":
        return []
    wanted = {f"{register}/", f"{register}/{number}"[:200]}
    rows = Task.objects.filter(awaits__in=wanted, kind="time", state="waiting")
    return list(rows.order_by("id").values_list("case_id", flat=True))


def times_over(by: Actor, at: datetime) -> list[UUID]:
    """Return the tasks that waited for time to pass, whose time is over, for the clock; nothing for anyone else."""
    if by.kind not in ("clock", "system"):
        return []
    over = Task.objects.filter(kind="time", state="waiting", due_at__lte=at).exclude(awaits=rules.FEE)
    return list(over.order_by("due_at").values_list("id", flat=True)[:500])


def fees_over(by: Actor, at: datetime) -> list[UUID]:
    """Return the cases whose time to pay a fee is over, for the clock; nothing for anyone else."""
    if by.kind not in ("clock", "system"):
        return []
    over = Task.objects.filter(kind="time", state="waiting", due_at__lte=at, awaits=rules.FEE)
    return list(over.order_by("due_at").values_list("case_id", flat=True)[:500])


def pay_until(by: Actor, case_id: UUID, *, visible: bool) -> datetime | None:
    """Return until when the fee that a case waits for may be paid, or ``None``: it waits for none, or nobody knows.

    Raises:
        Refusal: ``not_found``.

    """
    readable(by, case_id, visible=visible)
    waits = Task.objects.filter(case_id=case_id, kind="time", state="waiting", awaits=rules.FEE)
    return waits.values_list("due_at", flat=True).first()
