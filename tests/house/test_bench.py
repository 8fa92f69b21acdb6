"""What `make bench` measures and what it measures against, in little: that it runs, and that what it says is so."""

import os
import sqlite3
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from bench import flow
from bench.floor import Copy, is_write
from bench.line import Goal, Line, figures
from bench.log_head import delays
from bench.measure import Measured, Meter
from bench.show import goals, show
from janaseva.documents.handlers import prepare


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


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the copy of the other is tried above")
def test_a_whole_flow_goes_through_the_doors_and_the_floor_writes_its_very_rows(given, tmp_path, monkeypatch):
    monkeypatch.setattr(flow, "WARM", 1)
    given.loaded(flow.PACK, flow.SERVICE)
    given.pace = timedelta(seconds=1)
    prepare(given.tick())
    written = "SELECT COUNT(*), SUM(length(number)) FROM services_application WHERE outcome = 'approved'"
    walked = flow.walk(flow.ready(given, flow.Doors), tmp_path, times=2)  # which learns the way by the actions, first
    acts = {name: cost.times for name, cost in walked.ours.items()}
    assert acts == {"submit": 2, "take": 4, "move": 6, "decide": 2}
    assert walked.ours.keys() == walked.floor.keys()
    assert walked.worker.queries > 0
    with connection.cursor() as cursor, sqlite3.connect(tmp_path / "floor.sqlite3") as copy:
        cursor.execute(written)
        assert copy.execute(written).fetchone() == cursor.fetchone()


def test_a_write_is_known_by_its_words():
    assert is_write("INSERT INTO a VALUES (1)")
    assert is_write("WITH one AS (INSERT INTO a VALUES (1) RETURNING 1) SELECT 1")
    assert not is_write("SELECT 1")
    assert not is_write("WITH RECURSIVE path AS (SELECT 1) SELECT * FROM path")


def test_the_delay_of_a_leaf_goes_to_the_first_head_that_covers_it():
    heads = [(1.0, 105), (2.0, 120), (3.0, 140), (4.0, 160)]
    assert delays([0.5, 1.5, 2.5], heads, before=100) == pytest.approx([1.5, 1.5, 1.5])


def test_a_meter_counts_the_processor_of_others_and_forgives_those_who_left():
    busy = subprocess.Popen(
        [sys.executable, "-c", "print(sum(n * n for n in range(10**6))); input()"], stdin=-1, stdout=-1
    )
    gone = subprocess.Popen([sys.executable, "-c", ""])
    meter = Meter([busy.pid, gone.pid])
    gone.wait()
    busy.stdout.readline()
    _, _, theirs = meter.look()
    busy.communicate(b"\n")
    assert 0 < theirs < 60
    assert os.getpid() not in meter.others


def test_goals_stand_beside_what_was_found(capsys):
    goal = Goal(what="a flow", wanted="at most 5 times the floor", found="6.0 times", met=False)
    done = Measured(times=2, wall=2.0, cpu=1.0)
    line = {"database": "sqlite", **figures(Line(workload="a flow", done=done, floor=done, goal=goal))}
    assert line["ratio_cpu"] == 1.0
    assert goals([line]) == [
        {"database": "sqlite", "what": goal.what, "wanted": goal.wanted, "found": goal.found, "met": False}
    ]
    show([line], ["others: not installed"])
    told = capsys.readouterr().out
    assert "NOT MET" in told
    assert "skipped: others: not installed" in told
