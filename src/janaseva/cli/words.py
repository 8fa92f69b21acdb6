"""`janaseva words`: how far each language is, what it lacks, and who has approved what."""

import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from janaseva.core import approvals
from janaseva.core import words as interface
from janaseva.core.clock import now
from janaseva.core.source import read
from janaseva.core.text import LANGUAGES
from janaseva.core.words import AreaWords, area_words, areas

OTHERS = tuple(code for code in LANGUAGES if code != "en")
OPEN = ("missing", "draft", "stale")

languages = click.option("--language", type=click.Choice(OTHERS), help="Of this language alone.")
of_area = click.option("--area", help="Of this area alone: a folder of src/janaseva/words.")


@click.group("words")
def command() -> None:
    """Tell how far the words of the interface are in each language, what is missing, and who has approved what.

    The words of services are told by `janaseva packs list` and `janaseva packs check --todo`.
    """


def _chosen(area: str | None, language: str | None) -> list[AreaWords]:
    if area is not None and area not in areas():
        message = f"there is no area {area}; there are {', '.join(areas())}"
        raise click.ClickException(message)
    return [
        area_words(one, code) for one in ([area] if area else areas()) for code in OTHERS if language in (None, code)
    ]


@command.command("status")
@languages
@of_area
def status(language: str | None, area: str | None) -> None:
    """Count by area and language: strings, missing, draft, approved, and changed since they were approved."""
    table = Table("area", "language", "strings", *("missing", "draft", "approved", "stale"), box=None, pad_edge=False)
    for found in _chosen(area, language):
        counted = Counter(one.state for one in found.states)
        numbers = [str(counted[name]) for name in ("missing", "draft", "approved", "stale")]
        table.add_row(found.area, found.language, str(len(found.states)), *numbers)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@command.command("missing")
@languages
@of_area
@click.option("--all", "everything", is_flag=True, help="Also what is draft, or was changed since it was approved.")
def missing(language: str | None, area: str | None, *, everything: bool) -> None:
    """Name each string that a language lacks, with its English; exit 0 only if there is none."""
    count = 0
    for found in _chosen(area, language):
        for one in found.states:
            if one.state == "missing" or (everything and one.state in OPEN):
                count += 1
                print(f"{found.language}\t{one.state}\t{one.key}\t{found.english[one.key]}")
    print(f"{count} strings", file=sys.stderr)
    sys.exit(1 if count else 0)


@command.command("approve")
@click.argument("area")
@click.argument("language", type=click.Choice(OTHERS))
@click.argument("keys")
@click.option("--by", required=True, help="Who approves: name and office.")
def approve(area: str, language: str, keys: str, by: str) -> None:
    """Write into the file that somebody approves the words under KEYS (a key, or the beginning of several)."""
    (found,) = _chosen(area, language)
    under = approvals.Approval(
        keys=keys, by=by, on=now().date().isoformat(), seal=approvals.seal(keys, found.english, found.words)
    )
    covered = [one for one in found.states if under.covers(one.key)]
    if not covered:
        message = f"{area} has no words under {keys}"
        raise click.ClickException(message)
    lacking = [one.key for one in covered if one.state == "missing"]
    if lacking:
        message = f"{language} lacks words for {', '.join(lacking)}"
        raise click.ClickException(message)
    _write(found.path, under)
    interface.area_words.cache_clear()
    print(f"{found.path}: {len(covered)} strings approved")


def _write(path: Path, given: approvals.Approval) -> None:
    """Put an approval into a words file in place of one of the same keys, and touch nothing else."""
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [one for one in approvals.approvals(read("\n".join(lines), path.name).tree) if one.keys != given.keys]
    body = [line for line in lines if line != f"{approvals.FIELD}:" and not line.startswith("  - {keys: ")]
    said = [f"  - {_line(one)}" for one in sorted([*kept, given], key=lambda one: one.keys)]
    at = next((number for number, line in enumerate(body) if line.startswith("_status:")), -1) + 1
    path.write_text("\n".join([*body[:at], f"{approvals.FIELD}:", *said, *body[at:], ""]), encoding="utf-8")


def _line(given: approvals.Approval) -> str:
    """Return an approval as one line of YAML."""
    told = {name: getattr(given, name).replace('"', "'").replace("\\", "/") for name in ("by", "on", "seal")}
    return "{" + f"keys: {given.keys}, " + ", ".join(f'{name}: "{value}"' for name, value in told.items()) + "}"
