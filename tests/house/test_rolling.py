"""A release's migrations leave its forerunner's code working: two versions serve together while servers are changed.

The tables are changed first, then the processes one after the other, so what the last release's models say must still
be true of the tables. Its models are the state at its last migrations (`RELEASED`); each later operation is held
against that state. What is to go, goes in two releases: first out of the models (the column stays, and may be left
out), and in the next out of the table (docs/operations/upgrades.md).
"""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from tests.house.source import ROOMS, hold

LAW = "versions N and N+1 serve together: migrations expand, move and contract (docs/operations/upgrades.md)"
DO = (
    "a new column may be null or has a db_default; what goes, first leaves the models by "
    "SeparateDatabaseAndState(state_operations=[RemoveField(...)]), and its table in the release after"
)

RELEASED: dict[str, str] = {}
"""The last migration of each room in the last release; written when a release is made. None has been made yet."""

EXCEPTIONS: dict[str, str] = {}
"""Breaches that are right, with the reason."""

DROPS = re.compile(r'\b(?:DROP|RENAME)\s+(?:COLUMN|TABLE)\s+(?:IF\s+EXISTS\s+)?"?(\w+)"?', re.IGNORECASE)
HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.RunPython,
)
"""What takes nothing away from code that knows nothing of it; RunPython moves rows, and says so in its own test."""


def _may_be_left_out(field: models.Field) -> bool:
    return field.null or field.db_default is not NOT_PROVIDED or field.many_to_many


def _narrowed(old: models.Field, new: models.Field) -> bool:
    """Return whether rows that the old column takes may be refused by the new one."""
    shorter = new.max_length is not None and (old.max_length is None or new.max_length < old.max_length)
    other = old.get_internal_type() != new.get_internal_type()
    return (old.null and not new.null) or (new.unique and not old.unique) or shorter or other


def _field(state: ProjectState, room: str, model: str, name: str) -> models.Field | None:
    held = state.models.get((room, model.lower()))
    return held.fields.get(name) if held else None


def _of_a_field(operation: FieldOperation, room: str, released: ProjectState) -> Iterator[str]:
    """Yield what an operation on one column takes away from code that knows the released state."""
    model, name = operation.model_name, getattr(operation, "old_name", None) or operation.name
    old = _field(released, room, model, name)
    match operation:
        case migrations.AddField():
            if (room, model.lower()) in released.models and not _may_be_left_out(operation.field):
                yield f"adds {model}.{name}, which older code does not fill in"
        case migrations.AlterField():
            if old is not None and _narrowed(old, operation.field):
                yield f"narrows {model}.{name}, into which older code writes"
        case _ if old is not None:
            yield f"removes or renames {model}.{name}, which older code reads"


def _taken(operation: Operation, room: str, released: ProjectState, before: ProjectState) -> Iterator[str]:
    """Yield what one operation takes away from code that knows the released state."""
    match operation:
        case FieldOperation():
            yield from _of_a_field(operation, room, released)
        case migrations.DeleteModel() | migrations.RenameModel() | migrations.AlterModelTable():
            name = getattr(operation, "old_name", None) or operation.name
            if (room, name.lower()) in released.models:
                yield f"takes the table {name} away, which older code reads"
        case migrations.AddConstraint():
            if (room, operation.model_name_lower) in released.models:
                yield f"adds a constraint to {operation.model_name}, which rows of older code may break"
        case migrations.RunSQL():
            yield from _dropped(str(operation.sql), room, released)
        case migrations.SeparateDatabaseAndState():
            for part in operation.database_operations:
                yield from _taken(part, room, released, before)
            yield from _forgotten(operation.state_operations, room, before)
        case _ if not isinstance(operation, HARMLESS):
            yield f"does {type(operation).__name__}, of which this test knows nothing"


def _dropped(sql: str, room: str, released: ProjectState) -> Iterator[str]:
    columns = {name for (label, _), model in released.models.items() if label == room for name in model.fields}
    tables = {f"{label}_{name}" for label, name in released.models}
    for name in DROPS.findall(sql):
        if name.lower() in tables or name.lower().removesuffix("_id") in columns or name.lower() in columns:
            yield f"drops {name}, which older code reads"


def _forgotten(parts: Iterable[Operation], room: str, before: ProjectState) -> Iterator[str]:
    """Yield columns that leave the models while rows without them would be refused."""
    for part in parts:
        if isinstance(part, migrations.RemoveField):
            field = _field(before, room, part.model_name, part.name)
            if field is not None and not _may_be_left_out(field):
                yield f"forgets {part.model_name}.{part.name}, which must be filled in: let it be null first"


def breaches(released: ProjectState, later: Iterable[Migration]) -> Iterator[str]:
    """Yield every operation after a release that code of that release could not live with."""
    before = released.clone()
    for migration in later:
        for operation in migration.operations:
            found = f"{migration.app_label}.{migration.name}"
            yield from (f"{found} {taken}" for taken in _taken(operation, migration.app_label, released, before))
            operation.state_forwards(migration.app_label, before)


def test_the_last_release_can_live_with_the_tables_of_the_next():
    loader = MigrationLoader(None)
    known = [(room, name) for room, name in RELEASED.items() if room in ROOMS]
    state = loader.project_state(known) if known else ProjectState()
    there = {key for node in known for key in loader.graph.forwards_plan(node)}
    plan = [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    later = [loader.graph.nodes[key] for key in dict.fromkeys(plan) if key not in there and key[0] in ROOMS]
    found = [one for one in breaches(state, later) if one not in EXCEPTIONS]
    hold(found, law=LAW, do=DO)
    unused = set(EXCEPTIONS) - set(breaches(state, later))
    hold(unused, law="exceptions are needed", do="take the entry out")


# --- the test itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def released():
    state = ProjectState()
    fields = [
        ("id", models.UUIDField(primary_key=True)),
        ("name", models.CharField(max_length=80)),
        ("remark", models.TextField(null=True)),
    ]
    migrations.CreateModel("Person", fields).state_forwards("people", state)
    return state


def check(released, *operations):
    migration = Migration("0002", "people")
    migration.operations = list(operations)
    return list(breaches(released, [migration]))


def state_only(*operations):
    return migrations.SeparateDatabaseAndState(state_operations=list(operations))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("person", "remark"),
        migrations.RenameField("person", "name", "full_name"),
        migrations.DeleteModel("Person"),
        migrations.RenameModel("Person", "Human"),
        migrations.AlterModelTable("person", "humans"),
        migrations.AddField("person", "height", models.IntegerField(default=0)),
        migrations.AlterField("person", "name", models.CharField(max_length=40)),
        migrations.AlterField("person", "name", models.CharField(max_length=80, unique=True)),
        migrations.AlterField("person", "name", models.IntegerField()),
        migrations.AlterField("person", "remark", models.TextField()),
        migrations.AddConstraint("person", models.UniqueConstraint(fields=["name"], name="one_name")),
        migrations.RunSQL("ALTER TABLE people_person DROP COLUMN remark"),
        migrations.RunSQL("DROP TABLE people_person"),
        state_only(migrations.RemoveField("person", "name")),
        migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("person", "remark")]),
        migrations.AlterOrderWithRespectTo("person", "remark"),
    ],
)
def test_what_older_code_cannot_live_with_is_seen(released, operation):
    assert check(released, operation)


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.CreateModel("Post", [("id", models.UUIDField(primary_key=True))])],
        [migrations.AddField("person", "height", models.IntegerField(null=True))],
        [migrations.AddField("person", "height", models.IntegerField(db_default=0))],
        [migrations.AlterField("person", "name", models.CharField(max_length=120))],
        [migrations.AlterField("person", "name", models.CharField(max_length=80, null=True))],
        [migrations.AddIndex("person", models.Index(fields=["name"], name="by_name"))],
        [state_only(migrations.RemoveField("person", "remark"))],
        [
            migrations.AlterField("person", "name", models.CharField(max_length=80, null=True)),
            state_only(migrations.RemoveField("person", "name")),
        ],
        [
            migrations.CreateModel("Post", [("id", models.UUIDField(primary_key=True)), ("a", models.TextField())]),
            migrations.RemoveField("post", "a"),
            migrations.DeleteModel("Post"),
        ],
    ],
)
def test_what_only_adds_passes(released, operations):
    assert check(released, *operations) == []


def test_what_left_the_models_a_release_ago_may_leave_the_table(released):
    state_only(migrations.RemoveField("person", "remark")).state_forwards("people", released)
    assert check(released, migrations.RunSQL("ALTER TABLE people_person DROP COLUMN remark")) == []
