"""Parallel opinions as officers give them on their pages, with the place that a branch must name."""

import re

import pytest

from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.settings import OPTIONS
from tests.desk.office import VILLAGE, photograph, post, words
from tests.given import PACK, SERVICE, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WAY = "        - {key: consult, title: Ask for opinions, to: opinions, needs: [note]}\n"
REPORT = """        - {key: enquiry, title: Enquiry at the place, role: "@enquirer", office: "@enquirer"}\n"""
FINDS = ", finds: [{key: visited_on, kind: date, label: Day of the visit, at_most: today}]}\n"
OPINIONS = """
    - key: opinions
      title: Opinions
      kind: parallel
      branches:
        - {key: taluk, title: Opinion of the taluk, role: tahsildar, office: taluk_office, needs: [place]}
        - key: village
          title: Opinion of the village
          role: village_officer
          office: village_office
          finds: [{key: roof, kind: choice, label: The roof, choices: {tin: Tin, tile: Tile}}]
      moves:
        - {key: given, title: Opinions are given, to: decision}

out:"""


def consulted(office):
    """An application on which two offices are asked for their opinion at once."""
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    files = dict(text.services[SERVICE])
    service = re.sub(r"(?m)^version: \d+", "version: 99", files["service.yaml"])
    service = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service).replace("\nout:", OPINIONS, 1)
    service = service.replace(REPORT, REPORT[:-2] + FINDS, 1)
    before, refuse, after = service.partition("        - {key: refuse,")
    files["service.yaml"] = before + WAY + refuse + after
    given = office.given
    given.loaded(PACK, SERVICE, files, at=given.at)
    application_id, officer = given.taken(given.citizen())
    given.act(actions.move, officer, application_id=application_id, move="consult", note="Please look at it.")
    given.settle()
    office.now()
    return application_id


def test_each_desk_gives_its_opinion_and_the_last_lets_the_case_go_on(office):
    application_id = consulted(office)
    for place, (seat, role) in enumerate((("kl-taluk-adoor", "tahsildar"), VILLAGE)):
        client = office.at_desk(office.post(seat, role).id)
        case = office.case(application_id)
        task = next(one for one in case.branches if one.post_id == office.post(seat, role).id)
        address = f"/desk/case/{application_id}"
        page = words(client.get(address))
        assert "Opinions still awaited" in page
        post(client, f"{address}/take", task_id=str(task.task_id), out_of_turn="It was asked for today.")
        form = {"task_id": str(task.task_id), "opinion": "approve", "opinion_text": "It is so."}
        if place == 0:
            wrong = post(client, f"{address}/opine", **form, latitude="51.5", longitude="0.1")
            assert wrong.status_code == 422
            assert "outside the country" in words(wrong)
            assert "It is so." in words(wrong)
            form |= {"place_words": "Beside the mill", "photographs.0": photograph()}
        else:
            assert 'name="found.village.roof"' in client.get(address).content.decode()
            wrong = post(client, f"{address}/opine", **form, report="village")
            assert wrong.status_code == 422
            assert "It is so." in words(wrong)
            assert wrong.content.decode().count(" at-fault") == 1, "the roof, which was not answered"
            assert office.case(application_id).state == "opinions", "nothing changed"
            form |= {"report": "village", "found.village.roof": "tin"}
        assert post(client, f"{address}/opine", **form).status_code == 302
    assert office.case(application_id).state == "decision"
    client = office.took(application_id)
    page = words(client.get(f"/desk/case/{application_id}"))
    assert "Opinion of the taluk" in page
    assert "Beside the mill" in page
    papers = queries.application(SYSTEM, application_id).papers
    assert [one.group for one in papers if one.group == "report"] == ["report"]
    _reported(office, application_id, client)


def _reported(office, application_id, client):
    """The enquirer answers what the report asks; both findings hold, beside the case and for the applicant."""
    address = f"/desk/case/{application_id}"
    assert post(client, f"{address}/ask-report", report="enquiry", report_question="Is it so?").status_code == 302
    side = office.case(application_id).side
    reporter = office.at_desk(side.post_id)
    post(reporter, f"{address}/take", task_id=str(side.task_id), out_of_turn="It was asked for today.")
    assert "found.enquiry.visited_on.day" in reporter.get(address).content.decode()
    form = {"report": "enquiry", "report_text": "I went; it is so."}
    day = {"found.enquiry.visited_on.day": "1", "found.enquiry.visited_on.month": "3"}
    late = post(reporter, f"{address}/report", **form, **day, **{"found.enquiry.visited_on.year": "2126"})
    assert late.status_code == 422
    assert "I went; it is so." in words(late)
    assert office.case(application_id).side is not None, "nothing was sent"
    sent = post(reporter, f"{address}/report", **form, **day, **{"found.enquiry.visited_on.year": "2026"})
    assert sent["Location"] == "/desk/?done=reported", words(sent)
    view = queries.application(SYSTEM, application_id)
    assert queries.found_of(SYSTEM, application_id, view.definition) == {"roof": "tin", "visited_on": "2026-03-01"}
    page = words(client.get(address))
    assert page.count("The roof") == page.count("Day of the visit") == 2, "as it holds, and in the history"
