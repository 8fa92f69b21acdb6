"""Reading in an emergency: asked with a reason, allowed by another, on record, told, and over by itself."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from janaseva.contact.models import Message
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger.models import Event
from janaseva.services import actions, handlers, queries
from janaseva.services.models import Emergency
from janaseva.services.rules import emergencies as rules

REASON = "The river took the village office; the hospital asks for this family."
AT = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


@drawn(
    kind=st.sampled_from(("officer", "person", "anyone", "machine")),
    mine=st.booleans(),
    state=st.sampled_from(rules.STATES),
    minutes=st.integers(-120, 300),
)
@settings(max_examples=60)
@pytest.mark.once
def test_it_is_read_by_who_asked_while_it_lasts_and_by_nobody_else(kind, mine, state, minutes):
    charge = uuid4()
    by = Actor(kind=kind, person_id=uuid4(), charge_id=charge if mine else uuid4(), post_ids=frozenset({uuid4()}))
    ends = AT + timedelta(minutes=minutes)
    facts = rules.Facts(
        person_id=by.person_id, charge_id=charge, applicant_id=uuid4(), state=state, asked_at=AT, ends_at=ends
    )
    now = AT + timedelta(minutes=30)
    assert rules.may_read(by, facts, now) == (kind == "officer" and mine and state == "allowed" and minutes > 30)
    assert rules.standing(facts, AT + rules.WAITS) != "asked"


@pytest.fixture
def scene(given):
    """An application of Adoor's village, and the tahsildar and collector who have nothing to do with it."""
    whose = given.citizen()
    application_id, village = given.taken(whose)
    asker = given.seat("kl-taluk-adoor", "tahsildar")
    second = given.seat("kl-collectorate-pathanamthitta", "district_collector")
    return whose, application_id, village, asker, second


def ask(given, scene, **more):
    whose, application_id, _, asker, _ = scene
    facts = {"number": queries.application(whose, application_id).number, "reason": REASON, "minutes": 30, **more}
    return given.act(actions.ask_emergency, asker, **facts)


def refused(given, code, action, by, **facts):
    before = (Emergency.objects.count(), list(Emergency.objects.values_list("revision", flat=True)))
    with pytest.raises(Refusal) as caught:
        given.act(action, by, **facts)
    assert code in [caught.value.code, *(fault.code for fault in getattr(caught.value, "faults", ()))]
    assert before == (Emergency.objects.count(), list(Emergency.objects.values_list("revision", flat=True)))


@pytest.mark.django_db
def test_the_whole_of_it(given, scene):
    whose, application_id, _, asker, second = scene
    emergency_id = ask(given, scene)
    refused(given, "emergency_asked_before", actions.ask_emergency, asker, reason=REASON, minutes=30,
            number=queries.application(whose, application_id).number)  # fmt: skip
    refused(given, "not_found", actions.read_in_emergency, asker, emergency_id=emergency_id)
    refused(given, "not_found", actions.decide_emergency, asker, emergency_id=emergency_id, allowed=True)
    given.act(actions.decide_emergency, second, emergency_id=emergency_id, allowed=True, key="allowed once")
    decided = Emergency.objects.get()
    again = {"emergency_id": emergency_id, "allowed": True}
    actions.decide_emergency(by=second, at=given.at, key="allowed once", **again)  # the same wish, answered the same
    refused(given, "emergency_decided", actions.decide_emergency, second, **again)
    refused(given, "not_found", actions.read_in_emergency, second, emergency_id=emergency_id)
    assert given.act(actions.read_in_emergency, asker, emergency_id=emergency_id) == application_id
    _, view = queries.emergency_record(asker, emergency_id, given.at)
    assert view.answers == queries.application(whose, application_id).answers
    paper = view.papers[0].document_id
    assert queries.emergency_paper(asker, emergency_id, paper, given.at).content
    with pytest.raises(Refusal):
        queries.emergency_paper(asker, emergency_id, uuid4(), given.at)
    for way, facts in (("note", {"text": "A note."}), ("look", {})):
        refused(given, "not_found", getattr(actions, way), asker, application_id=application_id, **facts)
    assert [look.in_emergency for look in queries.looks(whose, application_id)].count(True) == 1
    at = decided.ends_at
    with pytest.raises(Refusal):
        queries.emergency_record(asker, emergency_id, at)
    handlers.notice_what_passed(at)
    handlers.notice_what_passed(at + timedelta(minutes=1))
    ended = Emergency.objects.get()
    assert (ended.state, ended.ended_at, ended.reads) == ("ended", at, 1)
    told = [
        name
        for name in Event.objects.filter(story=application_id).values_list("name", flat=True)
        if "emergency" in name
    ]
    assert sorted(told) == ["services.emergency_asked", "services.emergency_decided", "services.emergency_ended",
                            "services.read_in_emergency"]  # fmt: skip
    assert Message.objects.filter(template="message.read_in_emergency").count() == 1


@pytest.mark.django_db
def test_what_is_refused(given, scene):
    whose, application_id, village, asker, second = scene
    number = queries.application(whose, application_id).number
    good = {"number": number, "reason": REASON, "minutes": 30}
    for code, by, facts in (
        ("emergency_needs_reason", asker, {**good, "reason": "  urgent \u00a0 "}),
        ("emergency_minutes", asker, {**good, "minutes": 600}),
        ("emergency_number", asker, {**good, "number": "X-1"}),
        ("not_permitted", village, good),
        ("not_permitted", whose, good),
    ):
        refused(given, code, actions.ask_emergency, by, **facts)
    emergency_id = ask(given, scene)
    given.at += rules.WAITS
    refused(given, "emergency_lapsed", actions.decide_emergency, second, emergency_id=emergency_id, allowed=True)
    handlers.notice_what_passed(given.at)
    assert Emergency.objects.get().state == "ended"
    assert not Message.objects.filter(template="message.read_in_emergency").exists()
    another = ask(given, scene)
    given.act(actions.decide_emergency, second, emergency_id=another, allowed=False)
    refused(given, "not_found", actions.read_in_emergency, asker, emergency_id=another)
    refused(given, "not_found", actions.end_emergency, second, emergency_id=another)


@pytest.mark.django_db
def test_the_table_itself_wants_a_second_person_and_an_end(given, scene):
    from janaseva.core.row import writing

    emergency_id = ask(given, scene)
    held = Emergency.objects.get(pk=emergency_id)
    with writing(), pytest.raises(IntegrityError):
        Emergency.objects.filter(pk=emergency_id).update(
            state="allowed", ends_at=given.at, decided_by_id=held.person_id
        )
