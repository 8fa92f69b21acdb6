"""A whole flow: one application from its submission to its decision, act by act, beside the floor.

The service is ``sd-building-plan``, as its pack has it, by the example that takes three officers' steps before the
decision: screening, sent for inspection, inspection; then approved, with a certificate's number, its document, a
decision and a message. Nothing is owed, so that the office begins with the act of handing in. Each officer works
through what lies on their desk as the desk offers it: is handed the first case, then moves one and is handed the next
in one act. Filling the draft in comes before; typesetting comes after.

Twice: through the actions, and through HTTP, where the real WSGI application is called in this process with the bytes
that a browser or a program sends: every middleware, sessions, tokens against forged forms, limits, routing, and the
answer as bytes. Citizens hand in by the API, officers work at the desk, as in earnest; what a server in front of WSGI
costs is left out.

Ours and the floor take turns, some flows at a time, so that what else the machine does falls on both.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.beside import Other, compared, running
from bench.floor import Copy, Heard, Statement, listening
from bench.line import Goal, Line
from bench.measure import Measured, Meter
from bench.scratch import Browser, backend, plain_letters, tokens
from janaseva.core.actor import Actor
from janaseva.doorway.limits import forget_all
from janaseva.ledger.handlers import deliver, publish
from janaseva.services import actions, queries
from janaseva.services.rules.examples import Example
from janaseva.workflow import queries as workflow
from tests.given import SYSTEM, Given, examples

PACK, SERVICE = "sd-services", "sd-building-plan"
STEPS = 3
"""Officers' steps before the decision."""
A_TURN = 8
"""How many flows ours and the floor do in turn."""
WARM = 6
"""So many go before, for a prepared statement has its lasting plan from its sixth time on."""
NOTE = "The papers were compared with the answers."

Act = tuple[str, Callable[[], object]]


@dataclass(slots=True)
class Cost:
    """What acts of one name took in all: seconds of the wall, of this process, of the database; what they asked."""

    times: int = 0
    wall: float = 0.0
    own: float = 0.0
    database: float = 0.0
    queries: int = 0
    writes: int = 0

    def add(self, took: tuple[float, float, float], heard: Heard, times: int = 1) -> None:
        """Add one act."""
        self.wall, self.own, self.database = self.wall + took[0], self.own + took[1], self.database + took[2]
        self.times, self.queries = self.times + times, self.queries + heard.queries
        self.writes += len(heard.writes)

    @property
    def cpu(self) -> float:
        """Return the seconds of all processors."""
        return self.own + self.database


Costs = dict[str, Cost]


@dataclass(slots=True, kw_only=True)
class Desk:
    """Whose step it is, how they are known to the door, and what they do."""

    officer: Actor
    browser: Browser
    move: str
    checked: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Flows:
    """Walks applications through the acts by calling the actions."""

    given: Given
    example: Example
    definition: Any
    by: Actor
    token: str
    desks: list[Desk] = field(default_factory=list)
    known: dict[UUID, tuple[Actor, Browser]] = field(default_factory=dict)

    def draft(self) -> UUID:
        """Fill everything in; not yet handed in."""
        return self.given.fill_in(self.by, self.definition, self.example, language="en")

    def learn(self) -> None:
        """Walk one application and remember whose desk each step is, and what it checks."""
        given, application_id = self.given, self.draft()
        Flows.submit(self, application_id)
        for number, step in enumerate(self.example.steps):
            case = self.case(application_id)
            assert case.post_id is not None
            officer, browser = self.signed_in(case.post_id)
            desk = Desk(officer=officer, browser=browser, move=step.move.rpartition(".")[2])
            self.desks.append(desk)
            Flows.take(self, application_id, desk)
            lines = workflow.case(officer, case.case_id, given.at).checklist
            desk.checked = tuple(line.key for line in lines)
            Flows.move(self, application_id, desk)
            assert queries.application(SYSTEM, application_id).outcome == ("approved" if number == STEPS else "")

    def signed_in(self, post_id: UUID) -> tuple[Actor, Browser]:
        """Sign an officer in, once, and keep what their browser holds."""
        if post_id not in self.known:
            self.given.officers.pop(post_id, None)
            self.given.at += timedelta(seconds=61)  # a TOTP code is good once
            with tokens() as made:
                officer = self.given.officer(post_id)
            self.known[post_id] = officer, Browser(officer=made[-1])
        return self.known[post_id]

    def case(self, application_id: UUID) -> workflow.CaseView:
        """Return the case of an application."""
        view = queries.application(SYSTEM, application_id)
        assert view.case_id is not None
        return workflow.case(SYSTEM, view.case_id, self.given.at, visible=True)

    def submit(self, application_id: UUID) -> None:
        """Hand it in."""
        self.given.act(actions.submit, self.by, application_id=application_id)

    def take(self, application_id: UUID, desk: Desk) -> None:
        """Be handed the next case, which is this."""
        assert self.given.act(actions.take_next, desk.officer) == application_id

    def move(
        self, application_id: UUID, desk: Desk, task_id: UUID | None = None, following: UUID | None = None
    ) -> None:
        """Move the case on, or decide it, and be handed the one that follows, if any."""
        facts = {"move": desk.move, "note": NOTE, "checked": desk.checked, "task_id": task_id, "then_next": True}
        done = self.given.act(actions.move, desk.officer, application_id=application_id, **facts)
        assert done.next_id == following

    def acts(self, some: Sequence[UUID]) -> Iterator[Act]:
        """Yield the acts of some flows, desk after desk; what stands between them is not measured."""
        for application_id in some:
            yield "submit", lambda: self.submit(application_id)  # noqa: B023 - called before the next
        for number, desk in enumerate(self.desks):
            yield "take", lambda: self.take(some[0], desk)  # noqa: B023 - called before the next
            name = "decide" if number == STEPS else "move"
            for application_id, following in zip_longest(some, some[1:]):
                task = self.case(application_id).task
                asked = (application_id, desk, task.task_id if task else None, following)
                yield name, lambda: self.move(*asked)  # noqa: B023 - called before the next


class Doors(Flows):
    """Walks applications through the acts by requests, as a program of a citizen and officers' browsers send them."""

    def submit(self, application_id: UUID) -> None:
        """Hand it in by the API."""
        Browser(bearer=self.token).post(f"/api/v1/applications/{application_id}/submission", self.given.tick())

    def take(self, application_id: UUID, desk: Desk) -> None:
        """Press the button for the next case."""
        there = desk.browser.post("/desk/next", self.given.tick())
        assert there == f"/desk/case/{application_id}", there

    def move(
        self, application_id: UUID, desk: Desk, task_id: UUID | None = None, following: UUID | None = None
    ) -> None:
        """Send the form on the page of the case by the button that hands out the next."""
        form = {"move": desk.move, "note": NOTE, "task_id": str(task_id), "then": "next"} | {
            f"checked.{line}": "on" for line in desk.checked
        }
        there = desk.browser.post(f"/desk/case/{application_id}/move", self.given.tick(), form)
        assert there.startswith(f"/desk/case/{following}?" if following else "/desk/?next=none"), there


def example() -> Example:
    """Return the first example that has so many steps before its approval."""
    some = examples(PACK, SERVICE)
    return next(one for one in some if len(one.steps) == STEPS + 1 and one.expect.ends == "approved")


def ready(given: Given, kind: type[Flows] = Flows) -> Flows:
    """Return who walks flows, in a country whose people are signed in."""
    definition = queries.in_force(SERVICE, queries.today(given.at)).definition
    token, by = given.session(region=definition.pack_country)
    flows = kind(given=given, example=example(), definition=definition, by=by, token=token)
    flows.learn()
    return flows


@dataclass(slots=True)
class Walked:
    """What all flows took, act by act, with the floor of the same rows, and what the worker did after them."""

    flows: int
    ours: Costs
    floor: Costs
    worker: Cost

    def whole(self, costs: Mapping[str, Cost]) -> Measured:
        """Return what the acts took together, a flow."""
        wall, cpu = sum(cost.wall for cost in costs.values()), sum(cost.cpu for cost in costs.values())
        return Measured(times=self.flows, wall=wall, cpu=cpu)


def walk(flows: Flows, folder: Path, *, times: int, others: Sequence[Other] = ()) -> Walked:
    """Do so many flows after a turn that warms all caches, each turn followed by the same rows on a copy."""
    drafts = [flows.draft() for _ in range(times + WARM)]
    ours, floor, worker = defaultdict(Cost), defaultdict(Cost), Cost()
    with Copy(folder) as copy:
        for start in (0, *range(WARM, times + WARM, A_TURN)):
            some = drafts[start : start + A_TURN] if start else drafts[:WARM]
            mine, below, after = (ours, floor, worker) if start else (defaultdict(Cost), defaultdict(Cost), Cost())
            forget_all()  # a door lets nobody hand in so often
            kept = _metered(flows.acts(some), backend(), mine)
            again = [(name, copy.ready(writes)) for name, writes in kept]
            _metered(((name, lambda act=act: copy.do(act)) for name, act in again), copy.processes(), below)
            for other in others:
                other.turn(len(some), counts=bool(start))
            _follow(flows.given, after, len(some))
    return Walked(times, dict(ours), dict(floor), worker)


def _metered(acts: Iterable[Act], pids: Sequence[int], costs: Costs) -> list[tuple[str, list[Statement]]]:
    """Do acts one after the other, add what each took, and return what each wrote."""
    kept = []
    for name, act in acts:
        with listening() as heard:
            meter = Meter(pids)
            act()
            took = meter.look()
        costs[name].add(took, heard)
        kept.append((name, heard.writes))
    return kept


def _follow(given: Given, cost: Cost, flows: int) -> None:
    """Let the worker publish the log and bring the news of so many flows, with letters that cost nothing to set."""
    with plain_letters(), listening() as heard:
        meter = Meter(backend())
        publish(given.tick())
        while deliver(given.at, limit=256).done:
            publish(given.tick())
        cost.add(meter.look(), heard, flows)


WAYS = (("through the actions", Flows, 5.0), ("through HTTP, all middleware", Doors, 8.0))
"""Each way to walk, and the most that its processor time may be of the floor's."""


def lines(given: Given, folder: Path, *, seconds: float) -> Iterator[Line]:
    """Measure flows on both ways: each act, all of them together, and what the worker does after."""
    quick = replace(given, pace=timedelta(seconds=1))
    for way, kind, most in WAYS:
        flows, times = ready(quick, kind), max(2, int(8 * seconds))
        with running(folder, flows.example.answers, wanted=kind is Flows) as others:
            walked = walk(flows, folder, times=times, others=others)
        given.at = quick.at
        for name, cost in walked.ours.items():
            yield _line(f"  {name}", _mean(cost), cost, _mean(walked.floor[name]))
        whole, floor = walked.whole(walked.ours), walked.whole(walked.floor)
        every = Cost(times=walked.flows)
        for cost in walked.ours.values():
            every.queries, every.writes = every.queries + cost.queries, every.writes + cost.writes
            every.own, every.database = every.own + cost.own, every.database + cost.database
        goal = Goal(
            what=f"a whole flow {way}: CPU of all processes",
            wanted=f"at most {most:.0f} times the floor",
            found=f"{whole.cpu / floor.cpu:.1f} times ({whole.cpu_ms:.1f} ms, the floor {floor.cpu_ms:.1f} ms)",
            met=whole.cpu <= most * floor.cpu,
        )
        yield _line(f"a whole flow {way}", whole, every, floor, goal)
        yield from compared(whole, others)
        yield _line("  log and news after it, by the worker", _mean(walked.worker), walked.worker)


def _mean(cost: Cost) -> Measured:
    return Measured(times=cost.times, wall=cost.wall, cpu=cost.cpu)


def _line(
    workload: str,
    done: Measured,
    cost: Cost,
    floor: Measured | None = None,
    goal: Goal | None = None,
) -> Line:
    return Line(
        workload=workload,
        done=done,
        floor=floor,
        writes=cost.writes / cost.times,
        queries=cost.queries / cost.times,
        note=f"{cost.database / cost.cpu:.0%} db" if cost.database else "",
        goal=goal,
        more={"database_cpu_ms": round(1000 * cost.database / cost.times, 3)},
    )
