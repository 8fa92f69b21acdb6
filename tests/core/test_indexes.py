"""An index of a large table is made while others write to it."""

import threading
import time

import psycopg
import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState

from janaseva.core.indexes import AddIndexBeside

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ADDRESS = ("dbname", "user", "password", "host", "port", "autocommit", "options")
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'"
MODEL = ModelState("people", "Shelf", [("id", models.IntegerField(primary_key=True)), ("at", models.IntegerField())])


def _states():
    before, index = ProjectState(), models.Index(fields=["at"], name="shelf_by_at")
    before.add_model(MODEL)
    after = before.clone()
    after.add_index("people", "shelf", index)
    return before, after, index


def _make(kind, before, after, index):
    with connection.schema_editor(atomic=False) as editor:
        kind(model_name="shelf", index=index).database_forwards("people", editor, before, after)


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE people_shelf (id integer PRIMARY KEY, at integer NOT NULL)")
        yield
        cursor.execute("DROP TABLE people_shelf")


def _valid():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'shelf_by_at'::regclass")
        return cursor.fetchall()


def _writes_meanwhile(kind):
    """Return whether somebody can write while another, who wrote, has not ended, and the index waits for that one."""
    address = {**connection.get_connection_params(), "autocommit": True, "options": "-c lock_timeout=1s"}
    address = {name: value for name, value in address.items() if name in ADDRESS}
    states = _states()

    def work():
        try:
            _make(kind, *states)
        finally:
            connection.close()

    maker, end = threading.Thread(target=work), time.monotonic() + 30
    with psycopg.connect(**address) as slow, psycopg.connect(**address) as quick:
        slow.execute("BEGIN")
        slow.execute("INSERT INTO people_shelf VALUES (1, 1)")
        maker.start()
        while not quick.execute(WAITS).fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.01)
        try:
            quick.execute("INSERT INTO people_shelf VALUES (2, 2)")
            written = True
        except psycopg.errors.LockNotAvailable:
            written = False
        slow.execute("COMMIT")
    maker.join(timeout=30)
    return written


def test_others_write_while_it_is_made(table):
    assert _writes_meanwhile(AddIndexBeside)
    assert _valid() == [(True,)]


def test_django_s_own_would_hold_them_up(table):
    assert not _writes_meanwhile(migrations.AddIndex)


def test_one_that_was_cut_short_is_made_anew(table):
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX shelf_by_at ON people_shelf (id)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shelf_by_at'::regclass")
    _make(AddIndexBeside, *_states())
    assert _valid() == [(True,)]
