"""Indexes of tables that are written to while they are made."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class AddIndexBeside(migrations.AddIndex):
    """Make an index of a large table while the last release goes on writing to it.

    PostgreSQL otherwise holds every writer up until the whole table is read. It makes such an index outside of a
    transaction only: its migration says ``atomic = False``. Cut short, it leaves an index that is good for nothing; the
    next try begins anew. SQLite has one writer at a time in any case.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the index, beside whoever writes."""
        editor: Any = schema_editor
        model = to_state.apps.get_model(app_label, self.model_name)
        if editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif self.allow_migrate_model(editor.connection.alias, model):
            editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {editor.quote_name(self.index.name)}")
            editor.add_index(model, self.index, concurrently=True)
