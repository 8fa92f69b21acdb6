"""How PostgreSQL would answer what was asked: which tables it could only read from end to end."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction

_ASKS = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _reads_all(plan: dict[str, Any], partial: frozenset[str]) -> Iterator[str]:
    """Yield the tables that a plan reads whole: by no index, or by a whole index of all rows."""
    for node in _nodes(plan):
        kind, index = node["Node Type"], node.get("Index Name")
        if kind == "Seq Scan":
            yield node["Relation Name"]
        elif "Scan" in kind and index and "Index Cond" not in node and index not in partial:
            yield node.get("Relation Name", index)


def read_whole(asked: Iterable[str]) -> dict[str, str]:
    """Return the tables that no index helps to read for some statements, each with one of those statements.

    Reading from end to end is forbidden to the server here, so that it does so only where it knows no other way. An
    index of some rows alone (the open ones) counts as help.
    """
    found: dict[str, str] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
        partial = frozenset(name for (name,) in cursor.fetchall())
        for kind in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):  # of a few rows they are as good as an index
            cursor.execute(f"SET LOCAL enable_{kind} = off")
        for sql in asked:
            if sql.lstrip().startswith(_ASKS):
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
                (told,) = cursor.fetchone()
                (plan,) = json.loads(told) if isinstance(told, str) else told
                found.update(dict.fromkeys(_reads_all(plan["Plan"], partial), sql))
    return found
