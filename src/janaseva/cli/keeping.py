"""What web and worker ask of the database before they begin: that it is there, and keeps what it acknowledges."""

import time
from typing import Final

import click
from django.db import InterfaceError, OperationalError, connection

from janaseva.core.durability import weaknesses
from janaseva.settings import OPTIONS

PATIENCE_SECONDS: Final = 60.0


def _weaknesses() -> tuple[str, ...]:
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return weaknesses()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if time.monotonic() > limit:
                message = f"The database does not answer: {error}"
                raise click.ClickException(message) from error
            time.sleep(1)


def _let_go() -> None:
    """Close the connection and the pool: the processes started next have their own."""
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def demand() -> None:
    """Go on only where the database keeps what it acknowledges, or where its weakness was accepted in so many words.

    Raises:
        click.ClickException: with every weakness, or where no database answers for a minute.

    """
    found = _weaknesses()
    _let_go()
    if not found:
        return
    told = "\n".join(f"  {one}" for one in found)
    if OPTIONS.asynchronous_cluster:
        click.echo(f"The database may lose acknowledged work, as accepted by a setting:\n{told}", err=True)
        return
    message = (
        f"This database may lose work that people were told is done, so nothing was started:\n{told}\n"
        "Mend it (docs/operations/cluster.md). To serve all the same, say so in these words: "
        "JANASEVA_ASYNCHRONOUS_CLUSTER='acknowledged work may be lost'"
    )
    raise click.ClickException(message)
