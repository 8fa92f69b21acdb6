"""Closures that officers declare by an order, and take back."""

from datetime import date, datetime, time
from typing import Literal
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Refusal, not_found
from janaseva.people import queries as people
from janaseva.people import steps as people_steps
from janaseva.workflow import events, queries, rules
from janaseva.workflow.models import Closure, WorkCalendar
from janaseva.workflow.steps import _layers as layers


@action
def declare_closure(
    *,
    by: Actor,
    at: datetime,
    key: str,
    whom: Literal["office", "area"],
    first_day: date,
    last_day: date,
    why: str,
    order: str,
    from_time: time | None = None,
) -> UUID:
    """Close one's own office, or all offices of its area, for days (or from an hour on), by an order.

    The time limits of these offices are counted again without the closed days when the news is heard.

    Raises:
        Refusal: ``not_permitted``; ``charge_ended``; ``closure_days``; ``closure_needs_reason``;
            ``closure_needs_order``; ``closure_known``; ``calendar_missing``.

    """
    allow(rules.may_close(by, office_id=by.office_id, area=whom == "area"), "not_permitted")
    people_steps.in_charge(by=by, at=at)
    office = people.office(by.office_id) if by.office_id else None
    layer = (
        None if office is None else layers.of_area(office.area_id) if whom == "area" else layers.of_office(office.id)
    )
    if layer is None or office is None:
        raise Refusal("calendar_missing", status=CONFLICT)
    today = queries.calendar_or_plain(layer.key).local_day(at)
    if not rules.may_be_closed(first_day, last_day, today):
        raise Refusal("closure_days", status=UNPROCESSABLE, back=rules.CLOSURE_BACK_DAYS, most=rules.CLOSURE_MOST_DAYS)
    if not rules.is_reason(why):
        raise Refusal("closure_needs_reason", status=UNPROCESSABLE, characters=rules.OUT_OF_TURN_CHARACTERS)
    if not order.strip():
        raise Refusal("closure_needs_order", status=UNPROCESSABLE)
    days = {"first_day": first_day, "last_day": last_day, "from_time": from_time}
    if Closure.objects.filter(calendar_id=layer.id, lifted_at=None, **days).exists():
        raise Refusal("closure_known", status=CONFLICT)
    made = put(
        Closure(
            calendar=layer,
            office_id=office.id,
            post_id=by.post_id,
            charge_id=by.charge_id,
            person_id=by.person_id,
            at=at,
            why=writing.free_text(why.strip())[:200],
            source=writing.free_text(order.strip())[:300],
            **days,
        )
    )
    change(layer, closed_at=at)
    tell(
        events.ClosureDeclared(
            closure_id=made.id,
            calendar_key=layer.key,
            first_day=first_day.isoformat(),
            last_day=last_day.isoformat(),
            post_id=by.post_id,
        ),
        office_id=office.id,
    )
    return made.id


@action
def lift_closure(*, by: Actor, at: datetime, key: str, closure_id: UUID) -> None:
    """Take back a closure of one's own office; its days count again.

    Raises:
        Refusal: ``not_found``; ``charge_ended``; ``closure_lifted``.

    """
    row = Closure.locked(closure_id)
    layer = None if row is None else WorkCalendar.locked(row.calendar_id)
    area = layer is not None and layer.office_id is None
    allow(row is not None and rules.may_close(by, office_id=row.office_id, area=area))
    people_steps.in_charge(by=by, at=at)
    if row is None or layer is None:
        raise not_found()
    if row.lifted_at is not None:
        raise Refusal("closure_lifted", status=CONFLICT)
    change(row, lifted_at=at, lifted_by_person_id=by.person_id)
    change(layer, closed_at=at)
    tell(events.ClosureLifted(closure_id=row.id, calendar_key=layer.key), office_id=row.office_id)
