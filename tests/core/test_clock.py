"""What arrived in time is not late because it waited; what was dated back is."""

from datetime import UTC, datetime, timedelta

from janaseva.core import clock, waiting


def test_a_moment_read_here_tells_how_long_it_waited(monkeypatch):
    ticks = iter([100.0, 107.5])
    monkeypatch.setattr(waiting.time, "monotonic", lambda: next(ticks))
    assert waiting.waited(clock.now()) == timedelta(seconds=7.5)


def test_a_moment_from_elsewhere_has_not_waited():
    clock.now()
    assert waiting.waited(datetime(2026, 3, 2, tzinfo=UTC)) == timedelta(0)
