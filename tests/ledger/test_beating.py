"""The worker's pulse: touched once a minute, and a silence told once when it is over."""

from datetime import timedelta

import pytest

from janaseva.core.action import upkeep
from janaseva.ledger import handlers
from janaseva.ledger.handlers.beating import PULSE
from janaseva.ledger.models import Event, Round

pytestmark = pytest.mark.django_db


def silences():
    return list(Event.objects.filter(name="ledger.worker_returned").values_list("facts", flat=True))


def test_the_pulse_is_touched_once_a_minute_and_a_short_silence_is_a_restart(at):
    assert not handlers.beat(at)
    for seconds in (1, 59, 61, 62, 180, 420):
        assert not handlers.beat(at + timedelta(seconds=seconds))
    assert Round.objects.get(name=PULSE).last_at == at + timedelta(seconds=420)
    assert silences() == []


def test_a_silence_is_told_once_also_where_a_worker_falls_over_in_between(at):
    handlers.beat(at)
    back = at + timedelta(hours=3)
    assert handlers.beat(back)
    assert not handlers.beat(back)
    with upkeep():  # as if the first had fallen over before it touched the pulse
        Round.objects.filter(name=PULSE).update(last_at=at)
    assert handlers.beat(back + timedelta(seconds=5))
    assert silences() == [{"from_at": at.isoformat(), "to_at": back.isoformat()}]


def test_a_turn_of_the_worker_beats(at):
    from janaseva.ledger.handlers import working

    working.turn(at)
    assert Round.objects.get(name=PULSE).last_at == at
