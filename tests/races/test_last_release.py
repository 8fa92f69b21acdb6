"""The real tables take the rows of the last release: its code goes on writing while the next one's is put in place.

``tests/house/test_rolling.py`` reads migrations; this reads what they came to, SQL of their own included.
"""

from collections.abc import Iterator, Mapping

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from janaseva.rooms import ROOMS
from tests.house import released

TABLES = """
SELECT table_name, column_name, is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'
FROM information_schema.columns WHERE table_schema = current_schema()
"""


def misses(known: Mapping[str, set[str]], tables: Mapping[str, Mapping[str, bool]]) -> Iterator[str]:
    """Yield what code that knows these columns would miss or leave out; tables say which columns must be given."""
    for table, columns in known.items():
        there = tables.get(table)
        if there is None:
            yield f"{table} is gone"
            continue
        yield from (f"{table}.{column} is gone" for column in sorted(columns - set(there)))
        yield from (f"{table}.{column} must be given" for column in sorted(set(there) - columns) if there[column])


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_tables_take_what_the_last_release_writes():
    known = [(room, name) for room, name in released.last().migrations.items() if room in ROOMS]
    state = MigrationLoader(None).project_state(known)
    models = [model for model in state.apps.get_models() if model._meta.app_label in ROOMS]
    columns = {model._meta.db_table: {field.column for field in model._meta.local_concrete_fields} for model in models}
    assert columns, "the last release has tables"
    tables: dict[str, dict[str, bool]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for table, column, must in cursor.fetchall():
            tables.setdefault(table, {})[column] = must
    assert list(misses(columns, tables)) == []


@pytest.mark.once
def test_what_is_gone_and_what_must_be_given_is_seen():
    known = {"a": {"id", "name"}}
    assert list(misses(known, {"a": {"id": True, "name": True, "remark": False}})) == []
    assert list(misses(known, {})) == ["a is gone"]
    assert list(misses(known, {"a": {"id": True}})) == ["a.name is gone"]
    assert list(misses(known, {"a": {"id": True, "name": True, "remark": True}})) == ["a.remark must be given"]
