"""What the platform asks of PostgreSQL before it serves, and what it finds out by itself."""

import time

import click
import psycopg
import pytest
from django.db import connection

from janaseva.cli import keeping
from janaseva.core.durability import weaknesses
from janaseva.core.limits import LIMITS, limit
from janaseva.core.postgresql import lending, pool

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ACCEPTED = "acknowledged work may be lost"


def test_a_server_that_may_lose_work_is_refused_unless_that_is_accepted_in_so_many_words(monkeypatch, capsys):
    assert any("fsync is off" in one for one in weaknesses()), "the tests' own server forgets quickly, and says so"
    with pytest.raises(click.ClickException, match=ACCEPTED):
        keeping.demand()
    monkeypatch.setattr(keeping.OPTIONS, "asynchronous_cluster", ACCEPTED)
    keeping.demand()
    assert "as accepted" in capsys.readouterr().err


def test_a_replica_that_nobody_waits_for_is_seen():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_create_physical_replication_slot('follower')")
    try:
        assert any("asynchronously" in one for one in weaknesses())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_drop_replication_slot('follower')")


def test_limits_are_the_roles_own_and_never_a_commits():
    limit(connection)
    try:
        connection.close()
        if connection.pool:
            connection.close_pool()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE name = ANY(%s)", [[*LIMITS]]
            )
            said = dict(cursor.fetchall())
        assert said == {
            "statement_timeout": "0ms",
            "lock_timeout": "15000ms",
            "idle_in_transaction_session_timeout": "60000ms",
        }
    finally:
        with connection.cursor() as cursor:
            for name in LIMITS:
                cursor.execute("SELECT current_user, current_database()")
                role, database = map(connection.ops.quote_name, cursor.fetchone())
                cursor.execute(f"ALTER ROLE {role} IN DATABASE {database} RESET {name}")


def test_a_pooler_before_the_server_is_noticed(monkeypatch):
    with connection.cursor():
        raw = connection.connection
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", False)
    connection._configure_connection(raw)
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is False

    class BehindPooler:
        info = type("Info", (), {"backend_pid": -1, "parameter_status": raw.info.parameter_status})
        connection, cursor, add_notice_handler, pgconn, adapters = (
            raw,
            raw.cursor,
            raw.add_notice_handler,
            raw.pgconn,
            raw.adapters,
        )

    BehindPooler.execute = raw.execute
    monkeypatch.setitem(connection.settings_dict, "POOLER", "session")
    monkeypatch.setattr(lending, "_found", [])
    connection._configure_connection(BehindPooler)
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is False, "lent for as long as it is open"
    assert not lending.is_misnamed()
    monkeypatch.setattr(lending, "_found", [])
    monkeypatch.setattr(lending, "who_answers", lambda connection: (1, "one server"))
    connection._configure_connection(BehindPooler)
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is True, "one server's connection answers on both"
    assert lending.is_misnamed()
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", False)
    monkeypatch.setitem(connection.settings_dict, "POOLER", "transaction")
    connection._configure_connection(BehindPooler)
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is True


@pytest.mark.parametrize(
    ("one", "other", "lasts"),
    [
        ("aaaaaa", "bbbbb", True),
        ("a", "a", False),
        ("aaa", "bba", False),
        ("aab", "bb", False),
    ],
)
def test_who_answers_tells_for_how_long_a_pooler_lends(one, other, lasts):
    mine, others = iter(one), iter(other)
    assert lending.is_for_a_session(lambda: (next(mine),), lambda: (next(others),)) is lasts


def test_where_no_other_connection_can_be_opened_the_settings_are_believed(monkeypatch):
    monkeypatch.setattr(lending, "_found", [])
    monkeypatch.setattr(lending.psycopg, "connect", _no_connection)
    assert lending.lends_for_a_session(None, {})
    assert lending._found == []


def _no_connection(**_):
    raise lending.psycopg.OperationalError


def _served_by() -> int:
    """Return the number of the server's process that the next page is given, and give it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = int(cursor.fetchone()[0])
    connection.close()
    return found


def _pool_of(monkeypatch, size):
    connection.close()
    connection.close_pool()
    pooled = {**connection.settings_dict["OPTIONS"], "pool": {"min_size": size, "max_size": size, "timeout": 10}}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", pooled)


def test_a_connection_that_served_a_moment_ago_is_lent_without_asking_the_server(monkeypatch):
    _pool_of(monkeypatch, 1)
    asked: list[object] = []
    monkeypatch.setattr(pool.ConnectionPool, "check_connection", asked.append)
    try:
        first = _served_by()
        asked.clear()
        assert _served_by() == first
        assert not asked
        monkeypatch.setattr(pool, "TRIED_AFTER_SECONDS", 0.0)
        assert _served_by() == first
        assert len(asked) == 1, "one that was idle for long is tried"
    finally:
        connection.close_pool()


def _ended(*pids):
    """Let the server end these connections, and see them ended."""
    given = connection.get_connection_params()
    address = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}
    with psycopg.connect(**address, autocommit=True) as other:
        for pid in pids:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", [[*pids]]).fetchone():
            time.sleep(0.01)


def test_a_connection_that_the_server_ended_is_not_lent_again(monkeypatch):
    _pool_of(monkeypatch, 1)
    try:
        first = _served_by()
        _ended(first)
        assert _served_by() != first
    finally:
        connection.close_pool()


def test_where_a_leader_took_all_connections_with_it_the_next_page_waits_for_none_of_them(monkeypatch):
    _pool_of(monkeypatch, 4)
    try:
        _served_by()
        kept = connection.pool
        kept.wait()
        lent = [kept.getconn() for _ in range(4)]
        dead = [one.info.backend_pid for one in lent]
        for one in lent:
            kept.putconn(one)
        _ended(*dead)
        monkeypatch.setattr("psycopg_pool.pool.sleep", lambda seconds: pytest.fail(f"it paused for {seconds} s"))
        assert _served_by() not in dead
    finally:
        connection.close_pool()


def test_a_server_that_is_there_again_is_found_soon(monkeypatch):
    _pool_of(monkeypatch, 1)
    try:
        paused, real = [], pool.ConnectionPool.schedule_task
        monkeypatch.setattr(
            pool.ConnectionPool,
            "schedule_task",
            lambda self, task, delay: (paused.append(delay), real(self, task, delay)),
        )
        away, connect = [1, 1, 1], pool.ConnectionPool._connect

        def connected(self, timeout=None):
            if away:
                away.pop()
                raise psycopg.OperationalError("nobody leads")
            return connect(self, timeout)

        monkeypatch.setattr(pool.ConnectionPool, "_connect", connected)
        assert _served_by()
        assert not away
        assert [delay for delay in paused if delay < 60] == [pool.AGAIN_SECONDS] * 3, "psycopg's own: 1, 2, 4 s"
    finally:
        connection.close_pool()
