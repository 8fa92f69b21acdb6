"""``python -m bench.papers``: what a paper costs in the database, in a directory and in an S3 store.

    python -m bench.papers [--count 300] [--kilobytes 200] [--db sqlite] [--s3 s3://bucket/prefix?endpoint=...]

In a fresh database papers of random bytes are kept by acts, read, brought to the store (put, read back, compared, let
go of) and read again from there. CPU is that of the process and, on PostgreSQL, of the backend that serves it; what an
S3 store itself takes is not in it. The size of the database is told before, after, and after VACUUM.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.__main__ import database, environment
from bench.measure import Measured, measured

MEBIBYTE = 2**20


def _line(what: str, place: str, taken: Measured) -> dict[str, Any]:
    return {"what": what, "place": place, "times": taken.times, "wall_ms": taken.wall_ms, "cpu_ms": taken.cpu_ms}


class Papers:
    """Papers of one size in the database of this process, whose backend is ``others``."""

    def __init__(self, *, count: int, size: int, others: Iterable[int]) -> None:
        self.count, self.size, self.others = count, size, tuple(others)
        self.at = datetime.now(UTC)

    def keep(self) -> tuple[list[Any], Measured]:
        """Keep the papers by an act each, and return their ids."""
        from janaseva.core.action import allow
        from janaseva.core.actor import Actor
        from janaseva.core.ids import uuid7
        from janaseva.documents import rules, steps
        from tests.documents.acts import acting

        @acting
        def keep(*, by: Any, at: Any, key: str, content: bytes) -> uuid.UUID:
            allow(rules.may_attach(by) and bool(key))
            sha256 = hashlib.sha256(content).hexdigest()
            received = rules.Received(filename="a.pdf", media_type="application/pdf", content=content, sha256=sha256)
            return steps.attach(by=by, at=at, story=uuid7(), received=received, kind="bench")

        kept: list[Any] = []
        by, papers = Actor.system("bench"), [os.urandom(self.size) for _ in range(self.count)]

        def one(content: bytes) -> None:
            kept.append(keep(by=by, at=self.at, key=str(uuid.uuid4()), content=content))

        return kept, measured(one, papers, others=self.others)

    def read(self, ids: list[Any]) -> Measured:
        """Read every paper as a door does."""
        from janaseva.core.actor import Actor
        from janaseva.documents import queries

        by = Actor.system("bench")
        return measured(lambda one: queries.content(by, one), ids, others=self.others)

    def bring(self, address: str) -> Measured:
        """Bring all papers to a store."""
        from janaseva.documents.handlers import storing

        storing.prepare(address)

        def all_of(_once: int) -> None:
            while storing.bring(storing.store_at(address), self.at):
                pass

        taken = measured(all_of, [1], others=self.others)
        return Measured(times=self.count, wall=taken.wall, cpu=taken.cpu)


def _size() -> float:
    """Return the megabytes that the database takes."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return Path(str(connection.settings_dict["NAME"])).stat().st_size / MEBIBYTE
        cursor.execute("SELECT pg_total_relation_size('documents_blob')")
        return float(cursor.fetchone()[0]) / MEBIBYTE


def _give_back() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM" if connection.vendor == "sqlite" else "VACUUM FULL documents_blob")


def _backend() -> list[int]:
    from django.db import connection

    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [int(cursor.fetchone()[0])]


def inside(options: argparse.Namespace) -> int:
    """Measure in this process, whose database is fresh; print one line of JSON a figure."""
    import django

    django.setup()
    from django.core.management import call_command

    from janaseva.settings import OPTIONS

    call_command("migrate", verbosity=0, interactive=False)
    bench = Papers(count=options.count, size=options.kilobytes * 1024, others=_backend())
    places = [("directory", (OPTIONS.data_dir.parent / "kept").resolve().as_uri())]
    if options.s3:
        place, _, rest = options.s3.partition("?")
        places.append(("S3", f"{place.rstrip('/')}/{uuid.uuid4()}?{rest}"))  # a store of its own, with a key of its own
    lines: list[dict[str, Any]] = []
    for name, address in places:
        OPTIONS.document_store = ""
        ids, kept = bench.keep()
        lines += [_line("keep in the act", "database", kept), _line("read", "database", bench.read(ids))]
        before = _size()
        OPTIONS.document_store = address
        lines += [_line("bring", name, bench.bring(address)), _line("read", name, bench.read(ids))]
        after = _size()
        _give_back()
        lines.append({"what": "size", "place": name, "with_mb": before, "moved_mb": after, "given_back_mb": _size()})
    for line in lines:
        print(json.dumps({"paper": True, **line}), flush=True)
    return 0


def show(lines: list[dict[str, Any]]) -> None:
    """Print the table for people."""
    from rich.console import Console
    from rich.table import Table

    title = "One paper after the other (brought: 8 at once)"
    table = Table("database", "what", "where", "wall ms", "CPU ms", title=title)
    for line in lines:
        if line["what"] != "size":
            figures = (f"{line['wall_ms']:.2f}", f"{line['cpu_ms']:.2f}")
            table.add_row(line["database"], line["what"], line["place"], *figures)
    Console(width=110 if not sys.stdout.isatty() else None).print(table)
    for line in lines:
        if line["what"] == "size":
            print(
                f"{line['database']}: {line['with_mb']:,.1f} MB with the papers, {line['moved_mb']:,.1f} MB after they "
                f"were brought to the {line['place']}, {line['given_back_mb']:,.1f} MB after VACUUM"
            )


def main() -> int:
    """Measure on both databases and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.papers", description="What a paper costs in each place.")
    parser.add_argument("--count", type=int, default=300, help="how many papers (300)")
    parser.add_argument("--kilobytes", type=int, default=200, help="how large each is (200)")
    parser.add_argument("--db", choices=["sqlite", "postgres"], help="one database alone")
    parser.add_argument(
        "--s3", default="", help="an S3 store to measure too; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY open it"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(options)
    lines: list[dict[str, Any]] = []
    for kind in [options.db] if options.db else ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory(prefix="janaseva-papers-") as name, database(kind, Path(name)) as url:
            (Path(name) / "data").mkdir()
            words = [sys.executable, "-m", "bench.papers", "--inside", "--count", str(options.count)]
            words += ["--kilobytes", str(options.kilobytes), "--s3", options.s3]
            made = environment(Path(name), url)
            done = subprocess.run(words, env=made, check=True, stdout=subprocess.PIPE, text=True)
            found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"paper"')]
            lines += [{"database": kind, **line} for line in found]
    show(lines)
    print(json.dumps({"papers": lines}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
