"""A notice, an entry that is awaited, a hearing and a joint decision, as officers, applicant and objector see them."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from janaseva.contact.models import Message
from janaseva.core.ids import uuid7
from janaseva.documents import queries as documents
from janaseva.portal.applications import reading
from janaseva.registers.actions import Opening, open_registers
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.examples import Step
from janaseva.settings import OPTIONS
from janaseva.workflow import queries as workflow
from tests.desk.office import VILLAGE, post, words
from tests.given import PACK, SERVICE, SYSTEM
from tests.registers.acts import enter

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TALUK = ("kl-taluk-adoor", "tahsildar")

WAY = "        - {key: public, title: Make it public, to: notice, needs: [note]}\n"
STEPS = """
    - key: notice
      title: Public notice
      kind: wait
      limit: {days: 1}
      notice: {title: An income, statement: An income is certified., objections: true}
      moves:
        - {key: none, title: Nobody objected, to: entered, objections: none}
        - {key: some, title: Objections came, to: entered, objections: some}
    - key: entered
      title: Waits for the register of houses
      kind: wait
      limit: {days: 20}
      entry: {of: kl-houses, number: pin, facts: {house: house}}
      moves:
        - {key: found, title: The house is entered, to: hearing, entry: found}
        - {key: missing, title: The house is not entered, to: hearing, entry: missing}
    - key: hearing
      title: Hearing
      kind: hearing
      role: village_officer
      office: village_office
      clock: stands
      hearing: {notice_days: 3, law: Section 9 of the Act}
      moves:
        - {key: done, title: Both were heard, to: together}
    - key: together
      title: Joint decision
      kind: decision
      joint:
        - {key: village, title: Village officer, role: village_officer, office: village_office}
        - {key: taluk, title: Tahsildar, role: tahsildar, office: taluk_office}
      moves:
        - {key: grant, title: Grant together, to: approved, by: all}
        - {key: deny, title: Refuse it, to: refused, by: one, needs: [reason, note]}

out:"""


def published(office):
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    files = dict(text.services[SERVICE])
    service = re.sub(r"(?m)^version: \d+", "version: 99", files["service.yaml"])
    service = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service).replace("\nout:", STEPS, 1)
    before, refuse, after = service.partition("        - {key: refuse,")
    files["service.yaml"] = before + WAY + refuse + after
    office.given.loaded(PACK, SERVICE, files, at=office.given.at)
    books = [Opening(key="kl-houses", title={"en": "Houses"}, pack=PACK)]
    open_registers(by=SYSTEM, at=office.given.at, key="houses", registers=books)


def waits(office, by, application_id):
    view = queries.application(by, application_id)
    return reading.whole(by, view, office.given.at, "en").waits


def test_a_case_is_public_awaited_heard_and_decided_together(office):
    given = office.given
    published(office)
    by, neighbour = given.citizen(), given.citizen()
    application_id, officer = given.taken(by)
    answers = queries.application(by, application_id).answers
    about = {"application_id": application_id}
    given.act(actions.move, officer, **about, move="public", note="The Act wants it public.")
    assert waits(office, by, application_id) == "notice"
    (notice,) = workflow.notices(neighbour, given.at)
    given.act(
        actions.lodge_objection,
        neighbour,
        notice_id=notice.notice_id,
        name="A. Neighbour",
        text="It is more than that.",
    )
    given.at += timedelta(days=3)
    given.settle()
    assert (office.case(application_id).state, waits(office, by, application_id)) == ("entered", "entry")
    facts = {"number": answers["pin"], "register": "kl-houses", "story": uuid7(), "office_id": uuid7()}
    given.act(enter, SYSTEM, **{**facts, "number": "999999"}, facts={"house": answers["house"]})
    given.settle()
    assert office.case(application_id).state == "entered", "the number of another house"
    given.act(enter, SYSTEM, **facts, facts={"house": answers["house"]})
    given.settle()
    assert (office.case(application_id).state, waits(office, by, application_id)) == ("hearing", "hearing_to_fix")
    _heard(office, by, neighbour, application_id)
    _decided(office, by, application_id)


def _heard(office, by, neighbour, application_id):
    given = office.given
    client, address = office.took(application_id), f"/desk/case/{application_id}"
    page = words(client.get(address))
    assert "At least 3 full days must lie between" in page
    told = Message.objects.count()
    day = (given.at + timedelta(days=1)).date()
    form = {"hearing_at.day": day.day, "hearing_at.month": day.month, "hearing_at.year": day.year}
    wrong = post(client, f"{address}/fix-hearing", **form, hearing_hour="11:00", hearing_place="The hall")
    assert wrong.status_code == 422
    assert "full days of notice must lie between" in words(wrong)
    assert re.search(r"Choose a day from \w+day, \d+ \w+ \d{4} on", words(wrong)), "a day, as people read it"
    assert "The hall" in words(wrong)
    assert Message.objects.count() == told
    day = (given.at + timedelta(days=6)).date()
    form = {"hearing_at.day": day.day, "hearing_at.month": day.month, "hearing_at.year": day.year}
    assert (
        post(client, f"{address}/fix-hearing", **form, hearing_hour="11:00", hearing_place="The hall").status_code
        == 302
    )
    assert Message.objects.count() == told + 2, "the applicant and who objected are told"
    assert waits(office, by, application_id) == "hearing"
    view = queries.application(by, application_id)
    assert workflow.why_due(by, view.case_id, visible=True).due.said == "paused_hearing"
    (notice_id,) = [one.notice_id for one in workflow.own_objections(neighbour, given.at)]
    assert workflow.to_come(neighbour, [notice_id])[notice_id].place == "The hall"
    assert workflow.to_come(by, [notice_id]) == {}
    given.at += timedelta(days=7)
    client = office.at_desk(office.post(*VILLAGE).id)
    page = client.get(address).content.decode()
    number = workflow.own_objections(neighbour, given.at)[0].number
    assert f'name="attended.{number}"' in page
    record = {f"attended.{number}": "yes", "hearing_record": "The neighbour spoke of a shop."}
    assert post(client, f"{address}/record-hearing", **record).status_code == 302
    page = words(client.get(f"{address}?done=hearing_held"))
    assert "The neighbour spoke of a shop." in page
    assert (
        post(client, f"{address}/move", move="done", task_id=str(office.case(application_id).task.task_id)).status_code
        == 302
    )


def _decided(office, by, application_id):
    address = f"/desk/case/{application_id}"
    assert waits(office, by, application_id) == "joint"
    assert {one.title["en"] for one in office.case(application_id).branches} == {"Village officer", "Tahsildar"}
    for seat, done in ((VILLAGE, "agreed"), (TALUK, "decided")):
        client = office.at_desk(office.post(*seat).id)
        task = next(one for one in office.case(application_id).branches if one.post_id == office.post(*seat).id)
        post(client, f"{address}/take", task_id=str(task.task_id), out_of_turn="It is decided together today.")
        assert "all must agree" in words(client.get(address))
        answer = post(client, f"{address}/move", move="grant", note="So it is.", task_id=str(task.task_id))
        assert answer["Location"].endswith(f"done={done}")
    decision = queries.application(by, application_id).decision
    assert (decision.outcome, decision.post_id) == ("approved", office.post(*TALUK).id)
    assert (
        len([one for one in documents.documents_of(by, application_id) if one.document_id == decision.document_id]) == 1
    )


def test_a_field_that_the_form_does_not_ask_is_told_at_its_line(office):
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    files = dict(text.services[SERVICE])
    before, refuse, after = files["service.yaml"].partition("        - {key: refuse,")
    steps = STEPS.replace("number: pin", "number: pincode")
    files["service.yaml"] = (before + WAY + refuse + after).replace("\nout:", steps, 1)
    from janaseva.services.rules.compiling import examine

    examined = examine(replace(text, services={SERVICE: files}).published(SERVICE))
    line = files["service.yaml"][: files["service.yaml"].index("number: pincode")].count("\n") + 1
    assert [(one.line, one.message) for one in examined.faults] == [(line, "there is no field 'pincode'")]


def test_a_journey_walks_such_a_service_by_its_example_to_the_end(office):
    """What the command line's journeys do with a service of a pack that has a hearing and a joint decision."""
    given = office.given
    published(office)
    by = given.citizen()
    application_id = given.begun(by)
    moves = ("decision.public", "notice.none", "entered.missing", "hearing.done", "together.grant")
    example = given.example().model_copy(update={"steps": tuple(Step(move=move) for move in moves)})
    given.work(by, application_id, example)
    view = queries.application(by, application_id)
    assert view.outcome == "approved"
    held = workflow.hearings(SYSTEM, view.case_id, visible=True)
    assert sorted(one.state for one in held) == ["adjourned", "held"], "a journey puts it off once"
    history = workflow.history(SYSTEM, view.case_id, visible=True)
    assert [(one.kind, one.key) for one in history][-2:] == [("agreement", "grant"), ("move", "grant")]
