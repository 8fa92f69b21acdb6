"""Statements built once read and write what Django's own would."""

import pytest
from django.apps import apps

from janaseva.core.row import OwnershipError, Row, insert, update, writing
from janaseva.people.models import Area, Office, Session
from janaseva.services.models import Application
from janaseva.workflow.models import Move, Task

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
    assert tables > 20


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
        assert update(mine, ["language"])
        theirs.language = "sd"
        assert not update(theirs, ["language"])
    assert Session.objects.get(pk=mine.pk).language == "ur"
    assert Session.objects.get(pk=mine.pk).revision == mine.revision


def test_more_rows_than_one_statement_carries(given):
    rows = [Area(scheme="test", code=str(number), level="village", names={"en": "x"}) for number in range(300)]
    with writing():
        insert(rows)
    assert Area.objects.filter(scheme="test").count() == 300
    assert {row.code for row in Area.where(scheme="test")} == {str(number) for number in range(300)}
