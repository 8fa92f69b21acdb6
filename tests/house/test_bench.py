"""What `make bench` measures against: a copy of the database that nobody else is in."""

import pytest
from django.db import connection

from bench.floor import Copy


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_copy_is_made_and_written_although_connections_are_kept(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_migrations")
        count = cursor.fetchone()[0]
    written = [("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", ("bench", "one"))]
    with Copy(tmp_path) as copy:
        assert copy.write([written]).times == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_migrations")
        assert cursor.fetchone()[0] == count
