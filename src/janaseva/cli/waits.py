"""The part of a journey on which nobody acts: rules choose, time passes, and somebody may object."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.services import actions, queries
from janaseva.workflow import actions as workflow_actions
from janaseva.workflow import queries as workflow
from janaseva.workflow import rules as workflow_rules

if TYPE_CHECKING:
    from janaseva.cli.journey import Traveller


class StandsStillError(RuntimeError):
    """A case waits, and nobody knows for how long."""


def skip_rules(planned: list[Any], case: workflow.CaseView) -> None:
    """Pass over the steps of an example that no desk had to make: a rule chose, or an awaited entry was there."""
    made = workflow.history(Actor.system("journey"), case.case_id, visible=True)
    by_itself = {f"{one.source}.{one.key}" for one in made if one.kind == "automatic" or one.post_id is None}
    while planned and planned[0].move.partition(".")[0] != case.state and planned[0].move in by_itself:
        planned.pop(0)


def pass_by(traveller: "Traveller", case: workflow.CaseView, service: str, planned: list[Any]) -> None:
    """Let the time of a wait pass; where the example goes by objections, somebody objects first."""
    way = planned.pop(0).move if planned else ""
    if case.task is None or case.task.due_at is None:
        message = f"{service} waits in {case.state}, and nobody knows for how long"
        raise StandsStillError(message)
    here = queries.in_force(service, queries.today(traveller.at)).definition.happens.step(case.state)
    move = here.move(way.rpartition(".")[2]) if here else None
    if move is not None and move.objections == "some":
        _object_to(traveller, case.case_id)
    traveller.at = max(traveller.at, case.task.due_at)
    at = traveller.tick()
    workflow_actions.pass_time(by=Actor.clock(), at=at, key=traveller.key(), task_id=case.task.task_id)
    traveller.officers.clear()
    traveller.settle()


def pay_or_not(traveller: "Traveller", applicant: Actor, application_id: UUID, planned: list[Any]) -> None:
    """Pay what fell due; where the example does not, let its last day pass."""
    view = queries.application(applicant, application_id)
    here = view.definition.happens.step(planned[0].move.partition(".")[0]) if planned else None
    move = here.move(planned.pop(0).move.rpartition(".")[2]) if here else None
    if move is None or move.fee != "not_paid" or view.case_id is None:
        traveller.pay(applicant, application_id)
        return
    pay_by = workflow.pay_until(applicant, view.case_id, visible=True)
    if pay_by is None:
        message = f"{view.service} waits for a fee, and nobody knows for how long"
        raise StandsStillError(message)
    traveller.at = max(traveller.at, pay_by)
    at = traveller.tick()
    actions.give_up_unpaid(by=Actor.clock(), at=at, key=traveller.key(), case_id=view.case_id)
    traveller.officers.clear()
    traveller.settle()


def hear(traveller: "Traveller", officer: Actor, application_id: UUID, case: workflow.CaseView) -> None:
    """Fix the hearing with its days of notice, put it off once, and record what was said; once at each step."""
    if case.kind != "hearing":
        return
    held = workflow.hearings(Actor.system("journey"), case.case_id, visible=True)
    if case.task is None or any(one.state == "held" and one.step_task_id == case.task.task_id for one in held):
        return
    day = traveller.tick() + timedelta(days=case.notice_days + 2)
    place = "The hall of the office"
    about = {"application_id": application_id}
    actions.fix_hearing(by=officer, at=traveller.at, key=traveller.key(), hearing_at=day, place=place, **about)
    day += timedelta(days=case.notice_days + 3)
    why = "The applicant is ill on the first day."
    actions.adjourn_hearing(
        by=officer, at=traveller.tick(), key=traveller.key(), hearing_at=day, place=place, reason=why, **about
    )  # fmt: skip
    traveller.at = day
    actions.record_hearing(
        by=officer,
        at=traveller.tick(),
        key=traveller.key(),
        attended=["applicant"],
        record="Both sides spoke.",
        **about,
    )


def agree_all(traveller: "Traveller", application_id: UUID, case: workflow.CaseView, planned: list[Any]) -> None:
    """Let everyone who decides together take the case and make the move that the example names."""
    step = planned.pop(0)
    move = step.move.rpartition(".")[2]
    for branch in case.branches:
        if branch.post_id is None or not _is_open(traveller, case.case_id, branch.task_id):
            continue
        officer = traveller.officer(branch.post_id)
        about: dict[str, Any] = {"by": officer, "task_id": branch.task_id}
        reason = "The others decide it today."
        actions.take(at=traveller.tick(), key=traveller.key(), reason=reason, **about)
        actions.move(
            at=traveller.tick(),
            key=traveller.key(),
            application_id=application_id,
            move=move,
            note="The papers were compared.",
            reason=step.reason or "",
            **about,
        )
    traveller.settle()


def act_together(
    traveller: "Traveller", application_id: UUID, case: workflow.CaseView, service: str, planned: list[Any]
) -> None:
    """Let every desk of joint or parallel work act; where the example goes against, the first opinion is against."""
    if case.kind == "decision":
        agree_all(traveller, application_id, case, planned)
        return
    step = planned.pop(0) if planned else None
    way, found = (step.move, step.reports) if step else ("", {})
    here = queries.in_force(service, queries.today(traveller.at)).definition.happens.step(case.state)
    move = here.move(way.rpartition(".")[2]) if here else None
    against = move is not None and move.result == "against"
    for branch in case.branches:
        if branch.post_id is None or not _is_open(traveller, case.case_id, branch.task_id):
            continue
        officer = traveller.officer(branch.post_id)
        actions.take(
            by=officer,
            at=traveller.tick(),
            key=traveller.key(),
            task_id=branch.task_id,
            reason="The opinion was asked for today.",
        )
        actions.give_opinion(
            by=officer,
            at=traveller.tick(),
            key=traveller.key(),
            application_id=application_id,
            task_id=branch.task_id,
            recommends="refuse" if against else "approve",
            text="I looked at the papers and at the place.",
            photographs=[traveller.photograph()],
            place=workflow_rules.Place(words="At the place named in the application"),
            found=found.get(branch.report, {}),
        )
        against = False
    traveller.settle()


def _is_open(traveller: "Traveller", case_id: UUID, task_id: UUID) -> bool:
    case = workflow.case(Actor.system("journey"), case_id, traveller.at, visible=True)
    return any(one.task_id == task_id for one in case.branches)


def _object_to(traveller: "Traveller", case_id: UUID) -> None:
    """Let a neighbour, newly signed in, object to the public notice of a case."""
    neighbour = traveller.citizen("en")
    open_ = workflow.notices(neighbour, traveller.at)
    notice = next(one for one in open_ if workflow.case_of_notice(neighbour, one.notice_id) == case_id)
    actions.lodge_objection(
        by=neighbour,
        at=traveller.tick(),
        key=traveller.key(),
        notice_id=notice.notice_id,
        name="A. Neighbour",
        text="One of those whom it concerns was not asked.",
    )
