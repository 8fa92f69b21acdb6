"""Erasing: by two persons or the law's time, told 48 hours before; nothing of it is found then, and all is proven."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from janaseva.cli.setup import fix_rows
from janaseva.contact.models import Message
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.ledger import queries as ledger
from janaseva.ledger.models import Event
from janaseva.services import actions, handlers, queries
from janaseva.services.models import Erasure
from janaseva.services.rules import erasing as rules

pytestmark = pytest.mark.django_db
CANARY = "Zugvogel"
WORDS = "The applicant asked for it in writing; nothing needs it any more."


@pytest.fixture
def scene(given):
    """A decided application full of a word that is nowhere else, and the two officers who may have it erased."""
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
    proposer = given.seat("kl-collectorate-pathanamthitta", "district_collector")
    return whose, application_id, proposer, given.seat("kl-secretariat-it", "administrator")


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


def guarded() -> None:
    """Guard the database as setup does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    fix_rows()


def propose(given, scene, **more):
    number = queries.application(Actor.system("tests"), scene[1]).number
    facts = {"number": number, "ground": "request", "words": WORDS, **more}
    return given.act(actions.propose_erasure, scene[2], **facts)


def refused(given, code, action, by, **facts):
    before = [Event.objects.exclude(name="ledger.refused").count(), *Erasure.objects.values_list("revision", flat=True)]
    with pytest.raises(Refusal) as caught:
        given.act(action, by, **facts)
    assert code in [caught.value.code, *(fault.code for fault in getattr(caught.value, "faults", ()))]
    now = [Event.objects.exclude(name="ledger.refused").count(), *Erasure.objects.values_list("revision", flat=True)]
    assert now == before


def test_the_whole_of_it(given, scene):
    whose, application_id, _, second = scene
    assert {"forms_answersheet", "documents_document", "workflow_move"} <= set(found_in_tables(CANARY))
    erasure_id = propose(given, scene)
    given.act(actions.decide_erasure, second, erasure_id=erasure_id, allowed=True)
    erasure = Erasure.objects.get()
    assert erasure.erases_at == given.at + rules.NOTICE
    assert Message.objects.filter(template="message.erasure_announced").count() == 1
    handlers.erase_announced(erasure.erases_at - timedelta(seconds=1))
    assert CANARY in str(queries.application(whose, application_id).answers)
    guarded()
    given.at = erasure.erases_at
    handlers.erase_announced(given.at)
    handlers.erase_announced(given.at + timedelta(minutes=1))
    assert found_in_tables(CANARY) == []
    assert Event.objects.filter(name="services.erased").count() == 1
    given.settle()
    assert list(ledger.audit()) == []
