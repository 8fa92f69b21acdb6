"""``janaseva restore``: a backup put back to a moment, into a new folder; what was served stays where it is."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from janaseva.cli.backup import NO_SERVER_CHECK, as_json, identity, restoring, shelf, shown, to_moment, told
from janaseva.core.canonical import plain


@click.command("restore")
@click.option("--into", required=True, type=click.Path(path_type=Path), help="A new folder: the new data directory.")
@to_moment
@identity
@as_json
@told
def command(quiet: bool, *, into: Path, to: datetime | None, identity: Path) -> dict[str, Any]:  # noqa: FBT001 - given by `told`
    """Restore database, keys, papers and the log's files to a moment (default: as late as possible).

    Exit 1 where the result is behind the last published checkpoint: it can be read, it refuses every write, and what
    it lacks is listed; and where papers of the document store are in no store and in no backup.
    """
    keys = shelf.identities(identity)
    with shown(quiet=quiet) as progress:
        found = restoring.restore(into.resolve(), to=to, keys=keys, progress=progress)
        standing, lacks = restoring.lacking(found)
        back, unknown = restoring.brought_back(found)
        papers = restoring.papers_back(found, keys=keys, progress=progress)
    words = [f"{found.backup} restored into {found.folder}, as it was at {found.reaches.isoformat()}."]
    if to is not None and found.reaches < to:
        words.append(f"That is {(to - found.reaches).total_seconds():,.0f} s before the moment asked for.")
    words += [
        f"missing: {one.index}  {one.at or 'moment not known'}  {one.event_id or 'id not known'}  {one.name}"
        for one in lacks
    ]
    words.append(
        f"It is behind the last published checkpoint ({standing.sequenced} of {standing.published} entries): it can be "
        "read and refuses every write. Restore to a later moment, or read docs/operations/backup.md."
        if standing.code
        else "It is not behind any published checkpoint. Set JANASEVA_DATA_DIR to it and start."
    )
    if back:
        words.append(
            f"{back} applications in it were erased since. Its worker erases them again: start the worker first, and "
            "the web when `janaseva erasures verify` finds nothing."
        )
    if unknown:
        words.append(
            f"{unknown} lines of the list of what was erased are under a secret key that is not known here, or were "
            "altered: what they name may have come back. Name the secret keys of before in "
            "JANASEVA_SECRET_KEY_FALLBACKS and run `janaseva erasures verify` before the web is started."
        )
    if papers.on_shelf:
        words.append(
            f"{papers.on_shelf:,} papers that no document store has lie in {found.folder / 'papers'} and are read "
            "from there: janaseva documents move brings them to the store."
        )
    words += [f"{one}: its bytes are in no store and in no backup" for one in papers.lacking]
    if found.by_server is False:
        words.append(NO_SERVER_CHECK.strip())
    return {
        "good": not standing.code and not papers.lacking, "papers": papers.papers, "papers_back": papers.on_shelf,
        "papers_lacking": papers.lacking, "backup": found.backup, "chain": found.chain, "folder": found.folder,
        "reaches": found.reaches, "checked_by_server": found.by_server, **plain(standing),
        "missing": [plain(one) for one in lacks], "erased_since": back,
        "erasures_unknown": unknown, "words": "\n".join(words),
    }  # fmt: skip
