"""A recorded table for tests of the record itself: it belongs to the ledger and is in no migration."""

import pytest
from django.apps.registry import Apps
from django.db import connection, models

from janaseva.core.row import Row

_REGISTRY = Apps()


class Paper(Row):
    words = models.CharField(max_length=40)
    office_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    content = models.BinaryField(default=b"")
    day = models.DateField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        app_label = "ledger"
        apps = _REGISTRY


class Foreign(Row):
    words = models.CharField(max_length=40)

    class Meta:
        app_label = "people"
        apps = _REGISTRY


class _Models:
    """Finds the models of this file beside nothing else."""

    @staticmethod
    def get_model(label):
        return {"ledger.paper": Paper}[label]


@pytest.fixture(scope="session")
def paper_table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        if Paper._meta.db_table in connection.introspection.table_names():
            return  # made for another module of tests
        with connection.schema_editor() as editor:
            editor.create_model(Paper)


@pytest.fixture
def papers(paper_table, monkeypatch):
    """The table is there, the recorder finds it, and the audit looks at it alone."""
    from janaseva.ledger.queries.auditing import rows
    from janaseva.ledger.steps import recording

    monkeypatch.setattr(recording, "apps", _Models)
    monkeypatch.setattr(rows, "recorded_models", lambda: [Paper])
    return Paper
