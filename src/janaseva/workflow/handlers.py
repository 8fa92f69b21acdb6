"""What workflow does on hearing that a charge ended or a calendar changed, and as time passes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.news import Heard, every, hears
from janaseva.ledger import events as ledger
from janaseva.people import events as people
from janaseva.people import queries as people_queries
from janaseva.workflow import actions, events, queries


@hears(people.ChargeHandedOver)
def release_what_was_held(heard: Heard[people.ChargeHandedOver]) -> None:
    """Put back the tasks of the holder who left: the new one takes them, each at its old place."""
    actions.release(
        by=Actor.system("workflow.release"),
        at=heard.at,
        key=f"release:{heard.event_id}",
        charge_id=heard.news.old_charge_id,
    )


@hears(people.StandInEnded)
def release_what_the_stand_in_held(heard: Heard[people.StandInEnded]) -> None:
    """Put back the tasks of a stand-in whose time was ended."""
    actions.release(
        by=Actor.system("workflow.release"),
        at=heard.at,
        key=f"release:{heard.event_id}",
        charge_id=heard.news.charge_id,
    )


@hears(events.CalendarLoaded)
def count_again(heard: Heard[events.CalendarLoaded]) -> None:
    """Count the due dates again that rest on a calendar which changed."""
    _count(heard, queries.running(Actor.system("workflow.recount"), heard.news.calendar_key))


def _count(heard: Heard[Any], case_ids: Iterable[UUID]) -> None:
    by = Actor.system("workflow.recount")
    for case_id in case_ids:
        actions.recount(by=by, at=heard.at, key=f"recount:{heard.event_id}:{case_id}", case_id=case_id)


@hears(events.ClosureDeclared)
def count_without_the_closed_days(heard: Heard[events.ClosureDeclared]) -> None:
    """Count the due dates again of the offices that an officer closed."""
    _count(heard, queries.running(Actor.system("workflow.recount"), heard.news.calendar_key))


@hears(events.ClosureLifted)
def count_with_the_days_again(heard: Heard[events.ClosureLifted]) -> None:
    """Count the due dates again of the offices whose closure was taken back."""
    _count(heard, queries.running(Actor.system("workflow.recount"), heard.news.calendar_key))


@hears(events.OutageRecorded)
def count_without_the_outage(heard: Heard[events.OutageRecorded]) -> None:
    """Count the due dates again of all whose time ran while the platform was out of order."""
    from_at, to_at = (datetime.fromisoformat(moment) for moment in (heard.news.from_at, heard.news.to_at))
    _count(heard, queries.touched(Actor.system("workflow.recount"), from_at=from_at, to_at=to_at))


@hears(events.OutageLifted)
def count_with_the_time_again(heard: Heard[events.OutageLifted]) -> None:
    """Count the due dates again of all whose time was taken for lost, and was not."""
    from_at, to_at = (datetime.fromisoformat(moment) for moment in (heard.news.from_at, heard.news.to_at))
    _count(heard, queries.touched(Actor.system("workflow.recount"), from_at=from_at, to_at=to_at))


@hears(ledger.WorkerReturned)
def record_what_was_lost(heard: Heard[ledger.WorkerReturned]) -> None:
    """Record the time in which the platform did not run; office hours lost in it are counted for nobody."""
    from_at, to_at = (datetime.fromisoformat(moment) for moment in (heard.news.from_at, heard.news.to_at))
    actions.notice_return(
        by=Actor.system("workflow.notice_return"),
        at=heard.at,
        key=f"returned:{heard.event_id}",
        from_at=from_at,
        to_at=to_at,
    )


@every(seconds=300)
def release_what_lapsed(at: datetime) -> None:
    """Put back the tasks of charges that ended by themselves, as a stand-in's does on its last day."""
    by = Actor.system("workflow.release")
    for charge_id in queries.holding(by):
        if not people_queries.charge_in_force(charge_id, at):
            actions.release(by=by, at=at, key=f"lapsed:{charge_id}:{at.isoformat()}", charge_id=charge_id)


@every(seconds=60)
def let_time_pass(at: datetime) -> None:
    """Move on the cases whose time of waiting is over, and act on the silence of offices that were asked."""
    for task_id in queries.times_over(Actor.clock(), at):
        actions.pass_time(by=Actor.clock(), at=at, key=f"pass_time:{task_id}", task_id=task_id)
    for task_id in queries.silent(Actor.clock(), at):
        actions.pass_silence(by=Actor.clock(), at=at, key=f"silence:{task_id}:{at.isoformat()}", task_id=task_id)


@hears(people.OfficeSucceeded)
def move_out_at_once(heard: Heard[people.OfficeSucceeded]) -> None:
    """Let the cases of an office that closes go to its successor, and the office end."""
    _move_out(heard.news.office_id, heard.at)


@every(seconds=60)
def move_out_the_rest(at: datetime) -> None:
    """Go on with the offices that close: a worker may have stopped on the way."""
    for office_id in people_queries.closing(Actor.system("workflow.move_out")):
        _move_out(office_id, at)


def _move_out(office_id: UUID, at: datetime) -> None:
    by, number, moved = Actor.system("workflow.move_out"), 0, 1
    while moved:
        key = f"move_out:{office_id}:{at.isoformat()}:{number}"
        moved, number = actions.move_out(by=by, at=at, key=key, office_id=office_id), number + 1
