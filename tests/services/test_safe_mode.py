"""Safe mode: what is handed in is received where a row can be taken, and begun when all promises hold; else refused."""

from datetime import timedelta

import pytest

from janaseva.core import promises
from janaseva.core.refusal import Refusal
from janaseva.ledger.models import Event
from janaseva.services import actions, queries
from janaseva.services.models import Application
from tests.services.test_acts import again

FREE = "kl-solvency-certificate"

pytestmark = pytest.mark.django_db


@pytest.fixture
def break_promise(monkeypatch):
    """Return what breaks a promise by its code, and makes all good again where there is none."""
    return lambda code: monkeypatch.setattr(promises, "_looks", [lambda: code])


@pytest.mark.parametrize("code", sorted(promises.RECEIVING))
def test_what_is_handed_in_is_received_and_begun_when_the_promise_is_kept_again(given, break_promise, code):
    given.loaded("kl-edistrict", FREE)
    by = given.citizen()
    application_id, other = given.draft(by), given.draft(by)
    break_promise(code)
    done = again(given, actions.submit, by, application_id=application_id)
    received = queries.application(by, application_id)
    assert (received.state, received.number) == ("submitted", done.number)
    for refused in (
        lambda: given.act(actions.save_page, by, application_id=other, page="purpose", answers={}),
        lambda: given.act(actions.withdraw, by, application_id=application_id),
    ):
        with pytest.raises(Refusal) as told:
            refused()
        assert (told.value.code, told.value.status) == (code, 503)
    break_promise("")
    given.at += timedelta(hours=3)
    given.settle()
    begun = Application.objects.get(pk=application_id)
    assert (begun.state, begun.number, done.total_paise) == ("begun", done.number, 0)
    assert begun.received_at == begun.submitted_at < given.at - timedelta(hours=2)


@pytest.mark.parametrize("code", ["database_down", "disk_full", "record_behind"])
def test_where_nothing_can_be_taken_the_draft_stays(given, break_promise, code):
    by = given.citizen()
    application_id = given.draft(by)
    before = Event.objects.count(), queries.application(by, application_id)
    break_promise(code)
    with pytest.raises(Refusal) as told:
        given.act(actions.submit, by, application_id=application_id)
    assert (told.value.code, told.value.status) == (code, 503)
    break_promise("")
    assert (Event.objects.count(), queries.application(by, application_id)) == before
    assert given.act(actions.submit, by, application_id=application_id).number
