"""Public notices as people meet them: read by anyone, objected to by who is signed in, followed to the decision."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from janaseva.cli.papers import sample_paper
from janaseva.contact.models import Message
from janaseva.core.actor import Actor
from janaseva.core.text import LANGUAGES
from janaseva.ledger.models import Event
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.settings import OPTIONS
from janaseva.workflow import actions as workflow_actions
from janaseva.workflow import queries as workflow
from tests.given import PACK, SERVICE, SYSTEM
from tests.portal.reader import at_the_storys_time, counting, fresh, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WAY = "        - {key: publish, title: Make it public, to: notice, needs: [note]}\n"
NOTICE = """
    - key: notice
      title: Public notice
      kind: wait
      limit: {days: 30}
      clock: stands
      notice:
        title: Income of {applicant_name}
        statement: The family of {applicant_name} asks for a certificate for use in {purpose}.
        objections: true
      moves:
        - {key: clear, title: Nobody objected, to: decision, objections: none}
        - {key: doubt, title: Objections came, to: decision, objections: some}

out:"""


def with_notice():
    """The income certificate with a public notice to which its officer may turn."""
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    files = dict(text.services[SERVICE])
    service = re.sub(r"(?m)^version: \d+", "version: 99", files["service.yaml"])
    service = re.sub(r"(?m)^from: .*", "from: 2026-03-01", service)
    service = service.replace("\nout:", NOTICE, 1)
    before, refuse, after = service.partition("        - {key: refuse,")
    files["service.yaml"] = before + WAY + refuse + after
    return files


@pytest.fixture
def public(given, monkeypatch):
    """An application whose notice is public: its id, the applicant's browser, the officer."""
    at_the_storys_time(given, monkeypatch)
    given.loaded(PACK, SERVICE, with_notice(), at=given.at)
    client, owner = signed_in(given)
    application_id, officer = given.taken(owner)
    given.act(actions.move, officer, application_id=application_id, move="publish", note="Let all know of it.")
    given.settle()
    return application_id, client, officer


def shown(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_anyone_reads_what_the_definition_publishes_and_no_more(given, public):
    application_id, _, _ = public
    anyone = Client()
    told = shown(anyone, "/notices/")
    view = queries.application(SYSTEM, application_id)
    assert view.due_at is None  # its clock stands still
    name = view.answers["applicant_name"]
    assert f"Income of {name}" in told
    address = re.search(r'href="(/notices/[0-9a-f-]{36}/)"', told)[1]
    whole = shown(anyone, address)
    assert f"The family of {name} asks" in whole
    assert view.number not in whole
    assert str(view.answers["date_of_birth"]) not in whole
    assert f"/sign-in/?next={address}" in whole
    for language in LANGUAGES:
        assert f'lang="{language}"' in shown(anyone, f"{address}?lang={language}")
    with counting() as asked:
        shown(anyone, "/notices/")
    assert len(asked) <= 12


def test_an_objection_is_lodged_followed_and_decided(given, public):
    application_id, owner, officer = public
    stranger, person = signed_in(given)
    (notice,) = workflow.notices(person, given.at)
    address = f"/notices/{notice.notice_id}/"
    sent = {"key": fresh(), "objection_name": "", "objection_text": "They own a mill."}
    missing = stranger.post(f"{address}object/", sent)
    assert missing.status_code == 422
    assert "They own a mill." in missing.content.decode()
    form = {
        "key": fresh(),
        "objection_name": "B. Neighbour",
        "objection_text": "They own a mill.",
        "papers.0": SimpleUploadedFile("mill.png", sample_paper("mill"), content_type="image/png"),
    }
    done = stranger.post(f"{address}object/", form)
    assert (done.status_code, done["Location"]) == (302, f"{address}?done=lodged")
    number = workflow.own_objections(person, given.at)[0].number
    assert number in shown(stranger, "/notices/")
    told = shown(stranger, address)
    assert number in told
    way = re.search(rf'href="({address}paper/[^"]+)"', told)
    kept = stranger.get(way[1])
    assert (kept.status_code, kept["Content-Type"], kept["Content-Disposition"][:10]) == (
        200,
        "image/jpeg",
        "attachment",
    )
    assert [client.get(way[1]).status_code for client in (owner, Client())] == [404, 302]
    assert shown(Client(), address).find("They own a mill.") == -1
    mine = shown(owner, f"/applications/{application_id}/")
    assert "They own a mill." in mine
    assert "B. Neighbour" not in mine
    own = owner.post(f"{address}object/", {"key": fresh(), "objection_name": "Me", "objection_text": "No"})
    assert own.status_code == 403
    given.settle()
    task = workflow.case(SYSTEM, queries.application(SYSTEM, application_id).case_id, given.at, visible=True).task
    given.at = task.due_at
    workflow_actions.pass_time(by=Actor.clock(), at=given.tick(), key=fresh(), task_id=task.task_id)
    given.settle()
    assert queries.application(SYSTEM, application_id).due_at > given.at
    assert not workflow.notice(person, given.at, notice.notice_id).is_open  # who objected still finds it
    shown(Client(), address, status=404)
    (inside,) = workflow.objections(officer, queries.application(SYSTEM, application_id).case_id)
    assert (inside.name, len(inside.documents)) == ("B. Neighbour", 1)
    assert queries.paper_content(officer, application_id, inside.documents[0]).media_type == "image/jpeg"
    assert given.act(actions.take_next, officer) == application_id
    given.refuse(officer, application_id)
    told = Message.objects.filter(person_id=person.person_id, template__startswith="message.objection")
    assert [one.template for one in told.order_by("queued_at")] == [
        "message.objection_lodged",
        "message.objection_decided",
    ]


def test_an_objection_repeated_is_lodged_once_and_taken_back_once(given, public):
    _, person = signed_in(given)
    (notice,) = workflow.notices(person, given.at)
    facts = {"notice_id": notice.notice_id, "name": "B. Neighbour", "text": "They own a mill."}
    key = fresh()
    first = given.act(actions.lodge_objection, person, key=key, **facts)
    count = Event.objects.count()
    assert given.act(actions.lodge_objection, person, key=key, **facts) == first
    assert Event.objects.count() == count
    given.act(actions.withdraw_objection, person, key=key + "b", objection_id=first.objection_id)
    count = Event.objects.count()
    given.act(actions.withdraw_objection, person, key=key + "b", objection_id=first.objection_id)
    assert Event.objects.count() == count
    assert workflow.objections_open(SYSTEM, workflow.case_of_notice(person, notice.notice_id)) == 0
