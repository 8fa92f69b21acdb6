"""What is said to the driver directly keeps Django's promises: its errors, its watchers, its broken transactions."""

import pytest
from django.db import DatabaseError, Error, IntegrityError, connection, transaction
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from hypothesis import given as given_any
from hypothesis import strategies as some

from janaseva.core.cursors import asked, done, here, with_marks
from janaseva.people.models import Office, Session

pytestmark = pytest.mark.django_db

BY_KEY = "SELECT id FROM people_office WHERE key = %s"
TWICE = "INSERT INTO people_session (id, revision) SELECT id, revision FROM people_session"


def direct():
    """Return this thread's connection, open."""
    here().ensure_connection()
    return here()


def test_rows_and_counts_come_as_the_drivers(given):
    (found,) = asked(direct(), BY_KEY, ["kl-village-adoor"])
    assert len(found) == 1
    assert asked(direct(), BY_KEY, ["no-such"]) == []
    assert done(direct(), "UPDATE people_session SET language = %s WHERE language = %s", ["ur", "no-such"]) == 0
    every = Session.objects.count()
    assert done(direct(), "UPDATE people_session SET language = %s", ["ur"]) == every > 0


@pytest.mark.parametrize("way", [asked, done])
def test_an_error_of_the_driver_is_djangos_and_the_next_statement_is_not_let_through(given, way):
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        way(direct(), "SELECT no_such_column FROM people_office", [])
    assert isinstance(told.value.__cause__, here().Database.Error)
    with transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic():
            way(direct(), TWICE, [])
        assert asked(direct(), BY_KEY, ["kl-village-adoor"])
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            way(direct(), BY_KEY, ["kl-village-adoor"])


def test_a_cursor_raises_djangos_errors_and_closes_itself(given):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM people_office")
    with connection.cursor() as cursor:
        cursor.execute(BY_KEY, ["kl-village-adoor"])
        assert cursor.fetchone() is not None
        assert cursor.fetchall() == []
    with pytest.raises(Error):
        cursor.fetchall()
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE people_session SET language = %s WHERE language = %s", [("ur", "x"), ("sd", "y")])
        cursor.execute("SELECT 1 WHERE '%' = '%'")
        assert list(cursor.fetchmany(2)) == [(1,)]


def test_who_watches_statements_sees_these_too_and_who_counts_them(given):
    seen = []

    def outer(execute, sql, values, many, context):
        seen.append(("outer", sql))
        return execute(sql, values, many, context)

    def inner(execute, sql, values, many, context):
        seen.append(("inner", list(values)))
        assert context["connection"].alias == connection.alias
        return execute(sql, values, many, context)

    with connection.execute_wrapper(outer), connection.execute_wrapper(inner):
        assert asked(direct(), BY_KEY, ["kl-village-adoor"])
        assert Office.objects.filter(key="kl-village-adoor").exists()
    assert [who for who, _ in seen] == ["outer", "inner"] * 2
    assert (seen[0][1], seen[1][1]) == (BY_KEY, ["kl-village-adoor"])
    with CaptureQueriesContext(connection) as counted:
        asked(direct(), BY_KEY, ["kl-village-adoor"])
    assert len(counted) == 1


@given_any(some.lists(some.sampled_from(["%s", "%%", "a", " ", "?", "'", "%%s"]), max_size=12))
def test_marks_stand_where_django_puts_them(parts):
    sql = " ".join(parts)
    assert with_marks(sql) == SQLiteCursorWrapper.convert_query(None, sql)
