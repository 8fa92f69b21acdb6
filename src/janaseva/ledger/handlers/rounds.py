"""Calling at the set times those whom the clock calls; one worker each time."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from janaseva.core import news
from janaseva.core.action import upkeep
from janaseva.ledger.models import Round

_log = logging.getLogger("janaseva.ledger")


def _kept(names: Collection[str]) -> dict[str, tuple[datetime | None, str]]:
    """Return when each of these rounds was last begun, and what went wrong then; one that never was is added."""
    rows = Round.objects.filter(name__in=names)
    kept = {name: (last_at, error) for name, last_at, error in rows.values_list("name", "last_at", "error")}
    if new := [name for name in names if name not in kept]:
        with upkeep():
            Round.objects.bulk_create([Round(name=name) for name in new], ignore_conflicts=True)
    return dict.fromkeys(names, (None, "")) | kept


def _claimed(item: news.Round, at: datetime, last_at: datetime | None) -> bool:
    """Return whether this worker is the one to run the round now."""
    if last_at is not None and last_at + timedelta(seconds=item.seconds) > at:
        return False
    with upkeep():
        return bool(Round.objects.filter(name=item.name, last_at=last_at).update(last_at=at))


def _run(item: news.Round, at: datetime, last_at: datetime | None, error: str) -> Exception | None:
    if not _claimed(item, at, last_at):
        return None
    failure: Exception | None = None
    try:
        item.function(at)
    except Exception as fault:  # noqa: BLE001 - whatever a round raises is logged, shown and run again
        _log.exception("the round %s failed", item.name)
        failure = fault
    told = type(failure).__name__ if failure else ""
    if told != error:
        with upkeep():
            Round.objects.filter(name=item.name).update(error=told)
    return failure


def run_round(item: news.Round, at: datetime) -> Exception | None:
    """Run one round if its time has come at ``at``; return what went wrong, which is also kept and logged."""
    return _run(item, at, *_kept([item.name])[item.name])


def rounds(at: datetime) -> list[Exception]:
    """Run every round whose time has come at ``at``; return what went wrong. Where none has, this asks one question."""
    items = list(news.rounds.values())
    kept = _kept([item.name for item in items])
    failures = [_run(item, at, *kept[item.name]) for item in items]
    return [failure for failure in failures if failure is not None]
