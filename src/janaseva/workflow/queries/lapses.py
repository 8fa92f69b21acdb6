"""What will end by itself, and when: for the clock, and for those who see the case."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.text import Text
from janaseva.ledger import queries as ledger
from janaseva.workflow import rules
from janaseva.workflow.models import Case, Lapse
from janaseva.workflow.queries.calendars import calendar_or_plain

MOST = 500
"""So many are ended in one round of the clock; the others follow in the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseView:
    """One time after which a case ends by itself: since when, its last day, the law, and every day that it counted.

    ``here``: the case rests at a step at which it would lapse. ``happened``: it lapsed by this.
    """

    key: str
    title: Text
    means: Text
    since: str
    law: str
    sources: tuple[str, ...]
    began_at: datetime
    last_day: date
    days: int | None
    months: int | None
    reminded_at: datetime | None
    here: bool
    happened: bool
    forecast: bool
    counted: tuple[rules.Day, ...]


def lapses_of(row: Case, process: rules.Process) -> tuple[LapseView, ...]:
    """Return the times that run in a case, the first to end first; of a lapsed one that by which it lapsed.

    Nothing is asked where its process knows no lapse.
    """
    if not process.lapses or (row.ended_at is not None and row.outcome != rules.LAPSED):
        return ()
    found = Lapse.where(case_id=row.id, over_at=row.ended_at, order=("lapses_at", "id"))
    calendar = calendar_or_plain(row.calendar_key)
    views = (_view(row, process, one, calendar) for one in found if not row.ended_at or one.lapses_at <= row.ended_at)
    return tuple(view for view in views if view is not None)


def _view(case: Case, process: rules.Process, row: Lapse, calendar: rules.Calendar) -> LapseView | None:
    lapse = process.lapse(row.key)
    if lapse is None:
        return None
    return LapseView(
        key=lapse.key,
        title=lapse.title,
        means=lapse.message or {},
        since=lapse.since,
        law=lapse.law or "",
        sources=lapse.source,
        began_at=row.began_at,
        last_day=row.last_day,
        days=lapse.days,
        months=lapse.months,
        reminded_at=row.reminded_at,
        here=case.state in rules.lapse_steps(process, lapse),
        happened=case.outcome == rules.LAPSED,
        forecast=not calendar.is_known(row.last_day),
        counted=rules.lapse_days(lapse, began_at=row.began_at, calendar=calendar),
    )


def lapsing(by: Actor, at: datetime) -> list[tuple[UUID, UUID]]:
    """Return what is to end as lapsed now, each with its case, for the clock; nothing for anyone else.

    Nothing either while it is not yet counted what the platform lost when it was out of order: that may move the day.
    """
    if by.kind not in ("clock", "system") or ledger.is_return_unheard(by):
        return []
    rows = Lapse.objects.filter(over_at=None, lapses_at__lte=at, case__ended_at=None).select_related("case")
    found = []
    for row in rows.order_by("lapses_at", "id")[:MOST]:
        process = rules.process_of(row.case.process)
        lapse = process.lapse(row.key)
        if lapse is not None and row.case.state in rules.lapse_steps(process, lapse):
            found.append((row.id, row.case_id))
    return found


def to_remind(by: Actor, at: datetime) -> list[UUID]:
    """Return of which last days the applicants are to be reminded now, for the clock; nothing for anyone else."""
    if by.kind not in ("clock", "system"):
        return []
    rows = Lapse.objects.filter(over_at=None, reminded_at=None, case__ended_at=None)
    rows = rows.filter(remind_at__lte=at, lapses_at__gt=at)
    return list(rows.order_by("remind_at", "id").values_list("id", flat=True)[:MOST])
