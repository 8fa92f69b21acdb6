"""How many due dates are resolved in a second: by the rules alone, and through the tables of calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench.line import Line
from bench.measure import repeated
from janaseva.workflow import queries
from janaseva.workflow.rules import Limit, Span, due

if TYPE_CHECKING:
    from collections.abc import Iterator


LIMIT = Limit(days=30, counts="working")
BEGINS = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


def due_dates(*, seconds: float) -> Iterator[Line]:
    """Measure thirty working days with a pause, from ever another day, in Kerala's calendar.

    By the rules every day is counted anew; with the tables as in earnest, where a day was often asked about before.
    """
    calendar = queries.calendar("kerala") or queries.plain_calendar()

    def began(n: int) -> tuple[datetime, list[Span]]:
        at = BEGINS + timedelta(days=n % 300)
        return at, [Span(from_at=at + timedelta(days=4), to_at=at + timedelta(days=9))]

    def by_rules(n: int) -> None:
        calendar.dues.clear()  # else all but the first of each day would be known
        at, pauses = began(n)
        due(limit=LIMIT, began_at=at, pauses=pauses, calendar=calendar)

    def by_tables(n: int) -> None:
        at, pauses = began(n)
        queries.reckon(limit=LIMIT, began_at=at, pauses=pauses, calendar_key="kerala")

    note = "30 working days, one pause"
    yield Line(workload="due dates: by the rules", done=repeated(by_rules, seconds=seconds / 2), note=note)
    yield Line(workload="due dates: with their calendar", done=repeated(by_tables, seconds=seconds / 2), note=note)
