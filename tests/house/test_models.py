"""Tables: every one a Row of its room, with keys that point down and protect, and no verbs."""

from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from janaseva.core.row import Row
from tests.house.source import FLOORS, ROOMS, hold
from tests.house.test_imports import ORDER

LAW = (
    "tables are facts: Rows of their room; foreign keys point down, PROTECT, no reverse name (docs/house.md, section 3)"
)
DO = (
    "class Thing(Row) in the room's models; "
    'models.ForeignKey("lower.Thing", on_delete=models.PROTECT, related_name="+"); '
    "verbs go to actions and steps, a many-to-many becomes the table that it stands for"
)

VERBS = ("save", "save_base", "delete", "asave", "adelete", "full_clean", "clean")


def tables() -> list[type[models.Model]]:
    """Return every table of the rooms."""
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]


def _may_point(room: str, other: str) -> bool:
    if room == other:
        return True
    floor = {name: number for number, rooms in enumerate(FLOORS) for name in rooms}
    if room not in floor or other not in floor:
        return False
    return floor[other] < floor[room] or other in ORDER.get(room, ())


def _of_field(model: type[models.Model], field: models.Field) -> Iterator[str]:
    if isinstance(field, models.ManyToManyField):
        yield f"{model._meta.label}.{field.name} is a many-to-many"
        return
    if not isinstance(field, models.ForeignKey):
        return
    place = f"{model._meta.label}.{field.name}"
    if field.remote_field.on_delete is not models.PROTECT:
        yield f"{place} has on_delete={field.remote_field.on_delete.__name__}, not PROTECT"
    if field.remote_field.related_name != "+":
        yield f'{place} has no related_name="+"'
    other = field.related_model._meta.app_label
    if not _may_point(model._meta.app_label, other):
        yield f"{place} points up or across to {other}"


def breaches(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Yield whatever a table does that tables do not."""
    for model in found:
        label, room = model._meta.label, model._meta.app_label
        if not issubclass(model, Row):
            yield f"{label} is not a Row"
        if room not in ROOMS or not model.__module__.startswith((f"janaseva.{room}.models", "tests.")):
            yield f"{label} is defined in {model.__module__}, not in its room's models"
        yield from (f"{label} overrides {verb}" for verb in VERBS if verb in vars(model))
        if model._meta.default_permissions and vars(model._meta).get("permissions"):
            yield f"{label} declares Django permissions: grants hang on posts (people.Grant)"
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            yield from _of_field(model, field)


def test_tables():
    hold(breaches(tables()), law=LAW, do=DO)


def test_names_are_singular():
    plural = [
        f"{model._meta.label} reads like a plural"
        for model in tables()
        if model.__name__.endswith("s") and not model.__name__.endswith(("ss", "us", "is", "Series"))
    ]
    hold(plural, law="a room is a plural or mass noun, a table a singular noun (section 7)", do="name what one row is")


@pytest.fixture
def isolated():
    with isolate_apps("janaseva.people", "janaseva.services", "janaseva.ledger"):
        yield


def _seen(model: type[models.Model]) -> str:
    return " | ".join(breaches([model]))


def test_a_cascade_upwards_with_a_reverse_name_is_seen(isolated):
    class Application(Row):
        class Meta:
            app_label = "services"

    class Post(Row):
        application = models.ForeignKey(Application, on_delete=models.CASCADE)

        class Meta:
            app_label = "people"

    assert "CASCADE" in _seen(Post)
    assert 'related_name="+"' in _seen(Post)
    assert "points up" in _seen(Post)


def test_a_many_to_many_is_seen(isolated):
    class Post(Row):
        others = models.ManyToManyField("self", related_name="+")

        class Meta:
            app_label = "people"

    assert "many-to-many" in _seen(Post)


def test_a_table_that_is_no_row_and_saves_itself_is_seen(isolated):
    class Post(models.Model):
        class Meta:
            app_label = "people"

        def save(self, *args, **kwargs):
            """Override what must not be."""

    assert "is not a Row" in _seen(Post)
    assert "overrides save" in _seen(Post)


def test_a_right_table_passes(isolated):
    class Person(Row):
        class Meta:
            app_label = "people"

    class Application(Row):
        person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "services"

    assert not _seen(Application)
