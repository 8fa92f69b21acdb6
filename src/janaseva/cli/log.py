"""``janaseva log``: recompute the record offline, show one story, print the newest checkpoint."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from janaseva.cli.backup import moment
from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.clock import now
from janaseva.core.refusal import Refusal
from janaseva.core.words import say
from janaseva.ledger import actions, handlers, queries, rules


@click.group("log")
def command() -> None:
    """Recompute the record offline and name whatever was altered."""


@contextmanager
def _counting(console: Console) -> Iterator[queries.Progress]:
    """Show how many events, log entries and rows were looked at."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        tasks = {what: shown.add_task(what, total=None) for what in ("events", "erased", "log", "rows")}

        def advance(what: str, count: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=None)
            shown.advance(tasks[what], count)

        yield advance


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
    that recorded it, each number of each series, each paper of the document store. What was erased is as it should be
    where an erasure on record names it: its hashes, links and places are recomputed. Work may go on meanwhile.
    """
    looked: dict[str, int] = {"events": 0, "erased": 0, "log": 0, "rows": 0}
    findings = 0
    with _counting(Console(stderr=True, quiet=as_json)) as advance:

        def progress(what: str, count: int) -> None:
            looked[what] = looked.get(what, 0) + count
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
        if looked["erased"]:
            click.echo(say("finding.erased", language, count=looked["erased"]))
        click.echo(say("finding.none" if not findings else "finding.some", language, count=findings, **looked))
    raise SystemExit(1 if findings else 0)


@command.command("show")
@click.argument("story", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each event.")
def show(story: UUID, *, as_json: bool) -> None:
    """Show the events of one story in order: when, what, by whom, and their place in the log."""
    events = queries.story(Actor.system("log"), story)
    _show(events, as_json=as_json)
    if not events:
        click.echo("Nothing was told under that id.", err=True)
        raise SystemExit(1)


def _show(events: list[queries.EventView], *, as_json: bool) -> None:
    for event in events:
        if as_json:
            click.echo(json.dumps(plain(event), ensure_ascii=False))
            continue
        who = event.charge_id or event.person_id or event.actor_name or event.actor_kind
        place = "not yet in the log" if event.leaf_index is None else f"log {event.leaf_index}"
        click.echo(f"{event.ordinal:>4}  {event.at:%Y-%m-%d %H:%M:%S}Z  {event.name}  by {who}  ({place})")


@command.command("search")
@click.option("--reason", required=True, help="Why; it is kept with the search. Name nobody in it, name an order.")
@click.option("--person", type=click.UUID, help="Who acted.")
@click.option("--post", type=click.UUID, help="In whose post it was done.")
@click.option("--story", type=click.UUID, help="Of which application, file or other matter.")
@click.option("--from", "from_at", required=True, callback=moment, help="From when on, with its zone.")
@click.option("--to", "to_at", callback=moment, help="Until when; default: now.")
@click.option("--export", type=click.Path(path_type=Path, dir_okay=False), help="Write it with the log's proofs.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each event.")
def search(*, reason: str, export: Path | None, as_json: bool, **by_what: Any) -> None:
    """Find what a person or a post did, or what was done in a matter, in a time; the search is itself recorded."""
    by, at = Actor.system("search"), now()
    by_what["to_at"] = by_what["to_at"] or at
    by_what = {{"person": "person_id", "post": "post_id"}.get(name, name): value for name, value in by_what.items()}
    try:
        found = actions.search_record(by=by, at=at, key=str(uuid4()), reason=reason, **by_what)
    except Refusal as refusal:
        raise click.ClickException(say(f"refusal.{refusal.code}", "en", **refusal.facts)) from refusal
    _show(queries.events_of(by, found), as_json=as_json)
    if export is not None:
        text = queries.exported(by, found, about=plain({"reason": reason, "at": at, **by_what}))
        export.write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        actions.note_export(by=by, at=at, key=str(uuid4()), sha256=digest, count=len(found))
        click.echo(f"{len(found)} events in {export}, SHA-256 {digest}", err=True)


@command.command("check-export")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--verifier", required=True, help="The log's public key as you hold it; none in the file is believed.")
def check_export(file: Path, *, verifier: str) -> None:
    """Tell offline whether the log holds each event of an export as it stands there; exit 0 only if it does."""
    try:
        text = file.read_text(encoding="utf-8")
        tree = json.loads(text)
        found, unproven, erased = rules.check_export(text, verifier), tree["unproven"], tree.get("erased", [])
    except (ValueError, KeyError, TypeError) as error:
        message = f"{file} is no export of the record, or the key is none: {error}"
        raise click.ClickException(message) from error
    for one in found:
        if one.wrong:
            click.echo(f"{one.event}: {one.wrong}")
    for key in unproven:
        click.echo(f"{key}: no checkpoint covered it yet when it was exported")
    for key in erased:
        click.echo(f"{key}: what it told was erased before it was exported; the log has its hash")
    wrong = sum(bool(one.wrong) for one in found) + len(unproven)
    click.echo(f"{len(found) - sum(bool(one.wrong) for one in found)} events are as the log has them, {wrong} are not.")
    raise SystemExit(1 if wrong else 0)


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
