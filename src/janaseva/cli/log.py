"""``janaseva log``: recompute the record offline, show one story, print the newest checkpoint."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.words import say
from janaseva.ledger import handlers, queries


@click.group("log")
def command() -> None:
    """Recompute the record offline and name whatever was altered."""


@contextmanager
def _counting(console: Console) -> Iterator[queries.Progress]:
    """Show how many events, log entries and rows were looked at."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        tasks = {what: shown.add_task(what, total=None) for what in ("events", "log", "rows")}
        yield lambda what, count: shown.advance(tasks[what], count)


def _words(finding: queries.Finding, language: str) -> str:
    return say(f"finding.{finding.code}", language, **finding.words_facts())


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each finding, then one with the totals.")
@click.option("--verifier", default="", help="The log's public key as you hold it; default: that of the key file here.")
@click.option("--rows-only", is_flag=True, help="Leave the published files out: those of a copy are of another moment.")
@click.option("--language", default="en", show_default=True, help="The language of the findings.")
def verify(*, as_json: bool, verifier: str, rows_only: bool, language: str) -> None:
    """Recompute everything and name each thing that is not as recorded; exit 0 only where nothing is.

    Each event's hash and chain, the log's entries, tiles and signature, each row of each room against the last event
    that recorded it, each number of each series. Work may go on meanwhile.
    """
    looked: dict[str, int] = {"events": 0, "log": 0, "rows": 0}
    findings = 0
    with _counting(Console(stderr=True, quiet=as_json)) as advance:

        def progress(what: str, count: int) -> None:
            looked[what] += count
            advance(what, count)

        for finding in handlers.audit(verifier=verifier, files=not rows_only, progress=progress):
            findings += 1
            facts: dict[str, Any] = plain(finding)
            click.echo(json.dumps(facts, ensure_ascii=False) if as_json else _words(finding, language))
    if as_json:
        head = queries.head()
        published = {"log_size": head.size if head else 0, "root": head.root if head else ""}
        click.echo(json.dumps({"genuine": not findings, "findings": findings, **looked, **published}))
    else:
        click.echo(say("finding.none" if not findings else "finding.some", language, count=findings, **looked))
    raise SystemExit(1 if findings else 0)


@command.command("show")
@click.argument("story", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each event.")
def show(story: UUID, *, as_json: bool) -> None:
    """Show the events of one story in order: when, what, by whom, and their place in the log."""
    events = queries.story(Actor.system("log"), story)
    for event in events:
        if as_json:
            click.echo(json.dumps(plain(event), ensure_ascii=False))
            continue
        who = event.charge_id or event.person_id or event.actor_name or event.actor_kind
        place = "not yet in the log" if event.leaf_index is None else f"log {event.leaf_index}"
        click.echo(f"{event.ordinal:>4}  {event.at:%Y-%m-%d %H:%M:%S}Z  {event.name}  by {who}  ({place})")
    if not events:
        click.echo("Nothing was told under that id.", err=True)
        raise SystemExit(1)


@command.command("missing")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each event, then one with the totals.")
def missing(*, as_json: bool) -> None:
    """Name what was published and is not in this database; exit 0 only where nothing is missing and none differs."""
    found = handlers.compared()
    for event in handlers.missing():
        facts: dict[str, Any] = plain(event)
        line = f"{event.index:>9}  {event.at or 'moment not known'}  {event.event_id or 'id not known'}  {event.name}"
        click.echo(json.dumps(facts) if as_json else line)
    if as_json:
        click.echo(json.dumps(plain(found)))
    else:
        click.echo(f"published {found.published}, in the database {found.sequenced}: {found.code or 'they agree'}")
    raise SystemExit(1 if found.code else 0)


@command.command("checkpoint")
def checkpoint() -> None:
    """Print the newest signed checkpoint, and after it the public key to check it with."""
    note = queries.checkpoint()
    if not note:
        click.echo("Nothing was published yet; the worker publishes.", err=True)
        raise SystemExit(1)
    click.echo(note)
    click.echo(queries.verifier())
