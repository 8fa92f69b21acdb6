"""A no changes nothing: every table but the ledger's is, row for row and byte for byte, what it was before."""

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from janaseva.cli.papers import sample_paper
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.core.row import Row
from janaseva.core.text import LANGUAGES
from janaseva.core.words import say
from janaseva.documents import actions as documents
from janaseva.documents import rules as document_rules
from janaseva.ledger.models import Event
from janaseva.payments import actions as payments
from janaseva.payments import queries as payment_queries
from janaseva.people import actions as people_actions
from janaseva.services import actions, queries
from tests.given import SYSTEM

pytestmark = pytest.mark.django_db


def picture() -> dict[str, tuple[int, str]]:
    """Each table but the ledger's: how many rows, and the hash of them all as the database gives them."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not issubclass(model, Row) or model.room() == "ledger":
                continue
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY id')
            rows = cursor.fetchall()
            found[model._meta.db_table] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


@pytest.fixture
def scene(given):
    """A draft, an unpaid one, one on a desk, one in hand and one decided, with all who could meddle."""
    by = given.citizen()
    papers = {
        "unpaid": given.submitted(by),
        "decided": given.decided(by)[0],
        "held": given.taken(by)[0],
        "waiting": given.begun(by),
    }
    given.settle()
    papers["draft"] = actions_begin(given, by)
    people = {
        "applicant": by,
        "stranger": given.citizen(),
        "nobody": Actor.anyone(),
        "officer": given.seat("kl-village-adoor", "village_officer"),
        "clerk": given.seat("kl-village-adoor", "village_clerk"),
        "tahsildar": given.seat("kl-taluk-adoor", "tahsildar"),
    }
    return given, papers, people


def actions_begin(given, by):
    return given.act(actions.begin, by, service=given.service, language="en")


ANY = None
PAPER = {"group": "identity", "choice": "aadhaar"}
CASES = [
    ("begin", "nobody", ANY, {"service": "kl-income-certificate", "language": "en"}, "not_permitted"),
    ("begin", "officer", ANY, {"service": "kl-income-certificate", "language": "en"}, "not_permitted"),
    ("begin", "applicant", ANY, {"service": "no-such-service", "language": "en"}, "not_found"),
    ("save_page", "applicant", "draft", {"page": "no-page", "answers": {}}, "not_found"),
    ("save_page", "applicant", "draft", {"page": "applicant", "answers": {"mobile": "12"}}, "invalid"),
    ("save_page", "stranger", "draft", {"page": "purpose", "answers": {"purpose": "state"}}, "not_found"),
    ("save_page", "applicant", "held", {"page": "purpose", "answers": {}}, "application_already_submitted"),
    ("give_paper", "applicant", "held", PAPER, "application_already_submitted"),
    ("give_paper", "applicant", "draft", {"group": "identity", "choice": "passport"}, "not_found"),
    ("submit", "applicant", "draft", {}, "invalid"),
    ("submit", "stranger", "draft", {}, "not_found"),
    ("submit", "officer", "draft", {}, "not_found"),
    ("submit", "applicant", "unpaid", {}, "application_already_submitted"),
    ("withdraw", "stranger", "waiting", {}, "not_found"),
    ("withdraw", "applicant", "decided", {}, "application_not_open"),
    ("discard", "applicant", "held", {}, "application_already_submitted"),
    ("take_next", "applicant", ANY, {}, "not_permitted"),
    ("take_next", "nobody", ANY, {}, "not_permitted"),
    ("take", "officer", ANY, {"task_id": uuid4()}, "not_found"),
    ("look", "tahsildar", "held", {}, "not_found"),
    ("move", "clerk", "held", {"move": "refuse"}, "not_holder"),
    ("look", "stranger", "held", {}, "not_found"),
    ("look", "officer", "draft", {}, "not_found"),
    ("note", "officer", "held", {"text": "   "}, "note_empty"),
    ("ask", "tahsildar", "held", {"question": "Who?"}, "not_found"),
    ("ask", "officer", "held", {"question": ""}, "question_empty"),
    ("ask", "officer", "waiting", {"question": "Who?"}, "not_holder"),
    ("answer", "applicant", "held", {"query_id": uuid4(), "text": "I"}, "not_found"),
    ("request_report", "officer", "held", {"report": "none", "question": "Go there"}, "cannot_ask_here"),
    ("report", "officer", "held", {"text": "Was there."}, "nothing_was_asked"),
    ("recall", "officer", "held", {"note": "never mind"}, "nothing_was_asked"),
    ("move", "officer", "held", {"move": "approve"}, "invalid"),
    ("move", "officer", "held", {"move": "refuse", "note": "no reason"}, "invalid"),
    ("move", "officer", "held", {"move": "refuse", "reason": "made-up", "note": "words"}, "invalid"),
    ("move", "officer", "held", {"move": "promote"}, "move_not_possible"),
    ("move", "officer", "waiting", {"move": "approve"}, "not_holder"),
    ("move", "officer", "decided", {"move": "approve"}, "case_ended"),
    ("move", "tahsildar", "held", {"move": "approve"}, "not_found"),
    ("move", "applicant", "held", {"move": "approve"}, "not_found"),
    ("transfer", "officer", "held", {"area": "lgd-subdistrict:0", "note": "elsewhere, I think"}, "not_found"),
    ("begin_case", "officer", "unpaid", {}, "not_found"),
]


def test_a_refused_action_changes_nothing_but_the_record_of_the_refusal(scene):
    given, papers, people = scene
    before = picture()
    for verb, who, which, added, code in CASES:
        case = f"{who} wants to {verb} {which or ''} {added}"
        facts = {**added, **({"application_id": papers[which]} if which else {})}
        if verb == "give_paper":
            facts["received"] = document_rules.receive(filename="a.png", content=sample_paper("a"))
        if verb == "begin_case":
            facts["received_at"] = given.at
        events = Event.objects.count()
        with pytest.raises(Refusal) as told:
            given.act(getattr(actions, verb), people[who], **facts)
        assert told.value.code == code, case
        assert picture() == before, case
        last = Event.objects.order_by("-pk").first()
        assert (Event.objects.count(), last.name, last.facts["code"]) == (events + 1, "ledger.refused", code), case
        for language in LANGUAGES:
            assert say(f"refusal.{code}", language, **told.value.facts), case


def test_other_rooms_refuse_likewise(scene):
    given, papers, people = scene
    demand_id = queries.application(SYSTEM, papers["unpaid"]).demand_id
    decided = queries.application(SYSTEM, papers["decided"]).decision
    assert payment_queries.demand(people["applicant"], demand_id).state == "open"
    officer = people["officer"]
    wrong = [
        (payments.start, people["stranger"], {"demand_id": demand_id}),
        (documents.seal_again, people["applicant"], {"document_id": decided.document_id}),
        (
            people_actions.hand_over_charge,
            people["clerk"],
            {"charge_id": officer.charge_id, "to_person_id": people["clerk"].person_id, "order": "mine now"},
        ),
        (
            actions.take_next,
            replace(officer, charge_id=people["clerk"].charge_id),  # somebody else's charge
            {},
        ),
    ]
    before = picture()
    for action, who, facts in wrong:
        with pytest.raises(Refusal):
            given.act(action, who, **facts)
        assert picture() == before, action.__name__


def test_one_key_answers_once_and_refuses_another_body(scene):
    given, _, people = scene
    at, by = given.tick(), people["applicant"]
    first = actions.begin(by=by, at=at, key="one wish", service=given.service, language="en")
    before = picture()
    assert actions.begin(by=by, at=given.tick(), key="one wish", service=given.service, language="en") == first
    with pytest.raises(Refusal) as told:
        actions.begin(by=by, at=given.tick(), key="one wish", service=given.service, language="ml")
    assert told.value.code == "key_reused"
    assert picture() == before
    stranger = actions.begin(by=people["stranger"], at=at, key="one wish", service=given.service, language="en")
    assert stranger != first, "another person's key is another key"
