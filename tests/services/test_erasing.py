"""Erasing: by two persons or the law's time, told 48 hours before; nothing of it is found then, and all is proven."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import IntegrityError, connection
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from janaseva.cli import erasures as cli
from janaseva.cli.setup import fix_rows
from janaseva.contact.models import Message
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.core.row import writing
from janaseva.documents import queries as documents
from janaseva.documents.models import Blob
from janaseva.ledger import queries as ledger
from janaseva.ledger.models import Erasure as RecordErasure
from janaseva.ledger.models import Event, Key
from janaseva.ledger.queries.auditing.chains import audit_events
from janaseva.ledger.queries.auditing.memory import Memory
from janaseva.services import actions, handlers, queries
from janaseva.services.adapters import FakeErasures, PackFolder, Remembered
from janaseva.services.models import Application, Erasure, Hold
from janaseva.services.rules import erasing as rules
from janaseva.services.rules.keeping import Keep
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE, SYSTEM

CANARY = "Zugvogel"
WORDS = "It was asked for in writing, and nothing needs it any more."
KEEPS = """
keeps:
  draft: {days: 30}
  refused: {years: 1}
  granted: {months: 18}
"""


@pytest.fixture(autouse=True)
def kept_list(monkeypatch):
    """The list of what was erased, in memory."""
    kept = FakeErasures()
    monkeypatch.setattr(handlers, "remembered_erasures", lambda: kept)
    monkeypatch.setattr(handlers, "_repeated", [])
    return kept


@pytest.fixture
def officers(given):
    """Those who may have something erased: one proposes, the other allows."""
    collector = given.seat("kl-collectorate-pathanamthitta", "district_collector")
    return collector, given.seat("kl-secretariat-it", "administrator")


@pytest.fixture
def scene(given):
    """A decided application, with everything heard of it."""
    whose = given.citizen()
    application_id, _ = given.decided(whose)
    given.settle()
    return whose, application_id


@pytest.fixture
def wordy(given):
    """A decided application full of a word that is nowhere else."""
    whose = given.citizen()
    application_id = given.draft(whose)
    answers = dict(queries.application(whose, application_id).answers)
    named = next(key for key, value in answers.items() if key.endswith("name") and isinstance(value, str))
    given.act(actions.save_answers, whose, application_id=application_id, answers={**answers, named: CANARY})
    given.act(actions.submit, whose, application_id=application_id)
    given.pay(whose, application_id)
    officer = given.holder(application_id)
    given.act(actions.take_next, officer)
    given.act(actions.note, officer, application_id=application_id, text=f"{CANARY} came in person.")
    given.approve(officer, application_id, note=f"Papers of {CANARY} compared.")
    given.settle()
    return whose, application_id


def found_in_tables(word: str) -> list[str]:
    """Return the tables of which any column of any row holds the word, as text, bytes or JSON."""
    found = []
    for model in apps.get_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(word in as_text(value) for row in cursor.fetchall() for value in row):
                found.append(table)
    return found


def as_text(value) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def number(application_id) -> str:
    return str(Application.objects.get(pk=application_id).number)


def propose(given, by, application_id, **more):
    facts = {"number": number(application_id), "ground": "request", "words": WORDS, **more}
    return given.act(actions.propose_erasure, by, **facts)


def announced(given, officers, application_id):
    erasure_id = propose(given, officers[0], application_id)
    given.act(actions.decide_erasure, officers[1], erasure_id=erasure_id, allowed=True)
    return Erasure.objects.get(pk=erasure_id)


def erased(given, officers, application_id):
    erasure = announced(given, officers, application_id)
    given.at = erasure.erases_at
    handlers.erase_announced(given.at)
    given.settle()


def refused(given, code, action, by, **facts):
    def standing():
        rows = (*Erasure.objects.values_list("id", "revision"), *Hold.objects.values_list("id", "revision"))
        return rows, Event.objects.exclude(name="ledger.refused").count()

    before = standing()
    with pytest.raises(Refusal) as caught:
        given.act(action, by, **facts)
    assert code in [caught.value.code, *(fault.code for fault in getattr(caught.value, "faults", ()))]
    assert standing() == before


def guarded() -> None:
    """Guard the database as setup does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    fix_rows()


@pytest.mark.django_db
def test_nothing_of_it_is_found_and_all_is_proven(given, wordy, officers, kept_list):
    whose, application_id = wordy
    other = given.citizen()
    beside = given.submitted(other)
    blobs = Blob.objects.count()
    assert {"forms_answersheet", "documents_document", "workflow_move"} <= set(found_in_tables(CANARY))
    paper = documents.documents_of(SYSTEM, application_id, story_visible=True)[-1]
    first = Event.objects.filter(story=application_id).order_by("ordinal").first()
    erasure = announced(given, officers, application_id)
    assert erasure.erases_at == given.at + rules.NOTICE
    assert Message.objects.filter(template="message.erasure_announced").count() == 1
    handlers.erase_announced(erasure.erases_at - timedelta(seconds=1))
    assert CANARY in str(queries.application(whose, application_id).answers)
    guarded()
    given.at = erasure.erases_at
    handlers.erase_announced(given.at)
    handlers.erase_announced(given.at + timedelta(minutes=1))
    given.settle()
    assert found_in_tables(CANARY) == []
    assert Event.objects.filter(name="services.erased").count() == 1
    assert not list(ledger.audit())
    assert not [one for one in ledger.left_of_erased(SYSTEM) if not one.table.startswith("registers_")]
    assert [one.application_id for one in kept_list.all()] == [application_id]
    assert 0 < Blob.objects.count() < blobs
    assert queries.application(other, beside).papers
    assert all(documents.content(SYSTEM, one.document_id).content for one in queries.application(other, beside).papers)
    left = Event.objects.get(pk=first.pk)
    assert (left.hash, left.ordinal, left.name, left.facts) == (first.hash, 1, first.name, None)
    verdict = documents.verify_number(paper.number, paper.code, at=given.at)
    assert (verdict.outcome, verdict.holder, verdict.number) == ("erased", "", paper.number)
    assert not verdict.is_valid, "whoever knows number and code alone may have written anything around them"
    assert verdict.erased_at
    assert verdict.issuer


@pytest.mark.django_db
def test_nothing_rests_on_what_was_erased(given, scene, officers):
    whose, application_id = scene
    erased(given, officers, application_id)
    told = queries.application(whose, application_id)
    assert (told.answers, told.papers) == ({}, ())
    assert told.erased_at is not None
    assert queries.may_file(whose, application_id, given.at) is None
    hindered = queries.hindrance(queries.earlier_of(application_id))
    assert hindered is not None
    assert hindered.code == "earlier_erased"
    used = Key.objects.filter(act="services.submit").get()
    again = {"by": whose, "at": given.at, "key": used.key, "application_id": application_id}
    with pytest.raises(Refusal, match="key_reused"):
        actions.submit(**again)


@pytest.mark.django_db
def test_who_may_not(given, scene, officers):
    whose, application_id = scene
    collector, administrator = officers
    good = {"number": number(application_id), "ground": "request", "words": WORDS}
    village = given.seat("kl-village-adoor", "village_officer")
    for code, by, facts in (
        ("not_permitted", village, good),
        ("not_permitted", whose, good),
        ("erasure_number", collector, {**good, "number": "X-1"}),
        ("erasure_needs_ground", collector, {**good, "ground": "schedule"}),
        ("erasure_needs_words", collector, {**good, "words": " because \u00a0 "}),
        ("erasure_not_ended", collector, {**good, "number": number(given.submitted(given.citizen()))}),
    ):
        refused(given, code, actions.propose_erasure, by, **facts)
    erasure_id = propose(given, collector, application_id)
    refused(given, "erasure_open_already", actions.propose_erasure, collector, **good)
    decide = {"erasure_id": erasure_id, "allowed": True}
    refused(given, "not_found", actions.decide_erasure, collector, **decide)
    refused(given, "not_found", actions.decide_erasure, village, **decide)
    refused(given, "not_found", actions.erase, administrator, erasure_id=erasure_id)
    given.act(actions.decide_erasure, administrator, key="once", **decide)
    actions.decide_erasure(by=administrator, at=given.at, key="once", **decide)
    refused(given, "erasure_decided", actions.decide_erasure, administrator, **decide)
    refused(given, "erasure_too_early", actions.erase, SYSTEM, erasure_id=erasure_id)
    given.act(actions.withdraw_erasure, collector, erasure_id=erasure_id)
    assert given.act(actions.erase, SYSTEM, erasure_id=erasure_id) is False
    assert answers_of(application_id)
    with writing(), pytest.raises(IntegrityError):
        Erasure.objects.filter(pk=erasure_id).update(state="done", decided_by_id=collector.person_id)


def answers_of(application_id) -> dict:
    return dict(queries.application(SYSTEM, application_id).answers)


@pytest.mark.django_db
def test_on_hold_nothing_is_erased(given, scene, officers):
    whose, application_id = scene
    collector, administrator = officers
    erasure = announced(given, officers, application_id)
    another = number(given.submitted(whose))
    placed = {"number": another, "of_person": True, "order": "WP 7 of 2026", "words": WORDS}
    refused(given, "hold_needs_order", actions.place_hold, collector, **{**placed, "order": " "})
    refused(given, "not_permitted", actions.place_hold, given.seat("kl-village-adoor", "village_officer"), **placed)
    hold_id = given.act(actions.place_hold, collector, **placed)
    given.at = erasure.erases_at
    handlers.erase_announced(given.at)
    refused(given, "erasure_held", actions.erase, SYSTEM, erasure_id=erasure.id)
    assert answers_of(application_id)
    assert [one.is_held for one in queries.erasures(administrator)] == [True]
    refused(given, "not_found", actions.lift_hold, collector, hold_id=hold_id, words=WORDS)
    refused(given, "erasure_needs_words", actions.lift_hold, administrator, hold_id=hold_id, words="over")
    given.act(actions.lift_hold, administrator, hold_id=hold_id, words=WORDS)
    refused(given, "hold_lifted_already", actions.lift_hold, administrator, hold_id=hold_id, words=WORDS)
    own = given.act(actions.place_hold, collector, **{**placed, "number": number(application_id), "of_person": False})
    handlers.erase_announced(given.at)
    assert answers_of(application_id)
    given.act(actions.lift_hold, administrator, hold_id=own, words=WORDS)
    handlers.erase_announced(given.at)
    assert not answers_of(application_id)
    with writing(), pytest.raises(IntegrityError):
        Hold.objects.filter(pk=hold_id).update(lifted_by_id=collector.person_id)


@pytest.fixture
def kept_for_a_time(given):
    """The income certificate, with times for which it is kept."""
    files = dict(PackFolder(OPTIONS.packs_dir).read(PACK).services[SERVICE])
    files["service.yaml"] = files["service.yaml"].replace("version: 1", "version: 2", 1) + KEEPS
    given.loaded(PACK, SERVICE, files)
    return given


@pytest.mark.django_db
def test_what_is_over_is_announced_and_erased_by_the_clock(kept_for_a_time):
    given = kept_for_a_time
    whose = given.citizen()
    application_id, _ = given.decided(whose)
    draft, gone_on_with = given.draft(given.citizen()), given.draft(given.citizen())
    given.settle()
    first = given.at
    given.at = first + timedelta(days=31)
    handlers.announce_erasures(given.at)
    handlers.announce_erasures(given.at + timedelta(hours=1))
    assert set(Erasure.objects.values_list("application_id", flat=True)) == {draft, gone_on_with}
    owner = Application.objects.get(pk=gone_on_with).applicant_id
    answers = queries.application(SYSTEM, gone_on_with).answers
    by = Actor.person(owner)
    given.act(actions.save_answers, by, application_id=gone_on_with, answers=answers)
    given.at += rules.NOTICE
    handlers.erase_announced(given.at)
    states = dict(Erasure.objects.values_list("application_id", "state"))
    assert states == {draft: "done", gone_on_with: "withdrawn"}
    assert Application.objects.get(pk=draft).state == "discarded"
    assert queries.application(by, gone_on_with).answers == answers
    given.at = first + timedelta(days=365)
    assert [one.application_id for one in queries.due(SYSTEM, given.at)] == [gone_on_with]
    given.at = first + timedelta(days=560)
    assert application_id in {one.application_id for one in queries.due(SYSTEM, given.at)}


def of_events() -> list[str]:
    """Return the codes of what the audit finds of events and their chains."""
    return [one.code for one in audit_events(Memory(), lambda _what, _count: None)]


@pytest.mark.django_db
def test_a_hand_that_erases_is_found(given, scene):
    _, application_id = scene
    story = Event.objects.filter(story=application_id)
    with writing():
        story.filter(ordinal=2).update(facts=None, rows=None, salt=None)
    assert "event_altered" in of_events()
    with writing():
        RecordErasure.objects.bulk_create(
            [RecordErasure(story=application_id, through=2, events=2, remains="0" * 64, erased_at=given.at)]
        )
    assert {one.code for one in ledger.audit()} >= {"row_inserted", "erased_altered", "erased_back"}


@pytest.mark.django_db
def test_what_is_left_or_comes_back_is_found(given, scene, officers):
    _, application_id = scene
    before = Event.objects.filter(story=application_id).order_by("ordinal").first()
    erased(given, officers, application_id)
    assert not of_events()
    with writing():
        Event.objects.filter(pk=before.pk).update(facts=before.facts, rows=before.rows, salt=before.salt)
    assert of_events() == ["erased_back"]
    assert [one.table for one in ledger.left_of_erased(SYSTEM) if one.table == "ledger_event"] == ["ledger_event"]
    with writing():
        Event.objects.filter(pk=before.pk).update(facts=None, rows=None, salt=None, post_id=uuid4())
    assert of_events() == ["erased_altered"]


@pytest.mark.django_db
def test_what_a_backup_brought_back_is_erased_again(given, scene, kept_list):
    _, application_id = scene
    handlers.repeat_erasures(given.at)
    kept_list.add(Remembered(application_id=application_id, erased_at=given.at))
    kept_list.add(Remembered(application_id=uuid4(), erased_at=given.at))
    handlers.repeat_erasures(given.at)
    handlers.repeat_erasures(given.at + timedelta(minutes=10))
    assert not answers_of(application_id)
    assert [(one.ground, one.state) for one in Erasure.objects.all()] == [("again", "done")]


@pytest.mark.django_db
def test_an_administrator_sees_what_is_due_what_was_erased_and_what_is_left_of_it(
    given, officers, scene, kept_list, monkeypatch
):
    monkeypatch.setattr(cli, "remembered_erasures", lambda: kept_list)

    def told(*words):
        done = CliRunner().invoke(cli.command, words)
        *_, last = CliRunner().invoke(cli.command, [*words, "--json"]).output.splitlines()
        return done.exit_code, done.output, json.loads(last)

    _, application_id = scene
    assert told("due")[2]["due"] == 0
    assert told("list")[2] == {"erasures": 0, "holds": 0}
    erased(given, officers, application_id)
    code, words, totals = told("verify")
    assert (code, totals["good"], totals["erased"], totals["left"]) == (0, True, 1, 0), words
    assert told("list")[2] == {"erasures": 1, "holds": 0}
    monkeypatch.setattr(kept_list, "unknown", lambda: 2)
    code, words, totals = told("verify")
    assert (code, totals["good"], totals["lines_unknown"]) == (1, False, 2)
    assert "2 lines of the list" in words


@pytest.mark.django_db
def test_what_is_here_again_is_named_until_it_is_erased_again(given, scene, kept_list, monkeypatch):
    monkeypatch.setattr(cli, "remembered_erasures", lambda: kept_list)
    _, application_id = scene
    kept_list.add(Remembered(application_id=application_id, erased_at=given.at))
    done = CliRunner().invoke(cli.command, ["verify"])
    assert done.exit_code == 1
    assert f"{application_id} was erased and is here again" in done.output
    handlers.repeat_erasures(given.at)
    assert CliRunner().invoke(cli.command, ["verify"]).exit_code == 0


@drawn(
    ended=st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 1, 1)),
    way=st.sampled_from(("days", "months", "years")),
    count=st.integers(1, 60),
    more=st.integers(0, 400),
)
@settings(max_examples=80)
@pytest.mark.once
def test_whatever_is_over_is_looked_at(ended, way, count, more):
    keep = Keep(**{way: count})
    today = keep.last_day(ended) + timedelta(days=1 + more)
    assert ended < keep.last_day(ended)
    assert ended < keep.ended_before(today)
