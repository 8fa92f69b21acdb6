"""Things brought into a state by calling actions, as people and officers do, and never by writing rows.

A directory, calendars, published services and signed-in officers are the *world* that most stories begin in. It is made
once a run by the same commands as in earnest, kept beside the tables, and copied back at the beginning of each test
that asks for it: some 20 ms instead of seconds, on both databases. Tests ask for the fixtures ``world`` or ``given``
(tests/conftest.py).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from janaseva.cli.journey import Traveller
from janaseva.cli.loading import load_directory, load_pack
from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.row import Row
from janaseva.core.secret import Secret
from janaseva.people import actions as people_actions
from janaseva.people import queries as people
from janaseva.people import rules as people_rules
from janaseva.services import actions, queries
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.examples import Example, read_examples
from janaseva.settings import OPTIONS
from janaseva.workflow import queries as workflow
from tests.memory import Memory, mark, remembered

PACK = "kl-edistrict"
SERVICE = "kl-income-certificate"
OFFICES = ("kl-village-adoor", "kl-taluk-adoor", "kl-collectorate-pathanamthitta")
LOADED_AT = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
BEGINS_AT = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
"""Monday 2 March 2026, ten in the morning in India: the day of the examples."""
SYSTEM = Actor.system("tests")

Officers = dict[UUID, tuple[str, Actor]]


@cache
def examples(pack: str, service: str) -> tuple[Example, ...]:
    """Return the examples of a service as its pack has them."""
    text = PackFolder(OPTIONS.packs_dir).read(pack).services[service]["examples.yaml"]
    return tuple(read_examples(text, f"{pack}/{service}/examples.yaml")[0])


@dataclass(slots=True)
class Given(Traveller):
    """Walks one service's applications to the state that a test begins from. Its clock goes on by a minute a step."""

    service: str = SERVICE
    pack: str = PACK
    counted: Iterator[int] = field(default_factory=lambda: count(1))
    memory: Memory | None = None

    @property
    def definition(self) -> Definition:
        """Return the definition in force."""
        return queries.in_force(self.service, queries.today(self.at)).definition

    def example(self, *, variant: str = "state", channel: str = "online") -> Example:
        """Return the first faultless example of a service, turned to a variant (by purpose) and a channel."""
        found = next(one for one in examples(self.pack, self.service) if not one.expect.faults)
        answers = {**found.answers, "purpose": variant} if "purpose" in found.answers else found.answers
        return found.model_copy(update={"channel": channel, "answers": answers})

    @remembered
    def session(self, language: str = "en", *, region: str = "IN") -> tuple[str, Actor]:
        """Sign a new person in and return their session's token and them.

        The code is read from its sealed envelope, so that no message need be sent.
        """
        digits = next(self.phones)
        phone = f"+91{digits}" if region == "IN" else f"+92300{digits % 10_000_000:07d}"
        anyone, token = Actor.anyone(), secret_token()
        asked = people_actions.request_code(
            by=anyone, at=self.tick(), key=self.key(), phone=phone, language=language, region=region
        )
        sent = people.code_to_send(SYSTEM, asked.challenge_id, self.at)
        assert sent is not None
        people_actions.confirm_code(
            by=anyone,
            at=self.tick(),
            key=self.key(),
            challenge_id=asked.challenge_id,
            code=Secret(sent.code),
            token_hash=people_rules.token_hash(token),
        )
        found = people.signed_in(token, self.at)
        assert found is not None
        return token, found.actor

    def citizen(self, language: str = "en", *, region: str = "IN") -> Actor:
        """Sign a new person in."""
        return self.session(language, region=region)[1]

    @remembered
    def seat(self, office: str, role: str) -> Actor:
        """Return the signed-in holder of a role in a demonstration office."""
        view = next(one for one in people.offices() if one.key == office)
        post = people.post_in(view.id, role)
        assert post is not None
        return self.officer(post.id)

    @remembered
    def officer(self, post_id: UUID) -> Actor:
        """Sign in the demonstration officer who holds a post."""
        return Traveller.officer(self, post_id)

    @remembered
    def settle(self) -> None:
        """Let the worker do all that is to be done now."""
        Traveller.settle(self)

    @remembered
    def pay(self, by: Actor, application_id: UUID) -> None:
        """Pay what is due."""
        Traveller.pay(self, by, application_id)

    @remembered
    def loaded(
        self,
        pack: str,
        service: str,
        files: dict[str, str] | None = None,
        *,
        beside: str | None = None,
        at: datetime = LOADED_AT,
    ) -> None:
        """Load one service of a pack, or ``files`` in its place, maybe another beside it; walk its applications."""
        text = PackFolder(OPTIONS.packs_dir).read(pack)
        others = {beside: text.services[beside]} if beside else {}
        load_pack(replace(text, services={**others, service: files or text.services[service]}), at=at)
        self.pack, self.service = pack, service

    @remembered
    def draft(self, by: Actor, **options: Any) -> UUID:
        """Fill everything in, papers included; not yet handed in."""
        return self.fill_in(by, self.definition, self.example(**options), language="en")

    @remembered
    def submitted(self, by: Actor, **options: Any) -> UUID:
        """Hand in; nothing is paid yet."""
        application_id = self.draft(by, **options)
        self.act(actions.submit, by, application_id=application_id)
        return application_id

    @remembered
    def begun(self, by: Actor, **options: Any) -> UUID:
        """Hand in and pay; the case waits on its desk."""
        application_id = self.submitted(by, **options)
        self.pay(by, application_id)
        return application_id

    @remembered
    def holder(self, application_id: UUID) -> Actor:
        """Return the officer on whose desk an application lies."""
        view = queries.application(SYSTEM, application_id)
        assert view.case_id is not None
        case = workflow.case(SYSTEM, view.case_id, self.at, visible=True)
        assert case.post_id is not None
        return self.officer(case.post_id)

    @remembered
    def taken(self, by: Actor, **options: Any) -> tuple[UUID, Actor]:
        """Hand in, pay, and let the officer take the case; return it with the officer."""
        application_id = self.begun(by, **options)
        officer = self.holder(application_id)
        assert self.act(actions.take_next, officer) == application_id
        return application_id, officer

    @remembered
    def decided(self, by: Actor, **options: Any) -> tuple[UUID, Actor]:
        """Walk to an approval; the worker has not heard of it yet."""
        application_id, officer = self.taken(by, **options)
        self.approve(officer, application_id)
        return application_id, officer

    @remembered
    def approve(self, officer: Actor, application_id: UUID, **options: Any) -> actions.deciding.MovedOn:
        """Approve, with every line of the checklist."""
        lines = tuple(item.key for item in self.definition.process.steps[-1].checklist)
        given = {"move": "approve", "checked": lines, "note": "Papers compared.", **options}
        return self.act(actions.move, officer, application_id=application_id, **given)

    @remembered
    def refuse(self, officer: Actor, application_id: UUID, **options: Any) -> actions.deciding.MovedOn:
        """Refuse, with a coded reason and words."""
        given = {"move": "refuse", "reason": "income-not-proved", "note": "The pay slip is of 2019.", **options}
        return self.act(actions.move, officer, application_id=application_id, **given)

    def act(self, action: Callable[..., Any], by: Actor, *, key: str = "", **facts: Any) -> Any:
        """Do one action at the next moment, under a fresh key where none is given."""
        return action(by=by, at=self.tick(), key=key or self.key(), **facts)


# The world, made once and copied back.


@dataclass(frozen=True, slots=True)
class World:
    """What was made once: the tables that hold something of it, and the officers who are signed in."""

    tables: tuple[str, ...]
    officers: Mapping[UUID, tuple[str, Actor]]

    def arrive(self, memory: Memory | None = None) -> Given:
        """Copy the world's rows into the empty tables and return one who walks in it."""
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "kept_{table}"')
        given = Given(at=BEGINS_AT, officers=dict(self.officers), memory=memory)
        if memory is not None:
            memory.last = mark(given)
        return given


def tables() -> list[str]:
    """Return the names of all tables of all rooms."""
    return [model._meta.db_table for model in apps.get_models() if issubclass(model, Row)]


def make_world() -> World:
    """Load the packs' directory and one pack, sign its officers in, keep all rows aside, and leave the tables empty."""
    load_directory(OPTIONS.packs_dir, at=LOADED_AT, demonstration=True)
    text = PackFolder(OPTIONS.packs_dir).read(PACK)
    load_pack(replace(text, services={SERVICE: text.services[SERVICE]}), at=LOADED_AT)
    people_actions.enrol_demonstration(by=SYSTEM, at=LOADED_AT, key=f"enrol:{uuid7()}")
    given = Given(at=LOADED_AT + timedelta(hours=1))
    for view in people.offices():
        if view.key in OFFICES:
            for post in people.posts_of(view.id):
                given.officer(post.id)
    held = []
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'DROP TABLE IF EXISTS "kept_{table}"')
            cursor.execute(f'CREATE TABLE "kept_{table}" AS SELECT * FROM "{table}"')
            cursor.execute(f'SELECT COUNT(*) FROM "kept_{table}"')
            if cursor.fetchone()[0]:
                held.append(table)
    call_command("flush", interactive=False, verbosity=0)
    return World(tables=tuple(held), officers=given.officers)
