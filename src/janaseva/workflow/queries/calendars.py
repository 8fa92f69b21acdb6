"""Calendars as the rules read them, laid from their layers, and the clock read through them."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Subquery

from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.people import queries as people
from janaseva.workflow import rules
from janaseva.workflow.models import Closure, Outage, WorkCalendar, WorkDay

_UP = ("", "parent__", "parent__parent__", "parent__parent__parent__")
"""A state's calendar, a district's, a part of it, an office's own: so many layers stand on each other at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureView:
    """A closure that was declared: of which calendar, on which days, from which hour, why, and by which order."""

    id: UUID
    calendar: dict[str, str]
    first_day: date
    last_day: date
    from_time: time | None
    why: str
    source: str
    post_id: UUID | None
    at: datetime
    lifted_at: datetime | None
    may_lift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageView:
    """A time in which the platform was out of order."""

    id: UUID
    from_at: datetime
    to_at: datetime
    why: str
    source: str
    by_itself: bool
    lifted_at: datetime | None
    lifted_why: str


def _layer(row: WorkCalendar) -> rules.Layer:
    """Return what one layer says, with the closures that were declared of it."""
    days = WorkDay.where(calendar_id=row.id)
    of_kind = {kind: {day.day: day.title for day in days if day.kind == kind} for kind in ("holiday", "closure")}
    halves = {day.day: rules.HalfDay(closes=day.closes, title=day.title) for day in days if day.closes}
    for closure in Closure.where(calendar_id=row.id, lifted_at=None, order=("at",)):
        for offset in range((closure.last_day - closure.first_day).days + 1):
            day = closure.first_day + timedelta(days=offset)
            if closure.from_time is None:
                of_kind["closure"][day] = closure.why
            else:
                halves[day] = rules.HalfDay(closes=closure.from_time, title=closure.why)
    return rules.Layer(
        weekly_off=None if row.weekly_off is None else frozenset(row.weekly_off),
        saturdays_off=None if row.saturdays_off is None else frozenset(row.saturdays_off),
        holidays=of_kind["holiday"],
        closures=of_kind["closure"],
        workdays=frozenset(day.day for day in days if day.kind == "working"),
        half_days=halves,
        opens=row.opens,
        closes=row.closes,
        known_until=row.known_until,
    )


@functools.lru_cache(maxsize=2048)
def _read(chain: tuple[tuple[UUID, int], ...], outages: tuple[object, object]) -> rules.Calendar:  # noqa: ARG001 - part of the key
    """Return a calendar laid from its layers, the most particular first in ``chain``.

    The revisions rise with every change of a layer, its days or its closures; each outage has an id of its own, and
    the moment at which one was last lifted is known: so what was read may be kept.
    """
    rows = {row.id: row for row in WorkCalendar.objects.filter(pk__in=[key for key, _ in chain])}
    own = rows[chain[0][0]]
    plain = rules.Calendar(key=own.key, time_zone=own.time_zone, weekly_off=frozenset())
    laid = rules.layered(plain, *(_layer(rows[key]) for key, _ in reversed(chain)))
    return rules.without_outages(
        laid, Outage.objects.filter(lifted_at=None).order_by("from_at").values_list("from_at", "to_at")
    )


def _chain_of(*, key: str) -> QuerySet[WorkCalendar, tuple[object, ...]]:
    latest = Outage.objects.order_by("-id").values("id")[:1]
    lifted = Outage.objects.filter(lifted_at__isnull=False).order_by("-lifted_at").values("lifted_at")[:1]
    names = [f"{up}{name}" for up in _UP for name in ("id", "revision")]
    rows = WorkCalendar.objects.filter(key=key).annotate(outage=Subquery(latest), lifted=Subquery(lifted))
    return rows.values_list("key", "outage", "lifted", *names)


_chain = Question(_chain_of, reads=(WorkCalendar, Outage))


def _laid(found: tuple[object, ...]) -> rules.Calendar:
    _, outage, lifted, *parts = found
    chain = tuple((key, revision) for key, revision in zip(parts[::2], parts[1::2], strict=True) if key is not None)
    return _read(chain, (outage, lifted))


def calendar(key: str) -> rules.Calendar | None:
    """Return the calendar that was loaded under this key, with all that it stands on, or ``None``."""
    found = _chain.first(key=key) if key else None
    return None if found is None else _laid(found)


def plain_calendar(time_zone: str = "") -> rules.Calendar:
    """Return the calendar of a place of which only the time zone is known: Sundays off, no holiday known."""
    return _plain(time_zone or settings.TIME_ZONE)


@functools.cache
def _plain(time_zone: str) -> rules.Calendar:
    return rules.Calendar(key="", time_zone=time_zone, known_until=date.min)


def calendar_or_plain(key: str) -> rules.Calendar:
    """Return the calendar of this key, or the plain one, whose every date is a forecast."""
    return calendar(key) or plain_calendar()


def zone_of(key: str) -> rules.Calendar:
    """Return a plain calendar in the time zone of this one: enough to tell today from tomorrow."""
    found = WorkCalendar.first_where(key=key, order=())
    return plain_calendar(found.time_zone if found is not None else "")


def reckon(
    *, limit: rules.Limit | None, began_at: datetime | None, pauses: Iterable[rules.Span], calendar_key: str
) -> rules.Due:
    """Return by when something is due. A limit in working days without a calendar gives no date: it is unknown."""
    found = calendar(calendar_key)
    if found is None and limit is not None and limit.counts == "working":
        return rules.Due(standing="unknown")
    return rules.due(limit=limit, began_at=began_at, pauses=pauses, calendar=found or plain_calendar())


def standing_on(calendar_key: str) -> set[str]:
    """Return the keys of a calendar and of every layer that stands on it."""
    of = Q()
    for up in _UP:
        of |= Q(**{f"{up}key": calendar_key})
    return {calendar_key, *WorkCalendar.objects.filter(of).values_list("key", flat=True)}


def closures_of(by: Actor, at: datetime) -> list[ClosureView]:
    """Return the closures that hold for the officer's office, the latest first; nothing for who has none."""
    office = people.office(by.office_id) if by.office_id else None
    if office is None or by.kind != "officer":
        return []
    path = {one.id for one in people.area_path(office.area_id)}
    since = at.date() - timedelta(days=365)
    rows = (
        Closure.objects.filter(Q(calendar__office_id=office.id) | Q(calendar__area_id__in=path), last_day__gte=since)
        .select_related("calendar")
        .order_by("-first_day", "-at")
    )
    return [
        ClosureView(
            id=row.id,
            calendar=row.calendar.names,
            first_day=row.first_day,
            last_day=row.last_day,
            from_time=row.from_time,
            why=row.why,
            source=row.source,
            post_id=row.post_id,
            at=row.at,
            lifted_at=row.lifted_at,
            may_lift=row.lifted_at is None
            and rules.may_close(by, office_id=row.office_id, area=row.calendar.office_id is None),
        )
        for row in rows[:100]
    ]


def outages_between(first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """Return when the platform was out of order, as far as it lies between two moments: for everybody, times alone."""
    rows = Outage.objects.filter(lifted_at=None, to_at__gt=first, from_at__lt=last).order_by("-from_at")
    return [(max(begun, first), min(ended, last)) for begun, ended in rows.values_list("from_at", "to_at")[:1_000]]


def outages(by: Actor) -> list[OutageView]:
    """Return the platform's outages, the latest first, for officers."""
    if not by.is_official:
        return []
    return [
        OutageView(
            id=row.id,
            from_at=row.from_at,
            to_at=row.to_at,
            why=row.why,
            source=row.source,
            by_itself=row.person_id is None,
            lifted_at=row.lifted_at,
            lifted_why=row.lifted_why,
        )
        for row in Outage.objects.order_by("-from_at", "-id")[:100]
    ]
