"""What an act writes at its end goes to a server in one statement, and is kept whole or not at all."""

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from janaseva.core import cursors
from janaseva.core.cursors import OtherRowsError, asked, done, here, together, written
from janaseva.core.statements import insert
from janaseva.people.models import Area

pytestmark = pytest.mark.django_db

NAMED = "UPDATE people_area SET level = %s WHERE scheme = 'test' AND code = %s"
COUNTED = "SELECT COUNT(*) FROM people_area WHERE scheme = 'test'"


def area(code):
    """Return a new area."""
    return Area(scheme="test", code=code, level="village", names={"en": "x"})


def add(*codes):
    """Write new areas, each by a statement."""
    for code in codes:
        insert([area(code)])


@pytest.fixture
def said(monkeypatch):
    """Return what was said to the database, by the first word of each statement; open, so that it is said directly."""
    here().ensure_connection()
    words, real = [], cursors.said

    def listen(database, run, *statement):
        words.append(statement[0].split()[0])
        return real(database, run, *statement)

    monkeypatch.setattr(cursors, "said", listen)
    return words


def is_one_way():
    """Return whether statements take a way to a server."""
    return connection.vendor == "postgresql"


def test_they_are_said_as_one_where_each_would_take_a_way_to_a_server(given, said):
    said.clear()
    with transaction.atomic(), together():
        add("a", "b")
        written(here(), "UPDATE people_office SET key = key WHERE key = %s", ["kl-village-adoor"], rows=1)
        assert [word for word in said if word in ("INSERT", "UPDATE")] == (
            [] if is_one_way() else ["INSERT", "INSERT", "UPDATE"]
        )
    assert said.count("WITH") == is_one_way()
    assert Area.objects.filter(scheme="test").count() == 2


def test_what_is_read_in_between_sees_what_was_written(given, said):
    with transaction.atomic(), together():
        add("a")
        assert asked(here(), COUNTED, []) == [(1,)]
        add("b")
        assert done(here(), NAMED, ["ward", "b"]) == 1
        add("c")
        assert Area.objects.filter(scheme="test").count() == 3
        written(here(), NAMED, ["town", "c"])
    assert dict(Area.objects.filter(scheme="test").values_list("code", "level")) == {
        "a": "village",
        "b": "ward",
        "c": "town",
    }


def test_many_rows_are_said_in_parts(given, said):
    said.clear()
    with transaction.atomic(), together():
        insert([area(f"{number}") for number in range(3_000)])
        add("last")
    assert Area.objects.filter(scheme="test").count() == 3_001
    if is_one_way():
        assert "WITH" in said, "the last two"
        assert said.count("INSERT") > 20


def added_and(what):
    """Write an area together with something else, in a transaction."""
    with transaction.atomic(), together():
        add("a")
        what()


def test_where_one_of_them_cannot_be_done_nothing_is_kept(given, said):
    wrong = [
        (IntegrityError, lambda: add("a")),
        (KeyError, lambda: {}["nothing"]),
        (OtherRowsError, lambda: written(here(), NAMED, ["ward", "no-such"], rows=1)),
        (Error, lambda: written(here(), "UPDATE no_such_table SET a = %s", [1])),
    ]
    for kind, what in wrong:
        with pytest.raises(kind):
            added_and(what)
        assert here().gathered is None
        assert Area.objects.filter(scheme="test").count() == 0


def test_a_block_within_another_is_part_of_it_and_one_alone_is_said_as_it_is(given, said):
    with transaction.atomic():
        said.clear()
        with together():
            with together():
                add("a")
            assert said == ([] if is_one_way() else ["INSERT"])
        assert said == ["INSERT"]
        with together():
            pass
        assert said == ["INSERT"]
    assert Area.objects.filter(scheme="test").count() == 1


def test_who_counts_statements_sees_each(given):
    with CaptureQueriesContext(connection) as counted, transaction.atomic(), together():
        add("a")
        add("b")
    assert len([one for one in counted if one["sql"].startswith("INSERT")]) == 2
    assert Area.objects.filter(scheme="test").count() == 2
