"""Where nothing is owed, the office begins with the act of handing in; and the worker does nothing in vain."""

from datetime import timedelta

import pytest

from janaseva.contact import queries as contact
from janaseva.documents import queries as documents
from janaseva.ledger.models import Delivery, Event, Key
from janaseva.payments import queries as payments
from janaseva.people import queries as people
from janaseva.services import actions, queries
from janaseva.services.models import Application
from janaseva.workflow.models import Case
from tests.given import SYSTEM
from tests.services.test_acts import again

PACK, FREE = "mp-edistrict", "mp-income-certificate"

pytestmark = pytest.mark.django_db


def _names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_a_free_service_begins_as_it_is_handed_in_and_once(given):
    given.loaded(PACK, FREE)
    by = given.citizen()
    application_id = given.draft(by)
    before = len(_names())
    done = again(given, actions.submit, by, application_id=application_id)
    row = Application.objects.get(pk=application_id)
    assert (row.state, done.begun, done.total_paise) == ("begun", True, 0)
    assert row.received_at == row.submitted_at
    assert done.due_at == row.due_at
    assert row.due_at is not None
    assert Case.objects.get(story=application_id).id == row.case_id
    (acknowledgement,) = documents.documents_of(by, application_id, story_visible=True)
    assert (acknowledgement.kind, acknowledgement.number) == ("acknowledgement", done.number)
    assert [one.template for one in contact.messages_of(SYSTEM, application_id)] == ["message.paid"]
    told = _names()[before:]
    assert told.index("services.submitted") < told.index("workflow.started") < told.index("services.begun")
    assert "payments.settled" not in told
    given.settle()
    assert _names().count("services.begun") == 1
    assert payments.demand(by, done.demand_id).state == "settled_zero"


def test_where_a_post_is_missing_it_is_received_all_the_same_and_begun_when_there_is_one(given, monkeypatch):
    given.loaded(PACK, FREE)
    by = given.citizen()
    application_id = given.draft(by)
    with monkeypatch.context() as without:
        without.setattr(people, "posts_in", lambda offices, roles: {})
        done = again(given, actions.submit, by, application_id=application_id)
        assert (done.begun, done.due_at) == (False, None)
        assert queries.application(by, application_id).state == "submitted"
        assert not Case.objects.filter(story=application_id).exists()
        assert not documents.documents_of(by, application_id, story_visible=True)
        assert "workflow.started" not in _names()
    given.at += timedelta(hours=3)
    given.settle()
    row = Application.objects.get(pk=application_id)
    assert row.state == "begun"
    assert row.received_at == row.submitted_at < given.at - timedelta(hours=2)
    count = len(_names())
    facts = {"application_id": application_id, "received_at": given.at}
    given.act(actions.begin_case, SYSTEM, **facts)
    assert len(_names()) == count, "a repeat begins nothing"


def test_the_worker_acts_only_where_there_is_something_to_do(given):
    application_id, _ = given.decided(given.citizen())
    given.settle()
    told = set(Event.objects.values_list("act_id", flat=True))
    own = Key.objects.filter(scope__startswith="system")
    assert [one.act for one in own if one.pk not in told] == []
    heard = set(Delivery.objects.filter(event_id__in=_events(application_id)).values_list("listener", flat=True))
    assert "services.handlers.follow_case" not in heard, "an officer's move is followed by nothing"
    assert "services.handlers.go_on_paid" not in heard, "what is paid at the beginning waits nowhere on the way"
    sealed = Event.objects.filter(name="documents.sealed", story=application_id)
    kinds = {one.pk: one.facts["kind"] for one in sealed}
    ready = Delivery.objects.filter(listener="services.handlers.tell_ready")
    assert sorted(kinds.values()) == ["acknowledgement", "income-certificate"]
    assert [kinds[one.event_id] for one in ready] == ["income-certificate"]


def _events(story):
    return Event.objects.filter(story=story).values_list("pk", flat=True)
