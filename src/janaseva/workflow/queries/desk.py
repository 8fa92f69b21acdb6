"""An officer's desk: what is due first, what came first, what is in hand, and what waits for others."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, Final, cast
from uuid import UUID

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from janaseva.core.actor import Actor
from janaseva.core.cursors import asked, here
from janaseva.core.lately import Lately
from janaseva.core.questions import Question
from janaseva.workflow import rules
from janaseva.workflow.models import Case as Matter
from janaseva.workflow.models import Move, Task, WorkCalendar
from janaseva.workflow.queries._views import OfCase, TaskRow, TaskView, task_view
from janaseva.workflow.queries.calendars import plain_calendar
from janaseva.workflow.queries.cases import readable

PAGE: Final = 50
"""How many tasks a list on the desk shows at once."""
MOST_COUNTED: Final = 10_000
"""As far as a desk counts; from there on it says that there are so many, or more."""
FEW: Final = 1_000
"""As far as a desk counts each time it is opened: to count ten thousand takes as long as all else that it reads."""
LISTS: Final = ("due_first", "waiting", "paused", "reports")
OPEN: Final = ("waiting", "held")
_LYING: Final = Q(state__in=("waiting", "held", "paused"))
"""Said again where one state is asked for: SQLite takes the index of what lies on a desk only for these very words.

They come last: SQLite looks a state up by that condition which it meets first, and the rows of several states have no
order in the index.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCounts:
    """How many tasks there are of each sort over all of the officer's posts, none counted beyond ``MOST_COUNTED``."""

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


def queue(by: Actor, post: UUID) -> QuerySet[Task]:
    """Return the tasks that wait on one of the actor's posts, those that arrived first before the others.

    What the actor may not act on is left out: own matters, and steps that want another person than moved the case.
    Of one post, so that an index gives them in their order: of several posts all that wait would be read and sorted.
    """
    return _queue(post, by.person_id) if post in rules.posts_of(by) else cast("QuerySet[Task]", Task.objects.none())


def _queue(post: UUID, person_id: UUID | None) -> QuerySet[Task]:
    moved = Move.objects.filter(case_id=OuterRef("case_id"), kind="move", person_id=person_id).exclude(
        source=OuterRef("step")
    )
    tasks = Task.objects.filter(post_id=post, state="waiting", kind__in=("main", "branch", "report")).filter(_LYING)
    if person_id is not None:
        own = Q(case__applicant_person_id=person_id) | Q(case__made_by_person_id=person_id)
        tasks = tasks.exclude(own).exclude(Q(other_person=True) & Exists(moved))
    return cast("QuerySet[Task]", tasks.order_by("arrived_at", "id"))


def _values(tasks: QuerySet[Any], *, may_wait: bool = False) -> QuerySet[Any, Any]:
    """Return the tasks as :class:`TaskRow` has them.

    PostgreSQL plans these anew for each desk's values, which takes it longer than to look them up: so nothing is joined
    that can be found by its key, and for what a task waits is asked only where one of them may.
    """
    waits_for: Any = Value("")
    if may_wait:
        side = Task.objects.filter(
            case_id=OuterRef("case_id"), kind__in=("report", "applicant"), state__in=("waiting", "held")
        ).values("kind")[:1]
        waits_for = Case(When(state="paused", then=Subquery(side)), default=Value(""))
    found: QuerySet[Any, Any] = tasks.annotate(waits_for=waits_for).values_list(*TaskRow._fields)
    return found


@Question
def _cases(*, ids: tuple[UUID, ...]) -> QuerySet[Any, Any]:
    """Return of each case what a list shows of it: its key, and :class:`OfCase`."""
    zone = WorkCalendar.objects.filter(key=OuterRef("calendar_key")).values("time_zone")[:1]
    read = Matter.objects.filter(pk__in=ids).annotate(time_zone=Subquery(zone))
    return read.values_list("id", *OfCase._fields)


@Question
def _waiting(*, post: UUID, person: UUID | None, after: int, most: int) -> QuerySet[Any, Any]:
    return _values(_queue(post, person)[after : after + most])


@Question
def _one(*, task: UUID, posts: tuple[UUID, ...]) -> QuerySet[Any, Any]:
    return _values(Task.objects.filter(pk=task, post_id__in=posts), may_wait=True)


def _in_hand(charge: UUID | None) -> Q:
    return Q(state="held", held_by_charge_id=charge)


@Question
def _due_first(*, post: UUID, charge: UUID | None) -> QuerySet[Any, Any]:
    mine = Task.objects.filter(Q(state="waiting") | _in_hand(charge), post_id=post, state__in=OPEN)
    return _values(mine.order_by(F("due_at").asc(nulls_last=True), "arrived_at", "id")[:PAGE])


@Question
def _held(*, post: UUID, charge: UUID | None) -> QuerySet[Any, Any]:
    held = Task.objects.filter(_in_hand(charge), post_id=post).filter(_LYING)
    return _values(held.order_by("arrived_at", "id")[:PAGE])


@Question
def _paused(*, post: UUID) -> QuerySet[Any, Any]:
    paused = Task.objects.filter(post_id=post, state="paused").filter(_LYING)
    return _values(paused.order_by("since", "id")[:PAGE], may_wait=True)


@Question
def _reports(*, post: UUID, charge: UUID | None) -> QuerySet[Any, Any]:
    mine = Task.objects.filter(Q(state="waiting") | _in_hand(charge), post_id=post, kind="report", state__in=OPEN)
    return _values(mine.order_by("arrived_at", "id")[:PAGE])


def _arrived(task: TaskRow) -> tuple[Any, ...]:
    return task.arrived_at, task.id


def _due(task: TaskRow) -> tuple[Any, ...]:
    return task.due_at is None, task.due_at or task.arrived_at, task.arrived_at, task.id


def _since(task: TaskRow) -> tuple[Any, ...]:
    return task.since, task.id


def _first(found: Sequence[list[tuple[Any, ...]]], order: Callable[[TaskRow], Any], most: int = PAGE) -> list[TaskRow]:
    """Return the first rows of several posts' lists, each of which is in order itself."""
    lists = [[TaskRow(*row) for row in rows] for rows in found]
    return lists[0] if len(lists) == 1 else sorted(chain.from_iterable(lists), key=order)[:most]


def _of_cases(*lists: Iterable[TaskRow]) -> dict[UUID, OfCase]:
    """Return what several lists show of their tasks' cases, asked once for all."""
    ids = {row.case_id for rows in lists for row in rows}
    return {key: OfCase(*shown) for key, *shown in _cases(ids=tuple(sorted(ids)))}


def _views(
    rows: Iterable[TaskRow], cases: Mapping[UUID, OfCase], *, by: Actor, at: datetime, first: int | None = None
) -> tuple[TaskView, ...]:
    return tuple(
        task_view(
            row,
            story=case.story,
            definition_key=case.definition_key,
            calendar=plain_calendar(case.time_zone or ""),
            by=by,
            at=at,
            place=0 if first is None else first + index,
        )
        for index, (row, case) in enumerate((row, cases[row.case_id]) for row in rows)
    )


def _queued(by: Actor, *, after: int, most: int) -> list[TaskRow]:
    """Return a part of the actor's queue. Of several posts each is read from its beginning, and one queue made."""
    posts = rules.posts_of(by)
    if len(posts) == 1:
        return _first([_waiting(post=post, person=by.person_id, after=after, most=most) for post in posts], _arrived)
    lists = [_waiting(post=post, person=by.person_id, after=0, most=after + most) for post in posts]
    return _first(lists, _arrived, after + most)[after:]


_COUNTED = {
    "waiting": "state IN ('waiting', 'held', 'paused') AND state = 'waiting'",
    "held": "state IN ('waiting', 'held', 'paused') AND state = 'held' AND held_by_charge_id = %s",
    "paused": "state IN ('waiting', 'held', 'paused') AND state = 'paused'",
    "reports": "kind = 'report' AND state IN ('waiting', 'held')",
    "overdue": "state IN ('waiting', 'held') AND due_at < %s",
    "due_today": "state IN ('waiting', 'held') AND due_at >= %s AND due_at <= %s",
}
"""What is counted on a desk, each up to ``MOST_COUNTED``, and each by an index of its own."""
_many: Final = Lately[dict[str, int]](60, most=1000)


def _counts(by: Actor, at: datetime) -> DeskCounts:
    """Return what lies there: exactly as it is up to ``FEW``, beyond it as it was counted within the last minute."""
    posts = sorted(rules.posts_of(by))
    if not posts:
        return DeskCounts(**dict.fromkeys(_COUNTED, 0))
    found = _counted(posts, by.charge_id, at, FEW)
    if max(found.values()) == FEW:
        many = _many.get((*posts, by.charge_id), at, lambda: _counted(posts, by.charge_id, at, MOST_COUNTED))
        found = {name: max(number, many[name]) if number == FEW else number for name, number in found.items()}
    return DeskCounts(**found)


def _counted(posts: Sequence[UUID], charge: UUID | None, at: datetime, most: int) -> dict[str, int]:
    tonight = plain_calendar().end_of(plain_calendar().local_day(at))
    own: dict[str, tuple[Any, ...]] = {"held": (charge,), "overdue": (at,), "due_today": (at, tonight)}
    keys = [_adapted("post_id", post) for post in posts]
    places = ", ".join(["%s"] * len(keys))
    counted: list[str] = []
    values: list[Any] = []
    for name, condition in _COUNTED.items():
        some = f"SELECT 1 FROM workflow_task WHERE post_id IN ({places}) AND {condition} LIMIT {most}"  # noqa: S608 - from the table above
        counted.append(f"(SELECT COUNT(*) FROM ({some}) counted)")  # noqa: S608 - from the table above
        values += keys + [
            _adapted("held_by_charge_id" if name == "held" else "due_at", one) for one in own.get(name, ())
        ]
    found = asked(here(), f"SELECT {', '.join(counted)}", values)
    return dict(zip(_COUNTED, found[0], strict=True))


def _adapted(name: str, value: object) -> Any:
    """Return a value of a task's column as the database takes it."""
    return cast("Any", Task._meta.get_field(name)).get_db_prep_value(value, connection)


def desk(by: Actor, at: datetime, *, after: int = 0, lists: Collection[str] = LISTS) -> DeskView:
    """Return the actor's desk; ``after`` pages the waiting list. Who has no post has an empty desk.

    Only the lists that are named are read (and what is in hand, always). The number of queries does not depend on how
    much lies there, nor, but for what is counted, does what they read.
    """
    posts, charge = rules.posts_of(by), by.charge_id
    waiting = _queued(by, after=after, most=PAGE) if "waiting" in lists else []
    following = waiting[:1] if waiting and after == 0 else _queued(by, after=0, most=1)
    due_first = _first([_due_first(post=post, charge=charge) for post in posts if "due_first" in lists], _due)
    paused = _first([_paused(post=post) for post in posts if "paused" in lists], _since)
    reports = _first([_reports(post=post, charge=charge) for post in posts if "reports" in lists], _arrived)
    held = _first([_held(post=post, charge=charge) for post in posts], _arrived)
    cases = _of_cases(waiting, following, due_first, paused, reports, held)
    views = partial(_views, cases=cases, by=by, at=at)
    return DeskView(
        next=next(iter(views(following, first=1)), None),
        counts=_counts(by, at),
        due_first=views(due_first),
        waiting=views(waiting, first=after + 1),
        held=views(held),
        paused=views(paused),
        reports=views(reports),
    )


def next_task(by: Actor, at: datetime) -> TaskView | None:
    """Return the task that the actor would be handed now, or ``None``."""
    found = _queued(by, after=0, most=1)
    return next(iter(_views(found, _of_cases(found), by=by, at=at, first=1)), None)


def task(by: Actor, at: datetime, task_id: UUID) -> TaskView | None:
    """Return a task on one of the actor's posts, or ``None``."""
    found = [TaskRow(*row) for row in _one(task=task_id, posts=tuple(sorted(rules.posts_of(by))))]
    return next(iter(_views(found, _of_cases(found), by=by, at=at)), None)


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
