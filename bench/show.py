"""What was measured, as tables for people: every workload, then the goals beside what was found."""

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

_FIGURES = ("a second", "wall ms", "CPU ms", "floor's CPU", "ratio", "SQL: writes/all")


def show(lines: Sequence[dict[str, Any]], skipped: Sequence[str]) -> None:
    """Print the tables, and what was left out."""
    console = Console(width=160 if not sys.stdout.isatty() else None)
    console.print(_figures(lines))
    console.print(_goals(lines))
    for why in skipped:
        console.print(f"skipped: {why}")


def goals(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every goal with the database on which it was looked for."""
    return [{"database": line["database"], **line["goal"]} for line in lines if "goal" in line]


def _figures(lines: Sequence[dict[str, Any]]) -> Table:
    title = "One writer, one at a time. Floor: the same rows by prepared raw SQL, same durability, same run"
    table = Table(title=title)
    table.add_column("workload", no_wrap=True)
    table.add_column("database")
    for heading in _FIGURES:
        table.add_column(heading, justify="right")
    table.add_column("")
    for line in lines:
        beside = [f"{line['floor_cpu_ms']:.2f}", f"{line['ratio_cpu']:.1f}"] if "ratio_cpu" in line else ["", ""]
        asked = f"{line['writes']:g}/{line['queries']:g}" if "writes" in line else ""
        own = [f"{line['per_second']:,.1f}", f"{line['wall_ms']:.2f}", f"{line['cpu_ms']:.2f}"]
        table.add_row(line["workload"], line["database"], *own, *beside, asked, line["note"])
    return table


def _goals(lines: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="What was wanted, and what was found in this run")
    for heading in ("goal", "database", "wanted", "found", ""):
        table.add_column(heading)
    for one in goals(lines):
        table.add_row(
            one["what"], one["database"], one["wanted"], one["found"], "met" if one["met"] else "[bold]NOT MET[/bold]"
        )
    return table
