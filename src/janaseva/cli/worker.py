"""``janaseva worker``: deliver news, publish the log, sign certificates, send messages; or tell how that is going."""

import json
import signal
from threading import Event
from types import FrameType
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from janaseva.cli import keeping
from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.clock import now
from janaseva.core.ids import uuid7
from janaseva.core.memory import settle
from janaseva.ledger import actions, handlers, queries


def _shown(status: queries.WorkerStatus) -> None:
    """Print the state of the queues for an administrator."""
    console = Console()
    console.print(
        f"Deliveries: {status.waiting} waiting, {status.retrying} of them after a failure, {status.dead} given up.",
        f"Log: {status.log_size} entries published, {status.leaves_unpublished} not yet;",
        f"checkpoint signed at {status.signed_at or 'no time yet'}.",
    )
    if status.dead_deliveries:
        table = Table("event", "listener", "attempts", "error", "event id", title="Given up")
        for item in status.dead_deliveries:
            table.add_row(item.event, item.listener, str(item.attempts), item.error, str(item.event_id))
        console.print(table)
        console.print("Mend the cause, then try them again: janaseva worker --retry")
    if status.rounds:
        table = Table("round", "last run", "error", title="Called by the clock")
        for round_view in status.rounds:
            table.add_row(round_view.name, str(round_view.last_at or "never"), round_view.error or "none")
        console.print(table)


def _retry() -> int:
    return actions.retry(by=Actor.system("worker"), at=now(), key=f"retry:{uuid7()}")


def _work() -> None:
    stop = Event()

    def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked_to_stop)
    signal.signal(signal.SIGINT, asked_to_stop)
    settle()
    click.echo("The worker is working; stop it with Ctrl-C.")
    handlers.run(stop)
    click.echo("The worker has ended what it had begun.")


@click.command("worker")
@click.option("--status", "tell", is_flag=True, help="Tell what waits and what was given up; exit 1 if anything was.")
@click.option("--retry", is_flag=True, help="Put what was given up back to be tried again.")
@click.option("--json", "as_json", is_flag=True, help="With --status: one line of JSON.")
def command(*, tell: bool, retry: bool, as_json: bool) -> None:
    """Deliver news, publish the log, sign certificates, send messages, until stopped.

    Run as many workers as are needed: each delivery is made by one of them, and one of them publishes.
    """
    if retry:
        click.echo(f"{_retry()} deliveries will be tried again.")
        return
    if not tell:
        keeping.demand()
        _work()
        return
    status = queries.worker_status()
    if as_json:
        facts: dict[str, Any] = {**plain(status), "healthy": status.healthy}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        _shown(status)
    raise SystemExit(0 if status.healthy else 1)
