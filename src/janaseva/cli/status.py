"""``janaseva status``: what runs on this machine, and how the work behind it stands."""

import sys

import click
from django.db import DatabaseError

from janaseva.cli.processes import NAMES, log_file, running
from janaseva.core.actor import Actor
from janaseva.ledger import queries as ledger
from janaseva.settings import OPTIONS
from janaseva.workflow import queries as workflow


@click.command("status")
def command() -> None:
    """Tell what is running and how it is; exit 1 where something is not as it should be."""
    good = True
    for name in NAMES:
        pid = running(name)
        good = good and pid is not None
        click.echo(f"{name:8} {f'runs as process {pid}' if pid else 'does not run'}; its words: {log_file(name)}")
    click.echo(f"address  {OPTIONS.public_url}")
    try:
        worker = ledger.worker_status()
    except DatabaseError:
        click.echo("database is not set up yet: janaseva setup")
        sys.exit(1)
    click.echo(f"log      {worker.log_size} leaves published, {worker.leaves_unpublished} on their way")
    audited = (
        f"{worker.audited_at:%Y-%m-%d %H:%M}Z, {worker.audit_findings} things not as recorded"
        if worker.audited_at
        else "not yet"
    )
    click.echo(f"audit    {audited}")
    click.echo(f"queue    {worker.waiting} waiting, {worker.retrying} of them tried before, {worker.dead} given up")
    outage = next((one for one in workflow.outages(Actor.system("status")) if one.lifted_at is None), None)
    if outage is not None:
        who = "noticed by the platform itself" if outage.by_itself else "recorded by a person"
        click.echo(
            f"outage   the last from {outage.from_at:%Y-%m-%d %H:%M} to {outage.to_at:%Y-%m-%d %H:%M} UTC, {who}"
        )
    sys.exit(0 if good and worker.healthy else 1)
