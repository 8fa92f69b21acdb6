"""``janaseva backup``: make, list and prove backups; keep WAL; make an offline key."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec

import click
import pyrage
from rich.console import Console

from janaseva.cli.backup import making, papers, postgres, restoring, shelf
from janaseva.cli.backup.shelf import BackupError, Progress
from janaseva.core.actor import Actor
from janaseva.core.canonical import plain
from janaseva.core.clock import now
from janaseva.core.promises import broken
from janaseva.documents.rules import StoreAwayError
from janaseva.ledger import actions, queries, rules

P = ParamSpec("P")
FAILED: Final = 2
WORDS: Final = {
    "copy": "Copying the database as it is now",
    "seal": "Encrypting",
    "files": "Packing papers and the log's files",
    "keys": "Packing the keys",
    "restore": "Putting the backup together",
    "wal": "Unpacking WAL",
    "papers": "Going through the papers of the document store",
    "recompute": "Recomputing every row against the record",
}


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """Show what is being done, on the error stream, so that the answer alone is on the output."""
    console = Console(stderr=True, quiet=quiet, highlight=False)
    with console.status("Beginning") as status:

        def progress(what: str, done: int, total: int) -> None:
            count = f": {done:,} of {total:,}" if total else ""
            status.update(f"{WORDS[what]}{count}")

        yield progress


def told(command: Callable[Concatenate[bool, P], dict[str, Any]]) -> Callable[P, None]:
    """Print what a command answers, as words or one line of JSON; exit 0 if it is good, 1 if not, 2 if it failed."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        as_json = bool(kwargs.pop("as_json"))
        try:
            answer = command(as_json, *args, **kwargs)
        except BackupError as error:
            click.echo(json.dumps({"good": False, "error": str(error)}) if as_json else str(error), err=not as_json)
            raise SystemExit(FAILED) from error
        if as_json:
            click.echo(json.dumps({key: value for key, value in answer.items() if key != "words"}, default=str))
        else:
            click.echo(answer["words"])
        raise SystemExit(0 if answer["good"] else 1)

    return run


def moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    """Return the moment that was typed, which must say its zone.

    Raises:
        BadParameter: where it is no moment, or of no zone.

    """
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        message = f"{value} is no moment. Write it as 2026-11-23T14:30:00+05:30."
        raise click.BadParameter(message) from error
    if found.tzinfo is None:
        message = f"{value} does not say its zone. Write it as {value}+05:30."
        raise click.BadParameter(message)
    return found


as_json = click.option("--json", "as_json", is_flag=True, help="One line of JSON instead of words.")
identity = click.option(
    "--identity", required=True, type=click.Path(path_type=Path, exists=True), help="The file of an offline key (age)."
)
to_moment = click.option("--to", callback=moment, help="The moment, with its zone (2026-11-23T14:30:00+05:30).")


@click.group("backup")
def command() -> None:
    """Make, list and prove backups; see docs/operations/backup.md."""


@command.command("create")
@click.option("--increment", is_flag=True, help="SQLite: only what changed since the newest backup.")
@as_json
@told
def create(quiet: bool, *, increment: bool) -> dict[str, Any]:  # noqa: FBT001 - given by `told`
    """Make a backup of database, keys, papers and the log's files, encrypted to every key of JANASEVA_BACKUP_KEYS."""
    began = time.monotonic()
    with shown(quiet=quiet) as progress:
        made = making.create("increment" if increment else "full", at=now(), progress=progress)
        kept = _papers(progress)
        if papers.is_wanted() and kept["good"]:
            papers.tidy(now(), shelf.listed())
    size = sum(part.bytes for part in made.parts)
    words = f"Backup {made.id}: {size / 2**20:,.1f} MB, log up to {made.log_size}, {len(made.keys)} keys open it."
    words += f"\n{kept['words']}" if kept["words"] else ""
    seconds = round(time.monotonic() - began, 1)
    return {**kept, "id": made.id, "kind": made.kind, "bytes": size, "log_size": made.log_size,
            "taken_at": made.taken_at, "seconds": seconds, "words": words}  # fmt: skip


def _papers(progress: Progress) -> dict[str, Any]:
    """Copy the papers of the document store, where there is one; what cannot be had makes the whole not good."""
    if not papers.is_wanted():
        return {"good": True, "papers": 0, "papers_new": 0, "papers_lacking": [], "words": ""}
    try:
        kept = papers.keep(shelf.recipients(), progress)
    except StoreAwayError as error:
        words = (
            f"The papers of the document store were not copied: {error}. Run `janaseva backup papers` when it is back."
        )
        return {"good": False, "papers_error": str(error), "words": words}
    words = f"Papers of the document store: {kept.papers:,}, of which {kept.new:,} are new on the shelf."
    words += "".join(f"\n{one}: no store has it whole (janaseva documents verify)" for one in kept.lacking)
    return {
        "good": not kept.lacking, "papers": kept.papers, "papers_new": kept.new, "papers_lacking": kept.lacking,
        "words": words,
    }  # fmt: skip


@command.command("papers")
@as_json
@told
def papers_(quiet: bool) -> dict[str, Any]:  # noqa: FBT001 - given by `told`
    """Copy the papers of the document store that came since the last time; from a timer, between two backups."""
    with shown(quiet=quiet) as progress:
        kept = _papers(progress)
    return {**kept, "words": kept["words"] or "No paper lies beside the database, or JANASEVA_BACKUP_PAPERS is false."}


@command.command("list")
@as_json
@told
def list_(quiet: bool) -> dict[str, Any]:  # noqa: FBT001 - given by `told`
    """Tell what is on the shelf, oldest first; exit 1 where nothing is."""
    del quiet
    found: list[dict[str, Any]] = [
        {"id": one.id, "kind": one.kind, "taken_at": one.taken_at.isoformat(), "log_size": one.log_size,
         "bytes": sum(part.bytes for part in one.parts), "whole": not _lacking(one)}
        for one in shelf.listed()
    ]  # fmt: skip
    words = [
        f"{one['id']}  {one['kind']:9}  {one['bytes'] / 2**20:>10,.1f} MB  log {one['log_size']:>9}"
        f"{'' if one['whole'] else '  FILES ARE MISSING'}"
        for one in found
    ]
    archive = postgres.Archive.of_shelf()
    bases = [one.wal_start for one in shelf.listed() if one.wal_start]
    gaps = archive.needed(bases[0])[1] if bases else []
    if bases:
        words.append(f"WAL: {len(archive.names())} segments, {len(gaps)} missing between {' '.join(gaps[:5])}".rstrip())
    good = bool(found) and all(one["whole"] for one in found) and not gaps
    return {"good": good, "backups": found, "wal_missing": gaps, "words": "\n".join(words) or "The shelf is empty."}


def _lacking(one: shelf.Manifest) -> bool:
    folder = shelf.shelf() / one.id
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    return any(sizes.get(f"{part.name}.age") != part.bytes for part in one.parts)


NO_SERVER_CHECK: Final = (
    " The server's own pg_verifybackup is not there or does not run on this machine: its files were compared with its "
    "manifest by Janaseva alone, and the WAL was read by recovering from it (JANASEVA_POSTGRES_BIN names its folder)."
)


@command.command("verify")
@identity
@to_moment
@click.option(
    "--scratch", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Where to restore for it."
)
@as_json
@told
def verify(quiet: bool, *, identity: Path, to: datetime | None, scratch: Path | None) -> dict[str, Any]:  # noqa: FBT001 - given by `told`
    """Restore the newest backup into a scratch place and recompute every row against the log; exit 0 if all agree."""
    began, keys = time.monotonic(), shelf.identities(identity)
    with shown(quiet=quiet) as progress:
        restored, found = restoring.verify(
            to=to, keys=keys, verifier="\n".join(queries.verifiers()), progress=progress, scratch=scratch
        )
    differs = _differs(found.log_size, found.root)
    findings = len(found.findings) + differs + len(found.papers.lacking)
    if not broken():
        actions.note_backup_verified(
            by=Actor.system("backup"), at=now(), key=f"verified:{restored.backup}:{now().isoformat()}",
            backup=restored.backup, log_size=found.log_size, findings=findings,
        )  # fmt: skip
    verdict = f"{findings} things are not as recorded" if findings else "all as recorded"
    words = (
        f"{restored.backup}, restored to {restored.reaches.isoformat()}: {found.rows:,} rows, {found.events:,} events "
        f"and {found.log:,} log entries recomputed, {verdict}."
        + _about(found.papers)
        + (" Its log is not the beginning of the one that is served." if differs else "")
        + (NO_SERVER_CHECK if restored.by_server is False else "")
    )
    return {
        "good": not findings, **{name: getattr(found, name) for name in ("rows", "events", "log", "log_size", "root")},
        "findings": findings, "first_findings": [plain(one) for one in found.findings[:20]],
        "differs_from_log": differs,
        "papers": found.papers.papers, "papers_on_shelf": found.papers.on_shelf,
        "papers_lacking": found.papers.lacking[:20],
        "backup": restored.backup, "chain": restored.chain, "reaches": restored.reaches,
        "checked_by_server": restored.by_server, "wal_segments": restored.wal_segments,
        "seconds": round(time.monotonic() - began, 1), "words": words,
    }  # fmt: skip


def _about(found: papers.Found) -> str:
    """Return what is to be said of the papers that lie beside the database."""
    if not found.papers:
        return ""
    elsewhere = found.papers - found.on_shelf - len(found.lacking)
    return (
        f" {found.papers:,} papers of the document store were read: {found.on_shelf:,} on the shelf, {elsewhere:,} in "
        f"the store alone, {len(found.lacking):,} nowhere whole."
    )


def _differs(size: int, root: str) -> bool:
    """Return whether the copy's log is not how the served log began."""
    head = queries.head()
    if not size or head is None or head.sequenced < size:
        return bool(size and head is not None)
    return rules.Tree(size, queries.tile_hashes).root().hex() != root


@command.command("wal")
@click.argument("segment", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def wal(segment: Path) -> None:
    """Keep one finished segment of WAL: PostgreSQL's archive_command is `janaseva backup wal %p`."""
    try:
        new = postgres.Archive.of_shelf().keep(segment.resolve(), shelf.recipients())
    except (BackupError, OSError) as error:
        click.echo(str(error), err=True)
        raise SystemExit(FAILED) from error
    if not new:
        click.echo(f"{segment.name} was kept before, the same.", err=True)


@command.command("key")
@click.argument("file", type=click.Path(path_type=Path))
def key(file: Path) -> None:
    """Make an offline key: the secret half in FILE (take it off this machine), the public half printed."""
    made = pyrage.x25519.Identity.generate()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        click.echo(f"{file} is there already and was not touched.", err=True)
        raise SystemExit(FAILED) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as written:
        written.write(f"# public key: {made.to_public()}\n{made}\n")
    click.echo(str(made.to_public()))
