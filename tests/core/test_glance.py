"""A page reads each thing once, and what it changes itself is read anew."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from janaseva.core import glance
from janaseva.core.questions import Question
from janaseva.people import actions as people
from janaseva.people.models import Office, Session

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
