"""Late cases that a second authority takes up on its own motion: which it is shown, and what others may not."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.services import actions, queries
from janaseva.services.models import Appeal
from tests.services.test_appeals import at_service, pass_days, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def indore(given):
    return at_service(given, "mp-edistrict", "mp-income-certificate")


def test_the_collector_takes_a_late_case_up_on_his_own_motion(indore):
    application_id = indore.begun(indore.citizen())
    collector = indore.seat("mp-collectorate-indore", "district_collector")
    facts = {"application_id": application_id, "words": "Seen in the list of late cases."}
    assert refused(indore, actions.take_up, collector, **facts) == "not_late"
    pass_days(indore, 10)
    collector = indore.seat("mp-collectorate-indore", "district_collector")
    assert [one[0] for one in queries.late_elsewhere(collector, indore.at)] == [application_id]
    tahsildar = indore.holder(application_id)
    assert refused(indore, actions.take_up, tahsildar, **facts) == "not_found"
    assert refused(indore, actions.take_up, collector, **{**facts, "words": ""}) == ["grounds_missing"]
    appeal = Appeal.objects.get(pk=indore.act(actions.take_up, collector, **facts))
    assert (appeal.level, appeal.opened_by, appeal.cause) == (2, "authority", "breach")
    assert refused(indore, actions.take_up, collector, **facts) == "appeal_open_already"
    assert queries.late_elsewhere(collector, indore.at) == []


def test_what_is_late_is_asked_for_only_by_whom_the_act_lets_take_it_up(indore):
    late, *_ = [indore.begun(indore.citizen()) for _ in range(3)]
    pass_days(indore, 10)
    collector = indore.seat("mp-collectorate-indore", "district_collector")
    assert queries.may_take_up_any(collector)
    assert len(queries.late_elsewhere(collector, indore.at, most=2)) == 2
    tahsildar = indore.holder(late)
    with CaptureQueriesContext(connection) as asked:
        assert not queries.may_take_up_any(tahsildar)
        assert queries.late_elsewhere(tahsildar, indore.at) == []
    assert not any("services_application" in one["sql"] for one in asked)
    assert not queries.may_take_up_any(replace(collector, grants=frozenset()))
