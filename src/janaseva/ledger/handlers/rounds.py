"""Calling at the set times those whom the clock calls; one worker each time."""

import logging
from datetime import datetime, timedelta

from janaseva.core import news
from janaseva.core.action import upkeep
from janaseva.core.news import every
from janaseva.ledger.models import Delivery, Round

KEPT = timedelta(days=30)
"""How long deliveries that were made stay visible; the events themselves stay for ever."""

_log = logging.getLogger("janaseva.ledger")


def _claimed(item: news.Round, at: datetime) -> bool:
    """Return whether this worker is the one to run the round now."""
    held = Round.objects.filter(name=item.name).values_list("last_at", flat=True)
    if not held:
        with upkeep():
            Round.objects.bulk_create([Round(name=item.name)], ignore_conflicts=True)
    last_at = held.all().first()
    if last_at is not None and last_at + timedelta(seconds=item.seconds) > at:
        return False
    with upkeep():
        return bool(Round.objects.filter(name=item.name, last_at=last_at).update(last_at=at))


def run_round(item: news.Round, at: datetime) -> Exception | None:
    """Run one round if its time has come at ``at``; return what went wrong, which is also kept and logged."""
    if not _claimed(item, at):
        return None
    failure: Exception | None = None
    try:
        item.function(at)
    except Exception as fault:  # noqa: BLE001 - whatever a round raises is logged, shown and run again
        _log.exception("the round %s failed", item.name)
        failure = fault
    with upkeep():
        Round.objects.filter(name=item.name).update(error=type(failure).__name__ if failure else "")
    return failure


def rounds(at: datetime) -> list[Exception]:
    """Run every round whose time has come at ``at``; return what went wrong."""
    failures = [run_round(item, at) for item in list(news.rounds.values())]
    return [failure for failure in failures if failure is not None]


@every(seconds=3600)
def forget_deliveries(at: datetime) -> None:
    """Remove deliveries made more than a month ago, so that the queue's table stays small."""
    with upkeep():
        Delivery.objects.filter(state=Delivery.State.DONE, due_at__lt=at - KEPT).delete()
