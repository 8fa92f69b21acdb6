"""``janaseva down``: stop what ``janaseva up`` started."""

import click

from janaseva.cli.processes import NAMES, stop


@click.command("down")
def command() -> None:
    """Stop web and worker. Nothing is lost: what was acknowledged is in the database."""
    for name in NAMES:
        click.echo(f"{name}: {'stopped' if stop(name) else 'was not running'}")
