"""What is done where the database does not simply say yes: again, once, or not now; and never guessed."""

from contextlib import ExitStack, suppress
from types import SimpleNamespace

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, connection, connections
from django.test import RequestFactory

from janaseva.core import commit
from janaseva.core.durability import weaknesses_of
from janaseva.design import errors
from janaseva.ledger import queries as ledger
from janaseva.ledger.models import Event, Key, Series
from tests.given import SYSTEM
from tests.ledger.acts import attempt


@pytest.fixture
def alone(monkeypatch):
    """No database at all: what it would say is given."""
    monkeypatch.setattr(commit, "PAUSES", (0, 0))
    there = SimpleNamespace(vendor="postgresql", in_atomic_block=False, close_if_unusable_or_obsolete=lambda: None)
    monkeypatch.setattr(commit, "connection", there)


def raised(kind, cause=None):
    error = kind("said")
    error.__cause__ = cause
    return error


class Tries:
    """Fails with each of the given errors in turn, then answers."""

    def __init__(self, *failures):
        self.failures, self.count = list(failures), 0

    def __call__(self):
        self.count += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def test_what_another_made_meanwhile_is_looked_for_once_more(alone):
    taken = raised(IntegrityError, psycopg.errors.UniqueViolation())
    tries = Tries(taken)
    assert (commit.settled(tries), tries.count) == ("done", 2)
    for fault in (Tries(taken, taken), Tries(raised(IntegrityError, psycopg.errors.CheckViolation()))):
        with pytest.raises(IntegrityError):
            commit.settled(fault)


@pytest.mark.parametrize(
    "cause",
    [
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.SerializationFailure(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.ReadOnlySqlTransaction(),
        psycopg.InternalError("received 2 results from command 'COMMIT'"),
    ],
)
def test_what_passes_is_tried_again(cause, alone):
    kind = InternalError if isinstance(cause, psycopg.InternalError) else OperationalError
    tries = Tries(raised(kind, cause), commit.OutcomeUnknownError())
    assert commit.settled(tries) == "done"
    assert tries.count == 3


@pytest.mark.parametrize(
    ("failures", "becomes", "count"),
    [
        ([raised(OperationalError, psycopg.errors.DiskFull())], commit.NotKeptError, 1),
        ([raised(OperationalError, psycopg.errors.LockNotAvailable())], commit.NotKeptError, 1),
        ([raised(IntegrityError, psycopg.errors.CheckViolation())], IntegrityError, 1),
        ([raised(OperationalError, psycopg.errors.DeadlockDetected()) for _ in range(3)], commit.NotKeptError, 3),
        ([commit.OutcomeUnknownError() for _ in range(3)], commit.OutcomeUnknownError, 3),
        (
            [commit.OutcomeUnknownError(), raised(OperationalError, psycopg.errors.DiskFull())],
            commit.OutcomeUnknownError,
            2,
        ),
    ],
)
def test_what_does_not_pass_is_told_as_it_is(failures, becomes, count, alone):
    tries = Tries(*failures)
    with pytest.raises(becomes) as told:
        commit.settled(tries)
    assert type(told.value) is becomes
    assert tries.count == count


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failure", [OperationalError, InternalError, "cut short"])
def test_a_commit_of_which_nothing_is_known_is_asked_after_and_done_once(failure, at, monkeypatch):
    """The first commit is carried out and its answer is lost; the second run finds it by its key."""
    own = connections["default"]
    kept, broken = own._commit, []

    def commit_then_fail():
        kept()
        if not broken:
            broken.append(True)
            if failure != "cut short":
                raise raised(failure)
            commit.warned("canceling wait for synchronous replication due to user request")

    monkeypatch.setattr(own, "_commit", commit_then_fail)
    assert attempt(by=SYSTEM, at=at, key="wish", series="unknown") == 1
    assert broken == [True]
    assert (Event.objects.count(), Series.objects.get(series="unknown").last) == (1, 1)
    assert list(ledger.audit()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_repeated_answer_is_written_once_more_so_that_its_commit_waits_for_the_replicas(at):
    assert attempt(by=SYSTEM, at=at, key="wish") == 1
    written_by = Key.objects.extra(select={"version": "xmin::text"}).values_list("version", flat=True)
    before = written_by.get()
    assert attempt(by=SYSTEM, at=at, key="wish") == 1
    assert written_by.get() != before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_warning_of_the_server_beside_a_commit_is_heard():
    table = (
        "CREATE TABLE warns (id int)",
        "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE WARNING $$heard$$; RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER w AFTER INSERT ON warns INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()",
    )
    with connection.cursor() as cursor:
        for statement in table:
            cursor.execute(statement)

    def insert():
        with commit.certain(), connection.cursor() as inside:
            inside.execute("INSERT INTO warns VALUES (1)")

    with pytest.raises(commit.OutcomeUnknownError, match="heard"):
        insert()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE warns")
        cursor.execute("DROP FUNCTION warn")


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (commit.NotKeptError(), "not_kept"),
        (commit.OutcomeUnknownError(), "outcome_unknown"),
        (OperationalError(), "not_kept"),
        (InterfaceError(), "not_kept"),
        (IntegrityError(), None),
        (ValueError(), None),
    ],
)
def test_people_are_told_what_is_safe(error, code):
    assert commit.not_now(error) == code
    request = RequestFactory().get("/")
    with suppress(type(error)), ExitStack() as after:
        answers = []
        after.callback(lambda: answers.append(errors.server_error(request)))
        raise error
    (response,) = answers
    assert response.status_code == (503 if code else 500)
    assert ("Retry-After" in response) is bool(code)


SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "synchronous_standby_names": ""}


@pytest.mark.once
@pytest.mark.parametrize(
    ("changes", "followers", "count"),
    [
        ({}, 0, 0),
        ({}, 2, 1),
        ({"synchronous_standby_names": "ANY 1 (b,c)"}, 2, 0),
        ({"synchronous_commit": "local", "synchronous_standby_names": "*"}, 1, 1),
        ({"synchronous_commit": "off"}, 0, 1),
        ({"fsync": "off", "full_page_writes": "off"}, 0, 2),
    ],
)
def test_a_database_that_loses_what_it_acknowledges_is_seen(changes, followers, count):
    assert len(weaknesses_of(SAFE | changes, followers=followers)) == count
