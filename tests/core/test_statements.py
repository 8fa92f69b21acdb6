"""Statements built once read and write what Django's own would."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model as DjangoModel
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString

from janaseva.core.actor import Actor
from janaseva.core.canonical import sha256_hex
from janaseva.core.cursors import OtherRowsError
from janaseva.core.ids import uuid7
from janaseva.core.row import OwnershipError, Row, insert, update, writing
from janaseva.ledger.queries import unpublished_seconds
from janaseva.people.models import Area, Office, Session
from janaseva.services.models import Application
from janaseva.workflow.models import Case, Move, Task
from janaseva.workflow.queries import desk
from janaseva.workflow.steps.take import _first_waiting, _next

pytestmark = pytest.mark.django_db


def models():
    return [model for model in apps.get_models() if issubclass(model, Row)]


def test_every_row_of_every_table_is_read_as_django_reads_it(given):
    given.decided(given.citizen())
    given.settle()
    tables = 0
    for model in models():
        rows = list(model.objects.all()[:20])
        tables += bool(rows)
        for row in rows:
            again = model.get_or_none(row.pk)
            assert again is not None
            assert again.columns() == row.columns(), model
            assert again._state.adding is False
            kept = {name: value for name, value in row.columns().items() if value or name not in model.later}
            assert row.row_hash() == again.row_hash() == sha256_hex(kept), model
    assert tables > 20


def test_a_row_in_hand_has_the_hash_that_it_has_once_it_was_read_again(given):
    odd = {"key": SafeString("words"), "id": uuid7(), "revision": "1", "ended_at": None}
    office = Office(**{**Office.objects.first().columns(), **odd})
    with writing():
        insert([office])
    again = Office.get_or_none(office.pk)
    assert office.row_hash() == again.row_hash() == sha256_hex(again.columns())
    assert (again.key, again.revision) == ("words", 1)


def test_values_empty_columns_several_values_and_order(given):
    application_id, _ = given.taken(given.citizen())
    (row,) = Application.where(id=application_id)
    assert Move.where(case_id=row.case_id, order=("-ordinal",)) == list(
        Move.objects.filter(case_id=row.case_id).order_by("-ordinal")
    )
    assert Task.where(case_id=row.case_id, state=("waiting", "held"), done_at=None)
    assert Task.where(case_id=row.case_id, state=()) == []
    assert not Task.where(case_id=row.case_id, state=("done",))
    assert Area.where(parent_id=None, order=("code",)) == list(Area.objects.filter(parent=None).order_by("code"))
    assert Office.first_where(key="kl-village-adoor") == Office.objects.get(key="kl-village-adoor")
    assert Office.first_where(key="'; DROP TABLE people_office; --") is None
    assert (
        Office.first_where(order=("key",), kind="village_office")
        == Office.objects.filter(kind="village_office").order_by("key").first()
    )


def test_nothing_is_written_or_held_outside_an_act(given, django_db_blocker):
    row = Session.objects.first()
    with pytest.raises(OwnershipError):
        insert([Session(token_hash="x")])
    with pytest.raises(OwnershipError):
        update(row, ["language"])
    assert Session.objects.filter(language=row.language, pk=row.pk, revision=row.revision).exists()


def test_a_change_of_what_another_changed_meanwhile_writes_nothing(given):
    mine, theirs = Session.objects.first(), Session.objects.first()
    with writing():
        mine.language = "ur"
        update(mine, ["language"])
        theirs.language = "sd"
        with pytest.raises(OtherRowsError):
            update(theirs, ["language"])
    assert Session.objects.get(pk=mine.pk).language == "ur"
    assert Session.objects.get(pk=mine.pk).revision == mine.revision


def test_more_rows_than_one_statement_carries(given):
    rows = [Area(scheme="test", code=str(number), level="village", names={"en": "x"}) for number in range(300)]
    with writing():
        insert(rows)
    assert Area.objects.filter(scheme="test").count() == 300
    assert {row.code for row in Area.where(scheme="test")} == {str(number) for number in range(300)}


def test_a_new_row_begins_as_django_would_begin_it(given):
    own = {"id", "salt"}
    for model in models():
        mine, theirs = model(), model.__new__(model)
        DjangoModel.__init__(theirs)
        for part in model._meta.concrete_fields:
            if part.attname not in own:
                assert getattr(mine, part.attname) == getattr(theirs, part.attname), part
        assert (mine._state.adding, mine._state.db) == (True, None)
    office = Office.objects.first()
    case = Case(office=office, state="x")
    assert case.office is office
    assert case.office_id == office.id
    assert Case(office_id=office.id).office == office
    with pytest.raises(TypeError):
        Case(no_such_column=1)
    with pytest.raises(ValueError, match="must be"):
        Case(office="no office")


def test_what_the_platform_asks_by_a_word_of_its_own_is_found_by_the_index_of_those_rows(given):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL sees the values themselves when it plans")
    post, person = uuid7(), uuid7()
    officer = Actor(kind="officer", person_id=person, post_ids=frozenset({post}), charge_id=uuid7())
    with CaptureQueriesContext(connection) as said:
        _next(post=post, person=person)
        _first_waiting(post=post, person=person)
        desk(officer, given.at)
    tasks = [one["sql"] for one in said if one["sql"].startswith("SELECT") and "workflow_task" in one["sql"]]
    assert len(tasks) == 9
    sorted_ = []
    for sql in tasks:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [row[3] for row in cursor.fetchall()]
        assert not [line for line in plan if "workflow_task_post_id" in line], (sql, plan)
        sorted_ += [sql for line in plan if "TEMP B-TREE FOR ORDER BY" in line]
    assert len(sorted_) == 1
    assert "\"state\" = 'paused' AND" in sorted_[0]  # in the order of their pauses
    with CaptureQueriesContext(connection) as said:
        unpublished_seconds(uuid7())
    assert any("INDEXED BY leaves_to_sequence" in one["sql"] for one in said)
