"""Hostile answers through the actions: refused whole with nothing lost, or kept and read back exactly."""

import hashlib
import json

import pytest
from django.apps import apps
from django.db import connection

from janaseva.core.refusal import Invalid, Refusal
from janaseva.core.row import Row
from janaseva.forms.rules import check, settle_shape
from janaseva.forms.rules.checking import only_asked
from janaseva.services import actions, queries
from tests.hostile.every_field import PAGE, draft_of_it, form
from tests.hostile.values import SENT

pytestmark = pytest.mark.django_db

FIRST = {"a_text": "Was here before", "a_name": "K. Anil", "a_choice": "one", "some_rows": [{"who": "Latha"}]}


@pytest.fixture
def draft(given):
    """A draft of the service that asks everything, with a page saved."""
    by = given.citizen()
    application_id = draft_of_it(given, by)
    given.act(actions.save_page, by, application_id=application_id, page=PAGE, answers=FIRST)
    return given, by, application_id


BEYOND = ("number of 5,000 digits",)
"""What no door lets in, since Python itself would not write it out again."""


def kept(by, application_id):
    return queries.application(by, application_id).answers


def picture():
    """Each table but the ledger's, row for row."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, Row) and model.room() != "ledger":
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY id')
                found[model._meta.db_table] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


def save(draft, answers, page=PAGE):
    given, by, application_id = draft
    given.act(actions.save_page, by, application_id=application_id, page=page, answers=answers)


def try_everywhere(draft, value):
    """Put a value into every field at once, then into those alone that take it; return what was taken."""
    given, by, application_id = draft
    asked = next(page for page in form().pages if page.key == PAGE)
    names = [key for question in asked.fields for key in question.keys]
    own = set(names)
    before = kept(by, application_id)
    if len(str(value)) > 40_000:
        names = names[:3]
    for answers in (dict.fromkeys(names, value), settle_shape(form(), dict.fromkeys(names, value))):
        try:
            save(draft, answers)
        except Invalid as refused:
            assert refused.faults  # noqa: PT017 - most values are refused, some are kept
            assert kept(by, application_id) == before
        today = queries.today(given.at)
        faulty = {
            fault.place.partition(".")[0]
            for fault in check(form(), answers, today, pages={PAGE}, directory=queries.PLACES)
        }
        good = {key: given for key, given in answers.items() if key not in faulty}
        save(draft, good)
        others = {key: given for key, given in before.items() if key not in own}
        expected = {**others, **only_asked(form(), {**others, **good}, today=today, directory=queries.PLACES)}
        assert kept(by, application_id) == json.loads(json.dumps(expected))
        before = kept(by, application_id)
        assert len(json.dumps(before)) < 200_000


@pytest.mark.parametrize("group", range(2))
def test_no_value_breaks_a_draft(draft, group):
    names = [name for name in SENT if not name.startswith("text: control") and name not in BEYOND]
    for name in [*names, "text: control U+0000", "text: control U+001B", "text: control U+0085"][group::2]:
        try:
            try_everywhere(draft, SENT[name])
        except Exception as error:
            error.add_note(f"the value was: {name}")
            raise


def test_a_refused_page_changes_nothing_at_all(draft):
    before = picture()
    for value in (SENT["text: control U+0000"], SENT["text: bidi override"], SENT["text: high surrogate"]):
        with pytest.raises(Invalid):
            save(draft, {**FIRST, "a_name": value})
    assert picture() == before


def test_a_page_that_is_not_there(draft):
    before = picture()
    for page in ("", "\x00", "nowhere", "x" * 100_000, "../declaration", "\ud800"):
        with pytest.raises(Refusal, match="not_found"):
            save(draft, FIRST, page=page)
    assert picture() == before


def test_a_service_that_is_not_there(given):
    by = given.citizen()
    for service in ("", "\x00", "x" * 100_000, "'; --", "kl-income-certificate\x00", "\ud800"):
        with pytest.raises(Refusal, match="not_found"):
            given.act(actions.begin, by, service=service, language="\x00" * 1_000)


STORED = {
    "a_text": "<script>alert('janaseva')</script>",
    "a_long_text": "=cmd|' /C calc'!A0\n#panic(\"x\") $x$ {{7*7}} {applicant_name}",
    "a_name": 'Anil O\'Brien "x" onmouseover=alert(1)',
    "a_name_ml": "\u0d05\u0d28\u0d3f\u0d7d {{7*7}}",
}


def test_what_was_saved_can_be_handed_in_as_it_is(draft):
    given, by, application_id = draft
    save(draft, STORED)
    before = kept(by, application_id)
    given.act(actions.submit, by, application_id=application_id)
    assert kept(by, application_id) == before
    assert {key: before[key] for key in STORED} == STORED
