"""The platform notices by itself that it did not run; what was lost is counted for nobody, until it is corrected."""

from datetime import timedelta

import pytest

from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger import handlers as worker
from janaseva.workflow import actions, queries, rules
from janaseva.workflow.models import Outage
from tests.workflow.given import SYSTEM

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor(kind="officer", grants=frozenset({"workflow.record_outage"}))


def test_office_hours_lost_in_silence_extend_the_limit_and_a_correction_gives_them_back(state, settle):
    case_id = state.start().case_id
    before = queries.case(SYSTEM, case_id, state.at).due_at
    fell = (state.at + timedelta(days=1)).replace(hour=5, minute=0)
    worker.beat(fell)
    settle(fell + timedelta(hours=3))
    assert not Outage.objects.exists(), "what a test or a journey skips is no silence"
    worker.beat(fell + timedelta(hours=3))
    settle(fell + timedelta(hours=3))
    (noticed,) = queries.outages(SYSTEM)
    assert (noticed.from_at, noticed.to_at, noticed.by_itself) == (fell, fell + timedelta(hours=3), True)
    moved = queries.case(SYSTEM, case_id, state.at).due_at
    assert moved > before
    assert "outage" in {day.reason for day in queries.why_due(SYSTEM, case_id).days}
    given = {"at": fell + timedelta(hours=4), "outage_id": noticed.id}
    with pytest.raises(Refusal, match="not_permitted"):
        actions.correct_outage(by=state.officer, key="a", why="It did run all the time.", **given)
    with pytest.raises(Refusal, match="outage_needs_reason"):
        actions.correct_outage(by=ADMINISTRATOR, key="b", why="no", **given)
    half = {"from_at": fell, "to_at": fell + timedelta(minutes=30)}
    made = actions.correct_outage(by=ADMINISTRATOR, key="c", why="It ran again by then.", **half, **given)
    assert actions.correct_outage(by=ADMINISTRATOR, key="c", why="It ran again by then.", **half, **given) == made
    with pytest.raises(Refusal, match="outage_lifted_already"):
        actions.correct_outage(by=ADMINISTRATOR, key="d", why="It ran again by then.", **given)
    settle(fell + timedelta(hours=4))
    assert queries.case(SYSTEM, case_id, state.at).due_at == before, "half an hour takes no day"
    assert [one.lifted_why for one in queries.outages(SYSTEM)] == ["", "It ran again by then."]


@pytest.mark.once
@pytest.mark.parametrize("days", [0, 1, 31, 32, 100])
def test_a_long_silence_is_recorded_in_parts_that_join(at, days):
    parts = rules.parted(at, at + timedelta(days=days))
    assert all(begins < ends <= begins + timedelta(days=rules.CLOSURE_MOST_DAYS) for begins, ends in parts)
    assert [begins for begins, _ in parts[1:]] == [ends for _, ends in parts[:-1]]
    assert sum((ends - begins for begins, ends in parts), timedelta(0)) == timedelta(days=days)
