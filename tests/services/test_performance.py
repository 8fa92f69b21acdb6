"""How services go, counted over real applications: shown only as far as it tells on nobody."""

from datetime import timedelta
from unittest import mock

import pytest

from janaseva.core.refusal import Refusal
from janaseva.services import actions, queries
from janaseva.services.models import Application
from janaseva.services.queries import public_figures as counting
from tests.given import SERVICE, Given
from tests.portal.reader import counting as asked_meanwhile

pytestmark = pytest.mark.django_db

OFFICE = "kl-village-adoor"


@pytest.fixture
def busy(given: Given) -> Given:
    """Six handed in, of these one waits and five are decided, one of them late."""
    counting._kept.clear()
    owner = given.citizen()
    with mock.patch.object(Given, "settle", return_value=None):
        waiting = [given.submitted(owner) for _ in range(6)]
        for one in waiting:
            given.pay(owner, one)
    given.settle()
    officer = given.holder(waiting[0])
    for number, one in enumerate(waiting[:5]):
        assert given.act(actions.take_next, officer) == one
        given.approve(officer, one)
        given.at += timedelta(days=20 if number == 3 else 1)
    return given


def test_counts_days_and_shares_of_a_service_and_its_office(busy):
    at = busy.at + timedelta(hours=1)
    with asked_meanwhile() as first:
        (found,) = queries.performance(at, 30).lines
        of_service = queries.service_performance(at, 30, SERVICE)
        of_office = queries.office_performance(at, 30, OFFICE)
    assert found.key == SERVICE
    told = {name: (count.value, count.shown) for name, count in found.counts.items()}
    assert told == {
        "waiting": (None, "under_5"),
        "waiting_late": (None, "under_5"),
        "decided": (5, "exact"),
        "dated": (5, "exact"),
        "late": (None, "under_5"),
        "refused": (0, "exact"),
        "lapsed": (0, "exact"),
        "taken": (5, "exact"),
        "out_of_turn": (0, "exact"),
    }
    days = sorted(
        (queries.today(row.ended_at) - queries.today(row.received_at)).days
        for row in Application.objects.filter(state="decided")
    )
    assert (found.median_days, found.ninetieth_days, found.promised_days) == (days[2], days[4], 6)
    assert (found.share("late", "dated"), found.share("out_of_turn", "taken")) == (None, 0)
    assert [one.key for one in of_service.lines] == [OFFICE]
    assert [one.key for one in of_office.lines] == [SERVICE]
    assert of_office.total is None, "a sum would tell what is hidden"
    assert of_service.total.counts == found.counts == of_office.lines[0].counts
    assert of_office.lines[0].median_days == days[2]
    assert not any(count.value for _, count in of_service.bands), "one waits: no band is told"
    assert queries.performance(at + timedelta(days=25), 30).lines[0].counts["decided"].shown == "under_5"
    assert queries.performance(at + timedelta(days=25), 90).lines[0].counts["decided"].value == 5
    busy.begun(busy.citizen())
    with asked_meanwhile() as second:
        queries.performance(at + timedelta(hours=1), 30)
        queries.service_performance(at + timedelta(hours=1), 30, SERVICE)
        queries.office_performance(at + timedelta(hours=1), 30, OFFICE)
    assert len(second) == len(first), "as many questions however much there is"


def test_what_is_not_there_is_not_found(given):
    with pytest.raises(Refusal, match="not_found"):
        queries.service_performance(given.at, 30, "kl-nothing")
    with pytest.raises(Refusal, match="not_found"):
        queries.office_performance(given.at, 30, "kl-nowhere")
    assert queries.performance(given.at, 365).lines == []
