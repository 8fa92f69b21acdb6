"""``python -m bench.growth``: how the time of an act and of a page grows with what lies in the database.

    python -m bench.growth [--to 10000,200000] [--times 60]

A fresh PostgreSQL is filled with copies of applications that were walked through the platform's own actions: approved,
refused, waiting on a desk, not yet paid. Each copy has keys, numbers and moments of its own, spread over the year
before, and everything that lies around an application: events, keys, papers, messages, postings. All lie in one
office, the worst that can be. Then the same acts and pages are timed at each size. What is printed is what
each took, and how that compares with the smallest size.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from bench.__main__ import database, environment, set_up
from bench.measure import Meter

SPREAD = timedelta(days=365)
LEFT_OUT = (
    *("documents_blob", "ledger_leaf", "ledger_tile", "ledger_checkpoint", "ledger_round", "ledger_series"),
    *("people_budget", "workflow_workcalendar"),
)
"""What all applications share, and the log itself, which is one chain: it grows by what is really done."""
APPROVED, REFUSED, WAITING, UNPAID = 8, 2, 1, 1
STEP = 20_000
"""So many copies are written in one statement."""
DISTINCT = {
    "ledger_key.key": "left(t.key, 180) || '~' || n",
    "people_person.phone": "'+91' || (6000000000 + n * 100 + t.seed)::text",
    "people_session.token_hash": "md5(t.token_hash || n) || md5(n || t.token_hash)",
    "documents_document.number": "t.number || '~' || n",
    "services_application.number": "t.number || '~' || n",
    "payments_payment.reference": "md5(t.reference || n)",
    "payments_payment.receipt_number": "CASE t.receipt_number WHEN '' THEN '' ELSE t.receipt_number || '~' || n END",
}
"""What must differ in every copy, and is neither a key nor a moment."""


@dataclass(slots=True)
class Grown:
    """The rows of the walked applications, and as many copies of them as are asked for."""

    tables: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    copies: int = 0
    each: int = 1

    def remember(self, cursor: Any, names: list[str]) -> None:
        """Keep aside which rows are there before anybody applies."""
        for name in names:
            cursor.execute(f'CREATE TABLE before_{name} AS SELECT id FROM "{name}"')

    def keep(self, cursor: Any, names: list[str], *, applications: int) -> None:
        """Keep the rows that came since as seeds, and list every key that they brought."""
        self.each = applications
        cursor.execute("CREATE TABLE fresh (id uuid PRIMARY KEY)")
        cursor.execute("CREATE TABLE old (id uuid PRIMARY KEY)")
        for name in names:
            cursor.execute(f"INSERT INTO old SELECT id FROM before_{name} ON CONFLICT DO NOTHING")
        for name in names:
            if name in LEFT_OUT and name != "ledger_leaf":  # a leaf has its event's key
                cursor.execute(f'INSERT INTO old SELECT id FROM "{name}" ON CONFLICT DO NOTHING')
        for name in names:
            if name in LEFT_OUT:
                continue
            cursor.execute(
                f"CREATE TABLE seed_{name} AS SELECT *, row_number() OVER (ORDER BY id) AS seed "
                f'FROM "{name}" WHERE id NOT IN (SELECT id FROM before_{name})'
            )
            cursor.execute(
                "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s "
                "ORDER BY ordinal_position",
                [name],
            )
            columns = cursor.fetchall()
            cursor.execute(f"SELECT count(*) FROM seed_{name}")
            if not cursor.fetchone()[0]:
                continue
            self.tables[name] = columns
            for column, kind in columns:
                if kind == "uuid":
                    cursor.execute(
                        f'INSERT INTO fresh SELECT DISTINCT "{column}" FROM seed_{name} WHERE "{column}" IS NOT NULL '
                        f'AND "{column}" NOT IN (SELECT id FROM old) ON CONFLICT DO NOTHING'
                    )
        cursor.execute("DELETE FROM seed_ledger_event WHERE story IN (SELECT id FROM old)")  # officers' own sign-ins
        cursor.execute("DELETE FROM seed_ledger_delivery WHERE event_id NOT IN (SELECT id FROM seed_ledger_event)")
        cursor.execute(_MOVED)

    def grow(self, cursor: Any, applications: int, *, most: int) -> int:
        """Add copies until there are so many applications; return how many rows were written."""
        wanted, rows = applications // self.each, 0
        step_ms = int(SPREAD / timedelta(milliseconds=1) * self.each / most)
        while self.copies < wanted:
            first, last = self.copies + 1, min(wanted, self.copies + max(1, STEP // self.each))
            for name, columns in self.tables.items():
                given = ", ".join(f'"{column}"' for column, _ in columns)
                taken = ", ".join(self._value(name, column, kind, step_ms) for column, kind in columns)
                cursor.execute(
                    f'INSERT INTO "{name}" ({given}) SELECT {taken} FROM seed_{name} t, generate_series(%s, %s) n',
                    [first, last],
                )
                rows += cursor.rowcount
            self.copies = last
            print(f"  {last * self.each:>9,} applications", file=sys.stderr, flush=True)
        cursor.execute("ANALYZE")
        return rows

    @staticmethod
    def _value(table: str, column: str, kind: str, step_ms: int) -> str:
        if own := DISTINCT.get(f"{table}.{column}"):
            return own
        if kind == "uuid":
            return (
                f'CASE WHEN t."{column}" IN (SELECT id FROM fresh) THEN moved(t."{column}", n::bigint * {step_ms}) '
                f'ELSE t."{column}" END'
            )
        if kind == "timestamptz":
            return f"t.\"{column}\" - n * interval '{step_ms} milliseconds'"
        return f't."{column}"'


_MOVED = """CREATE FUNCTION moved(given uuid, ms bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
SELECT (lpad(to_hex(('x' || substr(replace(given::text, '-', ''), 1, 12))::bit(48)::bigint - ms), 12, '0')
        || substr(replace(given::text, '-', ''), 13))::uuid $$"""
"""The key that would have been made so much earlier: a UUIDv7 begins with its moment."""


def taken(work: Callable[[Any], object], items: list[Any]) -> tuple[float, float]:
    """Return the median wall time and the mean processor time of one, in ms; the first fills caches and is not counted.

    The processor's time holds that of the database, and is the steadier where the machine has other work as well.
    """
    from bench.scratch import backend

    work(items[0])
    walls, meter = [], Meter(backend(), children=True)
    for item in items[1:]:
        began = time.perf_counter()
        work(item)
        walls.append(1000 * (time.perf_counter() - began))
    _, own, theirs = meter.look()
    return statistics.median(walls), 1000 * (own + theirs) / len(walls)


def look(client: Any, address: str) -> Callable[[Any], None]:
    """Return how to open a page; it must be there."""

    def work(_: Any) -> None:
        answer = client.get(address)
        assert answer.status_code == HTTPStatus.OK, (address, answer.status_code)

    return work


class Pages:
    """The acts and pages that are timed, always on applications of their own."""

    def __init__(self, given: Any, decided: UUID, times: int) -> None:
        self.given, self.decided, self.times = given, decided, times

    def timed(self) -> Iterator[tuple[str, tuple[float, float]]]:
        """Yield each act and page with its median."""
        import time_machine
        from django.test import Client

        from bench.scratch import plain_letters
        from janaseva.documents import queries as documents
        from janaseva.doorway.visitor import CITIZEN_COOKIE
        from janaseva.services import actions, queries
        from tests.desk.office import Office
        from tests.given import SYSTEM, Given

        given, again = self.given, list(range(self.times))
        token, by = given.session()
        drafts = [given.draft(by) for _ in range(max(12, self.times // 2))]
        yield "submit", taken(lambda one: given.act(actions.submit, by, application_id=one), drafts)
        with plain_letters(), mock.patch.object(Given, "settle", return_value=None):
            for one in drafts:
                given.pay(by, one)
            self.lay()
        officer = given.holder(drafts[0])
        cases = [given.act(actions.take_next, officer) for _ in drafts]
        with time_machine.travel(given.at, tick=False) as travel:
            office, mine, anyone = Office(given=given, travel=travel), Client(), Client()
            post_id = office.case(drafts[0]).post_id
            assert post_id is not None
            number = office.number(drafts[0])
            desk, mine.cookies[CITIZEN_COOKIE] = office.at_desk(post_id), token
            yield "first page of a desk", taken(look(desk, "/desk/"), again)
            yield "one case's page", taken(look(desk, f"/desk/case/{cases[0]}"), again)
            yield "find by number", taken(lambda _: queries.numbered(officer, number), again)
            yield "one's own application", taken(look(mine, f"/applications/{drafts[0]}/"), again)
            yield "all of one's own", taken(look(mine, "/applications/"), again)
            yield "catalogue", taken(look(anyone, "/services/"), again)
            yield "performance", taken(look(anyone, "/performance/"), again[:8])
        issued = documents.documents_of(SYSTEM, self.decided)[0]
        verify = lambda _: documents.verify_number(issued.number, issued.code, at=given.at)  # noqa: E731 - one line of a table
        yield "verify by number", taken(verify, again)
        lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
        facts = {"move": "approve", "checked": lines, "note": "The papers were compared."}
        yield "decide", taken(lambda one: given.act(actions.move, officer, application_id=one, **facts), cases)

    def lay(self) -> None:
        """Let what was paid come to the desk, and the log be signed."""
        from janaseva.ledger.handlers import deliver, publish

        publish(self.given.at)
        while deliver(self.given.at).taken:
            pass


def walked(given: Any) -> tuple[UUID, int]:
    """Walk applications to their ends with all that follows; return one that was approved, and how many there are."""
    from bench.scratch import plain_letters

    approved = []
    with plain_letters():
        for _ in range(APPROVED):
            application_id, officer = given.taken(given.citizen())
            given.approve(officer, application_id)
            approved.append(application_id)
        for _ in range(REFUSED):
            application_id, officer = given.taken(given.citizen())
            given.refuse(officer, application_id)
        for _ in range(UNPAID):
            given.submitted(given.citizen())
        for _ in range(WAITING):
            given.begun(given.citizen())
        given.settle()
    return approved[0], APPROVED + REFUSED + UNPAID + WAITING


def inside(sizes: list[int], times: int) -> int:
    """Fill the database of this process and time at each size; print one line of JSON a size."""
    given = set_up()
    from django.db import connection
    from django.test.utils import setup_test_environment

    from janaseva.core import promises
    from tests.given import tables

    setup_test_environment()
    promises.use_look(lambda: "")  # the log stands still, and the platform would go safe
    grown, names = Grown(), tables()
    with connection.cursor() as cursor:
        grown.remember(cursor, names)
    approved, each = walked(given)
    with connection.cursor() as cursor:
        grown.keep(cursor, names, applications=each)
    pages = Pages(given, approved, times)
    for size in sizes:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            rows = grown.grow(cursor, size, most=max(sizes))
            cursor.execute("SELECT pg_database_size(current_database()), count(*) FROM ledger_event")
            held, events = cursor.fetchone()
        print(f"  {rows:,} rows in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        timed = {name: {"wall": round(wall, 2), "cpu": round(cpu, 2)} for name, (wall, cpu) in pages.timed()}
        line = {"applications": size, "events": events, "gigabytes": round(held / 1e9, 1), "ms": timed}
        print(json.dumps(line), flush=True)
    return 0


def show(lines: list[dict[str, Any]]) -> None:
    """Print the table for people: what the smallest size takes, and what each larger one takes, with their ratio."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="ms: median by the wall / mean of the processor; in brackets how they compare with the first")
    table.add_column("")
    for line in lines:
        table.add_column(f"{line['applications']:,} applications, {line['gigabytes']} GB", justify="right")
    for name, first in lines[0]["ms"].items():
        cells = [f"{first['wall']:.1f} / {first['cpu']:.1f}"]
        for line in lines[1:]:
            ms = line["ms"][name]
            ratios = " / ".join(f"{ms[clock] / max(first[clock], 0.01):.2f}" for clock in ("wall", "cpu"))
            cells.append(f"{ms['wall']:.1f} / {ms['cpu']:.1f} ({ratios})")
        table.add_row(name, *cells)
    Console(width=160 if not sys.stdout.isatty() else None).print(table)


def main() -> int:
    """Measure on a PostgreSQL of its own and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description="How time grows with what is kept.")
    parser.add_argument("--to", default="10000,200000", help="numbers of applications (10000,200000: some 20 GB)")
    parser.add_argument("--times", type=int, default=60, help="how often each page is opened (60)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = sorted(int(size) for size in options.to.split(","))
    if options.inside:
        return inside(sizes, options.times)
    with tempfile.TemporaryDirectory(prefix="janaseva-growth-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        with database("postgres", folder) as url:
            words = [
                sys.executable,
                "-m",
                "bench.growth",
                "--inside",
                "--to",
                options.to,
                "--times",
                str(options.times),
            ]
            done = subprocess.run(words, env=environment(folder, url), check=True, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"applications"')]
    show(lines)
    print(json.dumps({"growth": lines}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
