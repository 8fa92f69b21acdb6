"""A question put together once answers what its queryset would, whatever its values."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q, Value
from django.test.utils import CaptureQueriesContext

from janaseva.core.ids import uuid7
from janaseva.core.questions import Question
from janaseva.people.models import Area, Office, Session
from janaseva.workflow.models import Task

pytestmark = pytest.mark.django_db


def _offices(*, keys, area, since):
    rows = Office.objects.filter(Q(arranged_at=None) | Q(arranged_at__gt=since), area_id__in=area, key__in=keys)
    return rows.annotate(sort=Value("office")).order_by("key").values_list("id", "names", "ended_at", "sort")


def _all(*, key):
    del key
    return Office.objects.all()


def test_values_tuples_moments_and_constants_take_their_places(given):
    question = Question(_offices)
    offices = list(Office.objects.order_by("key")[:6])
    for count in (1, 2, 6, 2, 5, 3, 4):
        some = offices[:count]
        values = {
            "keys": tuple(one.key for one in some),
            "area": tuple(one.area_id for one in some),
            "since": datetime(2026, 1, count, tzinfo=UTC),
        }
        assert question(**values) == list(_offices(**values)) != []
    assert len(question._kept) == 4, "not a statement for each length"
    assert question(keys=("nobody",), area=(offices[0].area_id,), since=given.at) == []
    assert question(keys=(), area=(offices[0].area_id,), since=given.at) == []
    assert question.first(keys=(), area=(), since=given.at) is None


def test_rows_come_with_what_was_joined_and_without_it(given):
    given.taken(given.citizen())
    joined = Session.objects.select_related("person", "charge__post").order_by("id")
    question = Question(lambda *, kind: joined.filter(kind=kind))
    sessions = question(kind="officer") + question(kind="citizen")
    with CaptureQueriesContext(connection) as asked:
        seen = [(one.person.names, one.charge and one.charge.post.role) for one in sessions]
    assert not asked.captured_queries
    assert seen == [
        (one.person.names, one.charge and one.charge.post.role)
        for kind in ("officer", "citizen")
        for one in Session.objects.filter(kind=kind).order_by("id")
    ]
    assert {role for _, role in seen} > {None}
    tasks = Question(lambda *, since: Task.objects.filter(arrived_at__gt=since).select_related("case").defer("title"))
    (task,) = tasks(since=given.at - timedelta(days=9))
    assert task.case == Task.objects.get().case
    assert task.title == Task.objects.get().title


def test_what_is_empty_or_a_number_is_another_question(given):
    question = Question(lambda *, within, most: Area.objects.filter(parent_id=within).order_by("id")[:most])
    top = Area.objects.filter(parent_id=None).order_by("id")
    assert question(within=None, most=1) == list(top[:1])
    assert question(within=None, most=500) == list(top)
    assert question(within=top[0].pk, most=500) == list(Area.objects.filter(parent_id=top[0].pk).order_by("id"))


def test_a_value_that_is_changed_on_its_way_is_a_fault(given):
    question = Question(lambda *, key: Office.objects.filter(key__startswith=key))
    with pytest.raises(ValueError, match="key"):
        question(key="kl-")
    unused = Question(_all)
    with pytest.raises(ValueError, match="key"):
        unused(key=uuid7())
