"""What is said to PostgreSQL by libpq itself: plans, values, errors, and connections that are gone."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from hypothesis import given as given_any
from hypothesis import strategies as some
from psycopg.raw_cursor import RawCursor

from janaseva.core.commit import certain, settled
from janaseva.core.cursors import asked, done, here
from janaseva.core.postgresql import base
from janaseva.core.postgresql.wire import Wire, with_numbers

PLANS = "SELECT statement FROM pg_prepared_statements WHERE name LIKE 'janaseva%'"


@given_any(some.lists(some.sampled_from(["%s", "%%", "a", " ", "$", "'", "%%s"]), max_size=12))
def test_numbers_stand_where_psycopg_puts_them(parts):
    sql = " ".join(parts)
    assert with_numbers(sql) == psycopg._queries._query2pg_nocache(sql.encode(), "utf-8")[0]  # type: ignore[attr-defined]


@pytest.fixture
def raw():
    """Return a connection of psycopg, as the platform opens it, with a wire that prepares soon and keeps little."""
    with connection.cursor():
        pass
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters) as opened:
        yield opened


def plans(raw):
    """Return the statements whose plans the server keeps for a connection."""
    return [row[0] for row in RawCursor(raw).execute(PLANS.encode()).fetchall()]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestOnPostgres:
    def test_values_come_and_go_as_by_psycopgs_own(self, raw):
        moment, key = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), UUID(int=7)
        values = [moment, key, 5, 70_000, 2**40, None, "മലയാളം", b"\x00\xff", True, ["a", "b"], 1.5]
        kinds = ["timestamptz", "uuid", "int", "int", "bigint", "text", "text", "bytea", "bool", "text[]", "float8"]
        sql = f"SELECT {', '.join(f'%s::{kind}' for kind in kinds)}"
        wire = Wire(raw, prepared_after=1, most=5)
        (first,), (second,), (third,) = (wire.rows(sql, values) for _ in range(3))
        assert list(first) == list(second) == list(third) == values
        assert [type(one) for one in first] == [type(one) for one in raw.execute(sql, values).fetchone()]
        assert wire.rows("SELECT 1 WHERE 1 = %s", [2]) == []
        assert wire.count("SELECT 1 WHERE 1 = %s", [1]) == 1
        assert wire.count("CREATE TEMPORARY TABLE own (a int)", []) == 0

    def test_a_plan_is_kept_after_some_times_and_the_oldest_goes(self, raw):
        wire = Wire(raw, prepared_after=2, most=2)
        for number in range(3):
            assert plans(raw) == []
            assert wire.rows("SELECT %s::int + 1", [number]) == [(number + 1,)]
        assert plans(raw) == ["SELECT $1::int + 1"]
        for number in range(3):
            wire.rows("SELECT %s::int + 2", [number])
        wire.rows("SELECT %s::int + 1", [0])
        for number in range(3):
            wire.rows("SELECT %s::int + 3", [number])
        assert sorted(plans(raw)) == ["SELECT $1::int + 1", "SELECT $1::int + 3"]

    def test_behind_a_pooler_no_plan_is_kept(self, raw):
        wire = Wire(raw, prepared_after=None, most=2)
        for number in range(9):
            assert wire.rows("SELECT %s::int", [number]) == [(number,)]
        assert plans(raw) == []

    def test_a_plan_that_is_of_no_use_any_more_is_made_anew(self, raw):
        raw.autocommit = True
        wire = Wire(raw, prepared_after=0, most=9)
        wire.count("CREATE TEMPORARY TABLE own (a varchar(3))", [])
        asks = "SELECT a FROM own WHERE a = %s", ["x"]
        assert wire.rows(*asks) == []
        for change in ("ALTER TABLE own ALTER COLUMN a TYPE varchar(9)", "DEALLOCATE ALL", "DISCARD PLANS"):
            raw.execute(change)
            assert wire.rows(*asks) == [], "by itself a statement is said again"
            assert wire.rows(*asks) == []
            assert sum("FROM own" in one for one in plans(raw)) == 1

    def test_within_a_transaction_a_plan_of_no_use_ends_it_and_the_next_goes_through(self, raw):
        wire = Wire(raw, prepared_after=0, most=9)
        assert wire.rows("SELECT %s::int", [1]) == [(1,)]
        wire.count("DEALLOCATE ALL", [])
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            wire.rows("SELECT %s::int", [1])
        raw.rollback()
        assert wire.rows("SELECT %s::int", [1]) == [(1,)]

    def test_an_act_is_done_again_where_a_plan_was_of_no_use(self, given):
        tried = []

        def attempt():
            tried.append(1)
            with certain():
                for _ in range(base.PREPARED_AFTER + 2):
                    asked(here(), "SELECT key FROM people_office WHERE key = %s", ["kl-village-adoor"])
                if len(tried) == 1:
                    done(here(), "DEALLOCATE ALL", [])
                return asked(here(), "SELECT key FROM people_office WHERE key = %s", ["kl-village-adoor"])

        assert settled(attempt) == [("kl-village-adoor",)]
        assert len(tried) == 2

    def test_plans_outlive_a_transaction_that_is_undone(self, given):
        sql = "SELECT key FROM people_office WHERE key = %s"
        with transaction.atomic():
            for _ in range(base.PREPARED_AFTER + 2):
                asked(here(), sql, ["kl-village-adoor"])
            transaction.set_rollback(True)
        assert asked(here(), sql, ["kl-village-adoor"]) == [("kl-village-adoor",)]

    def test_a_transaction_begins_as_psycopg_would_begin_it(self, raw):
        raw.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        wire = Wire(raw, prepared_after=None, most=1)
        assert wire.rows("SHOW transaction_isolation", []) == [("serializable",)]
        raw.rollback()
        raw.isolation_level = None
        assert wire.rows("SHOW transaction_isolation", []) == [("read committed",)]
        assert raw.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        raw.rollback()
        raw.autocommit = True
        assert wire.rows("SELECT 1", []) == [(1,)]
        assert raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE

    def test_errors_carry_what_the_server_said(self, given):
        with pytest.raises(ProgrammingError) as told, transaction.atomic():
            done(here(), "UPDATE no_such_table SET a = %s", [1])
        assert told.value.__cause__.sqlstate == "42P01"

    @pytest.mark.parametrize("prepared_after", [0, None])
    def test_a_server_that_ended_the_connection_is_a_lost_connection(self, raw, prepared_after):
        wire = Wire(raw, prepared_after=prepared_after, most=9)
        wire.rows("SELECT %s::int", [1])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            wire.rows("SELECT %s::int", [1])
        with pytest.raises(psycopg.OperationalError):
            wire.rows("SELECT %s::int", [1])

    def test_a_lost_connection_is_djangos_operational_error_and_the_next_is_opened(self, given):
        (pid,) = asked(here(), "SELECT pg_backend_pid()", [])[0]
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(OperationalError):
            asked(here(), "SELECT pg_sleep(9)", [])
        connection.close_if_unusable_or_obsolete()
        connection.close()
        assert asked(here(), "SELECT 1", []) == [(1,)]
