"""Text in entries is compared as people read it."""

from typing import Any

from django.db import migrations, models

from janaseva.registers.rules import folded


def fold_what_is_there(apps: Any, editor: Any) -> None:
    """Work out the compared form of the versions that were recorded before."""
    versions = apps.get_model("registers", "Version").objects.using(editor.connection.alias)
    for row in versions.only("id", "facts").iterator(chunk_size=1_000):
        versions.filter(pk=row.pk).update(folded=folded(row.facts))


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="version",
            name="folded",
            field=models.JSONField(default=dict),
        ),
        migrations.RunPython(fold_what_is_there, migrations.RunPython.noop),
    ]
