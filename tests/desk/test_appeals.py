"""The screens of an appeal, from the citizen's page to the authority's order and the late list; in every language."""

import re
from datetime import timedelta
from itertools import repeat

import pytest

from janaseva.services.models import Appeal
from janaseva.workflow import queries as workflow
from tests.desk.office import post, words
from tests.given import SYSTEM
from tests.portal.reader import fresh, signed_in
from tests.services.test_appeals import at_service, pass_days

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_an_appeal_goes_from_the_citizens_page_to_the_order_and_back(given, office):
    at_service(given, "mp-edistrict", "mp-income-certificate")
    given.phones = repeat(9_847_654_321)
    application_id = given.begun(signed_in(given)[1])
    pass_days(given, 14)
    client, _ = signed_in(given)  # the same person again: a session does not last for days
    office.now()
    home = f"/applications/{application_id}/"
    told = client.get(home).content.decode()
    assert "File the first appeal" in told
    assert client.post(f"{home}appeal/", {"key": fresh(), "grounds": "late"}).status_code == 422
    sent = {"key": fresh(), "grounds": "Nobody has decided for two weeks."}
    assert client.post(f"{home}appeal/", sent).status_code == 302
    appeal = Appeal.objects.get(application_id=application_id)
    assert client.get(f"{home}appeal/").status_code == 302
    post_id = workflow.case(SYSTEM, appeal.case_id, given.at, visible=True).post_id
    desk = office.at_desk(post_id)
    assert appeal.number in words(desk.get("/desk/"))
    taken = post(desk, "/desk/next")
    address = f"/desk/appeal/{appeal.id}"
    assert taken["Location"] == address
    page = desk.get(address).content.decode()
    assert "Nobody has decided for two weeks." in page
    assert "late" not in desk.get(address, headers={"accept-language": "ur"}).content.decode().split("<main", 1)[0]
    day = (given.at + timedelta(days=2)).date()
    hearing = {"hearing_day.day": day.day, "hearing_day.month": day.month, "hearing_day.year": day.year}
    assert post(desk, f"{address}/hearing", hearing_hour="11:00").status_code == 422
    done = post(desk, f"{address}/hearing", hearing_hour="11:00", hearing_place="Room 4", **hearing)
    assert done["Location"].endswith("done=hearing")
    task = re.search(r'name="task_id" value="([^"]+)"', desk.get(address).content.decode()).group(1)
    post(desk, f"{address}/take", task_id=task)
    page = words(desk.get(address))
    assert "Days to obey" in page
    assert "paid to the applicant" in page
    order = {"task_id": task, "order": "allowed", "words": "Decide it within three days.", "comply_days": "3"}
    assert post(desk, f"{address}/order", **{**order, "penalty": "9999"}).status_code == 422
    assert post(desk, f"{address}/order", **order)["Location"].endswith("done=order")
    told = client.get(home).content.decode()
    assert "Decide it within three days." in told
    given.settle()
    office.now()
    written = re.search(r'href="([^"]+)" download>[^<]*Order in appeal', client.get(home).content.decode())
    assert client.get(written.group(1)).content.startswith(b"%PDF")
    desk = office.at_desk(post_id)
    read = re.search(r'href="([^"]+)">[^<]*Order in appeal', desk.get(address).content.decode())
    assert desk.get(read.group(1))["Content-Type"] == "application/pdf"
    for language in ("ml", "hi", "ur", "sd"):
        assert client.get(home, headers={"accept-language": language}).status_code == 200
        assert desk.get(address, headers={"accept-language": language}).status_code == 200


def test_the_collector_takes_a_late_case_up_from_the_list(given, office):
    at_service(given, "mp-edistrict", "mp-income-certificate")
    application_id = given.begun(given.citizen())
    pass_days(given, 10)
    office.now()
    desk = office.at_desk(office.post("mp-collectorate-indore", "district_collector").id)
    assert "/desk/late" in desk.get("/desk/").content.decode()
    tahsildar = office.at_desk(office.case(application_id).post_id)
    assert "/desk/late" not in tahsildar.get("/desk/").content.decode()  # who decides, but takes nothing up
    assert str(application_id) not in tahsildar.get("/desk/late").content.decode()
    assert str(application_id) in desk.get("/desk/late").content.decode()
    assert post(desk, "/desk/late", application=str(application_id), words="").status_code == 422
    done = post(desk, "/desk/late", application=str(application_id), words="Seen in the list of late cases.")
    assert "/desk/appeal/" in done["Location"]
    assert "No case is late" in words(desk.get("/desk/late"))
