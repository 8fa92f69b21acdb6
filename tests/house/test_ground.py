"""The tests' own ground: what conftest promises."""

import os
import socket
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def test_the_network_is_shut():
    with pytest.raises(RuntimeError, match="no network"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    with pytest.raises(RuntimeError, match="no network"):
        socket.getaddrinfo("example.org", 443)


def test_data_lie_in_a_directory_of_this_run():
    data = Path(os.environ["JANASEVA_DATA_DIR"])
    assert "janaseva-test-" in str(data)
    assert data == settings.OPTIONS.data_dir


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for(request):
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[request.config.getoption("--db")]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgres_is_recent_enough():
    assert connection.cursor().execute("select 1") is not None
    assert connection.pg_version >= 150000
