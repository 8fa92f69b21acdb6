"""One case: where it stands, what may be done with it now, what was done, and why it is due when it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from janaseva.core.actor import Actor
from janaseva.core.refusal import not_found
from janaseva.core.text import Text
from janaseva.forms.rules import Question
from janaseva.workflow import rules
from janaseva.workflow.models import Case, Deadline, Lapse, Look, Move, Pause, Task
from janaseva.workflow.queries._views import TaskView, task_view
from janaseva.workflow.queries.calendars import (
    calendar,
    plain_calendar,
    reckon,
    standing_on,
    zone_of,
)
from janaseva.workflow.queries.lapses import LapseView, lapses_of

_TOLD = ("refused", "returned", "lapsed")
"""Ends whose words everybody of the matter reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that may be done now: a move, or a report that may be asked for (``kind`` says which)."""

    kind: str
    key: str
    title: Text
    target: str = ""
    needs: tuple[str, ...] = ()
    recommends: str = ""
    finds: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as ``by`` sees it.

    ``moves``, ``reports`` and ``may_ask_applicant`` are what ``by``, who holds the task, may do now; they are empty for
    anyone else; ``hears`` where ``by`` is to hear somebody. ``awaits`` is the register for whose entry the case waits.
    ``task`` is the step's own task, ``side`` the question or report that is out. ``recommended`` is what the last
    recommending level said. ``blocked`` names why ``by`` may not act though the desk is theirs: ``own_case``,
    ``own_move`` or ``not_permitted``.
    """

    case_id: UUID
    story: UUID
    definition_key: str
    definition_version: str
    state: str
    title: Text
    kind: str
    office_id: UUID
    post_id: UUID | None
    area_id: UUID
    arrived_at: datetime
    ended_at: datetime | None
    outcome: str
    standing: rules.Standing
    due_at: datetime | None
    urgency: rules.Urgency
    task: TaskView | None
    side: TaskView | None
    may_take: bool
    held_by_me: bool
    blocked: str
    moves: tuple[Option, ...]
    opinion: Option | None
    hears: bool
    notice_days: int
    awaits: str
    has_notice: bool
    branches: tuple[TaskView, ...]
    reports: tuple[Option, ...]
    may_ask_applicant: bool
    may_recall: bool
    checklist: tuple[Option, ...]
    reasons: tuple[Option, ...]
    recommended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """One line of a case's history; ``note`` and persons only where ``by`` may read them."""

    move_id: UUID
    ordinal: int
    kind: str
    key: str
    title: Text
    source: str
    target: str
    at: datetime
    post_id: UUID | None
    office_id: UUID
    person_id: UUID | None
    note: str
    reason: str
    reason_title: Text
    checked: tuple[str, ...]
    recommends: str
    documents: tuple[UUID, ...]
    place: Mapping[str, str]
    found: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyDue:
    """Why a case is due on its date: the limit, and every day with whether it counted.

    ``calendar_known`` is false where no calendar was loaded: a limit in working days then has no date. ``lapses`` are
    the times after which it ends by itself.
    """

    limit: rules.Limit | None
    began_at: datetime | None
    due: rules.Due
    days: tuple[rules.Day, ...]
    calendar_key: str
    calendar_known: bool
    lapses: tuple[LapseView, ...]


def is_visible(by: Actor, case: Case) -> bool:
    """Return whether ``by`` may see the case."""
    posts: set[UUID | None] = {UUID(desk["post_id"]) for desk in case.desks.values()}
    return rules.may_see(
        by,
        applicant_person_id=case.applicant_person_id,
        made_by_person_id=case.made_by_person_id,
        office_ids={case.office_id},
        post_ids=posts | {case.post_id},
    )


def sees(by: Actor, case_id: UUID) -> bool:
    """Return whether there is such a case and ``by`` may see it."""
    found = Case.get_or_none(case_id)
    return found is not None and is_visible(by, found)


def has_looked(by: Actor, case_id: UUID, at: datetime) -> bool:
    """Return whether this charge has opened the case today already, so that no further look need be recorded."""
    row = Case.get_or_none(case_id)
    if row is None or by.charge_id is None:
        return False
    day = zone_of(row.calendar_key).local_day(at)
    return bool(Look.where(case_id=case_id, charge_id=by.charge_id, day=day))


def readable(by: Actor, case_id: UUID, *, visible: bool) -> Case:
    """Return the case; not found for whoever may not see it. For the questions of this room."""
    found = Case.get_or_none(case_id)
    if found is None or not (visible or is_visible(by, found)):
        raise not_found()
    return found


def case_of_story(story: UUID) -> UUID | None:
    """Return the case of a story: the one still open, else the latest; for rooms above, who decide who may see it."""
    rows = Case.objects.filter(story=story).order_by("-id").values_list("id", "ended_at")
    found = list(rows)
    return next((key for key, ended_at in found if ended_at is None), found[0][0] if found else None)


def running(by: Actor, calendar_key: str) -> list[UUID]:
    """Return the cases not yet ended that are timed by this calendar or one that stands on it, for the system.

    Nothing for anyone else.
    """
    if by.kind != "system":
        return []
    rows = Case.objects.filter(calendar_key__in=standing_on(calendar_key), ended_at=None).order_by("id")
    return list(rows.values_list("id", flat=True))


def touched(by: Actor, *, from_at: datetime, to_at: datetime) -> list[UUID]:
    """Return the cases of which a clock may have run in this time, for the system; nothing for anyone else."""
    if by.kind != "system":
        return []
    clocks = Deadline.objects.filter(met_at=None, began_at__lte=to_at, case__ended_at=None)
    rows = clocks.filter(Q(due_at=None) | Q(due_at__gte=from_at)).order_by("case_id").distinct()
    found = dict.fromkeys(rows.values_list("case_id", flat=True))
    times = Lapse.objects.filter(over_at=None, began_at__lte=to_at, lapses_at__gte=from_at, case__ended_at=None)
    return list(found | dict.fromkeys(times.order_by("case_id").values_list("case_id", flat=True)))


def case(by: Actor, case_id: UUID, at: datetime, *, visible: bool = False) -> CaseView:
    """Return the case with what ``by`` may do now. ``visible``: the caller has already decided that ``by`` may see it.

    Raises:
        Refusal: ``not_found``.

    """
    row = readable(by, case_id, visible=visible)
    process = rules.process_of(row.process)
    here = process.step(row.state)
    open_ = Task.where(case_id=row.id, state=("waiting", "held", "paused"), order=("since", "id"))
    tasks = {task.kind: task for task in open_}
    branches = [task for task in open_ if task.kind == "branch"]
    own = next((task for task in branches if rules.may_take(by, post_id=task.post_id)), None)
    main = tasks.get("main") or tasks.get("time") or own
    side = tasks.get("applicant") or tasks.get("report")
    deadline = Deadline.first_where(case_id=row.id, step="")
    made = Move.where(case_id=row.id, kind="move", order=("ordinal",))
    zone = zone_of(row.calendar_key)

    def view(task: Task) -> TaskView:
        return task_view(task, story=row.story, definition_key=row.definition_key, calendar=zone, by=by, at=at)

    blocked = _blocked(by, row, here, made)
    mine = main is not None and rules.may_take(by, post_id=main.post_id)
    holds = (
        main is not None
        and main.state == "held"
        and rules.holds(by, post_id=main.post_id, held_by_charge_id=main.held_by_charge_id)
    )
    acts = here if holds and not blocked else None
    due_at = deadline.due_at if deadline else None
    return CaseView(
        case_id=row.id,
        story=row.story,
        definition_key=row.definition_key,
        definition_version=row.definition_version,
        state=row.state,
        title=here.title if here else {},
        kind=here.kind if here else "end",
        office_id=row.office_id,
        post_id=row.post_id,
        area_id=row.area_id,
        arrived_at=row.arrived_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        standing=deadline.standing if deadline else "unknown",  # type: ignore[arg-type]
        due_at=due_at,
        urgency=rules.urgency(due_at=None if row.ended_at else due_at, at=at, calendar=zone),
        task=view(main) if main else None,
        side=view(side) if side else None,
        may_take=_may_take(by, (main, side), blocked),
        held_by_me=holds,
        blocked=blocked if mine else "",
        moves=_moves(acts if acts and not acts.by_itself else None),
        opinion=_opinion(acts if acts and not acts.joint else None, main),
        hears=acts is not None and acts.kind == "hearing",
        notice_days=here.hearing.notice_days if here and here.hearing else 0,
        awaits=here.entry.of if here and here.entry else "",
        has_notice=here is not None and here.notice is not None,
        branches=tuple(view(task) for task in branches),
        reports=_reports(acts),
        may_ask_applicant=acts is not None and acts.ask_applicant,
        may_recall=mine and side is not None and not blocked,
        checklist=_items("check", acts.checklist if acts else ()),
        reasons=_items("reason", process.reasons if acts else ()),
        recommended=next((move.recommends for move in reversed(made) if move.recommends), ""),
    )


def _may_take(by: Actor, tasks: Iterable[Task | None], blocked: str) -> bool:
    open_ = [task for task in tasks if task is not None and task.state == "waiting"]
    return blocked not in ("own_case", "own_move") and any(rules.may_take(by, post_id=task.post_id) for task in open_)


def _blocked(by: Actor, row: Case, here: rules.Step | None, made: Iterable[Move]) -> str:
    if rules.is_own_matter(by, applicant_person_id=row.applicant_person_id, made_by_person_id=row.made_by_person_id):
        return "own_case"
    if here is None:
        return ""
    if rules.is_own_move(
        by, other_person=here.other_person, movers={move.person_id for move in made if move.source != here.key}
    ):
        return "own_move"
    return "" if rules.may_work(by, kind=here.kind) else "not_permitted"


def _opinion(step: rules.Step | None, task: Task | None) -> Option | None:
    branch = step.branch(task.report) if step is not None and task is not None and task.kind == "branch" else None
    if branch is None:
        return None
    return Option(kind="opinion", key=branch.key, title=branch.title, needs=branch.needs, finds=branch.finds)


def _moves(step: rules.Step | None) -> tuple[Option, ...]:
    return tuple(
        Option(
            kind="move",
            key=move.key,
            title=move.title,
            target=move.to,
            needs=move.needs,
            recommends=move.recommends or "",
            finds=move.finds,
        )
        for move in (step.moves if step else ())
    )


def _reports(step: rules.Step | None) -> tuple[Option, ...]:
    reports = step.reports if step else ()
    return tuple(
        Option(kind="report", key=one.key, title=one.title, needs=one.needs, finds=one.finds) for one in reports
    )


def _items(kind: str, items: Iterable[rules.Item]) -> tuple[Option, ...]:
    return tuple(Option(kind=kind, key=item.key, title=item.title) for item in items)


def history(by: Actor, case_id: UUID, *, visible: bool = False) -> list[MoveView]:
    """Return all that was done with the case, first to last.

    Others than officers read the questions, their own answers and the reason of a refusal, not the officers' notes, nor
    which person acted: for them the post stands.

    Raises:
        Refusal: ``not_found``.

    """
    row = readable(by, case_id, visible=visible)
    process = rules.process_of(row.process)
    reasons = {item.key: item.title for item in process.reasons}
    moves = Move.where(case_id=row.id, order=("ordinal",))
    return [_move_view(move, process, reasons, inside=by.is_official) for move in moves]


def _move_view(move: Move, process: rules.Process, reasons: dict[str, dict[str, str]], *, inside: bool) -> MoveView:
    step = process.step(move.source.split("/", 1)[0])
    chosen = step.move(move.key) if step and move.kind in ("move", "agreement") else None
    wanted = step.report(move.key) if step and move.kind in ("report", "ask_report") else None
    branch = step.branch(move.key) if step and move.kind in ("opinion", "silence", "reminder") else None
    lapse = process.lapse(move.key) if move.kind == "lapse" else None
    titled = next((one for one in (chosen, wanted, branch, lapse) if one is not None), None)
    title: Text = titled.title if titled else {}
    told = inside or move.kind in ("question", "answer", "withdrawal") or move.target in _TOLD
    return MoveView(
        move_id=move.id,
        ordinal=move.ordinal,
        kind=move.kind,
        key=move.key,
        title=title,
        source=move.source,
        target=move.target,
        at=move.at,
        post_id=move.post_id,
        office_id=move.office_id,
        person_id=move.person_id if inside else None,
        note=move.note if told else "",
        reason=move.reason,
        reason_title=reasons.get(move.reason, {}),
        checked=tuple(move.checked) if inside else (),
        recommends=move.recommends if inside else "",
        documents=tuple(UUID(key) for key in move.documents) if told else (),
        place=(move.place or {}) if inside else {},
        found=rules.held([move.found]),
    )


def why_due(by: Actor, case_id: UUID, *, visible: bool = False) -> WhyDue:
    """Return why the case is due when it is, day by day.

    Raises:
        Refusal: ``not_found``.

    """
    row = readable(by, case_id, visible=visible)
    deadline = Deadline.first_where(case_id=row.id, step="")
    limit = rules.Limit.model_validate(deadline.limit) if deadline and deadline.limit else None
    began_at = deadline.began_at if deadline else None
    pauses = [
        rules.Span(from_at=pause.from_at, to_at=pause.to_at, why=pause.why)
        for pause in Pause.where(case_id=row.id, order=("from_at",))
    ]
    loaded = calendar(row.calendar_key)
    countable = loaded is not None or limit is None or limit.counts == "calendar"
    days = rules.explain(
        limit=limit if countable else None,
        began_at=began_at,
        pauses=pauses,
        calendar=loaded or plain_calendar(),
    )
    return WhyDue(
        limit=limit,
        began_at=began_at,
        due=reckon(limit=limit, began_at=began_at, pauses=pauses, calendar_key=row.calendar_key),
        days=days,
        calendar_key=row.calendar_key,
        calendar_known=loaded is not None,
        lapses=lapses_of(row, rules.process_of(row.process)),
    )
