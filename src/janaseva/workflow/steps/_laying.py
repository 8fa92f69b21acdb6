"""How a case comes to rest: on a desk, in a wait with its notice, or one step further where a rule decides."""

from datetime import datetime, timedelta
from uuid import UUID

from janaseva.core.action import change, put, tell
from janaseva.core.actor import Actor
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Case, Hearing, Notice, Pause, Task
from janaseva.workflow.steps import _clocks as clocks
from janaseva.workflow.steps import _lapsing as lapsing
from janaseva.workflow.steps import _rows as rows

BY_RULE = Actor.system("workflow.by_rule")
STANDS = ("notice", "wait", "hearing", "payment")
"""Why the whole case's clock may stand still until a step is left, though the applicant is not waited for."""


def lay_down(
    case: Case, process: rules.Process, key: str, at: datetime, *, case_due_at: datetime | None
) -> Task | None:
    """Let the case rest at a step: lay its task down and set the step's own clock.

    Where rules alone choose the way, the case goes on at once, each such move a line of its history.
    """
    here = process.step(key)
    if here is None:
        message = f"there is no step {key}"
        raise ValueError(message)
    while here.kind == "automatic":
        lapsing.begin(case, process, here.key, at)
        here = _by_rule(case, process, here, at)
    desk = case.desks.get(here.key)
    post_id = UUID(desk["post_id"]) if desk else None
    if desk:
        change(case, office_id=UUID(desk["office_id"]))
    change(case, state=here.key, post_id=post_id)
    lapsing.begin(case, process, here.key, at)
    if here.kind == "wait":
        return _wait(case, here, at)
    if here.kind == "payment":
        return _payment(case, here, at)
    if here.kind in ("parallel", "clearance") or here.joint:
        _branches(case, here, at, case_due_at=case_due_at)
        return None
    moments = [case_due_at]
    if here.limit is not None:
        moments.append(clocks.begin(case, limit=here.limit, began_at=at, step=here.key).at)
    return _task(case, here, at, kind="main", due_at=clocks.earliest(moments))


def _task(case: Case, here: rules.Step, at: datetime, *, kind: str, due_at: datetime | None, awaits: str = "") -> Task:
    return put(
        Task(
            case=case,
            office_id=case.office_id,
            post_id=case.post_id,
            kind=kind,
            step=here.key,
            title=here.title,
            other_person=here.other_person,
            state="waiting",
            arrived_at=case.arrived_at,
            since=at,
            due_at=due_at,
            awaits=awaits,
        )
    )


def _by_rule(case: Case, process: rules.Process, here: rules.Step, at: datetime) -> rules.Step:
    """Make the move that the step's rules choose, write down why, and return the step to which it leads."""
    rows.settle()
    today = queries.calendar_or_plain(case.calendar_key).local_day(at)
    chosen = rules.choose(here, facts=case.facts, today=today, objections=queries.objections_open(BY_RULE, case.id))
    made = rows.put_move(
        case,
        by=BY_RULE,
        at=at,
        kind="automatic",
        key=chosen.move.key,
        source=here.key,
        target=chosen.move.to,
        post_id=None,
        note=chosen.because,
    )
    tell(
        events.Moved(
            case_id=case.id,
            move_id=made.id,
            move=chosen.move.key,
            source=here.key,
            target=chosen.move.to,
            reason="",
            recommends="",
            post_id=None,
            due_at=None,
        ),
        story=case.story,
        office_id=case.office_id,
    )
    change(case, state=chosen.move.to)
    following = process.step(chosen.move.to)
    if following is None:
        message = f"the rules of {here.key} lead to {chosen.move.to}, where no work is"
        raise ValueError(message)
    return following


def _branches(case: Case, here: rules.Step, at: datetime, *, case_due_at: datetime | None) -> None:
    """Lay the work of every branch (or of every seat of a joint decision) on its own desk at once."""
    due_at = case_due_at
    if here.limit is not None:
        due_at = clocks.earliest([due_at, clocks.begin(case, limit=here.limit, began_at=at, step=here.key).at])
    for branch in here.joint or here.branches:
        own = clocks.own_time(case, branch.limit, at)
        desk = case.desks[f"{here.key}/{branch.key}"]
        put(
            Task(
                case=case,
                office_id=UUID(desk["office_id"]),
                post_id=UUID(desk["post_id"]),
                kind="branch",
                step=here.key,
                report=branch.key,
                title=branch.title,
                other_person=here.other_person,
                state="waiting",
                arrived_at=case.arrived_at,
                since=at,
                due_at=clocks.earliest([due_at, own]),
                silent_at=own if branch.silence is not None else None,
            )
        )


def _wait(case: Case, here: rules.Step, at: datetime) -> Task:
    """Let the case wait: with its notice made public, and the whole case's clock stopped, where the step says so."""
    if here.clock == "stands":
        rows.settle()
        stand(case, at, why="notice" if here.notice else "wait")
    began = clocks.begin(case, limit=here.limit, began_at=at, step=here.key)
    until, awaits = waits_until(began.at, here.limit, at), rules.awaited(here, case.facts)
    task = _task(case, here, at, kind="time", due_at=until, awaits=awaits)
    if here.entry is not None:
        tell(events.EntryAwaited(case_id=case.id, register=here.entry.of), story=case.story, office_id=case.office_id)
    if here.notice is not None:
        notice = put(
            Notice(
                case=case,
                office_id=case.office_id,
                area_id=case.area_id,
                definition_key=case.definition_key,
                step=here.key,
                title=here.notice.title,
                statement=here.notice.statement,
                takes_objections=here.notice.objections,
                published_at=at,
                until_at=task.due_at,
            )
        )
        tell(
            events.NoticePublished(case_id=case.id, notice_id=notice.id, until_at=rows.iso(task.due_at)),
            story=case.story,
            office_id=case.office_id,
        )
    return task


def _payment(case: Case, here: rules.Step, at: datetime) -> Task:
    """Let the case wait for a fee. Its time begins when the fee is demanded, so until then it is never over."""
    if here.clock == "stands":
        rows.settle()
        stand(case, at, why="payment")
    task = _task(case, here, at, kind="time", due_at=None, awaits=rules.awaited(here, case.facts))
    tell(events.FeeAwaited(case_id=case.id, step=here.key), story=case.story, office_id=case.office_id)
    return task


def stand(case: Case, at: datetime, *, why: str) -> clocks.Clocks:
    """Let the whole case's clock stand still from now, until the step is left."""
    pauses = Pause.where(case_id=case.id)
    pauses.append(put(Pause(case=case, office_id=case.office_id, why=why, from_at=at)))
    return clocks.recount(case, pauses=pauses)


def leave(case: Case, at: datetime) -> None:
    """End what a step had begun: its notice, a hearing still to come, the standstill of the whole case's clock."""
    for hearing in Hearing.where(case_id=case.id, state="fixed"):
        change(hearing, state="void")
    for notice in Notice.where(case_id=case.id, closed_at=None):
        change(notice, closed_at=at)
    for pause in Pause.objects.filter(case_id=case.id, to_at=None, why__in=STANDS):
        change(pause, to_at=at)


def waits_until(due_at: datetime | None, limit: rules.Limit | None, at: datetime) -> datetime | None:
    """Return when a wait is over; without a calendar to count by, whole days from now; unknown: never by itself."""
    if due_at is not None or limit is None or limit.days is None:
        return due_at
    return at + timedelta(days=limit.days)
