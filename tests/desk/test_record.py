"""Auditors search the record at the desk: with a reason that is kept, and nobody else finds the page."""

import pytest

from janaseva.ledger.models import Event
from tests.desk.office import VILLAGE, post, words

pytestmark = pytest.mark.django_db
REASON = "Order 7/2026 of the vigilance cell"


def auditor(office):
    from janaseva.people import queries

    seat = next(one for one in queries.posts_at([each.id for each in queries.offices()]) if one.role == "auditor")
    return office.at_desk(seat.id)


def days(office, **more):
    at = office.given.at
    ends = {
        f"{end}.{part}": str(getattr(at, part))
        for end in ("first_day", "last_day")
        for part in ("day", "month", "year")
    }
    return {**ends, "reason": REASON, **more}


def test_what_an_officer_did_is_found_and_the_search_is_on_record(office):
    application_id = office.begun()
    clerk = office.took(application_id)
    assert clerk.get("/desk/record").status_code == 404
    client = auditor(office)
    page = client.get("/desk/")
    assert 'href="/desk/record"' in page.content.decode()
    held = office.case(application_id).post_id
    login = office.who(held).login
    found = post(client, "/desk/record", **days(office, who=login))
    assert found.status_code == 200
    assert "workflow.taken" in words(found)
    assert REASON in found.content.decode(), "the form stays as it was sent"
    by_matter = post(client, "/desk/record", **days(office, matter=office.number(application_id)))
    assert "services.begun" in words(by_matter)
    assert "The office received the application" in words(by_matter)
    by_post = post(client, "/desk/record", **days(office, post="/".join(VILLAGE)))
    assert "event" in words(by_post)
    told = list(Event.objects.filter(name="ledger.record_searched").order_by("pk"))
    assert [one.facts["reason"] for one in told] == [REASON] * 3
    assert {str(one.person_id) for one in told} == {str(office.who(told[0].post_id).person_id)}
    assert told[1].facts["story"] == str(application_id)


def test_without_reason_or_with_what_is_not_known_nothing_is_searched(office):
    office.begun()
    client = auditor(office)
    for facts, said in (
        ({"who": "kl-vo-adoor", "reason": "why not"}, "at least 10 characters"),
        ({"who": "nobody.of.us"}, "Nobody here has this login name"),
        ({"post": "kl-village-adoor"}, "There is no such post"),
        ({"matter": "KL-2026-X"}, "No application has this number"),
        ({}, "Name a person, a post or a story"),
        ({"who": "kl-vo-adoor", "last_day.day": "32"}, "day, month and year that exist"),
    ):
        answer = post(client, "/desk/record", **days(office, **facts))
        assert answer.status_code == 422, facts
        assert said in words(answer), facts
    nothing = post(client, "/desk/record", **days(office, who="00000000-0000-0000-0000-000000000009"))
    assert "Nothing was found" in words(nothing)
    assert Event.objects.filter(name="ledger.record_searched").count() == 1
