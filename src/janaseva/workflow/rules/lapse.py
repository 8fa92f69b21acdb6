"""When a case ends by itself as lapsed, at which steps, and when its applicant is reminded before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from janaseva.core.formula_functions import add_months
from janaseva.core.refusal import Fault
from janaseva.workflow.rules.calendar import Calendar
from janaseva.workflow.rules.clock import Day, due, explain
from janaseva.workflow.rules.limit import Limit
from janaseva.workflow.rules.parts import Lapse
from janaseva.workflow.rules.process import Process

RECEIPT: Final = "receipt"
QUESTION: Final = "question"
REMIND_DAYS: Final = 7
"""So many days before the last one the applicant is reminded, where the definition names no other number."""
LAPSED: Final = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseDue:
    """The last day on which a case can still be saved, the moment after it, and when its applicant is reminded."""

    day: date
    at: datetime
    remind_at: datetime
    forecast: bool


def lapse_limit(lapse: Lapse, began: date) -> Limit:
    """Return the time of a lapse in days, for the clock: months end on the day of the same number (or the last)."""
    days = lapse.days if lapse.days is not None else (add_months(began, lapse.months or 0) - began).days
    return Limit(days=days, counts="calendar", rolls=True)


def lapse_due(lapse: Lapse, *, began_at: datetime, calendar: Calendar) -> LapseDue:
    """Return when a case lapses: at the end of the last day, which moves as every other last day does.

    Nothing stops this clock but days lost to the platform's own outages: the standing still of the service's limit is
    for the office, not for whom the law gives a time.
    """
    began = calendar.local_day(began_at)
    found = due(limit=lapse_limit(lapse, began), began_at=began_at, calendar=calendar)
    day = found.day or began  # a clock in calendar days without pauses always gives a day
    zone = ZoneInfo(calendar.time_zone)
    remind = max(day - timedelta(days=remind_days(lapse, began)), began + timedelta(days=1))
    return LapseDue(
        day=day,
        at=datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone).astimezone(UTC),
        remind_at=datetime.combine(remind, calendar.opens, tzinfo=zone).astimezone(UTC),
        forecast=found.forecast,
    )


def remind_days(lapse: Lapse, began: date) -> int:
    """Return how many days before the last one the applicant is reminded: half of a time that is hardly longer."""
    if lapse.remind_days is not None:
        return lapse.remind_days
    return min(REMIND_DAYS, (lapse_limit(lapse, began).days or 0) // 2)


def lapse_days(lapse: Lapse, *, began_at: datetime, calendar: Calendar) -> tuple[Day, ...]:
    """Return every day until a case lapses, with whether and why it was counted."""
    return explain(limit=lapse_limit(lapse, calendar.local_day(began_at)), began_at=began_at, calendar=calendar)


def lapse_steps(process: Process, lapse: Lapse) -> frozenset[str]:
    """Return the steps at which a case lapses; nothing rests at a step whose way the rules choose."""
    if lapse.at:
        return frozenset(lapse.at)
    if lapse.since == QUESTION:
        return frozenset(step.key for step in process.steps if step.ask_applicant)
    reached = _reach(process, process.first if lapse.since == RECEIPT else lapse.since)
    return frozenset(step.key for step in process.steps if step.key in reached and step.kind != "automatic")


def may_lapse(process: Process, lapse: Lapse, state: str) -> bool:
    """Return whether a case at this step may still come to lapse: here, or at a step to which a way leads."""
    return bool(_reach(process, state) & lapse_steps(process, lapse))


def beginning(process: Process, since: str) -> list[Lapse]:
    """Return the lapses whose time begins with this: a step, the receipt, a question."""
    return [lapse for lapse in process.lapses if lapse.since == since]


def _reach(process: Process, start: str) -> set[str]:
    ways = {step.key: [move.to for move in step.moves] for step in process.steps}
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting.extend(ways.get(key, ()))
    return reached


# --- what is wrong with a lapse


def lapse_faults(process: Process) -> Iterator[Fault]:
    """Yield every lapse that names what there is not, has no law, can never happen, or always happens."""
    seen: set[str] = set()
    for index, lapse in enumerate(process.lapses):
        place = f"lapses.{index}"
        if lapse.key in seen:
            yield _fault(f"{place}.key", "process_key_twice", name=lapse.key)
        seen.add(lapse.key)
        if not (lapse.law and lapse.source):
            yield _fault(place, "process_lapse_without_law", lapse=lapse.key)
        if lapse.remind_days is not None and lapse.remind_days >= (lapse.days or 28 * (lapse.months or 0)):
            yield _fault(f"{place}.remind_days", "process_lapse_reminds_too_early", lapse=lapse.key)
        unknown = list(_unknown_steps(process, lapse, place))
        yield from unknown
        if not unknown:
            yield from [*_never(process, lapse, place), *_always(process, lapse, place)]
    for number, step in enumerate(process.steps if process.lapses else ()):
        for index, move in enumerate(step.moves):
            if move.key == LAPSED:
                yield _fault(f"steps.{number}.moves.{index}.key", "process_move_named_lapsed", step=step.key)


def _fault(place: str, code: str, **facts: Any) -> Fault:
    return Fault(place=place, code=code, facts=facts)


def _unknown_steps(process: Process, lapse: Lapse, place: str) -> Iterator[Fault]:
    keys = ", ".join(step.key for step in process.steps)
    if lapse.since not in (RECEIPT, QUESTION) and process.step(lapse.since) is None:
        yield _fault(f"{place}.since", "process_lapse_since_unknown", since=lapse.since, steps=keys)
    for number, key in enumerate(lapse.at):
        here = process.step(key)
        if here is None:
            yield _fault(f"{place}.at.{number}", "process_lapse_at_unknown", step=key, steps=keys)
        elif here.kind == "automatic":
            yield _fault(f"{place}.at.{number}", "process_lapse_at_automatic", step=key)


def _never(process: Process, lapse: Lapse, place: str) -> Iterator[Fault]:
    """Yield a lapse that no case can come to: nobody is asked there, or no way leads from its beginning to there."""
    if lapse.since == QUESTION:
        asking = {step.key for step in process.steps if step.ask_applicant}
        for number, key in enumerate(lapse.at):
            if key not in asking:
                yield _fault(f"{place}.at.{number}", "process_lapse_never_asked", step=key)
        if not asking:
            yield _fault(f"{place}.since", "process_lapse_nobody_asks", lapse=lapse.key)
        return
    reached = _reach(process, process.first if lapse.since == RECEIPT else lapse.since)
    for number, key in enumerate(lapse.at):
        if key not in reached:
            yield _fault(f"{place}.at.{number}", "process_lapse_never_there", step=key, since=lapse.since)


def _always(process: Process, lapse: Lapse, place: str) -> Iterator[Fault]:
    """Yield a lapse that nobody escapes who comes to a wait: the wait alone lasts as long. An entry may come before."""
    lasts = lapse.days if lapse.days is not None else 31 * (lapse.months or 0)
    for key in sorted(lapse_steps(process, lapse)):
        here = process.step(key)
        if here is None or here.kind != "wait" or here.entry is not None or here.limit is None:
            continue
        if here.limit.days is not None and here.limit.days >= lasts:
            yield _fault(place, "process_lapse_always", step=key, waits=here.limit.days, days=lasts)
