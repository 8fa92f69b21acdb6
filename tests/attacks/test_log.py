"""The record: dated back, edited in the database, rewritten, left out of the log, and put back to an older state."""

import random
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection

from janaseva.core import ids, promises
from janaseva.core.action import allow, put, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import Refusal
from janaseva.core.row import writing
from janaseva.ledger import handlers, queries, rules
from janaseva.ledger.handlers import promises as watching
from janaseva.ledger.models import Checkpoint, Event, Leaf, Tile
from janaseva.ledger.steps import recording
from tests.attacks.guards import answers, attack, replaced, size
from tests.attacks.proving import log  # noqa: F401 - a fixture
from tests.documents.acts import issued
from tests.ledger.acts import Tried, acting, attempt
from tests.ledger.paper import Paper, paper_table, papers  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.xdist_group("log")]

SYSTEM = Actor.system("test")
OFFICER = Actor(kind="officer", charge_id=uuid4(), office_id=uuid4(), post_id=uuid4())
CITIZEN = Actor.person(uuid4())


def keys() -> str:
    return str(uuid4())


@attack(
    "C4", "an officer and a citizen act on a machine whose clock was put back, by three seconds and by three days",
    replaced("janaseva.ledger.steps.recording._latest_signature", lambda real, act: datetime.max.replace(tzinfo=UTC)),
    quick=True,
)  # fmt: skip
def test_dated_back(log, at, tries):  # noqa: F811 - the fixture
    attempt(by=SYSTEM, at=at, key=keys())
    handlers.publish(at)
    loot, story = [], uuid4()
    for by in (OFFICER, CITIZEN):
        for back in (timedelta(seconds=3), timedelta(hours=1), timedelta(days=3)):
            tries()
            try:
                attempt(by=by, at=at - back, key=keys(), story=story)
                loot.append(f"{by.kind}: an act dated back by {back}")
            except Refusal as refusal:
                if refusal.code != "clock_behind":
                    loot.append(refusal.code)
    attempt(by=OFFICER, at=at - timedelta(seconds=1), key=keys(), story=story)
    places = [event.leaf_index for event in queries.story(SYSTEM, story) if event.leaf_index is not None]
    return loot + (["out of order"] if places != sorted(places) else [])


@acting
def write(*, by, at, key: str, count: int) -> int:
    allow(True)
    for number in range(count):
        put(Paper(words=f"paper {number}"))
    tell(Tried(count=count))
    return count


def behind(table: str, clause: str, row) -> None:
    """Do in the database what the application would not."""
    value = row.hex if connection.vendor == "sqlite" else str(row)
    with connection.cursor() as cursor:
        cursor.execute(f"{clause.format(table=table)} WHERE id = '{value}'")


@attack(
    "C5", "rows edited and removed by SQL, with the passwords of the database's administrator",
    replaced("janaseva.ledger.queries.auditing.rows._hash", lambda real, row: b"as recorded"),
    replaced("janaseva.ledger.handlers.auditing.audit", lambda real, **given: iter(())),
)  # fmt: skip
def test_edited_rows(log, papers, at, tries):  # noqa: F811 - the fixtures
    """The nightly audit names exactly the rows that were touched; loot is what it does not name."""
    write(by=SYSTEM, at=at, key=keys(), count=size(60, 2_000))
    handlers.publish(at)
    chosen = random.Random(3).sample(list(Paper.objects.values_list("pk", flat=True)), size(30, 1_000))
    edited, gone = set(map(str, chosen[::2])), set(map(str, chosen[1::2]))
    for row in chosen[::2]:
        behind("ledger_paper", "UPDATE {table} SET words = 'forged'", row)
    for row in chosen[1::2]:
        behind("ledger_paper", "DELETE FROM {table}", row)
    tries(len(chosen))
    handlers.audit_and_report(at + timedelta(hours=13))
    found = queries.last_audit()
    named = {(code, key) for code, _, key in found.found}
    expected = {("row_altered", key) for key in edited} | {("row_missing", key) for key in gone}
    return sorted(map(str, named ^ expected)) + ([f"told of {found.count}"] if found.count != len(expected) else [])


@attack(
    "C5", "an event's facts edited, with its hash recomputed to fit",
    replaced("janaseva.ledger.queries.auditing.published._against_events", lambda real, leaves: iter(())),
)  # fmt: skip
def test_edited_event(log, papers, at, tries):  # noqa: F811 - the fixtures
    attempt(by=SYSTEM, at=at, key=keys())
    handlers.publish(at)
    event = Event.objects.get()
    event.facts = {**event.facts, "count": 99}
    event.hash = rules.event_hash(salt=bytes(event.salt), record=rules.record_bytes(queries.record_of(event)))
    with writing():
        Event.objects.filter(pk=event.pk).update(facts=event.facts, hash=event.hash)
        event._meta.apps.get_model("ledger.story").objects.update(head=event.hash)
    tries()
    return [] if list(handlers.audit()) else ["nobody noticed"]


def _rebuilt(entries: list[str]) -> bytes:
    return b"".join(rules.leaf_hash(entry.encode()) for entry in entries)


@attack(
    "C6", "the database's administrator rewrites an entry, its tile and the root, and lets the log be signed on",
    replaced("janaseva.ledger.handlers.publishing._read_back", lambda real, store, *, size, head, files:
             rules.Tree(size, queries.tile_hashes).root()),
)  # fmt: skip
def test_rewritten_log(log, at, tries, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr("janaseva.ledger.handlers.publishing._refuse_an_older_database", lambda kept: None)
    attempt(by=SYSTEM, at=at, key=keys(), count=3)
    handlers.publish(at)
    leaf = Leaf.objects.get(index=1)
    with writing():
        Leaf.objects.filter(pk=leaf.pk).update(data="0" * 64 + leaf.data[64:])
        Tile.objects.update(hashes=_rebuilt(list(Leaf.objects.order_by("index").values_list("data", flat=True))))
    attempt(by=SYSTEM, at=at, key=keys())
    tries()
    try:
        handlers.publish(at + timedelta(seconds=1))
    except handlers.LogBrokenError:
        return []
    return ["a rewritten log was signed"]


@attack(
    "C6", "entries dropped, swapped and rolled back between two signed heads, shown to whoever kept the first",
    answers("janaseva.ledger.rules.merkle.follows", value=True),
)  # fmt: skip
def test_forked_log(tries):
    chance = random.Random(7)
    entries = [str(number).encode() for number in range(400)]

    def tree(held: list[bytes]) -> tuple[bytes, dict]:
        tiles: dict = {}
        edge = [b""] * (rules.HIGHEST_LEVEL + 1)
        for first in range(0, len(held), rules.TILE_WIDTH):
            more = [rules.leaf_hash(entry) for entry in held[first : first + rules.TILE_WIDTH]]
            for level, number, content in rules.grown(size=first, edge=edge, leaves=more):
                edge[level] = b"" if len(content) == rules.TILE_WIDTH * rules.HASH_BYTES else content
                tiles[level, number] = content
        read = rules.Tree(len(held), lambda level, number: tiles[level, number])
        return read.root(), read

    loot = []
    for _ in range(size(10, 200)):
        old, new = sorted(chance.sample(range(2, 399), 2))
        forged = list(entries[:new])
        place = chance.randrange(old)
        match chance.randrange(3):
            case 0:
                forged[place] = b"forged"
            case 1:
                del forged[place]
                forged.append(b"pushed up")
            case _:
                forged[place], forged[(place + 1) % old] = forged[(place + 1) % old], forged[place]
        old_root, _ = tree(entries[:old])
        new_root, other = tree(forged)
        path = other.consistency(old)
        tries()
        if rules.follows(old=old, old_root=old_root, size=new, root=new_root, path=path):
            loot.append(f"{old} of {new}")
    return loot


@attack(
    "C7", "certificates issued while the log's publisher is switched off",
    answers("janaseva.ledger.queries.log.unpublished_seconds", value=0), quick=True,
)  # fmt: skip
def test_left_out_of_the_log(log, tries, monkeypatch):  # noqa: F811 - the fixture
    issued("KL-INC-2026-1")
    monkeypatch.setattr(ids, "_last", ids._last)
    loot = []
    for minutes, number in ((14, "KL-INC-2026-2"), (16, "KL-INC-2026-3")):
        ahead = minutes * 60 * 10**9
        monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda ahead=ahead: time.time_ns() + ahead))
        tries()
        try:
            issued(number)
            if minutes > 15:
                loot.append(f"issued {number} after {minutes} minutes without a log")
        except Refusal as refusal:
            loot += [refusal.code] if (refusal.code, minutes) != ("log_silent", 16) else []
    assert issued("KL-ACK-2026-1", letter="acknowledgement").number
    return loot


@attack(
    "C7", "an event whose leaf was removed before the log was published",
    replaced("janaseva.ledger.queries.auditing.published._unpublished", lambda real, head: iter(())),
)  # fmt: skip
def test_event_without_leaf(log, papers, at, tries):  # noqa: F811 - the fixtures
    attempt(by=SYSTEM, at=at, key=keys(), count=2)
    with writing():
        Leaf.objects.filter(pk=Event.objects.order_by("pk").first().pk).delete()
    handlers.publish(at)
    tries()
    found = {finding.code for finding in handlers.audit()}
    return [] if "leaf_of_event_missing" in found else ["issued and never logged, and nobody noticed"]


@attack(
    "C8", "yesterday's database is put back, and work goes on upon it",
    replaced("janaseva.ledger.handlers.standing.compared", lambda real, held=None:
             handlers.Standing(code="", sequenced=0, published=0)),
)  # fmt: skip
def test_older_database(log, at, tries, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr(promises, "_looks", [watching.Watch()])
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.0)
    attempt(by=SYSTEM, at=at, key=keys(), count=2)
    handlers.publish(at)
    kept = Leaf.objects.count(), Tile.objects.get().hashes, Checkpoint.objects.get()
    attempt(by=SYSTEM, at=at, key=keys(), count=3)
    handlers.publish(at)
    with writing():
        late = Leaf.objects.filter(index__gte=kept[0])
        Event.objects.filter(pk__in=late.values("pk")).delete()
        late.delete()
        Tile.objects.update(hashes=kept[1])
        Checkpoint.objects.update(sequenced=kept[0], size=kept[0], root=kept[2].root, note=kept[2].note)
    loot = []
    tries(2)
    try:
        attempt(by=CITIZEN, at=at, key=keys())
        loot.append("wrote upon an older database")
    except Refusal as refusal:
        loot += [refusal.code] if refusal.code != "record_behind" else []
    try:
        handlers.publish(at + timedelta(minutes=1))
        loot.append("signed an older database")
    except handlers.LogBrokenError:
        pass
    return loot


def test_an_honest_act_may_wait_for_its_turn(log, at, monkeypatch):  # noqa: F811 - the fixture
    """Its papers came over a slow network, and the log was signed meanwhile."""
    attempt(by=SYSTEM, at=at, key=keys())
    handlers.publish(at + timedelta(seconds=30))
    monkeypatch.setattr(recording, "waited", lambda moment: timedelta(seconds=30))
    attempt(by=OFFICER, at=at, key=keys(), story=uuid4())
