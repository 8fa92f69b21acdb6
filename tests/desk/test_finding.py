"""What the officer finds is asked at the desk, judged, kept, read by the applicant, certified and entered."""

import re
from uuid import uuid4

import pytest

from janaseva.core.refusal import Invalid, Refusal
from janaseva.documents.models import Document
from janaseva.gateway.services import showing
from janaseva.portal.applications import reading
from janaseva.registers.actions import Opening, open_registers
from janaseva.registers.models import Version
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.examples import Step
from janaseva.settings import OPTIONS
from janaseva.workflow import queries as workflow
from janaseva.workflow.models import Move
from tests.desk.office import post, words
from tests.given import PACK, SERVICE, SYSTEM
from tests.services.test_finding import APPROVE, COPY, FACT, FACTS, FINDS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
REGISTER = """
  register:
    register: kl-incomes
    facts: {name: applicant_name, assessed: found.assessed, visited_on: found.visited_on}
  reasons:
"""
EXAMPLE = """
- {name: Copied, like: "A family in Adoor, for use in Kerala, at a counter", purpose: duplicate, steps: [copy.give],
   expect: {variant: duplicate, ends: approved}}
"""
FOUND = {"visited_on": "2026-03-01", "assessed": 20_000_000}


def published(given):
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    files = dict(text.services[SERVICE])
    service = files["service.yaml"].replace(APPROVE, FINDS, 1).replace(FACT, FACT + FACTS, 1)
    service = service.replace("\n  reasons:\n", REGISTER, 1).replace("\nout:", COPY, 1)
    service = re.sub(r"(?m)^version: \d+", "version: 99", service)
    files["service.yaml"] = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service)
    files["examples.yaml"] += EXAMPLE
    given.loaded(PACK, SERVICE, files, at=given.at)
    books = [Opening(key="kl-incomes", title={"en": "Incomes"}, pack=PACK)]
    open_registers(by=SYSTEM, at=given.at, key="incomes", registers=books)


def lines(office, application_id):
    return [item.key for item in queries.application(SYSTEM, application_id).definition.process.steps[-1].checklist]


def test_the_desk_asks_it_and_it_comes_out(office):
    given = office.given
    published(given)
    by = given.citizen()
    application_id = given.begun(by)
    office.now()
    client, address = office.took(application_id), f"/desk/case/{application_id}"
    page = client.get(address).content.decode()
    assert 'name="found.approve.visited_on.day"' in page
    assert "Asked where you choose" in page
    form = {f"checked.{key}": "yes" for key in lines(office, application_id)}
    form |= {"move": "approve", "task_id": str(office.case(application_id).task.task_id)}
    date = {f"found.approve.visited_on.{part}": n for part, n in (("day", 1), ("month", 3), ("year", 2126))}
    wrong = post(client, f"{address}/move", **form, **date)
    assert wrong.status_code == 422
    assert wrong.content.decode().count(" at-fault") == 2, "the day is to come, the income is missing"
    summary = re.sub("<[^>]*>", "", wrong.content.decode().split("error-summary-title")[2].split("</ul>")[0])
    assert re.findall(r"(?m)^(.+?): .", summary) == ["Day of the enquiry", "Income assessed"], "each fault says of what"
    assert 'value="2126"' in wrong.content.decode()
    assert not Move.objects.filter(kind="move").exists(), "nothing changed"
    date["found.approve.visited_on.year"] = 2026
    done = post(client, f"{address}/move", **form, **date, **{"found.approve.assessed": "2,00,000"})
    assert done["Location"].endswith("done=decided"), words(done)
    assert Move.objects.get(kind="move").found == FOUND
    _comes_out(given, by, application_id)
    assert "What the office found" in words(client.get(address))
    assert words(client.get(address)).count("2,00,000.00") == 2, "as it holds, and in the history"


def _comes_out(given, by, application_id):
    view = queries.application(by, application_id)
    facts = Document.objects.get(pk=view.decision.document_id).facts
    assert {key: facts["values"][key] for key in FOUND} == FOUND
    assert {"paise": 20_000_000, "currency": "INR"} in [row["value"] for row in facts["rows"]]
    entered = Version.objects.get().facts
    assert {key: entered[key] for key in FOUND} == FOUND
    shown = reading.whole(by, view, given.at, "en").found
    assert [line.label for line in shown] == ["Day of the enquiry", "Income assessed"]
    assert showing.whole(by, view, "en").found == FOUND


def test_it_is_refused_repeated_and_walked(office):
    given = office.given
    published(given)
    by = given.citizen()
    application_id, officer = given.taken(by)
    about = {"application_id": application_id, "move": "approve", "checked": lines(office, application_id)}
    with pytest.raises(Invalid) as faults:
        given.act(actions.move, officer, **about, found={"visited_on": "soon", "roof": "tin"})
    assert [(one.place, one.code) for one in faults.value.faults] == [
        ("found.approve.visited_on", "not_a_date"),
        ("found.approve.assessed", "needed"),
        ("found.approve.roof", "not_asked"),
    ]
    with pytest.raises(Refusal):
        given.act(actions.move, by, **about, found=FOUND)
    assert queries.application(by, application_id).state == "begun"
    key = uuid4().hex
    first = given.act(actions.move, officer, key=key, **about, found=FOUND)
    assert given.act(actions.move, officer, key=key, **about, found=FOUND) == first
    with pytest.raises(Refusal, match="case_ended"):
        given.act(actions.move, officer, **about, found={**FOUND, "assessed": 1})
    assert Move.objects.get(kind="move").found == FOUND
    by = given.citizen()
    another = given.begun(by)
    step = Step(move="decision.approve", finds=FOUND)
    given.work(by, another, given.example().model_copy(update={"steps": (step,)}))
    assert queries.found_of(SYSTEM, another, queries.application(SYSTEM, another).definition) == FOUND
    _copied(given, by, another)


def _copied(given, by, application_id):
    copy = given.act(actions.begin_again, by, application_id=application_id, purpose="duplicate", language="en")
    before = queries.application(by, application_id).answers
    answers = {**queries.application(by, copy).answers, "aadhaar": before["aadhaar"], "declared": True}
    given.act(actions.save_answers, by, application_id=copy, answers=answers)
    given.act(actions.submit, by, application_id=copy)
    given.settle()
    officer = given.holder(copy)
    task = workflow.case(officer, queries.application(by, copy).case_id, given.at).task
    given.act(actions.take, officer, task_id=task.task_id, reason="It is given at once.")
    given.act(actions.move, officer, application_id=copy, move="give")
    document = Document.objects.get(pk=queries.application(by, copy).decision.document_id)
    assert {key: document.facts["values"][key] for key in FOUND} == FOUND
