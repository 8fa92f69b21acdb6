"""A release's migrations leave its forerunner's code working: two versions serve together while servers are changed.

The tables are changed first, then the processes one after the other, so what the last release's models say must still
be true of the tables. Its models are the state at its last migrations (`released.json`); each later operation is held
against that state. A migration expands (unsaid), or says that it moves rows or contracts; one that contracts names the
release whose code keeps to it already. What is to go, goes in two releases: first out of the models (the column stays,
and may be left out), and in the next out of the table (docs/operations/upgrades.md).
"""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from janaseva.core.canonical import sha256_hex
from janaseva.core.columns import hashing
from janaseva.core.row import Row
from tests.house import released
from tests.house.released import Release, numbers
from tests.house.source import ROOMS, hold

NONE = Release()

LAW = "versions N and N+1 serve together: migrations expand, move and contract (docs/operations/upgrades.md)"
DO = (
    "a new column may be null or has a db_default; what goes, first leaves the models by "
    "SeparateDatabaseAndState(state_operations=[RemoveField(...)]), and its table in the release after. "
    'Rows are moved in a migration with phase = "move"; what older code may break is demanded in one with '
    'phase = "contract" and since = the release whose code keeps to it'
)
PHASES = ("expand", "move", "contract")
MOVES = (migrations.RunPython, migrations.RunSQL)
TIGHTER = ("narrows ", "adds a constraint ")
"""What a release may demand of rows once the code of the one before keeps to it."""

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
"""What takes nothing away from code that knows nothing of it; what moves rows says so by its phase."""


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


def _of_phase(migration: Migration, last: Release) -> Iterator[str]:
    """Yield where a migration does not do what its phase says."""
    phase, since = getattr(migration, "phase", "expand"), getattr(migration, "since", "")
    if phase not in PHASES:
        yield f"has the phase {phase}, which is none of {', '.join(PHASES)}"
    for operation in migration.operations:
        name = type(operation).__name__
        if phase == "expand" and isinstance(operation, migrations.RunPython):
            yield "moves rows and does not say so"
        if phase == "move" and not isinstance(operation, MOVES):
            yield f"moves rows and does {name} as well: two migrations, for one of them may take long"
        if phase == "contract" and isinstance(operation, migrations.AddField | migrations.CreateModel):
            yield f"contracts and does {name} as well, which belongs to the release before"
    if phase == "contract" and not (since and numbers(since) <= last.order):
        yield f"contracts since {since or 'no release'}, which is not released: older code still runs"


def breaches(released: ProjectState, later: Iterable[Migration], last: Release = NONE) -> Iterator[str]:
    """Yield every operation after a release that code of that release could not live with."""
    before = released.clone()
    for migration in later:
        found = f"{migration.app_label}.{migration.name}"
        yield from (f"{found} {wrong}" for wrong in _of_phase(migration, last))
        contracts = getattr(migration, "phase", "") == "contract"
        for operation in migration.operations:
            for taken in _taken(operation, migration.app_label, released, before):
                if not (contracts and taken.startswith(TIGHTER)):
                    yield f"{found} {taken}"
            operation.state_forwards(migration.app_label, before)


def test_the_last_release_can_live_with_the_tables_of_the_next():
    last = released.last()
    loader = MigrationLoader(None)
    known = [(room, name) for room, name in last.migrations.items() if room in ROOMS]
    hold(
        [f"{room}.{name}" for room, name in known if (room, name) not in loader.graph.nodes],
        law="a released migration stays as it is: the tables of those who run it know it by its name",
        do="a change is a migration of its own",
    )
    state = loader.project_state(known) if known else ProjectState()
    there = {key for node in known for key in loader.graph.forwards_plan(node)}
    plan = [key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)]
    later = [loader.graph.nodes[key] for key in dict.fromkeys(plan) if key not in there and key[0] in ROOMS]
    found = list(breaches(state, later, last))
    hold([one for one in found if one not in EXCEPTIONS], law=LAW, do=DO)
    hold(set(EXCEPTIONS) - set(found), law="exceptions are needed", do="take the entry out")


def unnamed(released: ProjectState, models: Iterable[type[Row]]) -> Iterator[str]:
    """Yield each column of a recorded table that its release did not have and that its hashes would count."""
    for model in models:
        before = released.models.get((model._meta.app_label, model._meta.model_name or ""))
        if before is None or not model.recorded:
            continue
        for field in model._meta.concrete_fields:
            if field.name not in before.fields and field.attname not in model.later:
                yield f"{model._meta.label}.{field.attname}"


def test_a_new_column_leaves_older_rows_their_hashes(monkeypatch):
    state = MigrationLoader(None).project_state(list(released.last().migrations.items()))
    rows = [model for model in apps.get_models() if issubclass(model, Row)]
    hold(
        unnamed(state, rows),
        law="a row that was recorded before a column was added has the hash that was recorded of it",
        do="name the column in the model's `later`",
    )
    Case = next(model for model in rows if model.__name__ == "Case")  # noqa: N806 - a model
    state.models["workflow", "case"].fields.pop("state")
    assert list(unnamed(state, rows)) == ["workflow.Case.state"]
    case = Case(state="")
    known = {name: value for name, value in case.columns().items() if name != "state"}
    whole = case.row_hash()
    monkeypatch.setattr(Case, "later", ("state",))
    hashing.cache_clear()
    assert case.row_hash() == sha256_hex(known) != whole
    case.state = "begun"
    begun = case.row_hash()
    monkeypatch.undo()
    hashing.cache_clear()
    assert begun == case.row_hash() != whole


# --- the test itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def before():
    state = ProjectState()
    fields = [
        ("id", models.UUIDField(primary_key=True)),
        ("name", models.CharField(max_length=80)),
        ("remark", models.TextField(null=True)),
    ]
    migrations.CreateModel("Person", fields).state_forwards("people", state)
    return state


def check(before, *operations, **said):
    migration = Migration("0002", "people")
    migration.operations = list(operations)
    for name, value in said.items():
        setattr(migration, name, value)
    return list(breaches(before, [migration], Release("0.2.0")))


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
def test_what_older_code_cannot_live_with_is_seen(before, operation):
    assert check(before, operation)


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
def test_what_only_adds_passes(before, operations):
    assert check(before, *operations) == []


def test_what_left_the_models_a_release_ago_may_leave_the_table(before):
    state_only(migrations.RemoveField("person", "remark")).state_forwards("people", before)
    assert check(before, migrations.RunSQL("ALTER TABLE people_person DROP COLUMN remark")) == []


TIGHTEN = migrations.AlterField("person", "remark", models.TextField())
MOVE = migrations.RunPython(migrations.RunPython.noop)
ADD = migrations.AddField("person", "height", models.IntegerField(null=True))


def test_what_is_demanded_names_the_release_whose_code_keeps_to_it(before):
    assert check(before, TIGHTEN, phase="contract", since="0.2.0") == []
    assert check(before, TIGHTEN, phase="contract", since="0.3.0"), "its code is not released"
    assert check(before, TIGHTEN, phase="contract"), "by whom is it kept to?"
    assert check(before, migrations.RemoveField("person", "remark"), phase="contract", since="0.2.0"), "still read"
    assert check(before, TIGHTEN, phase="shrink", since="0.2.0")


def test_rows_are_moved_in_a_migration_that_says_so_and_does_nothing_else(before):
    assert check(before, MOVE, phase="move") == []
    assert check(before, MOVE)
    assert check(before, MOVE, ADD, phase="move")
    assert check(before, ADD, phase="contract", since="0.1.0")
