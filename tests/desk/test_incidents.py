"""Administrators keep the register of incidents at the desk: record, clocks, reports, persons, close."""

from datetime import timedelta

import pytest

from janaseva.monitor.models import Affected, Incident
from tests.desk.office import VILLAGE, post
from tests.desk.office import words as words_of

pytestmark = pytest.mark.django_db
LOST = "A backup tape was not in its safe this morning."


DAY = {"noticed_day.month": "1", "noticed_day.year": "2099"}


def words(response):
    """Return what a page says, without tags and without the signs that keep directions apart."""
    return words_of(response).translate({0x2068: None, 0x2069: None})


def holder(office, role):
    from janaseva.people import queries

    return next(one for one in queries.posts_at([each.id for each in queries.offices()]) if one.role == role)


def test_an_incident_from_record_to_close_with_both_clocks(office):
    application_id = office.begun()
    client = office.at_desk(holder(office, "administrator").id)
    assert "No incident is on record" in words(client.get("/desk/incidents"))
    recorded = post(client, "/desk/incidents", kind="data_leak", words=LOST, personal_data="yes")
    assert recorded["Location"] == "/desk/incidents?done=recorded"
    number = Incident.objects.get().number
    listed = words(client.get("/desk/incidents"))
    assert LOST in listed
    assert "CERT-In: 6 h 0 min left" in listed
    assert "Data Protection Board: 72 h 0 min left" in listed
    where = f"/desk/incidents/{number}"
    assert "To: Indian Computer Emergency Response Team" in words(client.get(where))
    office.given.at += timedelta(hours=7)
    client = office.at_desk(holder(office, "administrator").id)
    assert "CERT-In: 1 h 1 min over its time" in words(client.get(where))
    refused = post(client, f"{where}/close", words="The tape was found behind the safe.")
    assert refused.status_code == 422
    assert "An authority that must hear of this has not been told" in words(refused)
    for authority in ("cert_in", "data_protection_board"):
        assert post(client, f"{where}/reported", authority=authority, reference="CERTIN-7").status_code == 302
    unknown = post(client, f"{where}/affected", numbers=f"{office.number(application_id)}\nKL-2026-X")
    assert "no numbers of applications here: KL-2026-X" in words(unknown)
    assert not Affected.objects.exists()
    assert post(client, f"{where}/affected", numbers=office.number(application_id).lower()).status_code == 302
    assert "Persons concerned: 1, told: 0" in words(client.get(where))
    assert "have not been told" in words(post(client, f"{where}/close", words="Found."))
    assert post(client, f"{where}/told").status_code == 302
    assert post(client, f"{where}/close", words="Found.")["Location"] == f"{where}?done=close"
    shown = words(client.get(where))
    assert "told 64 h" in shown
    assert "Close the incident" not in shown
    assert "is closed" in words(post(client, f"{where}/told"))


def test_what_is_missing_is_said_and_nobody_else_finds_it(office):
    clerk, client = office.at_desk(office.post(*VILLAGE).id), office.at_desk(holder(office, "administrator").id)
    for bad, said in (
        ({"kind": "", "words": LOST}, "Choose what kind of incident"),
        ({"kind": "outage", "words": " "}, "Say in words what happened"),
        ({"kind": "outage", "words": LOST, "noticed_day.day": "40", **DAY},
         "day, month and year that exist"),
        ({"kind": "outage", "words": LOST, "noticed_day.day": "1", **DAY},
         "ahead of the clock"),
    ):  # fmt: skip
        answer = post(client, "/desk/incidents", **bad)
        assert answer.status_code == 422, bad
        assert said in words(answer), bad
    assert not Incident.objects.exists()
    post(client, "/desk/incidents", kind="outage", words=LOST, personal_data="no")
    number = Incident.objects.get().number
    assert "No authority must hear of this" in words(client.get(f"/desk/incidents/{number}"))
    assert post(client, f"/desk/incidents/{number}/judge", kind="tampering", personal_data="no").status_code == 302
    assert Incident.objects.get().kind == "tampering"
    for where in ("/desk/incidents", f"/desk/incidents/{number}"):
        assert clerk.get(where).status_code == 404
    assert post(clerk, "/desk/incidents", kind="outage", words=LOST).status_code == 404
    assert post(clerk, f"/desk/incidents/{number}/close", words="x").status_code == 404
    assert client.get("/desk/incidents/INC-1999-0001").status_code == 404
    assert Incident.objects.count() == 1
