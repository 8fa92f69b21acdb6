"""The recorder that every action runs under: keys claimed first, events, leaves and deliveries kept last."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps

from janaseva.core.action import Act, Told
from janaseva.core.canonical import plain
from janaseva.core.columns import prepared
from janaseva.core.cursors import done, here, written
from janaseva.core.ids import uuid7
from janaseva.core.news import listeners_by_news
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Invalid, Refusal
from janaseva.core.row import Row, insert
from janaseva.core.waiting import waited
from janaseva.ledger import rules
from janaseva.ledger.events import Refused
from janaseva.ledger.models import Checkpoint, Delivery, Event, Key, Leaf, Story


def _recorded_rows(act: Act) -> list[list[Any]]:
    """Return table, key, hash and revision of every recorded row that ``act`` wrote; no hash where it was removed."""
    found: list[list[Any]] = []
    for (label, key), row in act.written.items():
        model = type(row) if row is not None else apps.get_model(label)
        if issubclass(model, Row) and model.recorded:
            found.append(
                [label, str(key), None, None] if row is None else [label, str(key), row.row_hash(), row.revision]
            )
    return found


def _stories(ids: Sequence[UUID]) -> dict[UUID, Story]:
    """Return the stories by id, made where new, and locked in one order so that two acts cannot wait on each other."""
    wanted = sorted(set(ids))
    found = {story.pk: story for story in Story.where(id=tuple(wanted), order=("id",), lock=True)}
    if len(found) < len(wanted):
        Story.objects.bulk_create([Story(id=key) for key in wanted if key not in found], ignore_conflicts=True)
        found = {story.pk: story for story in Story.where(id=tuple(wanted), order=("id",), lock=True)}
    return found


@dataclass(slots=True)
class _Chain:
    """The heads of the stories that an act adds to, and the events added so far."""

    act: Act
    stories: dict[UUID, Story]
    own: list[Story] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def add(self, told: Told, *, rows: list[list[Any]], numbers: list[list[Any]]) -> Event:
        """Chain one event to its story, or begin a story of its own with it."""
        act, key = self.act, uuid7()
        story = self.stories[told.story] if told.story else Story(id=key)
        if told.story is None:
            self.own.append(story)
        parts: dict[str, Any] = {
            "id": key,
            "story": story.pk,
            "ordinal": story.length + 1,
            "name": type(told.news).name,
            "version": type(told.news).version,
            "at": act.at,
            "office_id": told.office_id,
            "actor_kind": act.by.kind,
            "actor_name": act.by.name,
            "person_id": act.by.person_id,
            "charge_id": act.by.charge_id,
            "post_id": act.by.post_id,
            "act_id": act.id,
            "act": act.name,
            "facts": plain(told.news),
            "rows": rows,
            "numbers": numbers,
            "previous": story.head,
        }
        salt = os.urandom(rules.SALT_BYTES)
        digest = rules.event_hash(salt=salt, record=rules.parts_bytes(parts))
        event = Event(**parts, salt=salt, hash=digest)
        story.length, story.head = event.ordinal, digest
        self.events.append(event)
        return event


_MOVE_HEAD = "UPDATE ledger_story SET length = %s, head = %s WHERE id = %s"


def _key(value: UUID) -> Any:
    """Return a key as this database keeps it."""
    return value.hex if here().vendor == "sqlite" else value


def _keep(act: Act, told: Sequence[Told], stories: dict[UUID, Story]) -> None:
    """Write the events of an act, their leaves and their deliveries, and move the stories' heads."""
    if not told:
        return
    chain = _Chain(act=act, stories=stories)
    rows = _recorded_rows(act)
    numbers: list[list[Any]] = [[item.series, item.year, item.value] for item in act.numbers]
    for item in told:
        chain.add(item, rows=rows, numbers=numbers)
        rows, numbers = [], []
    insert(chain.events)
    leaves = [(event, rules.leaf_data(hash_hex=event.hash, name=event.name).decode()) for event in chain.events]
    insert([Leaf(id=event.pk, data=data) for event, data in leaves])
    if chain.own:
        insert(chain.own)
    database = here()
    for story in chain.stories.values():
        written(database, _MOVE_HEAD, [story.length, story.head, _key(story.pk)])
    deliveries = [
        Delivery(event_id=event.pk, listener=listener.name, due_at=act.at)
        for event, item in zip(chain.events, told, strict=True)
        for listener in listeners_by_news.get(event.name, ())
        if listener.wants(item.news)
    ]
    if deliveries:
        insert(deliveries)


_CLAIM = (
    "INSERT INTO ledger_key (id, revision, scope, key, act, body_hash) SELECT %s, 1, %s, %s, %s, %s "
    "WHERE NOT EXISTS (SELECT 1 FROM ledger_checkpoint WHERE signed_at > %s) "
    "ON CONFLICT (scope, key) DO NOTHING"
)
CLOCK_TOLERANCE = timedelta(seconds=2)
"""By how much an act may seem to be done before the log was signed last; clocks of machines differ by less."""


def _latest_signature(act: Act) -> datetime:
    """Return the moment after which the log must not have been signed for ``act`` to be believed in its time.

    The worker's and the administrator's own acts are told with the moment that they answer to, and back-date nobody's.
    A person's act may have waited since it arrived, for its papers or for the database.
    """
    if act.by.kind in ("system", "clock"):
        return datetime.max.replace(tzinfo=UTC)
    return act.at + waited(act.at) + CLOCK_TOLERANCE


def _claimed(act: Act) -> bool:
    """Write the act's key, under the act's own id, and return whether it was free; said in SQL, which counts rows."""
    latest = prepared(Checkpoint, "signed_at", here().vendor)(_latest_signature(act))
    values = [_key(act.id), act.by.scope, act.key, act.name, act.body_hash, latest]
    return done(here(), _CLAIM, values) == 1


class LedgerRecorder:
    """What the ledger offers to every action (see :class:`janaseva.core.action.Recorder`)."""

    def claim(self, act: Act) -> str | None:
        """Claim the act's key; return the stored answer where the same was done before.

        Where two come at once, the second waits at the unique key until the first has committed (then it is answered
        what the first was answered) or rolled back (then it goes ahead).

        On PostgreSQL a repeated answer is written once more. What the first act kept may be seen here and yet be on one
        server alone, where its wait for the replicas was cut short; the commit of this writing waits for them in its
        stead, so that nothing is acknowledged that a change of leader could still lose.

        Raises:
            Refusal: ``key_unusable`` for a key that is empty, too long or unprintable; ``key_reused`` where the key
                came before with another action or another body; ``clock_behind`` where the log was signed after the
                moment at which this claims to be done: the clock here was put back, or is wrong.

        """
        if not rules.usable_key(act.key):
            raise Refusal("key_unusable", status=UNPROCESSABLE)
        if _claimed(act):
            return None
        held = Key.first_where(scope=act.by.scope, key=act.key)
        if held is None:
            raise Refusal("clock_behind", status=CONFLICT)
        if (held.act, held.body_hash) != (act.name, act.body_hash):
            raise Refusal("key_reused", status=UNPROCESSABLE)
        if here().vendor == "postgresql":
            Key.objects.filter(pk=held.pk).update(answer=held.answer)
        return held.answer

    def hold(self, act: Act) -> dict[UUID, Story]:
        """Return the stories that the act's news belongs to, locked."""
        named = [item.story for item in act.told if item.story is not None]
        return _stories(named) if named else {}

    def keep(self, act: Act, answer: str, held: dict[UUID, Story]) -> None:
        """Write the act's events, leaves, deliveries and answer."""
        _keep(act, act.told, held)
        written(here(), "UPDATE ledger_key SET answer = %s WHERE id = %s", [answer, _key(act.id)])

    def refused(self, act: Act, refusal: Refusal) -> None:
        """Record the refusal as an event of its own; what the act had gathered is gone and not named here."""
        faults = tuple(fault.code for fault in refusal.faults) if isinstance(refusal, Invalid) else ()
        news = Refused(action=act.name, code=refusal.code, status=refusal.status, faults=faults)
        bare = Act(name=act.name, by=act.by, at=act.at, key=act.key, body_hash=act.body_hash, id=act.id)
        _keep(bare, [Told(news=news, story=None, office_id=act.by.office_id)], {})
