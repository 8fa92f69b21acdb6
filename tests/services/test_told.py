"""What is told of an application as it is handed in: whether the office begins, by when it decides, what is not met."""

import pytest

from janaseva.core.refusal import Refusal
from janaseva.doorway.limits import forget_all
from janaseva.services import queries
from tests.given import examples
from tests.portal.reader import at_the_storys_time

LATE = "Nine months later it is told, may be handed in, and is refused"

pytestmark = pytest.mark.django_db


def _handed_in_by_api(given, client, token, application_id):
    forget_all()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": given.key()}
    answer = client.post(f"/api/v1/applications/{application_id}/submission", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("pack", "state"),
    [(("mp-edistrict", "mp-income-certificate"), "begun"), (("kl-edistrict", "kl-income-certificate"), "submitted")],
)
def test_who_hands_in_by_the_api_learns_whether_the_office_begins(given, client, monkeypatch, pack, state):
    at_the_storys_time(given, monkeypatch)
    given.loaded(*pack)
    token, by = given.session()
    application_id = given.draft(by)
    told = _handed_in_by_api(given, client, token, application_id)
    view = queries.application(by, application_id)
    assert (told["id"], told["number"], told["state"]) == (str(application_id), view.number, view.state)
    assert told["state"] == state
    assert bool(told["due_at"]) == (view.due_at is not None) == (state == "begun")
    assert (told["total_paise"] == 0) == (state == "begun")
    assert told["told"] == []


def test_a_condition_that_stops_nobody_is_told_to_the_applicant_alone(given, client, monkeypatch):
    at_the_storys_time(given, monkeypatch)
    given.loaded("jk-edistrict", "jk-registration-of-documents")
    example = next(one for one in examples(given.pack, given.service) if one.name == LATE)
    token, by = given.session()
    application_id = given.fill_in(by, given.definition, example, language="en")
    assert queries.conditions_not_met(by, application_id) == (), "a draft is not judged"
    told = _handed_in_by_api(given, client, token, application_id)["told"]
    assert [one["key"] for one in told] == ["not_too_late"]
    assert [one.condition.key for one in queries.conditions_not_met(by, application_id)] == ["not_too_late"]
    with pytest.raises(Refusal, match="not_found"):
        queries.conditions_not_met(given.citizen(), application_id)


def test_where_no_condition_is_of_this_kind_no_answer_is_read(given, django_assert_num_queries):
    by = given.citizen()
    application_id = given.submitted(by)
    with django_assert_num_queries(1):
        assert queries.conditions_not_met(by, application_id) == ()
