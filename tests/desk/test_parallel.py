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
OPINIONS = """
    - key: opinions
      title: Opinions
      kind: parallel
      branches:
        - {key: taluk, title: Opinion of the taluk, role: tahsildar, office: taluk_office, needs: [place]}
        - {key: village, title: Opinion of the village, role: village_officer, office: village_office}
      moves:
        - {key: given, title: Opinions are given, to: decision}

out:"""


def consulted(office):
    """An application on which two offices are asked for their opinion at once."""
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    files = dict(text.services[SERVICE])
    service = re.sub(r"(?m)^version: \d+", "version: 99", files["service.yaml"])
    service = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service).replace("\nout:", OPINIONS, 1)
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
        assert post(client, f"{address}/opine", **form).status_code == 302
    assert office.case(application_id).state == "decision"
    client = office.took(application_id)
    page = words(client.get(f"/desk/case/{application_id}"))
    assert "Opinion of the taluk" in page
    assert "Beside the mill" in page
    papers = queries.application(SYSTEM, application_id).papers
    assert [one.group for one in papers if one.group == "report"] == ["report"]
