"""Connections to SQLite are kept from one request to the next, as long as the file is the one that was opened."""

import pytest
from django.db.backends.signals import connection_created

from janaseva.core.sqlite3.base import DatabaseWrapper
from janaseva.settings import DATABASES, OPTIONS, _database

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def kept(tmp_path, settings):
    """A connection as in earnest, to a file of its own."""
    own = _database(OPTIONS.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'one.sqlite3'}"}))
    defaults = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "TIME_ZONE": None, "USER": "", "PASSWORD": ""}
    found = DatabaseWrapper({**DATABASES["default"], **defaults, **own, "TEST": {}}, "kept")
    yield found
    found.close()


def one_request(kept, sql):
    """Do what Django does around a request, with one statement in it."""
    kept.close_if_unusable_or_obsolete()
    with kept.cursor() as cursor:
        found = cursor.execute(sql).fetchall()
    kept.close_if_unusable_or_obsolete()
    return found


def test_one_connection_serves_many_requests_and_a_restored_file_is_seen_at_once(kept, tmp_path):
    opened = []
    connection_created.connect(listener := lambda connection, **_: opened.append(connection), weak=False)
    try:
        one_request(kept, "CREATE TABLE told (words TEXT)")
        one_request(kept, "INSERT INTO told VALUES ('before')")
        assert one_request(kept, "SELECT words FROM told") == [("before",)]
        assert opened == [kept]
        restored = tmp_path / "two.sqlite3"
        with kept.cursor() as cursor:
            cursor.execute(f"VACUUM INTO '{restored}'")
        one_request(kept, "INSERT INTO told VALUES ('in the old file')")
        for more in ("-wal", "-shm"):
            (tmp_path / f"one.sqlite3{more}").unlink()
        restored.replace(tmp_path / "one.sqlite3")
        assert one_request(kept, "SELECT words FROM told") == [("before",)]
        assert len(opened) == 2
    finally:
        connection_created.disconnect(listener)
