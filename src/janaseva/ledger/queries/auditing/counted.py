"""The audit of numbers: each series from 1 to its last, every number once."""

from collections.abc import Iterator

from janaseva.ledger.models import Series
from janaseva.ledger.queries.auditing.finding import Finding, Kind
from janaseva.ledger.queries.auditing.memory import Memory

_TABLE = "ledger.series"


def series_now() -> dict[tuple[str, int], int]:
    """Return the last number of every series as its counter has it."""
    return {(series, year): last for series, year, last in Series.objects.values_list("series", "year", "last")}


def _finding(kind: Kind, code: str, series: str, year: int, value: int) -> Finding:
    facts: dict[str, str | int] = {"series": series, "year": year, "number": value}
    return Finding(kind=kind, code=code, table=_TABLE, key=f"{series}/{year}/{value}", facts=facts)


def audit_numbers(memory: Memory, *, before: dict[tuple[str, int], int]) -> Iterator[Finding]:
    """Return every number that is missing, doubled, or beyond its counter.

    Args:
        memory: what the events recorded.
        before: the counters when the audit began; numbers given since are judged by the counters now.

    """
    for series, year, value, event in memory.doubled():
        found = _finding("doubled", "number_doubled", series, year, value)
        yield Finding(**{name: getattr(found, name) for name in found.__dataclass_fields__} | {"event_id": event})
    now = series_now()
    for series, year in sorted(before.keys() | memory.series()):
        last, expected = before.get((series, year), 0), 1
        for value in memory.numbers(series, year):
            for lost in range(expected, min(value, last + 1)):
                yield _finding("missing", "number_missing", series, year, lost)
            expected = max(expected, value + 1)
            if value > now.get((series, year), 0):
                yield _finding("altered", "number_beyond", series, year, value)
        for lost in range(expected, last + 1):
            yield _finding("missing", "number_missing", series, year, lost)
