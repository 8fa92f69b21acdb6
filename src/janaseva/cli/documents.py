"""``janaseva documents``: where the bytes of papers lie, a store for them, and whether all are there and whole."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.core.words import say
from janaseva.documents import queries
from janaseva.documents.handlers import moving, storing
from janaseva.documents.rules import StoreAwayError
from janaseva.settings import OPTIONS

BY = Actor.system("documents")
FAILED = 2
as_json = click.option("--json", "as_json", is_flag=True, help="One line of JSON instead of words.")


@click.group("documents")
def command() -> None:
    """Tell where papers lie, move them to a store and back, and read each; see docs/operations/documents.md."""


@contextmanager
def _telling(*, as_json: bool) -> Iterator[None]:
    """Say what a store did not do, and exit 2."""
    try:
        yield
    except StoreAwayError as error:
        click.echo(json.dumps({"good": False, "error": str(error)}) if as_json else f"{error}.", err=not as_json)
        raise SystemExit(FAILED) from error


@contextmanager
def _counting(what: str, total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, quiet=quiet), transient=True) as shown:
        task = shown.add_task(what, total=total)
        yield lambda count: shown.advance(task, count)


def _answer(words: str, *, good: bool = True, as_json: bool, **facts: Any) -> None:
    click.echo(json.dumps({"good": good, **facts}, default=str) if as_json else words)
    raise SystemExit(0 if good else 1)


@command.command("status")
@as_json
def status(*, as_json: bool) -> None:
    """Tell how many papers lie where, and whether each store answers; exit 1 where one does not."""
    found = queries.places(BY)
    wrong = {address: told for address in storing.addresses() if (told := storing.standing(address))}
    waits = found.here if OPTIONS.document_store else 0
    lines = [
        f"In the database:  {found.here:>12,} papers  {found.here_bytes / 2**20:>12,.1f} MB"
        + ("  (they wait for the store)" if waits else ""),
        f"In the store:     {found.stored:>12,} papers  {found.stored_bytes / 2**20:>12,.1f} MB",
    ]
    lines += [f"{address}: {wrong.get(address, 'answers')}" for address in storing.addresses()]
    lines += [] if storing.addresses() else ["No store is set: JANASEVA_DOCUMENT_STORE."]
    _answer(
        "\n".join(lines), good=not wrong, as_json=as_json, here=found.here, here_bytes=found.here_bytes,
        stored=found.stored, stored_bytes=found.stored_bytes, stores=storing.addresses(), wrong=wrong,
    )  # fmt: skip


@command.command("prepare")
@as_json
def prepare(*, as_json: bool) -> None:
    """Make what JANASEVA_DOCUMENT_STORE names a store: give it a key of its own, and the marker it is known by.

    Once for a store, on one machine. The key is in keys/ of the data directory: every machine needs a copy.
    """
    if not OPTIONS.document_store:
        message = "JANASEVA_DOCUMENT_STORE names no store."
        raise click.UsageError(message)
    with _telling(as_json=as_json):
        key = storing.prepare(OPTIONS.document_store)
    words = (
        f"The store is ready. Its key is keys/documents-{key} in the data directory: copy it to every machine with "
        "web or worker, and keep it: without it nobody reads what is stored. It is in every backup (part `keys`)."
    )
    _answer(words, as_json=as_json, key=key)


@command.command("move")
@click.option("--read", is_flag=True, help="Read what the store has already, and mend what is altered or lost.")
@as_json
def move(*, read: bool, as_json: bool) -> None:
    """Bring every paper to where the settings say: to the store; or back to the database, where no store is set.

    Stores that papers lie in until now are named by JANASEVA_DOCUMENT_STORES_BEFORE. Work goes on meanwhile; ended
    early and begun again, it goes on where it was. Exit 1 where a paper was in no place whole.
    """
    found = queries.places(BY)
    total = found.here + found.stored if OPTIONS.document_store else found.stored
    with _telling(as_json=as_json), _counting("Papers", total, quiet=as_json) as progress:
        moved = moving.move(now(), progress, read=read)
    words = "".join(f"{key}: in no place whole\n" for key in moved.lacking)
    words += f"{moved.moved:,} papers were moved; all others were where they belong."
    _answer(words, good=not moved.lacking, as_json=as_json, moved=moved.moved, lacking=moved.lacking)


@command.command("verify")
@as_json
def verify(*, as_json: bool) -> None:
    """Read every paper of the store and compare it with the record; exit 1 and name each that is lost or altered."""
    findings = []
    with _telling(as_json=as_json), _counting("Papers", queries.places(BY).stored, quiet=as_json) as progress:
        findings = list(storing.looked_through(None, lambda _what, count: progress(count)))
    words = "".join(say(f"finding.{one.code}", "en", **one.words_facts()) + "\n" for one in findings)
    count = queries.places(BY).stored
    words += f"{count:,} papers in the store, {len(findings)} not as they were put."
    named = [{"code": one.code, "key": one.key} for one in findings]
    _answer(words, good=not findings, as_json=as_json, papers=count, findings=named)


@command.command("sweep")
@click.option("--delete", is_flag=True, help="Remove them; without it they are only counted.")
@as_json
def sweep(*, delete: bool, as_json: bool) -> None:
    """Find objects of the store that belong to no paper, and with --delete remove them."""
    if not OPTIONS.document_store:
        message = "JANASEVA_DOCUMENT_STORE names no store."
        raise click.UsageError(message)
    with _telling(as_json=as_json):
        orphans = moving.sweep(now(), delete=delete)
    words = f"{len(orphans):,} objects belong to no paper{' and were removed' if delete and orphans else ''}."
    _answer(words, as_json=as_json, orphans=len(orphans), removed=len(orphans) if delete else 0)
