"""What is measured: the acts of a journey through the same actions as the doors use, and what anyone may ask."""

import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

from django.db import connection

from bench.clock import due_dates
from bench.floor import Copy, listening
from bench.flow import lines as flow_lines
from bench.line import Goal, Line
from bench.log_head import log_head
from bench.measure import Measured, measured, repeated
from bench.scratch import backend, plain_letters
from janaseva.core.actor import Actor
from janaseva.documents import handlers as sealing
from janaseva.documents import queries as documents
from janaseva.documents.models import Document
from janaseva.forms.rules import Form, checking, settle_shape
from janaseva.ledger.handlers import deliver, publish
from janaseva.ledger.handlers.delivering import BATCH
from janaseva.ledger.models import Delivery
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules import deciding
from janaseva.services.rules.checking import CheckedPack, check_pack
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.examples import Example, read_examples
from janaseva.settings import OPTIONS
from tests.given import Given

SOUGHT = ("income", "വരുമാനം", "आय प्रमाण", "آمدنی", "رهائش", "certifcate", "birth", "സർട്ടിഫിക്കറ്റ്")
"""What people might look for, in five languages, once misspelt."""
MOST_CERTIFICATES = 24
CERTIFICATES = 20
"""So many a second a core should be typeset and signed, in the worker."""
WIDE = 200
PLAIN = ("text", "number", "money", "date", "choice", "yes_no")
"""Kinds of fields that stand alone, and can be repeated under another key."""


@dataclass(slots=True)
class Bench:
    """One database's workloads, in the order of a journey. Each takes about ``seconds``."""

    given: Given
    folder: Path
    seconds: float
    only: frozenset[str]
    applications: list[UUID] = field(default_factory=list)

    def wants(self, *names: str) -> bool:
        """Return whether one of these workloads was asked for."""
        return not self.only or bool(self.only & set(names))

    def run(self) -> Iterator[Line]:
        """Measure what was asked for."""
        journey = ("submit", "decide", "certificate", "verify")
        stages: tuple[tuple[tuple[str, ...], Callable[[], Iterable[Line]]], ...] = (
            (("flow",), lambda: flow_lines(self.given, self.folder, seconds=self.seconds)),
            (journey, self._submit),
            (journey[1:], self._decide),
            (journey[2:], self._certificates),
            (journey[3:], self._verify),
            (("search",), self._search),
            (("form",), self._form),
            (("wide",), self._wide),
            (("rules",), self._rules),
            (("packs",), self._packs),
            (("due",), lambda: due_dates(seconds=self.seconds / 2)),
            (("log",), lambda: log_head(self.given.tick(), seconds=2 * self.seconds)),
        )
        for names, stage in stages:
            if self.wants(*names):
                yield from stage()

    # The two acts, each beside its floor.

    def _act(self, workload: str, work: Any, items: Sequence[Any]) -> Line:
        """Measure acts, then the same rows by raw SQL on a copy made before."""
        copy, kept = Copy(self.folder), []

        def one(item: Any) -> None:
            with listening() as heard:
                work(item)
            kept.append(heard)

        one(items[0])  # caches and prepared statements are warm from the second on
        done = measured(one, items[1:], others=backend())
        with copy:
            copy.write([kept[0].writes])
            floor = copy.write([heard.writes for heard in kept[1:]])
        return Line(workload=workload, done=done, floor=floor, writes=len(kept[1].writes), queries=kept[1].queries)

    def _submit(self) -> Iterator[Line]:
        given = self.given
        by = given.citizen()
        drafts = [given.draft(by) for _ in range(max(12, int(12 * self.seconds)))]
        yield self._act("submit an application", lambda one: given.act(actions.submit, by, application_id=one), drafts)
        self.applications = drafts
        if self.wants("decide", "certificate", "verify"):
            with plain_letters(), mock.patch.object(Given, "settle", return_value=None):
                for one in drafts:
                    given.pay(by, one)
            with plain_letters():
                given.settle()

    def _decide(self) -> Iterator[Line]:
        given = self.given
        officer = given.holder(self.applications[0])
        for _ in self.applications:
            given.act(actions.take_next, officer)
        lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
        facts = {"move": "approve", "checked": lines, "note": "The papers were compared."}
        yield self._act(
            "decide (approve)",
            lambda one: given.act(actions.move, officer, application_id=one, **facts),
            self.applications,
        )

    # What comes out, and what anyone may ask.

    def _certificates(self) -> Iterator[Line]:
        given = self.given
        publish(given.tick())
        waiting = list(Document.objects.filter(kind="income-certificate", state="to_seal").order_by("pk"))
        rows = [documents.to_seal(sealing.WORKER, row.pk) for row in waiting]
        sealing.prepare_once(given.at)
        sealing.typeset_and_sign(rows[0], at=given.at, proof="")
        made = repeated(
            lambda n: sealing.typeset_and_sign(rows[n % len(rows)], at=given.at, proof=""), seconds=self.seconds
        )
        yield Line(workload="certificate: typeset and sign", done=made, note="PDF/A-3a, two languages, PAdES")
        with waiting_until(given.at + timedelta(days=1), then=given.at - timedelta(days=1)):
            while deliver(given.at, limit=256).done:  # other news of the same decisions
                pass
        before = Document.objects.filter(state="sealed").count()
        # as many at a time as the worker takes
        rounds = range(max(1, min(MOST_CERTIFICATES, int(4 * self.seconds)) // BATCH))
        done = measured(lambda _: deliver(given.tick()), rounds, others=backend())
        sealed = Document.objects.filter(state="sealed").count() - before
        assert sealed, "the worker sealed nothing"
        done = Measured(times=sealed, wall=done.wall, cpu=done.cpu)
        note = "with its proof; stored, recorded"
        yield Line(workload="certificate: by the worker", done=done, note=note, goal=sealing_goal(done))

    def _verify(self) -> Iterator[Line]:
        given = self.given
        rows = list(Document.objects.filter(kind="income-certificate", state="sealed")[:16])
        by = Actor.system("bench")
        files = [documents.content(by, row.pk).content for row in rows]
        ways = {
            "file": lambda n: documents.verify_file(files[n % len(files)], at=given.at),
            "code (QR)": lambda n: documents.verify_qr(rows[n % len(rows)].qr, at=given.at),
            "number": lambda n: documents.verify_number(
                rows[n % len(rows)].number, rows[n % len(rows)].code, at=given.at
            ),
        }
        for name, way in ways.items():
            verdict = way(0)
            if verdict.outcome != "genuine":
                message = f"verification by {name} said {verdict.outcome}"
                raise AssertionError(message)
            yield Line(workload=f"verify: {name}", done=repeated(way, seconds=self.seconds / 2, others=backend()))

    def _search(self) -> Iterator[Line]:
        today = queries.today(self.given.at)
        services = len(queries.catalogue(today))
        for words in SOUGHT:
            queries.catalogue(today, search=words)
        done = repeated(
            lambda n: queries.catalogue(today, search=SOUGHT[n % len(SOUGHT)]),
            seconds=self.seconds / 2,
            others=backend(),
        )
        yield Line(workload="search the catalogue", done=done, note=f"{services} services, five languages")

    def _form(self) -> Iterator[Line]:
        definition, example = largest(queries.today(self.given.at))
        answers = settle_shape(definition.form, example.answers)
        form, today = definition.form, example.today
        papers = list(example.documents or ())

        def check(_: int) -> None:
            checking.check(form, answers, today, documents=papers, directory=queries.PLACES)

        done = repeated(check, seconds=self.seconds / 2, others=backend())
        yield Line(workload="check a whole form", done=done, note=f"{definition.key}, {width(definition)} fields")

    # The engine of definitions alone.

    def _wide(self) -> Iterator[Line]:
        """Check a form of 200 fields: the largest in the packs, its own fields repeated until there are as many."""
        definition, example = widest()
        form, answers = widened(definition, settle_shape(definition.form, example.answers))
        today, papers = example.today, list(example.documents or ())

        def check(_: int) -> None:
            checking.check(form, answers, today, documents=papers, directory=queries.PLACES)

        done = repeated(check, seconds=self.seconds / 2)
        fields = sum(len(page.fields) for page in form.pages)
        yield Line(workload=f"check a form of {fields} fields", done=done, note=f"from {definition.key}")

    def _rules(self) -> Iterator[Line]:
        """Evaluate every formula of the service that has most of them, as at submission."""
        definition, example = max(compiled_packs(), key=lambda one: rules_in(one[0]))
        answers = settle_shape(definition.form, example.answers)

        def evaluate(_: int) -> None:
            facts = definition.scope.facts(answers, today=example.today)
            deciding.eligibility(definition, answers, today=example.today)
            variant = deciding.choose(definition, facts)
            if variant is not None:
                deciding.bill(definition, variant, facts, on=example.today, channel="online")
            checking.check(definition.form, answers, example.today, documents=(), directory=queries.PLACES)

        done = repeated(evaluate, seconds=self.seconds / 2)
        yield Line(workload="all rules of a service", done=done, note=f"{definition.key}, {rules_in(definition)} rules")

    def _packs(self) -> Iterator[Line]:
        """Read and compile every pack from its files, and say how much memory that keeps."""
        kept: list[Any] = []

        def load(_: int) -> None:
            kept[:] = [one for pack in packs() for one in pack.services]

        tracemalloc.start()
        load(0)
        held, most = (size / 1_000_000 for size in tracemalloc.get_traced_memory())
        tracemalloc.stop()
        done = repeated(load, seconds=self.seconds / 2)
        yield Line(
            workload="load and compile all packs",
            done=done,
            note=f"{len(kept)} services; {held:.0f} MB kept, {most:.0f} MB at most",
        )


@contextmanager
def waiting_until(later: datetime, *, then: datetime) -> Iterator[None]:
    """Let what is to be sealed wait while other news is brought; afterwards it comes before all that followed."""

    def due(at: datetime) -> None:
        moment = connection.ops.adapt_datetimefield_value(at)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_delivery SET due_at = %s WHERE state = %s AND listener = %s",
                [moment, Delivery.State.WAITING.value, "documents.handlers.seal"],
            )

    due(later)
    yield
    due(then)


def sealing_goal(done: Measured) -> Goal:
    """Return the goal of typesetting and signing, by what the worker's certificates took of all processors."""
    a_second = 1000 / done.cpu_ms
    return Goal(
        what="certificates typeset and signed, with the log's proof, stored, recorded, by the worker",
        wanted=f"at least {CERTIFICATES} a second a core",
        found=f"{a_second:.1f} ({done.cpu_ms:.1f} ms CPU each)",
        met=a_second >= CERTIFICATES,
    )


def packs() -> Iterator[CheckedPack]:
    """Yield every pack, read from its files and checked."""
    folder = PackFolder(OPTIONS.packs_dir)
    for key in folder.keys():  # noqa: SIM118 - not a mapping
        yield check_pack(folder.read(key), with_examples=False)


def compiled_packs() -> Iterator[tuple[Definition, Example]]:
    """Yield every sound definition of all packs with its first faultless example."""
    folder = PackFolder(OPTIONS.packs_dir)
    for pack in packs():
        files = folder.read(pack.key).services
        for service in pack.services:
            if service.definition is None:
                continue
            examples, _, _ = read_examples(files[service.key]["examples.yaml"], f"{service.key}/examples.yaml")
            found = next((one for one in examples if not one.expect.faults), None)
            if found is not None:
                yield service.definition, found


def widest() -> tuple[Definition, Example]:
    """Return the definition with the most fields, with an example."""
    return max(compiled_packs(), key=lambda one: width(one[0]))


def widened(definition: Definition, answers: Mapping[str, Any]) -> tuple[Form, dict[str, Any]]:
    """Return a form with copies of its own plain fields under new keys until it has 200, and the answers to all."""
    form, given, copies = definition.form, dict(answers), []
    plain = [part for page in form.pages for part in page.fields if part.kind in PLAIN and part.computed is None]
    for number in range(max(0, WIDE - sum(len(page.fields) for page in form.pages))):
        part = plain[number % len(plain)]
        key = f"copy_{number}"
        copies.append(part.model_copy(update={"key": key, "when": None}))
        if part.key in given:
            given[key] = given[part.key]
    page = form.pages[-1]
    last = page.model_copy(update={"fields": (*page.fields, *copies)})
    own = {name: getattr(form, name) for name in type(form).model_fields if name not in ("scope", "by_key")}
    return type(form)(**{**own, "pages": (*form.pages[:-1], last)}), given


def rules_in(definition: Definition) -> int:
    """Return how many formulas a definition has: conditions, checks, variants, fees, and those of its form."""
    fees = [definition.fee_for(variant) for variant in definition.variants]
    lines = [line for fee in fees for line in getattr(fee, "lines", ())]
    asked = [part for page in definition.form.pages for part in (page, *page.fields)]
    own = [getattr(part, name, None) for part in asked for name in ("when", "computed", "needed_when")]
    some = [*own, *(line.when for line in lines), *(variant.when for variant in definition.variants)]
    return len(definition.who.eligibility) + len(definition.check) + sum(one is not None for one in some)


def width(definition: Definition) -> int:
    """Return how many fields a form has, columns of tables included."""
    fields = [part for page in definition.form.pages for part in page.fields]
    return sum(max(1, len(getattr(part, "columns", None) or ())) for part in fields)


def largest(today: date) -> tuple[Definition, Example]:
    """Return the service in force with the largest form, and its first faultless example."""
    found = ((pack, queries.compiled(key)) for key, pack in queries.rows_in_force(today).values())
    pack, definition = max(found, key=lambda one: (width(one[1]), one[1].key))
    files = PackFolder(OPTIONS.packs_dir).read(pack).services[definition.key]
    examples, _, _ = read_examples(files["examples.yaml"], f"{definition.key}/examples.yaml")
    return definition, next(one for one in examples if not one.expect.faults)
