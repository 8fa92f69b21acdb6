"""What lapses, in the text of a service and on every screen: reminded, ended, told, counted apart, never refused."""

import re
from datetime import date, timedelta

import pytest

from janaseva.contact.models import Message
from janaseva.core.refusal import Refusal
from janaseva.gateway.services import due, showing
from janaseva.portal.applications.appealing import standing
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.handlers import let_lapse
from janaseva.services.models import Application, DeemedRequest
from janaseva.services.queries import public_figures as counting
from janaseva.services.rules.charter import charter
from janaseva.services.rules.compiling import compile_text, examine
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.difference import difference
from janaseva.services.rules.examples import read_examples, run
from janaseva.settings import OPTIONS
from janaseva.workflow import queries as workflow
from janaseva.workflow.models import Lapse
from janaseva.workflow.rules import Calendar, picture
from tests.given import PACK, SERVICE, SYSTEM
from tests.portal.reader import at_the_storys_time, signed_in

TEXT = PackFolder(OPTIONS.packs_dir).read(PACK).published(SERVICE)
LAPSES = """  lapses:
    - key: stale
      title: Not decided within three months
      since: receipt
      months: 3
      message: The papers given are too old by then.
      law: Rule 7
      source: [healthbut]
    - {key: silent, title: The question was not answered, since: question, days: 15, law: Rule 8, source: [healthbut]}
  steps:
"""
EXAMPLE = """
- {name: Nobody came, like: "A family in Adoor, for use in Kerala, at a counter", steps: [decision.lapsed],
   expect: {ends: lapsed}}
"""


def service(*changes):
    content = TEXT.files["service.yaml"].replace("  steps:\n", LAPSES, 1)
    for before, after in changes:
        assert before in content, before
        content = content.replace(before, after, 1)
    return {**TEXT.files, "service.yaml": content, "examples.yaml": TEXT.files["examples.yaml"] + EXAMPLE}


# --- the text


@pytest.mark.once
@pytest.mark.parametrize(
    ("before", "after", "at", "says"),
    [
        ("      law: Rule 7\n", "", "- key: stale", "without naming the law"),
        ("since: receipt", "since: reciept", "since: reciept", "reciept"),
        ("months: 3\n", "months: 3\n      days: 9\n", "- key: stale", "one of both"),
        ("to: refused, needs: [reason, note]", "to: lapsed", "to: lapsed", "time does"),
        ("ask_applicant: true", "ask_applicant: false", "key: silent", "no step asks"),
    ],
)
def test_what_is_wrong_stands_at_its_line(before, after, at, says):
    files = service((before, after))
    found = examine(PublishedText(files=files)).faults
    lines = files["service.yaml"].splitlines()
    assert [(at in lines[one.line - 1], says in one.message) for one in found if says in one.message] == [(True, True)]


@pytest.mark.once
def test_examples_lapse_where_something_lapses_and_the_charter_and_the_picture_tell_it():
    definition = compile_text(PublishedText(files=service()))
    examples, _, faults = read_examples(service()["examples.yaml"], "examples.yaml")
    calendar = Calendar(key="", time_zone="Asia/Kolkata")
    assert faults == []
    assert run(definition, examples[-1], calendar) == ()
    plain = compile_text(TEXT)
    assert any("has no move 'lapsed'" in one for one in run(plain, examples[-1], calendar))
    assert [(one.key, one.months, one.counts_from) for one in charter(definition).lapses] == [
        ("stale", 3, "receipt"),
        ("silent", None, "question"),
    ]
    ends = [arrow.kind for arrow in picture(definition.process).arrows if arrow.target == "lapsed"]
    assert ends == ["time", "time"]
    (changed,) = difference(service(), service(("months: 3", "months: 4"))).changes
    assert (changed.was, changed.now, changed.law) == ("3", "4", "Rule 7")


# --- what becomes of an application


@pytest.fixture
def lapsing(given, monkeypatch):
    """An application of the service with its lapses, with its office, and the browser of its applicant."""
    counting._kept.clear()
    files = service()
    text = re.sub(r"(?m)^version: \d+", "version: 99", files["service.yaml"])
    files["service.yaml"] = re.sub(r"(?m)^from: .*", "from: 2026-03-01", text)
    given.loaded(PACK, SERVICE, files, at=given.at)
    at_the_storys_time(given, monkeypatch)
    client, by = signed_in(given)
    application_id = given.begun(by)
    return given, client, by, application_id, Lapse.objects.get(key="stale")


def last_words(by):
    return Message.objects.filter(person_id=by.person_id).order_by("-queued_at", "-id").first()


@pytest.mark.django_db
def test_reminded_lapsed_told_and_counted_apart(lapsing):
    given, client, by, application_id, row = lapsing
    address = f"/applications/{application_id}/"
    page = client.get(address).content.decode()
    assert "It ends by itself if nothing comes of it" in page
    assert "The papers given are too old by then." in page
    let_lapse(row.remind_at)
    assert last_words(by).template == "message.lapse_near"
    let_lapse(row.lapses_at)
    view = queries.application(by, application_id)
    assert (view.state, view.outcome, view.decision, view.ended_at) == ("lapsed", "lapsed", None, row.lapses_at)
    told = last_words(by)
    assert (told.template, view.number in told.text) == ("message.lapsed", True)
    before = Message.objects.count()
    let_lapse(row.lapses_at)
    assert Message.objects.count() == before
    page = client.get(address).content.decode()
    assert all(said in page for said in ("This application lapsed", "This is no refusal", "Apply anew", "Rule 7"))
    assert "You may apply anew" in client.get("/applications/").content.decode()
    why = due.why_due(view, workflow.why_due(by, view.case_id, visible=True), "en")
    assert [(one.key, one.happened, one.last_day) for one in why.lapses] == [("stale", True, row.last_day)]
    assert showing.whole(by, view, "en").timeline[-1].event == "services.lapsed"
    assert not standing(by, view, row.lapses_at).says_something  # nobody refused: there is nothing to appeal against
    (figures,) = queries.performance(row.lapses_at + timedelta(hours=1), 30).lines
    assert figures.counts["lapsed"].shown == "under_5"
    assert {figures.counts[name].value for name in ("waiting", "decided", "late", "refused")} == {0}
    with pytest.raises(Refusal, match="application_not_open"):
        given.act(actions.withdraw, by, application_id=application_id)


@pytest.mark.django_db
@pytest.mark.once
def test_an_unanswered_question_lapses_and_what_is_deemed_granted_does_not(lapsing):
    given, _, by, application_id, stale = lapsing
    officer = given.holder(application_id)
    given.act(actions.take_next, officer)
    given.act(actions.ask, officer, application_id=application_id, question="Which land is it?")
    row = Lapse.objects.get(key="silent")
    office_id = Application.objects.get(pk=application_id).office_id
    facts = {"application_id": application_id, "office_id": office_id, "number": "D-1"}
    from janaseva.core.row import writing

    with writing():
        request = DeemedRequest(requested_at=given.at, answer_by=given.at, granted_at=given.at, **facts)
        request.save(force_insert=True)
    assert not given.act(actions.lapse, SYSTEM, lapse_id=row.id, case_id=row.case_id)
    with writing():
        request.delete()
    let_lapse(row.lapses_at)
    view = queries.application(by, application_id)
    assert (view.outcome, view.open_query) == ("lapsed", None)
    assert Lapse.objects.get(pk=stale.pk).over_at == row.lapses_at
    assert date.fromisoformat(str(row.last_day)) < stale.last_day
