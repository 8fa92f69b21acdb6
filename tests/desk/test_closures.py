"""Closing one's office from the desk, taking that back, and who is not asked."""

from datetime import timedelta

import pytest

from janaseva.workflow import queries
from tests.desk.office import VILLAGE, post, words
from tests.given import SYSTEM

pytestmark = pytest.mark.django_db


def parts(name, day):
    return {f"{name}.day": day.day, f"{name}.month": day.month, f"{name}.year": day.year}


def test_an_officer_closes_the_office_and_takes_it_back(office):
    application_id = office.begun()
    seat = office.post(*VILLAGE)
    client = office.at_desk(seat.id)
    assert "No closure was declared" in words(client.get("/desk/closures"))
    bare = post(client, "/desk/closures", whom="office", why="", order="")
    assert bare.status_code == 422
    before = office.case(application_id).due_at
    day = (office.given.at + timedelta(days=1)).date()
    facts = {"whom": "office", "order": "DC No. 7", **parts("first_day", day), **parts("last_day", day)}
    short = post(client, "/desk/closures", **facts, why="rain")
    assert short.status_code == 422
    assert "at least 10 characters" in words(short)
    assert post(client, "/desk/closures", **facts, why="Flood in the ward").status_code == 302
    office.given.settle()
    after = office.case(application_id)
    days = {one.day: one for one in queries.why_due(SYSTEM, after.case_id).days}
    assert days[day].title == "Flood in the ward"
    assert after.due_at >= before
    page = client.get("/desk/closures").content.decode()
    assert "Flood in the ward" in page
    assert "All offices of this area" not in page
    closure = queries.closures_of(office.given.officer(seat.id), office.given.at)[0]
    assert post(client, f"/desk/closures/{closure.id}/lift").status_code == 302
    assert "Taken back" in words(client.get("/desk/closures"))
