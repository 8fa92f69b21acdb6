"""On PostgreSQL, contents are kept as they are: papers and certificates are compressed in themselves already.

To try to compress them again took the server 1.7 of the 2.5 ms in which it keeps a certificate, and saved nothing.
"""

from typing import Any

from django.db import migrations


def keep_as_it_is(apps: Any, editor: Any) -> None:
    """Tell the server, for what is kept from now on; it writes nothing anew."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE documents_blob ALTER COLUMN content SET STORAGE EXTERNAL")


def as_before(apps: Any, editor: Any) -> None:
    """Let the server compress again."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE documents_blob ALTER COLUMN content SET STORAGE EXTENDED")


class Migration(migrations.Migration):
    phase = "move"  # of how rows are kept, not of rows: it takes no time
    dependencies = [
        ("documents", "0004_papers_in_a_store"),
    ]

    operations = [
        migrations.RunPython(keep_as_it_is, as_before),
    ]
