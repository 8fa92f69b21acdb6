"""The calendar of an office or an area as a layer of its own, made where there is none yet."""

from datetime import datetime
from uuid import UUID

from janaseva.core.action import change, put, step, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, Refusal, not_found
from janaseva.people import queries as people
from janaseva.workflow import events
from janaseva.workflow.models import WorkCalendar
from janaseva.workflow.steps import _rows as rows


def _around(area_id: UUID) -> WorkCalendar | None:
    """Return the calendar of the area or of the nearest one around it."""
    path = [one.id for one in people.area_path(area_id)]
    rows = WorkCalendar.objects.filter(area_id__in=path, office=None)
    return min(rows, key=lambda row: path.index(row.area_id), default=None)  # type: ignore[arg-type]


def of_office(office_id: UUID) -> WorkCalendar | None:
    """Return the office's own calendar; made over that of the nearest area, ``None`` where there is no such one."""
    found = WorkCalendar.first_where(office_id=office_id)
    if found is not None:
        return found
    office = people.office(office_id)
    around = None if office is None else _around(office.area_id)
    if office is None or around is None:
        return None
    WorkCalendar.locked(around.id)  # two first cases of one office come one after the other
    found = WorkCalendar.first_where(office_id=office_id)
    if found is not None:
        return found
    made = put(
        WorkCalendar(
            key=f"office/{office.key}"[:80],
            parent_id=around.id,
            office_id=office_id,
            names=dict(office.names),
            time_zone=around.time_zone,
        )
    )
    tell(events.CalendarMade(calendar_key=made.key), office_id=office_id)
    rows.settle()
    return made


@step
def calendar_for(*, by: Actor, at: datetime, office_id: UUID, otherwise: str) -> str:
    """Return the key of the calendar by which an office's cases are timed: its own, which is made where it has none.

    ``otherwise`` is the pack's, for an office around which no area has a calendar. A case keeps it to its end, also
    where it is transferred: the promise that was made on its receipt stands.
    """
    own = of_office(office_id)
    return otherwise if own is None else own.key


def of_area(area_id: UUID) -> WorkCalendar:
    """Return the calendar of exactly this area; made over that of the nearest one around it.

    Raises:
        Refusal: ``not_found``; ``calendar_missing`` where no area around it has one.

    """
    found = WorkCalendar.first_where(area_id=area_id, office=None)
    if found is not None:
        return found
    area = people.area(area_id)
    if area is None:
        raise not_found()
    around = _around(area_id)
    if around is None:
        raise Refusal("calendar_missing", status=CONFLICT)
    made = put(
        WorkCalendar(
            key=f"area/{area.reference}"[:80],
            parent_id=around.id,
            area_id=area_id,
            names=dict(area.names),
            time_zone=around.time_zone,
        )
    )
    tell(events.CalendarMade(calendar_key=made.key))
    rows.settle()
    adopt(made)
    return made


def adopt(layer: WorkCalendar) -> None:
    """Let the layers of offices and areas within this layer's area stand on it, and not beside it."""
    beside = WorkCalendar.objects.filter(parent_id=layer.parent_id).exclude(pk=layer.id).select_related("office")
    for other in beside:
        area_id = other.office.area_id if other.office is not None else other.area_id
        if area_id is not None and layer.area_id in {one.id for one in people.area_path(area_id)}:
            change(other, parent_id=layer.id)
    rows.settle()
