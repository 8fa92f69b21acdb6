"""How long after its commit a leaf stands under the log's signed head, while a thousand leaves a second arrive.

    python -m bench.log_head DATABASE SECONDS           (the writer alone; the bench starts it)

A process of its own commits leaves, fifty transactions a second, in the place of acts (a machine that can do so many
has more than two cores). Beside it the worker's own ``publish`` runs at the worker's own pace: sequence, write the
tiles, read them back, sign. A batch's delay goes from the return of its commit to the return of the first ``publish``
whose head covers it.
"""

import bisect
import hashlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from bench.line import Line

LEAVES = 1000
"""So many a second."""
COMMITS = 50
"""In so many transactions a second."""
LATEST = 1.0
"""The longest that a leaf should wait, in seconds."""


def write(place: str, seconds: float) -> list[float]:
    """Commit leaves for so long and return when each commit returned."""
    from janaseva.core.ids import uuid7

    done = []
    with psycopg.connect(place, autocommit=True) as base:
        began = time.perf_counter()
        for n in range(int(seconds * COMMITS)):
            time.sleep(max(0.0, began + n / COMMITS - time.perf_counter()))
            keys = [uuid7() for _ in range(LEAVES // COMMITS)]
            rows = [(key, f"{hashlib.sha256(key.bytes).hexdigest()} workflow.taken") for key in keys]
            with base.transaction(), base.cursor() as cursor:
                cursor.executemany("INSERT INTO ledger_leaf (id, revision, data) VALUES (%s, 1, %s)", rows)
            done.append(time.perf_counter())
    return done


def delays(committed: list[float], heads: list[tuple[float, int]], *, before: int) -> list[float]:
    """Return for each batch how long after its commit a head covered it, with the moment and size of each head."""
    sizes = [size for _, size in heads]
    each = LEAVES // COMMITS
    covered = (heads[bisect.bisect_left(sizes, before + each * n)][0] for n in range(1, len(committed) + 1))
    return [max(0.0, there - at) for at, there in zip(committed, covered, strict=True)]


def log_head(at: datetime, *, seconds: float) -> Iterator["Line"]:
    """Measure on PostgreSQL; nothing elsewhere, for there every writer waits for every other."""
    from django.db import connection

    from bench.line import Goal, Line
    from bench.measure import Measured, Meter
    from bench.scratch import backend
    from janaseva.ledger import queries
    from janaseva.ledger.handlers import publish
    from janaseva.ledger.handlers.working import PACE_SECONDS

    if connection.vendor != "postgresql":
        return
    publish(at)
    head = queries.head()
    before = size = head.size if head else 0
    heads: list[tuple[float, int]] = []
    known = connection.get_connection_params()
    kept = {key: known[key] for key in ("host", "port", "user", "password", "dbname") if key in known}
    words = [sys.executable, "-m", "bench.log_head", psycopg.conninfo.make_conninfo(**kept), str(seconds)]
    meter = Meter(backend())
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writer:
        ended = False
        while not ended:
            ended = writer.poll() is not None  # and one publish after it, so that nothing is left
            size += publish(at)
            heads.append((time.perf_counter(), size))
            time.sleep(PACE_SECONDS)
        assert writer.stdout is not None
        committed = json.loads(writer.stdout.read())
    _, own, database = meter.look()
    waited = delays(committed, heads, before=before)
    rate = LEAVES / COMMITS * len(committed) / (committed[-1] - committed[0] + 1 / COMMITS)
    longest, half = max(waited), statistics.median(waited)
    yield Line(
        workload="log: leaves under a signed head",
        done=Measured(times=len(committed) * LEAVES // COMMITS, wall=committed[-1] - committed[0], cpu=own + database),
        note=f"{longest:.2f} s",
        more={"leaves_a_second": round(rate), "median_s": round(half, 3), "longest_s": round(longest, 3)},
        goal=Goal(
            what=f"the log's head after a commit, at {LEAVES:,} leaves a second",
            wanted=f"at most {LATEST:g} s",
            found=f"{longest:.2f} s at the most, {half:.2f} s in the median, at {rate:,.0f} leaves a second",
            met=longest <= LATEST and rate >= LEAVES * 0.98,
        ),
    )


if __name__ == "__main__":
    print(json.dumps(write(sys.argv[1], float(sys.argv[2]))))
