"""The busiest day's figures can be wrong: what was sent again, came late, or in the wake of a fault is told apart."""

import json

import pytest

from bench.busy.report import Day, percentile, read, show
from tests.faults.report import ZERO

pytestmark = pytest.mark.once


def said(at, *, seconds=1.0, kind="submit", status=200, tries=1):
    line = {"role": "citizen", "kind": kind, "key": "k", "at": at, "seconds": seconds, "tries": tries}
    return {**line, "status": status, "facts": {}}


@pytest.fixture
def day(tmp_path):
    lines = [
        {"sent": "k", "kind": "begin"},
        said(5.0, kind="session"),
        {"began": 10.0},
        said(11.0),
        said(12.0, kind="track"),
        said(40.0, seconds=28.0, tries=9),
        said(41.0, status=422),
        said(80.0),
        {"ended": 110.0},
        said(111.0, seconds=50.0),
    ]
    book = tmp_path / "book"
    book.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return Day(rate=0.03, book=book, faults=[("leader's machine killed", 12.0, 50.0)])


def test_receipts_are_those_of_the_time_that_was_measured(day):
    read(day)
    assert day.sent == {"k": "begin"}
    assert [ack.kind for ack in day.acks] == ["session", "submit", "submit", "submit", "submit"]
    assert day.rate_reached == pytest.approx(0.03)
    assert day.receipts(0.95) == 28.0
    assert day.receipts(0.95, faults=False) == 1.0
    assert day.gap(12.0) == 40.0, "from the receipt after the fault to the next one"


def test_half_a_line_is_read_when_it_is_whole(day):
    whole = day.book.read_text(encoding="utf-8")
    day.book.write_text(whole[:-10], encoding="utf-8")
    assert len(read(day).lines) == 6
    day.book.write_text(whole, encoding="utf-8")
    assert len(read(day).lines) == 7


@pytest.mark.parametrize(("limit", "lost", "code"), [(30.0, 0, 0), (2.0, 0, 1), (30.0, 1, 1)])
def test_a_day_is_red_where_receipts_came_late_or_anything_is_lost(day, limit, lost, code, capsys):
    verdict = {**dict.fromkeys(ZERO, 0), "lost": lost, "said": []}
    assert show([read(day)], verdict, limit=limit, find=False) == code
    facts = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (facts["lost"], facts["acknowledged"]) == (lost, 5)


def test_a_share_of_none_is_nothing():
    assert percentile([], 0.95) == 0.0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
