"""``python -m bench.growth``: how the time of an act and of a page grows with what lies in the database.

    python -m bench.growth [--to 20000,1000000] [--times 200]

A fresh PostgreSQL is filled with copies (:mod:`bench.growing`) of applications that were walked through the platform's
own actions: approved, refused, waiting on a desk, not yet paid; spread over the year before and a thousand offices,
one in ten in a single large one. The same acts, pages and rounds of the clock are timed at each size, always at the
large office. Printed is what each took, how that compares with the smallest size, and what was set as the goal.
"""

import argparse
import io
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from bench import every
from bench.__main__ import database, environment, set_up
from bench.measure import Meter

APPROVED, REFUSED, WAITING, UNPAID = 8, 2, 1, 1
GOAL_RATIO = 1.5
GOALS = {
    **dict.fromkeys(("submit", "decide", "one case's page", "one's own application", "verify by number"), GOAL_RATIO),
    **dict.fromkeys(("first page of a desk", "find by number", "search the catalogue"), GOAL_RATIO),
}
"""How many times as long the median may take at the largest size as at the smallest."""
GOAL_DESK_P99_MS = 20.0


def taken(work: Callable[[Any], object], items: list[Any]) -> dict[str, float]:
    """Return what one took in ms: median and 99th of a hundred by the wall, mean of the processor, database included.

    The first, which fills caches, is not counted. The processor is the steadier where the machine has other work.
    """
    from bench.scratch import backend

    work(items[0])
    walls, meter = [], Meter(backend(), children=True)
    for item in items[1:]:
        began = time.perf_counter()
        work(item)
        walls.append(1000 * (time.perf_counter() - began))
    _, own, theirs = meter.look()
    cpu = 1000 * (own + theirs) / len(walls)
    p99 = sorted(walls)[min(len(walls) - 1, int(0.99 * len(walls)))]
    return {"p50": round(statistics.median(walls), 2), "p99": round(p99, 2), "cpu": round(cpu, 2)}


def look(client: Any, address: str) -> Callable[[Any], None]:
    """Return how to open a page as a browser does, through the platform's own WSGI application; it must be there."""
    from django.test import RequestFactory

    from janaseva.wsgi import application

    said = RequestFactory()
    path, _, query = address.partition("?")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    def work(_: Any) -> None:
        environ = said._base_environ(PATH_INFO=path, QUERY_STRING=query, HTTP_COOKIE=cookies)
        environ["wsgi.input"] = io.BytesIO()
        answered: list[str] = []
        body = application(environ, lambda status, _: answered.append(status))
        size = sum(len(part) for part in body)
        body.close()
        assert int(answered[0][:3]) == HTTPStatus.OK, (address, answered)
        assert size, address

    return work


class Pages:
    """The acts, pages and rounds that are timed, always on applications of their own."""

    def __init__(self, given: Any, decided: UUID, times: int) -> None:
        self.given, self.decided, self.times = given, decided, times
        self.every: dict[str, float] = {}
        """What each page of all took, in ms (:mod:`bench.every`)."""

    def timed(self) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield each act and page with what it took."""
        import time_machine

        from bench.scratch import plain_letters
        from janaseva.services import actions
        from tests.desk.office import Office
        from tests.given import Given

        given = self.given
        phone = next(given.phones)
        given.phones = itertools.chain((phone, phone), given.phones)
        _, by = given.session()
        drafts = [given.draft(by) for _ in range(max(12, self.times // 4))]
        yield "submit", taken(lambda one: given.act(actions.submit, by, application_id=one), drafts)
        with plain_letters(), mock.patch.object(Given, "settle", return_value=None):
            for one in drafts:
                given.pay(by, one)
            self.lay()
        officer = given.holder(drafts[0])
        cases = [given.act(actions.take_next, officer) for _ in drafts]
        token, again = given.session()  # the first has ended by itself: the acts took half a day
        assert again.person_id == by.person_id
        with time_machine.travel(given.at, tick=False) as travel:
            office = Office(given=given, travel=travel)
            yield from self._pages(office, token, drafts, cases)
        yield from self._questions(officer, office.number(drafts[0]))
        lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
        facts = {"move": "approve", "checked": lines, "note": "The papers were compared."}
        yield "decide", taken(lambda one: given.act(actions.move, officer, application_id=one, **facts), cases)

    def _pages(
        self, office: Any, token: str, drafts: list[UUID], cases: list[UUID]
    ) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield the pages."""
        from django.db import transaction
        from django.test import Client

        from janaseva.doorway.visitor import CITIZEN_COOKIE
        from janaseva.people import queries as people
        from janaseva.services import queries

        case = office.case(drafts[0])
        again, desk, mine = list(range(self.times)), office.at_desk(case.post_id), Client()
        desk.get(f"/desk/case/{cases[0]}")  # the day's first look is recorded, which the page itself is not
        mine.cookies[CITIZEN_COOKIE] = token
        pages = {
            "first page of a desk": (desk, "/desk/"),
            "its queue, first page": (desk, "/desk/?show=waiting"),
            "one case's page": (desk, f"/desk/case/{cases[0]}"),
            "figures of the office": (desk, "/desk/figures"),
            "one's own application": (mine, f"/applications/{drafts[0]}/"),
            "all of one's own": (mine, "/applications/"),
            "search the catalogue": (Client(), "/services/?q=income"),
            "performance": (Client(), "/performance/"),
            "performance of a service, by office": (Client(), f"/performance/{self.given.definition.key}/"),
        }
        with transaction.atomic():  # where the reader counts; else the page says that it is being counted
            queries.performance(self.given.at, 90)
        for name, (client, address) in pages.items():
            yield name, taken(look(client, address), again)
        place = people.office(case.office_id)
        at_hand = {"application_id": str(drafts[0]), "office": place.key if place else ""}
        at_hand |= dict.fromkeys(("service", "key"), self.given.definition.key)
        self.every = every.took(every.parties(office, mine), at_hand)

    def _questions(self, officer: Any, number: str) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield what is found by its number, and what the worker asks by the clock."""
        from janaseva.core.actor import Actor
        from janaseva.documents import queries as documents
        from janaseva.ledger.handlers import deliver
        from janaseva.payments import queries as payments
        from janaseva.services import queries
        from janaseva.services.queries import public_figures
        from janaseva.workflow import queries as workflow
        from tests.given import SYSTEM

        def counted_anew() -> object:
            return public_figures._counted(given.at, given.at - timedelta(days=90))

        given, again, clock = self.given, list(range(self.times)), Actor.clock()
        issued = documents.documents_of(SYSTEM, self.decided)[0]
        asked: dict[str, Callable[[], object]] = {
            "find by number": lambda: queries.numbered(officer, number),
            "verify by number": lambda: documents.verify_number(issued.number, issued.code, at=given.at),
            "worker: nothing to deliver": lambda: deliver(given.at),
            "clock: limits that passed": lambda: queries.missed(clock, given.at),
            "clock: renewals to tell": lambda: queries.renewals_to_tell(clock, given.at),
            "clock: cases of which time is over": lambda: workflow.times_over(clock, given.at),
            "clock: offices that are silent": lambda: workflow.silent(clock, given.at),
            "clock: what lapses": lambda: workflow.lapsing(clock, given.at),
            "clock: payments not heard of": lambda: payments.waiting(SYSTEM, given.at),
        }
        for name, ask in asked.items():
            yield name, taken(lambda _, ask=ask: ask(), again)
        counted: dict[str, Callable[[], object]] = {
            "first page, its figures counted anew": lambda: (queries.figures(given.at), queries.most_asked(given.at)),
            "performance, counted anew": counted_anew,
        }
        for name, ask in counted.items():
            yield name, taken(lambda _, ask=ask: ask(), again[:20])

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
    from django.test.utils import setup_test_environment

    from bench.growing import Grown, held, say
    from janaseva.core import promises
    from tests.given import tables

    setup_test_environment()
    promises.use_look(lambda: "")  # the log stands still, and the platform would go safe
    grown, names = Grown(), tables()
    grown.remember(names)
    approved, each = walked(given)
    grown.keep(names, applications=each, most=max(sizes))
    pages = Pages(given, approved, times)
    for size in sizes:
        began = time.monotonic()
        rows = grown.grow(size)
        seconds = time.monotonic() - began
        say(f"{size:,} applications: {rows:,} rows in {seconds:.0f} s")
        line = {**held(), "seconds_to_fill": round(seconds), "ms": dict(pages.timed()), "every": pages.every}
        print(json.dumps(line), flush=True)
    return 0


def show(lines: list[dict[str, Any]]) -> None:
    """Print the table for people: what each size takes, with the ratio of the largest to the smallest, and the goal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="ms: median / 99th of a hundred by the wall / mean of the processor, database included")
    table.add_column("")
    for line in lines:
        heading = f"{line['applications']:,} applications, {line['events']:,} events, {line['gigabytes']} GB"
        table.add_column(heading, justify="right")
    table.add_column("median and CPU, last to first", justify="right")
    table.add_column("goal", justify="right")
    for name, goal, wall, cpu in judged(lines):
        cells = ["{p50:.1f} / {p99:.1f} / {cpu:.1f}".format(**line["ms"][name]) for line in lines]
        table.add_row(name, *cells, f"{wall:.2f} / {cpu:.2f}", f"<= {goal}" if goal else "")
    Console(width=180 if not sys.stdout.isatty() else None).print(table)


def judged(lines: list[dict[str, Any]]) -> Iterator[tuple[str, float, float, float]]:
    """Yield each thing timed with the goal of its ratio (0 for none), and its ratios by the wall and the processor."""
    first, last = lines[0]["ms"], lines[-1]["ms"]
    for name in first:
        ratios = (last[name][clock] / max(first[name][clock], 0.05) for clock in ("p50", "cpu"))
        yield name, GOALS.get(name, 0), *(round(ratio, 2) for ratio in ratios)


def main() -> int:
    """Measure on a PostgreSQL of its own and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description="How time grows with what is kept.")
    parser.add_argument("--to", default="20000,1000000", help="numbers of applications (a million: some 20 GB)")
    parser.add_argument("--times", type=int, default=200, help="how often each page is opened (200)")
    parser.add_argument("--folder", type=Path, help="where there is room for the database (the system's scratch place)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = sorted(int(size) for size in options.to.split(","))
    if options.inside:
        return inside(sizes, options.times)
    with tempfile.TemporaryDirectory(prefix="janaseva-growth-", dir=options.folder) as name:
        folder = Path(name)
        (folder / "data").mkdir()
        with database("postgres", folder) as url:
            words = [sys.executable, "-m", "bench.growth", "--inside", "--to", options.to]
            words += ["--times", str(options.times)]
            done = subprocess.run(words, env=environment(folder, url), check=True, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"applications"')]
    show(lines)
    ratios = {name: {"goal": goal, "wall": wall, "cpu": cpu} for name, goal, wall, cpu in judged(lines)}
    grown = every.longer(lines[0]["every"], lines[-1]["every"])
    print(
        f"{len(lines[-1]['every']):,} pages were opened by those who may; {len(grown)} take much longer than at first"
    )
    for name, first, last in grown[:20]:
        print(f"  {name}: {first:.0f} ms at first, {last:.0f} at last")
    desk = {"goal_ms": GOAL_DESK_P99_MS, "p99_ms": lines[-1]["ms"]["first page of a desk"]["p99"]}
    print(json.dumps({"growth": lines, "ratios": ratios, "first page of a desk": desk, "longer": grown}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
