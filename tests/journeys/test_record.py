"""The record of a whole story: faultless as it was told, and naming exactly what was altered behind its back.

Alterations are raw SQL inside a savepoint that is rolled back, in every recorded table that the story wrote in: one
audit must name all altered rows and nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from janaseva.core.row import Row
from janaseva.ledger import queries as ledger
from janaseva.ledger.models import Event, Series
from janaseva.people import actions as people_actions
from janaseva.services import actions
from tests.given import SYSTEM, Given

pytestmark = pytest.mark.django_db

RECORDED = sorted(
    (model for model in apps.get_models() if issubclass(model, Row) and model.recorded),
    key=lambda model: model._meta.db_table,
)


@pytest.fixture
def told(given: Given) -> UUID:
    """A story with a question, a report, a note, a stand-in, a certificate and all messages sent."""
    by = given.citizen()
    application_id, officer = given.taken(by, variant="outside")
    given.act(actions.note, officer, application_id=application_id, text="Two incomes, one field.")
    given.act(actions.look, officer, application_id=application_id)
    query_id = given.act(actions.ask, officer, application_id=application_id, question="Whose field is it?")
    given.act(actions.answer, by, application_id=application_id, query_id=query_id, text="Ours.")
    given.act(actions.take_next, officer)
    clerk = given.seat("kl-taluk-adoor", "taluk_clerk")
    span = {"from_at": given.at, "to_at": given.at + timedelta(days=1), "order": "leave"}
    given.act(people_actions.stand_in, officer, charge_id=officer.charge_id, to_person_id=clerk.person_id, **span)
    given.approve(officer, application_id)
    given.settle()
    return application_id


@contextmanager
def behind_the_back() -> Iterator[None]:
    """Do what the application would not, and undo it at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sql(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def raw(key: UUID) -> object:
    """A key as this database keeps it."""
    return key.hex if connection.vendor == "sqlite" else key


def findings() -> set[tuple[str, str, str]]:
    return {(one.code, one.table, one.key) for one in ledger.audit()}


def newest(model: type[Row]) -> Row | None:
    return model._default_manager.order_by("-pk").first()


def alteration(model: type[Row], row: Row) -> tuple[str, object]:
    """A column of a row and another value for it, such as somebody might slip in."""
    for part in model._meta.concrete_fields:
        value = getattr(row, part.attname)
        if part.primary_key or part.is_relation or part.choices or part.unique or part.name == "revision":
            continue
        if isinstance(part, models.CharField | models.TextField) and part.name not in STATES:
            return part.column, f"{value}x"[-(part.max_length or 1000) :]
        if isinstance(part, models.DateTimeField) and value is not None:
            moment = value + timedelta(seconds=1)
            return part.column, moment if connection.vendor == "postgresql" else moment.replace(tzinfo=None)
        if isinstance(part, models.UUIDField):
            return part.column, raw(uuid4())
    for part in model._meta.concrete_fields:
        if isinstance(part, models.IntegerField) and not part.is_relation and part.name != "revision":
            return part.column, getattr(row, part.attname) + 1
        if isinstance(part, models.JSONField):
            return part.column, '{"en": "elsewhere"}'
    link = next(part for part in model._meta.concrete_fields if part.is_relation)
    return link.column, raw(uuid4())


STATES = {"state", "kind", "channel", "account", "use", "urgency"}
"""Columns that constraints of the database watch."""


def test_the_story_is_as_recorded(told):
    assert findings() == set()


def test_every_recorded_table_betrays_an_altered_row(told):
    rows = [(model, row) for model in RECORDED if (row := newest(model)) is not None]
    assert len(rows) >= 24, "the story should touch most recorded tables"
    expected = set()
    with behind_the_back():
        for model, row in rows:
            column, value = alteration(model, row)
            table = model._meta.db_table
            assert sql(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', value, raw(row.pk)) == 1
            expected.add(("row_altered", table, str(row.pk)))
        assert findings() == expected
    assert findings() == set()


def test_every_recorded_table_misses_a_row_that_is_gone_and_sees_one_that_came(told):
    expected, copied = set(), 0
    with behind_the_back():
        for model, row in [(model, row) for model in RECORDED if (row := newest(model)) is not None]:
            table, other = model._meta.db_table, uuid4()
            names = [f'"{part.column}"' for part in model._meta.concrete_fields]
            unique = [part for part in model._meta.concrete_fields if part.unique and not part.primary_key]
            if not unique and not model._meta.constraints:  # a copy under another key, where nothing forbids it
                chosen = ", ".join("%s" if name == '"id"' else name for name in names)
                statement = f'INSERT INTO "{table}" ({", ".join(names)}) SELECT {chosen} FROM "{table}" WHERE id = %s'
                assert sql(statement, raw(other), raw(row.pk)) == 1
                expected.add(("row_inserted", table, str(other)))
                copied += 1
            assert sql(f'DELETE FROM "{table}" WHERE id = %s', raw(row.pk)) == 1
            expected.add(("row_missing", table, str(row.pk)))
        assert findings() == expected
    assert copied >= 5
    assert findings() == set()


def test_a_number_is_missed_doubled_or_never_given(told):
    series = Series.objects.get(series__startswith="KL-INC")
    name = f"{series.series}/{series.year}"
    with behind_the_back():
        sql("UPDATE ledger_series SET last = last + 1 WHERE id = %s", raw(series.pk))
        assert findings() == {("number_missing", "ledger.series", f"{name}/{series.last + 1}")}
    with behind_the_back():
        sql("UPDATE ledger_series SET last = last - 1 WHERE id = %s", raw(series.pk))
        assert findings() == {("number_beyond", "ledger.series", f"{name}/{series.last}")}
    giver = next(event for event in Event.objects.order_by("pk") if [series.series, series.year, 1] in event.numbers)
    with behind_the_back():
        numbers = [*giver.numbers, [series.series, series.year, 1]]
        Event._base_manager.filter(pk=giver.pk).update(numbers=numbers)
        codes = {code for code, _, _ in findings()}
        assert {"number_doubled", "event_altered"} <= codes
        assert codes <= {"number_doubled", "event_altered", "chain_broken", "story_head_wrong"}
    assert findings() == set()


def test_who_looked_is_in_the_applicants_story(told):
    story = ledger.story(SYSTEM, told, visible=True)
    assert [event.name for event in story].count("services.looked_at") == 1
    assert all(event.leaf_index is not None for event in story)
