"""Migrations: one leaf a room, none missing, none that reads another room's future."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState

from tests.house.source import FLOORS, ROOMS, hold
from tests.house.test_imports import ORDER


def forked(graph: MigrationGraph) -> Iterator[str]:
    """Yield rooms whose migrations end in more than one leaf."""
    for room in ROOMS:
        leaves = [name for _, name in graph.leaf_nodes(room)]
        if len(leaves) > 1:
            yield f"{room} ends in {', '.join(leaves)}"


def upward(graph: MigrationGraph) -> Iterator[str]:
    """Yield migrations that wait for a room above their own, or beside it."""
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    for room, name in graph.nodes:
        for other, _ in graph.node_map[room, name].parents if room in floor else ():
            lower = other in floor and floor[other] < floor[room]
            if other in floor and other != room and not lower and other not in ORDER.get(room, ()):
                yield f"{room}.{name} depends on {other}"


def test_one_leaf_a_room():
    hold(
        forked(MigrationLoader(None).graph),
        law="one history a room",
        do="rename and re-parent the later migration, or makemigrations --merge before it ships",
    )


def test_migrations_go_down():
    hold(upward(MigrationLoader(None).graph), law="foreign keys point down", do="turn the key around, or keep an id")


def test_none_is_missing():
    detector = MigrationAutodetector(
        MigrationLoader(None).project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner(specified_apps=set(ROOMS), dry_run=True),
    )
    missing = [
        f"{room}: {operation.describe()}"
        for room, migrations in detector.changes(graph=MigrationLoader(None).graph).items()
        for migration in migrations
        for operation in migration.operations
    ]
    hold(missing, law="every change of a table has its migration", do="django-admin makemigrations ROOM")


@pytest.fixture
def graph():
    built = MigrationGraph()
    for room, name in (("people", "0001"), ("people", "0002_a"), ("people", "0002_b"), ("services", "0001")):
        built.add_node((room, name), Migration(name, room))
    for name in ("0002_a", "0002_b"):
        built.add_dependency(None, ("people", name), ("people", "0001"))
    built.add_dependency(None, ("people", "0002_a"), ("services", "0001"))
    return built


def test_a_fork_and_an_upward_dependency_are_seen(graph):
    assert list(forked(graph)) == ["people ends in 0002_a, 0002_b"]
    assert list(upward(graph)) == ["people.0002_a depends on services"]
