"""What was recorded stays, whatever SQL is spoken: as the application on both databases, as its role on PostgreSQL."""

import os

import click
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

from janaseva.cli.setup import fix_rows
from janaseva.core import fixed
from janaseva.core.row import Row, writing
from janaseva.documents.models import Document, Revocation
from janaseva.ledger.models import Erasure, Event
from tests.given import BEGINS_AT

pytestmark = pytest.mark.django_db
ROLE = f"janaseva_app_{os.getpid()}"
FIXED = (
    "documents_revocation", "ledger_erasure", "ledger_event", "ledger_leaf", "monitor_report", "payments_posting",
    "services_definition",
)  # fmt: skip
EMPTY = {"ledger_erasure", "monitor_report"}
"""Tables of which the story holds no row: only what empties a whole table can be tried on them."""


def spoken(sql: str) -> str:
    """Say something to the database; return what it answered, or nothing where it was done."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return str(error)
    return ""


@pytest.fixture
def kept(given):
    """A story with its money and its leaves, and the database guarded as setup guards it."""
    whose = given.citizen()
    application_id, _ = given.decided(whose)
    given.settle()
    with writing():
        paper = Document.objects.filter(story=application_id).first()
        Revocation.objects.bulk_create([Revocation(document=paper, reason="other", words="x y", revoked_at=BEGINS_AT)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
    fix_rows(role=ROLE if connection.vendor == "postgresql" else "")
    return application_id


def tried() -> list[str]:
    """Return every way to alter what is fixed, as SQL."""
    lines = []
    for table in FIXED:
        column = {"ledger_event": "name", "ledger_leaf": "data", "payments_posting": "line",
                  "services_definition": "packed", "documents_revocation": "words", "ledger_erasure": "remains",
                  "monitor_report": "reference"}[table]  # fmt: skip
        lines += [
            f"UPDATE {table} SET {column} = 'x'",
            f"UPDATE {table} SET revision = revision + 1",
            f"DELETE FROM {table}",
        ]
    lines += ['UPDATE ledger_leaf SET "index" = "index" + 1', 'UPDATE ledger_leaf SET "index" = NULL']
    if connection.vendor == "sqlite":
        columns = ", ".join(f'"{part.column}"' for part in Event._meta.concrete_fields)
        altered = columns.replace('"name"', "'x'")
        lines.append(f"INSERT OR REPLACE INTO ledger_event ({columns}) SELECT {altered} FROM ledger_event LIMIT 1")
    else:
        lines += [f"TRUNCATE {table} CASCADE" for table in FIXED]
    return lines


def test_which_rows_are_fixed():
    assert tuple(one._meta.db_table for one in fixed.tables(apps.get_models())) == FIXED


def test_whoever_speaks_sql_alters_nothing(kept):
    with connection.cursor() as cursor:
        for table in set(FIXED) - EMPTY:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            assert cursor.fetchone()[0], f"nothing is in {table}: nothing is shown"
    for sql in tried():
        if "TRUNCATE" in sql or not any(table in sql for table in EMPTY):
            assert "what was recorded stays" in spoken(sql), sql


def test_an_erasure_alone_empties_and_nothing_else(kept):
    def event(what: str, ordinal: int) -> str:
        story = f"'{kept}'" if connection.vendor == "postgresql" else f"'{kept.hex}'"
        return spoken(f"UPDATE ledger_event SET {what} WHERE story = {story} AND ordinal = {ordinal}")

    stays = "what was recorded stays"
    assert stays in event("salt = NULL", 1)
    with writing():
        Erasure.objects.bulk_create([Erasure(story=kept, through=2, events=2, remains="x", erased_at=BEGINS_AT)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
    for what in ("facts = '{}'", "name = 'x'", "facts = NULL, name = 'x'", "numbers = '[1]'", "previous = 'x'"):
        assert event(what, 1), what
    assert stays in event("salt = NULL", 3)
    assert not event("facts = NULL, rows = NULL, salt = NULL, person_id = NULL", 2)
    assert stays in event("facts = '{}'", 2)


def test_without_the_triggers_it_would_be_altered(kept):
    assert spoken("UPDATE ledger_event SET name = 'x'")
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON ledger_event"
        cursor.execute(f'DROP TRIGGER "ledger_event_fixed_update"{on}')
    assert not spoken("UPDATE ledger_event SET name = 'x'")


def test_everything_still_goes_its_way(given, kept):
    from janaseva.ledger import queries as ledger

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
    application_id, officer = given.taken(given.citizen())
    given.refuse(officer, application_id)
    given.settle()
    assert ledger.worker_status().leaves_unpublished == 0


def test_the_applications_role_cannot_take_the_guards_away(kept):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no roles: who writes the file may do anything, and the log tells it")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    for sql in [
        *tried(),
        "ALTER TABLE ledger_event DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_event_fixed_update ON ledger_event",
        "DROP TABLE ledger_event CASCADE",
        "ALTER TABLE ledger_event ADD COLUMN x int",
        "SET session_replication_role = replica",
        fixed.RAISE,
        "CREATE TABLE somewhere (x int)",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    ]:
        answer = spoken(sql)
        assert "permission denied" in answer or "must be owner" in answer or "what was recorded" in answer, (
            sql,
            answer,
        )


@pytest.mark.postgres
def test_setup_stops_where_the_applications_role_could_alter_what_was_recorded(kept):
    with connection.cursor() as cursor:
        cursor.execute(*fixed.held(apps.get_models(), role=ROLE))
        assert cursor.fetchall() == []
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
    for given in (f'GRANT "{owner}" TO {ROLE}', f"GRANT pg_write_all_data TO {ROLE}", f"ALTER ROLE {ROLE} SUPERUSER"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(given)
            with pytest.raises(click.UsageError, match=r"could alter what was recorded in .*ledger_event, ledger_leaf"):
                fix_rows(role=ROLE)
            transaction.set_rollback(True)
    fix_rows(role=ROLE)


def test_doing_it_again_changes_nothing(kept):
    fix_rows(role=ROLE if connection.vendor == "postgresql" else "")
    assert spoken("DELETE FROM ledger_event")


def test_a_table_of_ordinary_rows_is_left_alone():
    class Ordinary(Row):
        class Meta:
            app_label = "core"
            managed = False

    assert fixed.statements([Ordinary], vendor="sqlite") == []
    assert any("UPDATE, DELETE" in line for line in fixed.rights([Ordinary], role='odd"name'))
