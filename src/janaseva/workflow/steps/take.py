"""Who has a task in hand: first come, first served, and a reason for anything else."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from janaseva.core import writing
from janaseva.core.action import change, step, tell
from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.core.refusal import CONFLICT, FORBIDDEN, UNPROCESSABLE, Refusal, not_found
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Case, Task
from janaseva.workflow.steps import _rows as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenTask:
    """A task that is now in the hand of the one who asked."""

    task_id: UUID
    case_id: UUID
    story: UUID
    kind: str
    step: str
    out_of_turn: bool = False


def _queue(post: UUID, person: UUID | None) -> QuerySet[Task]:
    """Return the queue as its question is put together: of the actor, all that it looks at are these."""
    return queries.queue(Actor(kind="officer", person_id=person, post_ids=frozenset({post})), post)


@Question
def _next(*, post: UUID, person: UUID | None) -> QuerySet[Task]:
    waiting = _queue(post, person).select_related("case")
    return waiting.select_for_update(skip_locked=True, of=("self", "case"))[:1]


@Question
def _first_waiting(*, post: UUID, person: UUID | None) -> QuerySet[Task, tuple[datetime, UUID]]:
    return _queue(post, person).values_list("arrived_at", "id")[:1]


def _heads(by: Actor) -> list[tuple[datetime, UUID, UUID]]:
    """Return what came first on each of the actor's posts, as (arrival, task, post), the earliest before the others."""
    posts = sorted(rules.posts_of(by))
    return sorted((*head, post) for post in posts if (head := _first_waiting.first(post=post, person=by.person_id)))


def _following(by: Actor) -> UUID | None:
    """Return the task that :func:`take_next` would hand out."""
    return next((task for _, task, _ in _heads(by)), None)


def _next_free(by: Actor) -> Task | None:
    """Return the earliest of the actor's waiting tasks that no other act is just taking, held by this one.

    An officer with several posts looks into another queue as long as something there came before what was found.
    """
    posts = rules.posts_of(by)
    if len(posts) == 1:
        return _next.first(post=next(iter(posts)), person=by.person_id)
    found: list[Task] = []
    for arrived, task, post in _heads(by):
        if found and (found[0].arrived_at, found[0].id) < (arrived, task):
            break
        free = _next.first(post=post, person=by.person_id)
        found = sorted([*found, *([free] if free else [])], key=lambda one: (one.arrived_at, one.id))
    return next(iter(found), None)


@step
def take_next(*, by: Actor, at: datetime) -> TakenTask | None:
    """Hand out the task that came first among those waiting on the actor's posts; ``None`` where nothing waits.

    Two officers who ask at the same moment get two different tasks: what another act is just taking is passed over.

    Raises:
        Refusal: ``no_desk`` for who has no post, or whose post may not take.

    """
    if not rules.may_use_desk(by) or not by.may("services.take"):
        raise Refusal("no_desk", status=FORBIDDEN)
    rows.settle()
    task = _next_free(by)
    return None if task is None else _into_hand(task, task.case, by=by, at=at, reason="")


@step
def take(*, by: Actor, at: datetime, task_id: UUID, reason: str = "") -> TakenTask:
    """Take one task. Another than the next needs a ``reason`` of at least ten characters, which is kept.

    A task already in the actor's own hand is answered as taken, and nothing changes.

    Raises:
        Refusal: ``not_found``; ``task_taken``, ``task_waits_for_answer`` or ``case_moved_on`` where it waits no
            more; ``own_case``, ``own_move``; ``out_of_turn_needs_reason``.

    """
    seen = Task.get_or_none(task_id)
    if seen is None or not rules.may_take(by, post_id=seen.post_id):
        raise not_found()
    case = rows.case_locked(seen.case_id)
    task = Task.objects.get(pk=task_id)
    if rules.holds(by, post_id=task.post_id, held_by_charge_id=task.held_by_charge_id) and task.state == "held":
        return _taken(task, case, out_of_turn=bool(task.out_of_turn))
    if task.state != "waiting":
        code = {"held": "task_taken", "paused": "task_waits_for_answer"}.get(task.state, "case_moved_on")
        raise Refusal(code, status=CONFLICT)
    rows.ensure_other(by, case, other_person=task.other_person)
    following = _following(by)
    if following != task.id and not rules.is_reason(reason):
        raise Refusal("out_of_turn_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    return _into_hand(task, case, by=by, at=at, reason="" if following == task.id else writing.free_text(reason))


def _into_hand(task: Task, case: Case, *, by: Actor, at: datetime, reason: str) -> TakenTask:
    change(
        task,
        state="held",
        held_by_charge_id=by.charge_id,
        held_by_person_id=by.person_id,
        held_at=at,
        out_of_turn=reason,
    )
    tell(
        events.Taken(case_id=case.id, task_id=task.id, post_id=task.post_id, out_of_turn=bool(reason)),
        story=case.story,
        office_id=task.office_id,
    )
    return _taken(task, case, out_of_turn=bool(reason))


def _taken(task: Task, case: Case, *, out_of_turn: bool) -> TakenTask:
    return TakenTask(
        task_id=task.id,
        case_id=case.id,
        story=case.story,
        kind=task.kind,
        step=task.step,
        out_of_turn=out_of_turn,
    )


@step
def put_back(*, by: Actor, at: datetime, task_id: UUID) -> None:
    """Put a held task back on its desk, at its old place in the queue.

    Raises:
        Refusal: ``not_found``; ``not_holder``.

    """
    seen = Task.get_or_none(task_id)
    if seen is None or seen.post_id not in rules.posts_of(by):
        raise not_found()
    case = rows.open_case(seen.case_id)
    task = Task.objects.get(pk=task_id)
    rows.ensure_holder(by, task)
    rows.let_go(task, state="waiting")
    tell(
        events.PutBack(case_id=case.id, task_id=task.id, post_id=task.post_id),
        story=case.story,
        office_id=task.office_id,
    )


@step
def release(*, by: Actor, at: datetime, charge_id: UUID) -> int:
    """Put back every task that a charge held, since that charge ended; return how many there were.

    Tasks hang on posts, so they are then the new holder's to take, each at its old place.
    """
    rows.settle()
    held = (
        Task.objects.filter(held_by_charge_id=charge_id, state="held").order_by("case_id").values_list("case_id", "id")
    )
    count = 0
    for case_id, task_id in held:
        case = rows.case_locked(case_id)
        task = Task.objects.get(pk=task_id)
        if task.state == "held" and task.held_by_charge_id == charge_id:
            rows.let_go(task, state="waiting")
            tell(
                events.Released(case_id=case.id, task_id=task.id, post_id=task.post_id),
                story=case.story,
                office_id=task.office_id,
            )
            count += 1
    return count
