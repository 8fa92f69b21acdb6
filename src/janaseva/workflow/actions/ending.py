"""Posts and offices end: never while a case would be orphaned; a successor takes over what lies at an office."""

from datetime import datetime
from typing import Final
from uuid import UUID

from janaseva.core.action import action, allow, change, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.people import queries as people
from janaseva.people import steps as people_steps
from janaseva.workflow import events, queries
from janaseva.workflow.models import Case, Task
from janaseva.workflow.queries.lying import naming
from janaseva.workflow.steps import _rows as rows

BATCH: Final = 50
"""So many cases go to the successor in one act."""
Heirs = dict[UUID, tuple[UUID, UUID]]


@action
def confirm_ending(*, by: Actor, at: datetime, key: str, arrangement_id: UUID) -> None:
    """Put an order in force that ends a post or an office, as the second person.

    Without a successor it is refused while a running case names the post or the office.

    Raises:
        Refusal: ``not_found``; ``charge_ended``; ``cases_lie_there``; and those of
            :func:`janaseva.people.actions.confirm_arrangement`.

    """
    allow(people.may_arrange_there(by, arrangement_id))
    people_steps.in_charge(by=by, at=at)
    ending = people.ending_of(by, arrangement_id)
    if ending is None:
        raise not_found()
    place_id, has_successor = ending
    if not has_successor and (count := queries.lying(by, place_id).count):
        raise Refusal("cases_lie_there", status=CONFLICT, count=count)
    people_steps.carry_out_ending(by=by, at=at, arrangement_id=arrangement_id)


@action
def move_out(*, by: Actor, at: datetime, key: str, office_id: UUID) -> int:
    """Let cases of an office that closes go to its successor; return how many went.

    Where nothing lies there any more, the office ends. Cases keep their arrival, their clock and their history; what an
    officer of the closing office held waits at the successor.
    """
    allow(by.kind == "system")
    if office_id not in people.closing(by):
        return 0
    heirs = people.heirs(by, office_id)
    found = list(naming(office_id)[:BATCH])
    for row in found:
        case = rows.case_locked(row.id)
        if case.ended_at is None:
            _move(case, heirs, by=by, at=at, from_office=office_id)
    if not found:
        people_steps.end_office(by=by, at=at, office_id=office_id)
    return len(found)


def _move(case: Case, heirs: Heirs, *, by: Actor, at: datetime, from_office: UUID) -> None:
    desks = {}
    for place, desk in case.desks.items():
        post_id, office_id = heirs.get(UUID(desk["post_id"]), (UUID(desk["post_id"]), UUID(desk["office_id"])))
        desks[place] = {"post_id": str(post_id), "office_id": str(office_id)}
    for task in Task.where(case_id=case.id, state=rows.OPEN):
        if task.post_id in heirs:
            post_id, office_id = heirs[task.post_id]
            state = "waiting" if task.state == "held" else task.state
            rows.let_go(task, state=state, post_id=post_id, office_id=office_id)
    rests = case.post_id in heirs
    post_id, to_office = heirs[case.post_id] if case.post_id in heirs else next(iter(heirs.values()))
    before = case.post_id if rests else None
    rows.put_move(case, by=by, at=at, kind="transfer", source=case.state, target=case.state, post_id=before)
    change(case, desks=desks)
    if case.office_id == from_office:
        change(case, office_id=to_office, post_id=post_id if rests else case.post_id)
    news = events.Transferred(case_id=case.id, from_office_id=from_office, to_office_id=to_office, post_id=post_id)
    tell(news, story=case.story, office_id=to_office)
