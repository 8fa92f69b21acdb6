"""A page reads each thing once, and what it changes itself is read anew."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.core import glance
from janaseva.core.action import allow, change, flush, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.questions import Question
from janaseva.people import actions as people
from janaseva.people.models import Office, Session
from tests.ledger.acts import Tried, acting
from tests.ledger.paper import Paper, paper_table, papers  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

offices = Question(lambda *, kind: Office.objects.filter(kind=kind).order_by("key"))


def count(reading):
    with CaptureQueriesContext(connection) as captured:
        reading()
    return len(captured)


def test_what_is_asked_twice_is_read_once_within_a_glance(given):
    def reading():
        row = Office.first_where(key="kl-village-adoor")
        assert Office.first_where(key="kl-village-adoor") == row
        assert Office.get_or_none(row.id) == Office.first_where(id=row.id) == row
        assert Office.first_where(key="no-such-office") is Office.first_where(key="no-such-office") is None
        assert offices(kind="village_office") == offices(kind="village_office") != offices(kind="taluk_office")

    apart = count(reading)
    with glance.glance():
        together = count(reading)
    assert (apart, together, count(reading)) == (9, 5, 9)


def test_a_list_that_a_page_changes_is_not_what_another_part_reads(given):
    with glance.glance():
        offices(kind="village_office").clear()
        assert offices(kind="village_office")


def test_an_act_reads_what_is_there_and_the_page_after_it_too(given):
    token, by = given.session()
    with glance.glance():
        (before,) = Session.where(person_id=by.person_id)
        given.act(people.sign_out, by, session_id=before.id)
        assert count(lambda: [Session.get_or_none(before.id) for _ in range(3)]) == 3
        assert Session.get_or_none(before.id).ended_at is not None
        glance.again()
        assert count(lambda: [Session.get_or_none(before.id) for _ in range(3)]) == 1
    assert token


def within_an_act(given, body):
    @acting
    def run(*, by, at, key: str) -> None:
        allow(True)
        body()
        tell(Tried(count=1))

    run(by=Actor.system("test"), at=given.at, key="k")


@pytest.mark.usefixtures("papers")
def test_an_act_reads_once_what_it_does_not_write_and_knows_what_it_wrote(given):
    seen = []

    def body():
        old = put(Paper(words="old"))
        flush()
        assert count(lambda: [seen.append(Paper.get_or_none(old.id)) for _ in range(3)]) == 1
        assert count(lambda: [Office.first_where(key="kl-village-adoor") for _ in range(3)]) == 1
        (listed,) = Paper.where(words="old")
        assert count(lambda: Paper.where(words="old")) == 0
        assert listed.id == old.id
        held = Paper.locked(old.id)
        change(held, words="new")
        assert Paper.get_or_none(old.id).words == "new"
        flush()
        assert Paper.where(words="old") == []
        assert [row.id for row in Paper.where(words="new")] == [old.id]
        assert count(lambda: Paper.get_or_none(old.id)) == 0
        assert Paper.get_or_none(old.id) is held
        another = put(Paper(words="new"))
        flush()
        assert {row.id for row in Paper.where(words="new")} == {old.id, another.id}
        waited = 1 if connection.features.has_select_for_update else 0
        assert count(lambda: Office.first_where(key="kl-village-adoor")) == waited
        remove(Paper.get_or_none(another.id))
        flush()
        assert Paper.get_or_none(another.id) is None
        assert [row.id for row in Paper.where(words="new")] == [old.id]

    within_an_act(given, body)
    assert len({id(row) for row in seen}) == 1
    assert count(lambda: [Office.first_where(key="kl-village-adoor") for _ in range(3)]) == 3


@pytest.mark.usefixtures("papers")
def test_what_was_read_before_a_lock_is_read_again_where_others_may_write_meanwhile(given):
    def body():
        row = put(Paper(words="mine"))
        flush()
        Paper.get_or_none(row.id)
        Office.first_where(key="kl-village-adoor")
        again = 1 if connection.features.has_select_for_update else 0
        assert count(lambda: Paper.locked(row.id)) == again
        assert count(lambda: Office.first_where(key="kl-village-adoor")) == again
        assert count(lambda: Paper.get_or_none(row.id)) == 0
        list(Office.objects.select_for_update().filter(key="kl-village-adoor"))
        assert count(lambda: Office.first_where(key="kl-village-adoor")) == 1
        assert count(lambda: Paper.get_or_none(row.id)) <= 1

    within_an_act(given, body)
