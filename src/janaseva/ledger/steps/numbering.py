"""Numbers of gapless series: a locked counter row for each series and year, never a database sequence."""

from janaseva.core.action import Act, Number, change, current, step
from janaseva.core.row import writing
from janaseva.ledger.models import Series


def _held(act: Act, series: str, year: int) -> Series | None:
    """Return the counter that this act already holds, so that its second number follows its first."""
    rows = [row for row, _ in act.changes.values()] + list(act.written.values())
    held = (row for row in rows if isinstance(row, Series) and (row.series, row.year) == (series, year))
    return next(held, None)


def _locked(series: str, year: int) -> Series | None:
    return Series.first_where(series=series, year=year, lock=True)


@step
def number(*, series: str, year: int) -> int:
    """Return the next number of ``series`` in ``year``, from 1, without gaps or doubles.

    The counter stays locked to the end of the act: other acts of the same series wait, and a roll-back gives the
    number back. Call it late in an action. The number is recorded with the act's first event.
    """
    act = current()
    counter = _held(act, series, year) or _locked(series, year)
    if counter is None:
        with writing():
            Series.objects.bulk_create([Series(series=series, year=year)], ignore_conflicts=True)
        counter = _locked(series, year)
    if counter is None:
        message = f"the counter of {series} {year} vanished while it was being made"
        raise RuntimeError(message)
    change(counter, last=counter.last + 1)
    act.numbers.append(Number(series=series, year=year, value=counter.last))
    return counter.last
